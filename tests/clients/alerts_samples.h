// Alerts for tests.
#ifndef SAMKOER_TESTS_CLIENTS_ALERTS_SAMPLES_H_
#define SAMKOER_TESTS_CLIENTS_ALERTS_SAMPLES_H_

#include <string>

#include "absl/time/time.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::clients {

inline void SetTime(google::protobuf::Timestamp& time, int day, int hour = 11,
                    int minute = 18) {
  time.set_seconds(absl::ToUnixSeconds(absl::FromCivil(
      absl::CivilSecond(2026, 11, day, hour, minute, 0), absl::UTCTimeZone())));
}

// Two departments, identified on 22 November 2026.
inline v1::Alert SampleAlert(const std::string& id = "A-7K3M-9QXD") {
  v1::Alert alert;
  alert.set_alert_id(id);
  alert.set_rule("unge-15-30");
  alert.set_rule_version(3);
  alert.set_state(v1::ALERT_STATE_IDENTIFIED);
  alert.set_revision(1);
  SetTime(*alert.mutable_created(), 22);
  SetTime(*alert.mutable_updated(), 22);
  v1::Participant* family = alert.add_participants();
  family->set_department("boern-og-unge");
  family->set_department_name("Børn og Unge");
  family->set_unit("Myndighed Ø");
  family->set_domain(v1::DOMAIN_FAMILY);
  family->set_case_ref("F-17/26");
  family->set_contact("bu-vagt");
  family->set_since_month(202503);
  v1::Participant* jobs = alert.add_participants();
  jobs->set_department("jobcenter");
  jobs->set_department_name("Jobcenter");
  jobs->set_unit("Ungeteam");
  jobs->set_domain(v1::DOMAIN_EMPLOYMENT);
  jobs->set_case_ref("JC2057");
  v1::Reason* reason = alert.add_reasons();
  reason->set_kind("departments");
  reason->set_text("Åbne sager i 2 myndighedsafdelinger");
  v1::AlertHistoryEntry* step = alert.add_history();
  SetTime(*step->mutable_time(), 22);
  step->set_state(v1::ALERT_STATE_IDENTIFIED);
  step->set_actor("matcher");
  step->set_event("opened");
  return alert;
}

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_ALERTS_SAMPLES_H_
