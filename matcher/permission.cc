#include "matcher/permission.h"

#include <vector>

namespace samkoer::matcher {

std::uint64_t WithdrawWhatIsNotPermitted(LoopState& state, Transaction& tx,
                                         RecordChanges& changes) {
  const CompiledPolicy& policy = *state.policy;
  const Month month = state.day.InMonth();
  std::vector<bool> lost(state.departments.size());
  std::uint64_t withdrawn = 0;
  for (RecordNo n = 0; n < state.index.record_slots(); ++n) {
    const Record& record = state.index.record(n);
    if (record.person == kNone) continue;
    const CaseFacts facts = state.binding->Facts(record.attributes);
    if (facts.unit != kUnknownIndex &&
        policy.Permitted(facts.department,
                         static_cast<samkoer::v1::Domain>(facts.domain),
                         facts.birth, month)) {
      continue;
    }
    lost[record.attributes.department] = true;
    changes.Withdraw(n);
    ++withdrawn;
  }
  // Who repeats the commit must not be told that its records are held.
  for (std::uint16_t d = 0; d < lost.size(); ++d) {
    if (lost[d]) state.pushes.EndCommitted(d, tx, *state.sealer);
  }
  return withdrawn;
}

}  // namespace samkoer::matcher
