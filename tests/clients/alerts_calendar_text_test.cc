#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "clients/alerts/calendar_text.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Conference Sample() {
  v1::Conference conference;
  conference.set_conference_id("K-7K3M-9QXD");
  conference.mutable_details()->mutable_start()->set_seconds(1'796'112'000);
  conference.mutable_details()->set_minutes(90);
  conference.mutable_details()->set_place("Rådhuset, lokale 2; 1. sal");
  conference.mutable_details()->set_leader("Anna Hansen");
  conference.mutable_details()->add_team("Lars Jensen");
  conference.set_state(v1::CONFERENCE_STATE_PLANNED);
  conference.set_cases(2);
  conference.set_revision(3);
  return conference;
}
std::string Calendar(const v1::Conference& conference) {
  const std::vector<v1::Conference> all = {conference};
  return CalendarText(all, absl::FromUnixSeconds(1'790'000'000),
                      Language::kDanish);
}
// What a calendar program makes of folded lines.
std::string Unfolded(std::string text) {
  for (std::size_t at; (at = text.find("\r\n ")) != std::string::npos;) {
    text.erase(at, 3);
  }
  return text;
}

TEST(CalendarText, AnEventSaysWhenAndWhereInUtc) {
  EXPECT_EQ(Unfolded(Calendar(Sample())),
            "BEGIN:VCALENDAR\r\n"
            "VERSION:2.0\r\n"
            "PRODID:-//Samkoer//samkoer-alerts//DA\r\n"
            "CALSCALE:GREGORIAN\r\n"
            "BEGIN:VEVENT\r\n"
            "UID:K-7K3M-9QXD@samkoer\r\n"
            "DTSTAMP:20260921T141320Z\r\n"
            "SEQUENCE:2\r\n"
            "DTSTART:20261201T080000Z\r\n"
            "DTEND:20261201T093000Z\r\n"
            "SUMMARY:Ungekonference K-7K3M-9QXD\\, 2 sager\r\n"
            "LOCATION:Rådhuset\\, lokale 2\\; 1. sal\r\n"
            "STATUS:CONFIRMED\r\n"
            "CLASS:PRIVATE\r\n"
            "END:VEVENT\r\n"
            "END:VCALENDAR\r\n");
}

TEST(CalendarText, NobodyIsNamedInIt) {
  EXPECT_THAT(Calendar(Sample()), Not(HasSubstr("Anna")));
  EXPECT_THAT(Calendar(Sample()), Not(HasSubstr("Lars")));
}

TEST(CalendarText, TheSameConferenceIsTheSameEventAfterAChange) {
  v1::Conference moved = Sample();
  moved.mutable_details()->mutable_start()->set_seconds(1'796'198'400);
  moved.set_revision(4);
  moved.set_state(v1::CONFERENCE_STATE_CANCELLED);
  const std::string text = Calendar(moved);
  EXPECT_THAT(text, HasSubstr("UID:K-7K3M-9QXD@samkoer\r\n"));
  EXPECT_THAT(text, HasSubstr("SEQUENCE:3\r\n"));
  EXPECT_THAT(text, HasSubstr("STATUS:CANCELLED\r\n"));
}

TEST(CalendarText, NoConferencesAreAnEmptyCalendar) {
  const std::string text =
      CalendarText({}, absl::UnixEpoch(), Language::kDanish);
  EXPECT_THAT(text, HasSubstr("END:VCALENDAR\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("VEVENT")));
}

TEST(CalendarText, WhatHasAMeaningIsEscaped) {
  EXPECT_EQ(CalendarEscaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
  EXPECT_EQ(CalendarEscaped(std::string("a\rb\tc\x7F\0d", 8)), "abcd");
  EXPECT_EQ(CalendarEscaped("x\r\nEND:VEVENT"), "x\\nEND:VEVENT");
  EXPECT_EQ(CalendarEscaped("blåbærgrød"), "blåbærgrød");
  // Right-to-left and back again, isolates, marks; and bytes that are no text.
  EXPECT_EQ(CalendarEscaped("a\u202Eb\u202Cc\u2066d\u2069e\u200Ff\u061Cg"),
            "abcdefg");
  EXPECT_EQ(CalendarEscaped("a\xC2\x85"
                            "b\xFF"
                            "c\x80"),
            "abc");
  EXPECT_EQ(CalendarEscaped("\u05E9\u05DC"), "\u05E9\u05DC");
}

TEST(CalendarText, LinesAreFoldedAt75OctetsAndNeverInsideACharacter) {
  EXPECT_EQ(CalendarLine(std::string(75, 'x')), std::string(75, 'x') + "\r\n");
  EXPECT_EQ(CalendarLine(std::string(76, 'x')),
            std::string(75, 'x') + "\r\n x\r\n");
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string line(shift, 'x');
    for (int i = 0; i < 200; ++i) line += i % 2 == 0 ? "å" : "𝄞";
    const std::string folded = CalendarLine(line);
    EXPECT_EQ(Unfolded(folded), line + "\r\n");
    std::size_t from = 0;
    for (std::size_t end;
         (end = folded.find("\r\n", from)) != std::string::npos;
         from = end + 2) {
      EXPECT_LE(end - from, 75u);
      const std::size_t first = folded[from] == ' ' ? from + 1 : from;
      EXPECT_NE(static_cast<unsigned char>(folded[first]) & 0xC0, 0x80);
    }
  }
  // What is no UTF-8 must not hold it for ever.
  EXPECT_EQ(Unfolded(CalendarLine(std::string(300, '\x80'))).size(), 302u);
}

}  // namespace
}  // namespace samkoer::clients
