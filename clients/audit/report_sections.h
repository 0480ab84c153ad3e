// The parts of the report's page that are about one CPR number. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_REPORT_SECTIONS_H_
#define SAMKOER_CLIENTS_AUDIT_REPORT_SECTIONS_H_

#include <string_view>

#include "clients/alerts/alert_text.h"
#include "clients/alerts/html.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// What is held, department by department: each case in a table of its own with
// legal basis and day of deletion. One sentence if nothing is.
Html RecordsSection(const v1::LookUpPersonResponse& person,
                    const TextStyle& style);

// The alert: state, reasons, cases, history, day of deletion. One sentence if
// there is none.
Html AlertSection(const v1::LookUpPersonResponse& person,
                  const TextStyle& style);

// Who has seen it, with the log's entry for each; says when the list is cut.
Html AccessSection(const v1::LookUpPersonResponse& person,
                   std::string_view purpose, const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_REPORT_SECTIONS_H_
