// Coordination's installation, and conferences on it through the facade.
#ifndef SAMKOER_TESTS_MATCHER_CONFERENCE_FIXTURE_H_
#define SAMKOER_TESTS_MATCHER_CONFERENCE_FIXTURE_H_

#include <cstdint>
#include <string>

#include "matcher/conference_facade.h"
#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {

class ConferenceTest : public CoordinationTest {
 protected:
  ConferenceFacade conferences() { return ConferenceFacade(in_.matcher()); }

  static samkoer::v1::ConferenceDetails Details(
      std::int64_t start = 1'800'000'000) {
    samkoer::v1::ConferenceDetails details;
    details.mutable_start()->set_seconds(start);
    details.set_place("Rådhuset");
    details.set_leader("Anna");
    return details;
  }
  absl::StatusOr<samkoer::v1::PlanConferencesResponse> TryPlan(
      const samkoer::v1::ConferenceDetails& details, std::uint32_t count = 1) {
    samkoer::v1::PlanConferencesRequest request;
    *request.mutable_details() = details;
    request.set_count(count);
    return conferences().PlanConferences(Installation::Coordinator(), request);
  }
  // The first one's id. Each plan begins a day later than the one before.
  std::string Plan(std::uint32_t count = 1) {
    planned_ = storage::ValueOf(
        TryPlan(Details(1'800'000'000 + 86400 * days_++), count));
    return planned_.conferences(0).conference_id();
  }
  absl::StatusOr<samkoer::v1::ChangeConferenceResponse> Change(
      const std::string& id, samkoer::v1::ChangeConferenceRequest request) {
    request.set_conference_id(id);
    return conferences().ChangeConference(Installation::Coordinator(), request);
  }
  absl::Status Add(const std::string& conference, const std::string& alert,
                   std::uint64_t alert_revision = 0) {
    samkoer::v1::ChangeConferenceRequest request;
    request.mutable_add()->set_alert_id(alert);
    request.mutable_add()->set_expected_alert_revision(alert_revision);
    return Change(conference, request).status();
  }
  absl::Status Remove(const std::string& conference, const std::string& alert,
                      std::uint64_t alert_revision = 0) {
    samkoer::v1::ChangeConferenceRequest request;
    request.mutable_remove()->set_alert_id(alert);
    request.mutable_remove()->set_expected_alert_revision(alert_revision);
    return Change(conference, request).status();
  }
  absl::Status Move(const std::string& conference, const std::string& alert,
                    const std::string& to, std::uint64_t alert_revision = 0) {
    samkoer::v1::ChangeConferenceRequest request;
    request.mutable_move()->set_alert_id(alert);
    request.mutable_move()->set_to_conference_id(to);
    request.mutable_move()->set_expected_alert_revision(alert_revision);
    return Change(conference, request).status();
  }
  absl::Status Act(const std::string& conference, const std::string& alert,
                   const std::string& text = "Ring til skolen") {
    samkoer::v1::ChangeConferenceRequest request;
    auto& action = *request.mutable_action();
    action.set_alert_id(alert);
    action.mutable_action()->set_text(text);
    action.mutable_action()->set_department("jobs");
    action.mutable_action()->set_unit("Team Unge");
    action.mutable_action()->set_due_day("2026-12-01");
    if (const auto seen = TryGet(conference); seen.ok()) {
      request.set_expected_revision(seen->conference().revision());
    }
    return Change(conference, request).status();
  }
  absl::Status End(const std::string& conference) {
    samkoer::v1::ChangeConferenceRequest request;
    request.mutable_close();
    return Change(conference, request).status();
  }
  absl::Status Cancel(const std::string& conference) {
    samkoer::v1::ChangeConferenceRequest request;
    request.mutable_cancel();
    return Change(conference, request).status();
  }
  absl::Status SetState(const std::string& alert,
                        samkoer::v1::AlertState state) {
    samkoer::v1::SetAlertStateRequest request;
    request.set_alert_id(alert);
    request.set_state(state);
    return in_.matcher()
        .SetAlertState(Installation::Coordinator(), request)
        .status();
  }
  samkoer::v1::GetConferenceResponse Get(const std::string& id) {
    return storage::ValueOf(TryGet(id));
  }
  absl::StatusOr<samkoer::v1::GetConferenceResponse> TryGet(
      const std::string& id) {
    samkoer::v1::GetConferenceRequest request;
    request.set_conference_id(id);
    return conferences().GetConference(Installation::Coordinator(), request);
  }

  samkoer::v1::PlanConferencesResponse planned_;
  int days_ = 0;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_CONFERENCE_FIXTURE_H_
