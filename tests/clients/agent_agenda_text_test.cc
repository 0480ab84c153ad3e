#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "clients/agent/agenda_text.h"

namespace samkoer::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::InboxEntry Case(const std::string& case_ref, const std::string& conference,
                    std::int64_t start) {
  v1::InboxEntry entry;
  entry.set_alert_id("A-7K3M-9QXD");
  entry.set_case_ref(case_ref);
  entry.set_unit("Team Unge");
  entry.mutable_conference()->set_conference_id(conference);
  entry.mutable_conference()->mutable_start()->set_seconds(start);
  entry.mutable_conference()->set_place("Rådhuset");
  return entry;
}
std::string Sheet(const std::vector<v1::InboxEntry>& entries) {
  return AgendaSheet(entries, absl::UTCTimeZone());
}

TEST(AgendaText, OwnCasesStandUnderTheirConferenceTheEarliestFirst) {
  EXPECT_EQ(Sheet({Case("J-2", "K-2", 1'797'321'600),
                   Case("J-1", "K-1", 1'796'112'000),
                   Case("J-3", "K-2", 1'797'321'600)}),
            "Ungekonference K-1: 01-12-2026 kl. 08:00, Rådhuset\n"
            "Jeres sager:\n"
            "  [ ] A-7K3M-9QXD  J-1                      Team Unge\n"
            "\n"
            "Ungekonference K-2: 15-12-2026 kl. 08:00, Rådhuset\n"
            "Jeres sager:\n"
            "  [ ] A-7K3M-9QXD  J-2                      Team Unge\n"
            "  [ ] A-7K3M-9QXD  J-3                      Team Unge\n");
}

TEST(AgendaText, WhatTheDepartmentHasToDoStandsUnderItsCase) {
  v1::InboxEntry entry = Case("J-1", "K-1", 1'796'112'000);
  auto& action = *entry.mutable_conference()->mutable_action();
  action.set_text("Ring til skolen");
  action.set_unit("Team Unge");
  action.set_due_day("2026-12-08");
  EXPECT_THAT(Sheet({entry}),
              HasSubstr("Handling: Ring til skolen (Team Unge, senest "
                        "08-12-2026)\n"));
}

TEST(AgendaText, WhatWasHeldOrHasNoConferenceIsLeftOut) {
  v1::InboxEntry held = Case("J-1", "K-1", 1'796'112'000);
  held.mutable_conference()->set_held(true);
  v1::InboxEntry none = Case("J-2", "", 0);
  none.clear_conference();
  EXPECT_EQ(Sheet({held, none}),
            "Ingen af jeres sager er på en kommende ungekonference.\n");
}

TEST(AgendaText, WhatPeopleWroteCannotMoveTheCursor) {
  v1::InboxEntry entry = Case("\x1b[2J", "K-1", 1'796'112'000);
  entry.mutable_conference()->set_place("\x1b[2J");
  EXPECT_THAT(Sheet({entry}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace samkoer::agent
