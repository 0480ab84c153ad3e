// What the months' own tables say of how the effort goes, as shares and as a
// time: the evaluation's indicators so far as the matcher's data allows them.
// Made of the tables as they are shown and of nothing else, so that they tell
// nothing that the tables do not tell; what those leave open is left open here
// (docs/decisions/0033). Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_INDICATORS_H_
#define SAMKOER_CLIENTS_ALERTS_INDICATORS_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "clients/alerts/status_report.h"

namespace samkoer::clients {

// The source of these numbers beside those from elsewhere.
inline constexpr char kOwnSource[] = "Samkør";

struct Indicator {
  // In words, and in a sentence what it means.
  std::string name, explanation;
  absl::CivilMonth month;
  // "38 % til 47 %", "under 30 dage"; empty where it is withheld: a number that
  // it is made of is, or the rounding leaves open what it would say.
  std::string value;
  bool withheld = false;
};

// Of each month, month after month; none of a month that lacks the table. The
// same in number and order for each month that has all tables.
std::vector<Indicator> IndicatorsOf(const StatusReport& report,
                                    Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_INDICATORS_H_
