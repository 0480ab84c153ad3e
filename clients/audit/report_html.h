// The report of art. 15 as a page: one file without scripts that fetches
// nothing, to be read on a screen or printed on A4 (a browser prints it to
// PDF). Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_REPORT_HTML_H_
#define SAMKOER_CLIENTS_AUDIT_REPORT_HTML_H_

#include <string>

#include "clients/alerts/alert_text.h"
#include "clients/audit/person_report.h"

namespace samkoer::clients {

// The page in the style's language. It holds no CPR number and no employee's
// name (PrepareForCitizen must have been called).
std::string ReportPage(const PersonReport& report, const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_REPORT_HTML_H_
