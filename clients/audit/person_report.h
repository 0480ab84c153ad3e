// What a citizen is told who asks for access (GDPR art. 15): the facts, before
// they become a page or JSON. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_PERSON_REPORT_H_
#define SAMKOER_CLIENTS_AUDIT_PERSON_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

struct PersonReport {
  // What is held under the present CPR number and, if there is one, under the
  // former. One or two.
  std::vector<v1::LookUpPersonResponse> persons;
  // The reason that stands in the log.
  std::string reason;
  // The purpose that everything is locked to.
  std::string purpose;
  absl::Time made;
  // Whom to write to; empty: not said.
  std::string officer = {};
};

// Makes an answer fit for the citizen: of an employee the certificate's URI
// keeps the role ("samkoer://viborg/coordinator"), not the name, and of a
// department and the servers all; of who holds a task in the coordination stays
// where they work, not the name; records and participants are ordered by
// department and case reference; the padding goes. A report tells who has seen
// the data by function; who it was is the municipality's to answer for.
void PrepareForCitizen(v1::LookUpPersonResponse& answer);

// The role in a certificate's URI, "coordinator"; "" if it is none.
std::string_view RoleOf(std::string_view actor);
// The municipality of a certificate's URI; "" if it is none.
std::string_view MunicipalityOf(std::string_view actor);
// The last part of a department's URI, its id; "" if it is no department.
std::string_view DepartmentOf(std::string_view actor);

// {"report": "samkoer-person-report", "version": 1, "made": ..., "purpose":
// ..., "reason": ..., "officer": ..., "persons": [{"number": "present" or
// "former", "held": LookUpPersonResponse as JsonText writes it, without the
// padding}]}. The officer is "" if none was said.
absl::StatusOr<std::string> ReportJson(const PersonReport& report);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_PERSON_REPORT_H_
