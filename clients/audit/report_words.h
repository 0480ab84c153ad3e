// The sentences of a report that a citizen reads. Pure. What comes from the
// wire stands in them as it is: whoever shows them escapes.
#ifndef SAMKOER_CLIENTS_AUDIT_REPORT_WORDS_H_
#define SAMKOER_CLIENTS_AUDIT_REPORT_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "clients/alerts/alert_text.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// "1 sag", "2 sager"; the English words if English is asked for.
std::string CountText(std::size_t count, const char* one, const char* many);

// "Ungekoordinatoren", "Afdelingen Jobcenter", "Databeskyttelsesrådgiveren",
// "Systemet selv". A department's name is looked for among the records and the
// alert; its id stands in otherwise. An unknown role as it is.
std::string WhoText(std::string_view actor,
                    const v1::LookUpPersonResponse& person, Language language);

// What a department is called among the records, the alert and what was agreed;
// its id if nothing names it.
std::string DepartmentName(std::string_view id,
                           const v1::LookUpPersonResponse& person);

// "Læste advis om dig"; for the setting of a state which it was, and for a step
// of coordination what was done. An action of a newer server as it is named.
std::string WhatText(const v1::AccessRecord& access, Language language);

// The reason that was given; otherwise that it was work for the purpose.
std::string WhyText(const v1::AccessRecord& access, std::string_view purpose,
                    Language language);

// "Ungekoordinatoren satte tilstanden til »konference planlagt«. Note: »...«"
std::string StepText(const v1::AlertHistoryEntry& step,
                     const v1::LookUpPersonResponse& person, Language language);

// When a record goes, and when the alert: the day, or which rule of the policy
// in force sets it.
std::string RecordDeletionText(const v1::HeldRecord& record,
                               std::uint32_t policy_version, Language language);
std::string AlertDeletionText(const v1::LookUpPersonResponse& person,
                              Language language);

// "2027-04-01" as "01-04-2027"; anything else as it is.
std::string DayText(std::string_view iso_day);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_REPORT_WORDS_H_
