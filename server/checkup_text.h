// The result of a checkup, for people and for programs.
#ifndef SAMKOER_SERVER_CHECKUP_TEXT_H_
#define SAMKOER_SERVER_CHECKUP_TEXT_H_

#include <string>

#include "server/store_checkup.h"

namespace samkoer::server {

// "a log of 3 leaves, 120 records": what the store holds.
std::string HeldText(const CheckupResult& result);

// A line a finding with its remedy below, then one that sums up.
std::string CheckupText(const CheckupResult& result,
                        const std::string& data_dir);

// One JSON object in one line: data_dir, values, log_size, log_root (base64),
// held: how many of what, finding_count, findings: [{place, problem, remedy}],
// the first 100.
std::string CheckupJson(const CheckupResult& result,
                        const std::string& data_dir);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CHECKUP_TEXT_H_
