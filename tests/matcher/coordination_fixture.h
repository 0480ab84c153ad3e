// An installation with a person "p" in two departments' cases, and the steps of
// coordination on it through the facade.
#ifndef SAMKOER_TESTS_MATCHER_COORDINATION_FIXTURE_H_
#define SAMKOER_TESTS_MATCHER_COORDINATION_FIXTURE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matcher/coordination_facade.h"
#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {

class CoordinationTest : public MatcherIntakeTest {
 protected:
  CoordinationFacade facade() { return CoordinationFacade(in_.matcher()); }

  // An alert of the person; its id.
  std::string MatchOf(const std::string& person = "p") {
    family_.push_back(Family(person, "F-" + person));
    jobs_.push_back(Jobs(person, "J-" + person));
    in_.MustSnapshot("family", family_);
    in_.MustSnapshot("jobs", jobs_);
    return in_.LookUp(PseudonymOf(person)).alert().alert_id();
  }
  samkoer::v1::Alert AlertOf(const std::string& person = "p") {
    return in_.LookUp(PseudonymOf(person)).alert();
  }
  absl::StatusOr<samkoer::v1::NominateResponse> Nominate(
      std::string_view department, const std::string& case_ref,
      const std::string& person = "") {
    samkoer::v1::NominateRequest request;
    request.set_case_ref(case_ref);
    request.set_reason("har brug for en guide");
    if (!person.empty()) {
      request.set_pseudonym(PseudonymOf(person));
      request.set_epoch(Installation::kEpoch);
      request.set_self_test(Installation::SelfTest());
    }
    return facade().Nominate(Installation::Department(department), request);
  }
  absl::StatusOr<samkoer::v1::Alert> Take(
      const std::string& id, samkoer::v1::CoordinateRequest request) {
    request.set_alert_id(id);
    auto response = facade().Coordinate(Installation::Coordinator(), request);
    if (!response.ok()) return response.status();
    return response->alert();
  }
  static samkoer::v1::Holder Mette() {
    samkoer::v1::Holder holder;
    holder.set_name("Mette Guide");
    holder.set_department("jobs");
    holder.set_unit("Team Unge");
    return holder;
  }
  static samkoer::v1::CoordinateRequest Guide() {
    samkoer::v1::CoordinateRequest request;
    *request.mutable_assign_guide()->mutable_holder() = Mette();
    request.mutable_assign_guide()->set_accepted(true);
    return request;
  }
  samkoer::v1::ListInboxResponse Inbox(std::string_view department) {
    return storage::ValueOf(
        in_.matcher().ListInbox(Installation::Department(department), {}));
  }
  // How many alerts a list has, on one page.
  std::size_t Listed(samkoer::v1::ListAlertsRequest request) {
    request.set_page_size(1000);
    return static_cast<std::size_t>(
        storage::ValueOf(
            in_.matcher().ListAlerts(Installation::Coordinator(), request))
            .alerts_size());
  }

  std::vector<samkoer::v1::CaseRecord> family_, jobs_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_COORDINATION_FIXTURE_H_
