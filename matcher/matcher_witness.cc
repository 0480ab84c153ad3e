// The part of the facade that keeps what the server knows of the witnesses.
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "storage/key_layout.h"
#include "storage/witness_state.h"

namespace samkoer::matcher {

absl::Status Matcher::KeepWitness(const Caller* caller,
                                  const storage::WitnessChange& change) {
  return core_->Do([&](LoopState& state, Transaction& tx) {
    for (const storage::WitnessLeaf& told : change.leaves) {
      auto leaf =
          caller != nullptr
              ? state.MakeLeaf(tx.now(), *caller, told.action)
              : state.MakeLeaf(tx.now(), kMatcherActor, "", told.action);
      leaf.set_detail(told.detail);
      for (const auto& [name, value] : told.counts) AddCount(leaf, name, value);
      tx.AddLeaf(std::move(leaf));
    }
    if (change.late_hours != 0) {
      core_->alarms().Note(WitnessSignal(kMatcherActor, change.late_hours,
                                         change.allowed_hours));
    }
    std::string key = storage::MetaKey(storage::kWitnessWord);
    std::string value =
        state.sealer->Seal(key, storage::EncodeWitnessState(change.state));
    tx.writes().Put(std::move(key), std::move(value));
    return absl::OkStatus();
  });
}

}  // namespace samkoer::matcher
