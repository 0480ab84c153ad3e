// The month's tables of aggregates (Reports.GetStatistics) in words. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_STATISTICS_TEXT_H_
#define SAMKOER_CLIENTS_ALERTS_STATISTICS_TEXT_H_

#include <string>

#include "clients/alerts/alert_text.h"
#include "samkoer/v1/reports.pb.h"

namespace samkoer::clients {

// The title of a table, and the word for a row or column; the name itself if it
// has none, as a department's id.
std::string StatisticsTitle(const std::string& table, Language language);
std::string StatisticsWord(const std::string& key, Language language);
// What a table says, in a sentence or two; never empty.
std::string StatisticsExplanation(const std::string& table, Language language);

// The tables as text; says how numbers are rounded and what is withheld.
std::string StatisticsPage(const v1::GetStatisticsResponse& statistics,
                           const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_STATISTICS_TEXT_H_
