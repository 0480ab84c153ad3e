#include "clients/alerts/coordination_text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Holder Of(const std::string& name, const std::string& external = "") {
  v1::Holder holder;
  holder.set_name(name);
  holder.set_external(external);
  if (external.empty()) {
    holder.set_department("jobs");
    holder.set_unit("Team Unge");
  }
  return holder;
}

TEST(CoordinationText, TellsWhoWhatAndWhen) {
  v1::Coordination c;
  c.set_matched(true);
  auto& nomination = *c.add_nominations();
  nomination.set_department_name("Jobcenter");
  nomination.set_case_ref("J-1");
  nomination.set_reason("har brug for en guide");
  *c.mutable_guide()->mutable_holder() = Of("Mette");
  c.mutable_guide()->set_state(v1::GUIDE_STATE_ACCEPTED);
  auto& handover = *c.add_handovers();
  handover.set_handover_id(1);
  handover.set_role(v1::HANDOVER_ROLE_GUIDE);
  handover.set_state(v1::HANDOVER_STATE_REQUESTED);
  *handover.mutable_from() = Of("Mette");
  *handover.mutable_to() = Of("Ole", "FGU Midt");
  c.set_half_year(20271);
  auto& due = *c.add_dues();
  due.set_kind(v1::DUE_KIND_HANDOVER);
  due.set_day("2026-11-30");
  due.set_overdue(true);
  const std::string text = CoordinationText(c, {});
  for (const char* part :
       {"sammenfald", "indstillet af Jobcenter", "(J-1)",
        "Mette (jobs, Team Unge)", "til Ole (FGU Midt): venter på svar",
        "1. halvår 2027", "OVERSKREDET", "30-11-2026: svar på overdragelse"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(CoordinationText(c, {Language::kEnglish}),
              HasSubstr("waits for an answer"));
}

TEST(CoordinationText, NothingAgreedIsNothingSaid) {
  EXPECT_EQ(CoordinationText({}, {}), "");
}

TEST(CoordinationText, WhatPeopleWroteIsMadeSafe) {
  v1::Coordination c;
  *c.mutable_guide()->mutable_holder() = Of("Me\x1b[31mtte");
  EXPECT_THAT(CoordinationText(c, {}), Not(HasSubstr("\x1b")));
}

TEST(OverviewText, NoneIsNamedAndComesLast) {
  v1::GetOverviewResponse overview;
  auto& unit = *overview.add_guides();
  unit.set_department_name("Jobcenter");
  unit.set_unit("Team Unge");
  unit.set_alerts(47);
  overview.add_guides()->set_alerts(60);
  auto& planned = *overview.add_half_years();
  planned.set_half_year(20271);
  planned.set_backlog(9);
  EXPECT_THAT(OverviewText(overview, {}), Not(HasSubstr("Måned")));
  auto& month = *overview.add_months();
  month.set_month(202611);
  month.set_added(12);
  month.set_assigned(48);
  month.set_backlog(61);
  const std::string text = OverviewText(overview, {});
  EXPECT_LT(text.find("Jobcenter, Team Unge"), text.find("(ingen)"));
  EXPECT_THAT(text, HasSubstr("47"));
  EXPECT_THAT(text, HasSubstr("1. halvår 2027"));
  EXPECT_THAT(text, testing::ContainsRegex("11-2026 +12 +48 +61"));
}

}  // namespace
}  // namespace samkoer::clients
