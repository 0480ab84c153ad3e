#include "clients/audit/report_words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "samkoer/v1/alerts.pb.h"
#include "tests/clients/audit_report_samples.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

constexpr Language kDa = Language::kDanish;
constexpr Language kEn = Language::kEnglish;

std::string Who(std::string_view actor, Language l = kDa) {
  return WhoText(actor, SamplePerson(), l);
}

TEST(WhoTextTest, AnActorIsARoleOrADepartmentInWords) {
  EXPECT_EQ(Who("samkoer://viborg/coordinator/anna"), "Ungekoordinatoren");
  EXPECT_EQ(Who("samkoer://viborg/coordinator"), "Ungekoordinatoren");
  EXPECT_EQ(Who("samkoer://viborg/privacy-officer", kEn),
            "The privacy officer");
  EXPECT_EQ(Who("samkoer://viborg/department/boern-og-unge"),
            "Afdelingen Børn og Unge");
  EXPECT_EQ(Who("samkoer://viborg/department/kultur"),
            "Afdelingen Kultur og Fritid");
  EXPECT_EQ(Who("samkoer://viborg/department/sport"), "Afdelingen sport");
  EXPECT_EQ(Who("matcher"), "Systemet selv");
  EXPECT_EQ(Who("something new"), "something new");
}

TEST(WhatTextTest, AnAccessIsASentence) {
  const auto person = SamplePerson();
  EXPECT_EQ(WhatText(person.accesses(0), kDa), "Læste adviset om dig");
  EXPECT_EQ(WhatText(person.accesses(1), kDa),
            "Ændrede advisets tilstand til »konference planlagt«");
  EXPECT_THAT(WhatText(person.accesses(2), kDa), HasSubstr("sagsnummer"));
  EXPECT_EQ(WhatText(person.accesses(3), kEn),
            "Looked up what is held about you");
  v1::AccessRecord newer;
  newer.set_action("AUDIT_ACTION_OF_TOMORROW");
  EXPECT_EQ(WhatText(newer, kDa), "AUDIT_ACTION_OF_TOMORROW");
  newer.set_action("AUDIT_ACTION_NOTICES_READ");
  EXPECT_EQ(WhatText(newer, kDa), "Underretninger læst");
}

TEST(WhatTextTest, AStepOfCoordinationSaysWhatWasDone) {
  v1::AccessRecord access;
  access.set_action("AUDIT_ACTION_COORDINATED");
  access.set_detail("assign_guide");
  EXPECT_EQ(WhatText(access, kDa), "Spurgte eller valgte en ungeguide til dig");
  access.set_detail("of_tomorrow");
  EXPECT_EQ(WhatText(access, kDa),
            "Ændrede, hvad der er aftalt om din indsats (of_tomorrow)");
  // Every step that a coordinator can do has words.
  const auto* command =
      v1::CoordinateRequest::descriptor()->FindOneofByName("command");
  for (int i = 0; i < command->field_count(); ++i) {
    access.set_detail(std::string(command->field(i)->name()));
    EXPECT_THAT(WhatText(access, kDa), testing::Not(HasSubstr("Ændrede, hvad")))
        << access.detail();
  }
  for (const char* action : {"NOMINATED", "HANDOVER_ANSWERED",
                             "CONFERENCE_CHANGED", "CONFERENCES_READ"}) {
    access.set_action(std::string("AUDIT_ACTION_") + action);
    EXPECT_THAT(WhatText(access, kDa), HasSubstr("di")) << action;
  }
}

TEST(WhyTextTest, WithoutAReasonItIsWorkForThePurpose) {
  const auto person = SamplePerson();
  EXPECT_EQ(WhyText(person.accesses(0), "ungeindsats", kDa),
            "Arbejde til formålet »ungeindsats«");
  EXPECT_EQ(WhyText(person.accesses(3), "ungeindsats", kDa), "Journal 42");
}

TEST(StepTextTest, EachStepIsASentence) {
  const auto person = SamplePerson();
  EXPECT_THAT(StepText(person.alert().history(0), person, kDa),
              HasSubstr("adviset blev oprettet"));
  EXPECT_EQ(StepText(person.alert().history(1), person, kDa),
            "Ungekoordinatoren satte tilstanden til »konference planlagt«. "
            "Note: »aftalt med mor«");
  for (const char* event : {"participants-changed", "withdrawn", "reopened",
                            "rule-changed", "of tomorrow"}) {
    v1::AlertHistoryEntry step;
    step.set_event(event);
    step.set_actor("matcher");
    EXPECT_THAT(StepText(step, person, kDa), testing::EndsWith(".")) << event;
    EXPECT_NE(StepText(step, person, kDa), StepText(step, person, kEn));
  }
}

TEST(DeletionTextTest, TheMonthsAreSaidWhereThereIsNoDayYet) {
  v1::HeldRecord open;
  EXPECT_THAT(RecordDeletionText(open, 3, kDa), HasSubstr("antal måneder"));
  open.set_kept_months(6);
  EXPECT_THAT(RecordDeletionText(open, 3, kDa),
              HasSubstr("slettes den 6 hele måneder efter den måned"));
  open.set_kept_months(1);
  EXPECT_THAT(RecordDeletionText(open, 3, kDa), HasSubstr("1 hel måned efter"));
  open.set_kept_months(0);
  EXPECT_THAT(RecordDeletionText(open, 3, kDa),
              HasSubstr("slettes den ved udgangen af den måned"));
  v1::LookUpPersonResponse person;
  person.set_alert_kept_months(12);
  EXPECT_THAT(AlertDeletionText(person, kDa),
              HasSubstr("senest 12 hele måneder efter den måned"));
}

TEST(DeletionTextTest, TheDayIsSaidWhereThereIsOne) {
  auto person = SamplePerson();
  EXPECT_THAT(RecordDeletionText(person.records(1), 3, kDa),
              HasSubstr("01-04-2027"));
  EXPECT_THAT(RecordDeletionText(person.records(0), 3, kDa),
              testing::AllOf(HasSubstr("så længe sagen er åben"),
                             HasSubstr("politikkens version 3 sætter")));
  EXPECT_THAT(AlertDeletionText(person, kDa),
              HasSubstr("politikkens version 3 sætter for afsluttede advis"));
  person.set_alert_deleted_on("2028-12-01");
  EXPECT_THAT(AlertDeletionText(person, kDa), HasSubstr("01-12-2028"));
}

TEST(DayTextTest, WhatIsNoDayStaysAsItIs) {
  EXPECT_EQ(DayText("2027-04-01"), "01-04-2027");
  EXPECT_EQ(DayText("soon"), "soon");
  EXPECT_EQ(DayText(""), "");
}

TEST(CountTextTest, OneIsNotMany) {
  EXPECT_EQ(CountText(1, "sag", "sager"), "1 sag");
  EXPECT_EQ(CountText(0, "sag", "sager"), "0 sager");
  EXPECT_EQ(CountText(2, "sag", "sager"), "2 sager");
}

}  // namespace
}  // namespace samkoer::clients
