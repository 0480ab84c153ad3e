#include "matcher/permission.h"

#include <vector>

#include "matcher/parallel.h"

namespace samkoer::matcher {
namespace {

// Records a thread judges at a time: about a millisecond.
constexpr std::size_t kGrain = 16384;

// The records that the policy in force does not permit, ascending.
std::vector<RecordNo> NotPermitted(const LoopState& state) {
  const CompiledPolicy& policy = *state.policy;
  const Month month = state.day.InMonth();
  const std::size_t slots = state.index.record_slots();
  std::vector<std::vector<RecordNo>> pieces((slots + kGrain - 1) / kGrain);
  // The work cannot fail.
  ParallelFor(
      state.threads, slots, kGrain,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const auto n = static_cast<RecordNo>(i);
          const Record& record = state.index.record(n);
          if (record.person == kNone) continue;
          const CaseFacts facts = state.binding->Facts(record.attributes);
          if (facts.unit == kUnknownIndex ||
              !policy.Permitted(facts.department,
                                static_cast<samkoer::v1::Domain>(facts.domain),
                                facts.birth, month)) {
            pieces[begin / kGrain].push_back(n);
          }
        }
        return absl::OkStatus();
      })
      .IgnoreError();
  std::vector<RecordNo> all;
  for (const auto& piece : pieces) {
    all.insert(all.end(), piece.begin(), piece.end());
  }
  return all;
}

}  // namespace

std::uint64_t WithdrawWhatIsNotPermitted(LoopState& state, Transaction& tx,
                                         RecordChanges& changes) {
  const std::vector<RecordNo> records = NotPermitted(state);
  std::vector<bool> lost(state.departments.size());
  for (const RecordNo n : records) {
    lost[state.index.record(n).attributes.department] = true;
    changes.Withdraw(n);
  }
  // Who repeats the commit must not be told that its records are held.
  for (std::uint16_t d = 0; d < lost.size(); ++d) {
    if (lost[d]) state.pushes.EndCommitted(d, tx, *state.sealer);
  }
  return records.size();
}

}  // namespace samkoer::matcher
