// What a person keeps as a file, the conferences' calendar and the reports, and
// the report that the page shows. They are made here, with the same text making
// as samkoer-alerts, and not in the browser.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_DOCUMENTS_H_
#define SAMKOER_CLIENTS_WEB_DOCUMENTS_H_

#include "clients/web/calls.h"

namespace samkoer::clients {

// GET /api/calendar: every conference as an iCalendar, those that were held or
// cancelled included, so that a calendar takes off what was called off; with
// "conference_id" that one alone.
Call CalendarCall();

// GET /api/statistics: the status of the month that runs, as JSON
// (status_report.h): its tables with their titles and explanations, and its
// indicators.
Call StatisticsCall();

// POST /api/figures with figures from elsewhere (report_files.h): the same with
// these beside it, small counts withheld. INVALID_ARGUMENT names the line that
// cannot be used.
Call FiguresCall();

// POST /api/report?as=html (or csv, json) with figures from elsewhere, or an
// empty body for none: the status of the month that runs (status_report.h),
// with "month" ("2026-11") of that month, or with "quarter" ("2026-4") that
// quarter's report (quarter_report.h). NOT_FOUND if no count of it is kept.
Call ReportCall();

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_DOCUMENTS_H_
