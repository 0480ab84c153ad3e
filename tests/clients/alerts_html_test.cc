#include "clients/alerts/html.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HtmlTest, TextCannotBecomeMarkup) {
  EXPECT_EQ(Html::Text("<b>&\"'</b>").markup(),
            "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;");
  EXPECT_EQ(Html::Text("&amp;").markup(), "&amp;amp;");
  EXPECT_EQ(Html::Text("Børn & Unge æøå").markup(), "Børn &amp; Unge æøå");
}

TEST(HtmlTest, WhatSteersAScreenOrTheDirectionOfTextBecomesVisible) {
  for (const char* hostile : {"\x1b[2J", "a\nb",
                              "\xE2\x80\xAE"
                              "gpj.exe",
                              "\xE2\x81\xA7", "\x07", "\xff\xfe", "\xC2\x9B"}) {
    const std::string markup = Html::Text(hostile).markup();
    EXPECT_THAT(markup, HasSubstr("{")) << hostile;
    EXPECT_THAT(markup, Not(HasSubstr(hostile)));
  }
  EXPECT_THAT(Html::Text("\xE2\x80\xAE").markup(), HasSubstr("202E"));
}

TEST(HtmlTest, ForeignTextIsCutOffFromItsSurroundings) {
  EXPECT_EQ(Html::Foreign("<x>").markup(), "<bdi>&lt;x&gt;</bdi>");
}

TEST(HtmlTest, AnElementClosesWhatItOpensWithoutTheAttributes) {
  EXPECT_EQ(TextElement("th scope=\"col\"", "a<b").markup(),
            "<th scope=\"col\">a&lt;b</th>");
  EXPECT_EQ(Html::Element("p", Html("<br>") + Html::Text("&")).markup(),
            "<p><br>&amp;</p>");
}

TEST(HtmlTest, NothingIsTooLong) {
  const std::string text(1 << 20, '<');
  EXPECT_EQ(Html::Text(text).markup().size(), 4 * text.size());
}

}  // namespace
}  // namespace samkoer::clients
