#include "clients/alerts/alert_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/alerts_samples.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AlertTable, IsAlignedAndNamesDepartmentsOnce) {
  std::vector<v1::Alert> alerts = {SampleAlert(), SampleAlert("A-0000-0001")};
  alerts[1].set_state(v1::ALERT_STATE_CONFERENCE_PLANNED);
  *alerts[1].add_participants() = alerts[1].participants(0);
  EXPECT_EQ(AlertTable(alerts, {}),
            "Advis        Tilstand             Oprettet    Sager  "
            "Afdelinger                Regel\n"
            "-----------  -------------------  ----------  -----  "
            "------------------------  -------------\n"
            "A-7K3M-9QXD  identificeret        22-11-2026  2      "
            "Børn og Unge + Jobcenter  unge-15-30 v3\n"
            "A-0000-0001  konference planlagt  22-11-2026  3      "
            "Børn og Unge + Jobcenter  unge-15-30 v3\n");
}

TEST(AlertTable, NoAlertsIsSaid) {
  EXPECT_EQ(AlertTable({}, {}), "Ingen advis.\n");
  EXPECT_EQ(AlertTable({}, {Language::kEnglish}), "No alerts.\n");
}

TEST(AlertTable, ProtectedIdentityIsMarked) {
  std::vector<v1::Alert> alerts = {SampleAlert()};
  EXPECT_THAT(AlertTable(alerts, {}), Not(HasSubstr("!")));
  alerts[0].mutable_participants(1)->set_protected_identity(true);
  EXPECT_THAT(AlertTable(alerts, {}), HasSubstr("2 !"));
  EXPECT_THAT(AlertTable(alerts, {}),
              HasSubstr("! = navne- og adressebeskyttelse"));
}

TEST(AlertPage, TellsEverythingThatIsKnown) {
  const std::string page = AlertPage(SampleAlert(), {});
  for (const char* text :
       {"A-7K3M-9QXD", "identificeret", "unge-15-30, version 3",
        "22-11-2026 11:18", "revision 1", "Åbne sager i 2 myndighedsafdelinger",
        "Børn og Unge", "Myndighed Ø", "Familie", "F-17/26", "bu-vagt",
        "03-2025", "Jobcenter", "Ungeteam", "Beskæftigelse", "JC2057",
        "oprettet", "reglen"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_THAT(page, Not(HasSubstr("ADVARSEL")));
}

TEST(AlertPage, WarnsOfAProtectedIdentity) {
  v1::Alert alert = SampleAlert();
  alert.mutable_participants(0)->set_protected_identity(true);
  EXPECT_THAT(AlertPage(alert, {}), HasSubstr("ADVARSEL"));
  EXPECT_THAT(AlertPage(alert, {Language::kEnglish}), HasSubstr("WARNING"));
}

TEST(AlertPage, ShowsPeopleByNameAndTheirNotes) {
  v1::Alert alert = SampleAlert();
  v1::AlertHistoryEntry* step = alert.add_history();
  SetTime(*step->mutable_time(), 23, 9, 5);
  step->set_actor("samkoer://viborg/coordinator/anna");
  step->set_event("state-set");
  step->set_state(v1::ALERT_STATE_OFFERED);
  step->set_note("Ringet op");
  EXPECT_THAT(AlertPage(alert, {}),
              HasSubstr("23-11-2026 09:05  tilstand sat  tilbudt        anna   "
                        " Ringet op\n"));
}

TEST(AlertPage, WhatDepartmentsWroteCannotSpeakToTheTerminal) {
  v1::Alert alert = SampleAlert("A\x1b[2J");
  alert.mutable_participants(0)->set_contact("x\x1b]0;owned\x07");
  alert.mutable_reasons(0)->set_text("a\nb\x1b[31m");
  alert.mutable_history(0)->set_note("\xe2\x80\xae");
  alert.set_rule("r\x7f");
  for (const std::string& text :
       {AlertPage(alert, {}), AlertTable(std::span(&alert, 1), {})}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\x07")));
    EXPECT_THAT(text, Not(HasSubstr("\x7f")));
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
  }
}

TEST(FeedLine, IsOneLine) {
  v1::FeedEntry entry;
  entry.set_sequence(12);
  SetTime(*entry.mutable_time(), 22);
  *entry.mutable_alert() = SampleAlert();
  entry.mutable_alert()->mutable_participants(0)->set_department_name("a\nb");
  EXPECT_EQ(FeedLine(entry, {}),
            "12  22-11-2026 11:18  A-7K3M-9QXD  oprettet  [identificeret]  "
            "a\\u{A}b + Jobcenter");
}

TEST(FeedLine, ADeletionTellsWhyAndToDeleteCopies) {
  v1::FeedEntry entry;
  entry.set_sequence(13);
  SetTime(*entry.mutable_time(), 22);
  EXPECT_EQ(FeedLine(entry, {}),
            "13  22-11-2026 11:18  -  indholdet er slettet siden");
  entry.mutable_tombstone()->set_alert_id("A-7K3M-9QXD");
  entry.mutable_tombstone()->set_cause(v1::TOMBSTONE_CAUSE_ERASURE);
  EXPECT_EQ(FeedLine(entry, {}),
            "13  22-11-2026 11:18  A-7K3M-9QXD  slettet: personen er slettet; "
            "slet også kopier");
  entry.mutable_tombstone()->set_cause(v1::TOMBSTONE_CAUSE_RETENTION);
  EXPECT_THAT(FeedLine(entry, {}), HasSubstr("opbevaringstiden er udløbet"));
  EXPECT_THAT(*JsonText(entry),
              HasSubstr("\"tombstone\":{\"alert_id\":\"A-7K3M-9QXD\","
                        "\"cause\":\"TOMBSTONE_CAUSE_RETENTION\"}"));
}

TEST(JsonText, KeepsTheProtosNamesAndEmptyFields) {
  const std::string json = *JsonText(SampleAlert());
  EXPECT_THAT(json, HasSubstr("\"alert_id\":\"A-7K3M-9QXD\""));
  EXPECT_THAT(json, HasSubstr("\"case_ref\":\"JC2057\""));
  EXPECT_THAT(json, HasSubstr("\"protected_identity\":false"));
  EXPECT_THAT(json, HasSubstr("\"domain\":\"DOMAIN_FAMILY\""));
  EXPECT_THAT(json, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace samkoer::clients
