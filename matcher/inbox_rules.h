// Which alerts a department's inbox shows: one rule for whoever lists them and
// for whoever answers what it found there.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_MATCHER_INBOX_RULES_H_
#define SAMKOER_MATCHER_INBOX_RULES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// The departments that an alert concerns, some more than once: those that take
// part or have nominated; and, where the rule has ceased, those that answer for
// the young person, are asked to (TaskDepartments) or still have to act.
void ForEachDepartment(const samkoer::v1::Alert& alert,
                       absl::FunctionRef<void(const std::string&)> visit);

// The department's own cases in the alert, by reference, each once: those that
// take part and those it has nominated.
struct OwnCase {
  std::string case_ref;
  std::string unit;
};
std::vector<OwnCase> OwnCases(const samkoer::v1::Alert& alert,
                              std::string_view department);

// Whether the department's inbox shows the alert: it is convened and concerns
// the department, which has a case in it or `has_open_case`, an open case of
// its person elsewhere.
bool InboxShows(const samkoer::v1::Alert& alert, std::string_view department,
                bool has_open_case);

// The open handover that asks a unit of the department; null if there is none.
const samkoer::v1::Handover* HandoverTo(const samkoer::v1::Alert& alert,
                                        std::string_view department);

// Whether the inbox shows this handover, or did before it was answered: an
// answer may be repeated.
bool InboxShowedHandover(const samkoer::v1::Alert& alert,
                         std::string_view department, std::uint32_t handover_id,
                         bool has_open_case);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_INBOX_RULES_H_
