// A person of whom much is held, for tests of the report.
#ifndef SAMKOER_TESTS_CLIENTS_AUDIT_REPORT_SAMPLES_H_
#define SAMKOER_TESTS_CLIENTS_AUDIT_REPORT_SAMPLES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "clients/audit/person_report.h"
#include "tests/clients/alerts_samples.h"

namespace samkoer::clients {

inline v1::AccessRecord SampleAccess(std::uint64_t index,
                                     const std::string& actor,
                                     const std::string& action) {
  v1::AccessRecord access;
  access.set_leaf_index(index);
  access.set_actor("samkoer://viborg/" + actor);
  access.set_action("AUDIT_ACTION_" + action);
  SetTime(*access.mutable_time(), 22);
  return access;
}

inline v1::LookUpPersonResponse SamplePerson() {
  v1::LookUpPersonResponse person;
  person.set_known(true);
  person.set_subject_id(std::string(16, '\x0f'));
  person.set_policy_version(3);
  v1::HeldRecord& jobs = *person.add_records();
  jobs.set_department("jobcenter");
  jobs.set_department_name("Jobcenter");
  jobs.mutable_participant()->set_unit("Ungeteam");
  jobs.mutable_participant()->set_domain(v1::DOMAIN_EMPLOYMENT);
  jobs.mutable_participant()->set_case_ref("JC2057");
  jobs.set_status(v1::CASE_STATUS_OPEN);
  jobs.set_birth_month(200411);
  SetTime(*jobs.mutable_received(), 20);
  v1::HeldLegalBasis& basis = *jobs.add_legal_bases();
  basis.set_id("kui");
  basis.set_text("Lov om kommunal indsats for unge § 15 d");
  v1::HeldRecord& family = *person.add_records();
  family.set_department("boern-og-unge");
  family.set_department_name("Børn og Unge");
  family.mutable_participant()->set_unit("Myndighed Ø");
  family.mutable_participant()->set_domain(v1::DOMAIN_FAMILY);
  family.mutable_participant()->set_case_ref("F-17/26");
  family.mutable_participant()->set_contact("bu-vagt");
  family.set_status(v1::CASE_STATUS_CLOSED);
  family.set_closed_month(202609);
  family.set_consent(v1::CONSENT_GIVEN);
  family.set_deleted_on("2027-04-01");
  SetTime(*family.mutable_received(), 21);
  *person.mutable_alert() = SampleAlert();
  v1::AlertHistoryEntry& set = *person.mutable_alert()->add_history();
  SetTime(*set.mutable_time(), 22, 12);
  set.set_event("state-set");
  set.set_state(v1::ALERT_STATE_CONFERENCE_PLANNED);
  set.set_actor("samkoer://viborg/coordinator/anna-hansen");
  set.set_note("aftalt med mor");
  *person.add_accesses() =
      SampleAccess(88, "coordinator/anna-hansen", "ALERTS_READ");
  *person.add_accesses() =
      SampleAccess(90, "coordinator/anna-hansen", "ALERT_STATE_SET");
  person.mutable_accesses(1)->set_detail("ALERT_STATE_CONFERENCE_PLANNED");
  *person.add_accesses() =
      SampleAccess(91, "department/jobcenter", "INBOX_READ");
  *person.add_accesses() =
      SampleAccess(95, "privacy-officer/peter", "PERSON_LOOKED_UP");
  person.mutable_accesses(3)->set_reason("Journal 42");
  return person;
}

// As the matcher answers about somebody it does not know.
inline v1::LookUpPersonResponse UnknownPerson() {
  v1::LookUpPersonResponse person;
  person.set_subject_id(std::string(16, '\x2a'));
  person.set_policy_version(3);
  *person.add_accesses() =
      SampleAccess(96, "privacy-officer/peter", "PERSON_LOOKED_UP");
  person.mutable_accesses(0)->set_reason("Journal 42");
  return person;
}

inline PersonReport SampleReport(v1::LookUpPersonResponse person) {
  PrepareForCitizen(person);
  PersonReport report;
  report.persons = {std::move(person)};
  report.reason = "Journal 42";
  report.purpose = "ungeindsats";
  report.made = absl::FromCivil(absl::CivilSecond(2026, 11, 22, 17, 41, 0),
                                absl::UTCTimeZone());
  return report;
}

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_AUDIT_REPORT_SAMPLES_H_
