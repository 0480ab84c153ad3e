#include "clients/alerts/html.h"

#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {

Html Html::Text(std::string_view text) {
  Html html;
  for (const char c : TerminalSafe(text)) {
    switch (c) {
      case '&':
        html.markup_ += "&amp;";
        break;
      case '<':
        html.markup_ += "&lt;";
        break;
      case '>':
        html.markup_ += "&gt;";
        break;
      case '"':
        html.markup_ += "&quot;";
        break;
      case '\'':
        html.markup_ += "&#39;";
        break;
      default:
        html.markup_ += c;
    }
  }
  return html;
}

Html Html::Foreign(std::string_view text) { return Element("bdi", Text(text)); }

Html Html::Element(Markup tag, const Html& inner) {
  const std::string_view name = tag.text().substr(0, tag.text().find(' '));
  Html html;
  html.markup_ = Cat("<", tag.text(), ">", inner.markup_, "</", name, ">");
  return html;
}

Html& Html::operator+=(const Html& more) {
  markup_ += more.markup_;
  return *this;
}

Html TextElement(Markup tag, std::string_view text) {
  return Html::Element(tag, Html::Text(text));
}

Html Paragraph(std::string_view text) {
  return TextElement("p", text) + Html("\n");
}

Html Item(std::string_view text) {
  return TextElement("li", text) + Html("\n");
}

}  // namespace samkoer::clients
