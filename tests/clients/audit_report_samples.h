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

inline v1::Holder SampleHolder(const std::string& department,
                               const std::string& unit) {
  v1::Holder holder;
  holder.set_name("Mette Testesen");
  holder.set_department(department);
  holder.set_unit(unit);
  return holder;
}

// Something of everything that can be agreed.
inline v1::Coordination SampleCoordination() {
  v1::Coordination c;
  c.set_matched(true);
  v1::Nomination& nomination = *c.add_nominations();
  nomination.set_department("kultur");
  nomination.set_department_name("Kultur og Fritid");
  nomination.set_unit("Ungdomsskolen");
  nomination.set_case_ref("KF-9");
  nomination.set_reason("kommer ikke mere");
  SetTime(*nomination.mutable_time(), 1);
  *c.mutable_guide()->mutable_holder() = SampleHolder("jobcenter", "Ungeteam");
  c.mutable_guide()->set_state(v1::GUIDE_STATE_ACCEPTED);
  SetTime(*c.mutable_guide()->mutable_since(), 2);
  c.mutable_guide()->set_wished(true);
  c.mutable_guide()->set_conference_id("K-7K3M-9QXD");
  c.mutable_suggestion()->set_department("jobcenter");
  c.mutable_suggestion()->set_unit("Ydelsen");
  c.mutable_suggestion()->set_reason("flest sager");
  *c.mutable_caseworker()->mutable_holder() =
      SampleHolder("kultur", "Musikskolen");
  SetTime(*c.mutable_caseworker()->mutable_since(), 3);
  c.mutable_caseworker()->set_decided_by(
      "samkoer://viborg/coordinator/anna-hansen");
  v1::ContactPerson& contact = *c.mutable_contact_person();
  contact.mutable_holder()->set_name("Mette Testesen");
  contact.mutable_holder()->set_external("Bostedet Engen");
  SetTime(*contact.mutable_since(), 4);
  SetTime(*contact.mutable_ended(), 5);
  contact.set_ended_reason("flyttet");
  contact.set_reestablished(2);
  contact.set_by_agreement(true);
  contact.set_extended(true);
  c.mutable_plan()->set_exists(true);
  c.mutable_plan()->set_owner("KUI");
  c.mutable_plan()->set_last_review_month(202605);
  v1::MeasureConsent& consent = *c.add_consents();
  consent.set_measure("mentor");
  SetTime(*consent.mutable_time(), 6);
  v1::Handover& handover = *c.add_handovers();
  handover.set_handover_id(7);
  handover.set_role(v1::HANDOVER_ROLE_GUIDE);
  *handover.mutable_from() = SampleHolder("jobcenter", "Ungeteam");
  *handover.mutable_to() = SampleHolder("jobcenter", "Virksomhedsteam");
  handover.set_state(v1::HANDOVER_STATE_REFUSED);
  SetTime(*handover.mutable_requested(), 7);
  SetTime(*handover.mutable_answered(), 8);
  handover.set_answered_by("samkoer://viborg/coordinator/anna-hansen");
  v1::Transition& transition = *c.add_transitions();
  transition.set_kind(v1::TRANSITION_KIND_AGE);
  transition.set_age(23);
  transition.set_month(202711);
  SetTime(*transition.mutable_raised(), 9);
  v1::Due& due = *c.add_dues();
  due.set_kind(v1::DUE_KIND_PLAN_REVIEW);
  due.set_day("2026-12-24");
  due.set_overdue(true);
  c.set_half_year(20271);
  c.add_markers(v1::MARKER_STU);
  c.mutable_route()->set_department("jobcenter");
  c.mutable_route()->set_unit("Indgangen");
  c.mutable_route()->set_text("over 18");
  v1::ConferenceSeat& seat = *c.mutable_conference();
  seat.set_conference_id("K-7K3M-9QXD");
  SetTime(*seat.mutable_start(), 10);
  seat.set_place("Lokale 4");
  seat.set_held(true);
  seat.mutable_action()->set_text("ring til skolen");
  seat.mutable_action()->set_department("kultur");
  seat.mutable_action()->set_unit("Biblioteket");
  seat.mutable_action()->set_due_day("2026-12-01");
  SetTime(*seat.mutable_action()->mutable_done(), 11);
  SetTime(*c.mutable_offered(), 12);
  c.set_plan_owner_by_policy("jobcentret, når du er fyldt 18");
  return c;
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
  *person.mutable_alert()->mutable_coordination() = SampleCoordination();
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
