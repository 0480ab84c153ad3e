#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "clients/alerts/conference_text.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Conference Sample() {
  v1::Conference conference;
  conference.set_conference_id("K-7K3M-9QXD");
  conference.mutable_details()->mutable_start()->set_seconds(1'796'112'000);
  conference.mutable_details()->set_minutes(60);
  conference.mutable_details()->set_place("Rådhuset");
  conference.mutable_details()->set_leader("Anna");
  conference.mutable_details()->add_team("Jobcentret");
  conference.mutable_details()->add_team("PPR");
  conference.set_state(v1::CONFERENCE_STATE_PLANNED);
  conference.set_cases(2);
  conference.set_max_cases(12);
  conference.set_revision(3);
  conference.set_changed_by("samkoer://viborg/coordinator/bo");
  conference.mutable_changed()->set_seconds(1'796'025'600);
  return conference;
}
std::vector<v1::AgendaItem> Agenda() {
  std::vector<v1::AgendaItem> agenda(2);
  agenda[0].set_number(1);
  agenda[0].set_alert_id("A-7K3M-9QXD");
  agenda[0].add_departments("Familieafdelingen");
  agenda[0].add_departments("Jobcenter");
  agenda[0].add_sources("matched");
  agenda[0].add_sources("nominated");
  auto& action = *agenda[0].mutable_action();
  action.set_text("Ring til skolen");
  action.set_department("jobs");
  action.set_unit("Team Unge");
  action.set_due_day("2026-12-08");
  agenda[1].set_number(2);
  agenda[1].set_alert_id("A-0000-0001");
  return agenda;
}

TEST(ConferenceText, TheTableHasALineAConference) {
  const std::vector<v1::Conference> all = {Sample()};
  const std::string table = ConferenceTable(all, {});
  EXPECT_THAT(table, HasSubstr("K-7K3M-9QXD  tirsdag 01-12-2026 08:00"));
  EXPECT_THAT(table, HasSubstr("2/12"));
  EXPECT_THAT(table, HasSubstr("planlagt"));
  EXPECT_EQ(ConferenceTable({}, {}), "Ingen konferencer.\n");
  EXPECT_THAT(ConferenceTable(all, {Language::kEnglish, absl::UTCTimeZone()}),
              HasSubstr("Tuesday 01-12-2026"));
}

TEST(ConferenceText, TheAgendaIsFitForPaper) {
  const std::string page = ConferencePage(Sample(), Agenda(), {});
  EXPECT_THAT(page, HasSubstr("Mødeleder: Anna\n"));
  EXPECT_THAT(page, HasSubstr("Team:      Jobcentret, PPR\n"));
  EXPECT_THAT(page, HasSubstr("Ændret:    30-11-2026 08:00 af bo\n"));
  EXPECT_THAT(page, HasSubstr("1. A-7K3M-9QXD  Familieafdelingen; Jobcenter  "
                              "(sammenfald, indstillet)\n"));
  EXPECT_THAT(page, HasSubstr("Handling: Ring til skolen\n"));
  EXPECT_THAT(page,
              HasSubstr("Ansvarlig: jobs, Team Unge; senest 08-12-2026\n"));
  EXPECT_THAT(page, HasSubstr("Handling: ______"));
}

TEST(ConferenceText, WhatPeopleWroteCannotMoveTheCursor) {
  v1::Conference conference = Sample();
  conference.mutable_details()->set_place("\x1b[2J");
  auto agenda = Agenda();
  agenda[0].mutable_action()->set_text("\x1b[2J");
  EXPECT_THAT(ConferencePage(conference, agenda, {}), Not(HasSubstr("\x1b")));
  const std::vector<v1::Conference> all = {conference};
  EXPECT_THAT(ConferenceTable(all, {}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace samkoer::clients
