// The part of the facade that changes the key-encryption key.
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "storage/kek_marker.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

absl::Status RunKekChange(LoopState& state, Transaction& tx,
                          storage::ValueSealer& sealer, const Caller* caller,
                          const storage::KekChange& change) {
  // What commands of this group sealed before must not be written after.
  if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  if (absl::Status s = sealer.Replace(change.keys, change.current); !s.ok()) {
    return s;
  }
  auto leaf = caller != nullptr
                  ? state.MakeLeaf(tx.now(), *caller, change.action)
                  : state.MakeLeaf(tx.now(), kMatcherActor, "", change.action);
  leaf.set_reason(change.reason);
  leaf.set_detail(change.detail);
  for (const auto& [name, value] : change.counts) AddCount(leaf, name, value);
  tx.AddLeaf(std::move(leaf));
  std::string key = storage::MetaKey(storage::kKekRotationWord);
  std::string value = sealer.Seal(key, storage::EncodeKekMarker(change.marker));
  tx.writes().Put(std::move(key), std::move(value));
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> RunReseal(
    const LoopState& state, Transaction& tx,
    const std::vector<std::string>& store_keys) {
  std::uint64_t resealed = 0;
  for (const std::string& key : store_keys) {
    // What the group writes or deletes anyway is newer than the store's.
    const auto value = tx.writes().Get(key);
    if (absl::IsNotFound(value.status())) continue;
    if (!value.ok()) return value.status();
    auto again = state.sealer->Reseal(key, *value);
    if (!again.ok()) return again.status();
    if (!again->has_value()) continue;
    tx.writes().Put(key, **std::move(again));
    ++resealed;
  }
  return resealed;
}

}  // namespace

absl::Status Matcher::ChangeKek(const Caller* caller,
                                const storage::KekChange& change) {
  return core_->Do([&](LoopState& state, Transaction& tx) {
    return RunKekChange(state, tx, *core_->options().sealer, caller, change);
  });
}

absl::StatusOr<std::uint64_t> Matcher::Reseal(
    const std::vector<std::string>& store_keys) {
  return core_->Call<std::uint64_t>([&](LoopState& state, Transaction& tx) {
    return RunReseal(state, tx, store_keys);
  });
}

}  // namespace samkoer::matcher
