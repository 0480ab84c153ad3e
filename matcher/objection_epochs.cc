#include "matcher/objection_epochs.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "matcher/erase.h"
#include "matcher/objections.h"
#include "storage/key_layout.h"
#include "storage/objection_table.h"

namespace samkoer::matcher {
namespace {

using storage::StoredObjection;

struct Kept {
  crypto::Hash16 hash{};
  StoredObjection objection;
};

absl::StatusOr<std::vector<Kept>> KeptObjections(const LoopState& state) {
  std::vector<Kept> kept;
  absl::Status read = ReadObjections(
      state, [&](const crypto::Hash16& hash, StoredObjection objection) {
        kept.push_back({hash, std::move(objection)});
      });
  if (!read.ok()) return read;
  return kept;
}

// Those that the objections name as the same person's under the epoch before.
absl::flat_hash_set<crypto::Hash16> Succeeded(const std::vector<Kept>& kept) {
  absl::flat_hash_set<crypto::Hash16> hashes;
  for (const Kept& k : kept) {
    if (k.objection.before) hashes.insert(*k.objection.before);
  }
  return hashes;
}

bool IsOld(const LoopState& state, const StoredObjection& objection) {
  if (state.epochs->size() < 2) return false;
  const storage::StoredEpoch& newest = state.epochs->back();
  return objection.epoch != 0 ? objection.epoch < newest.epoch
                              : objection.since_micros < newest.pinned_micros;
}

// Of an old one: whether nothing keeps it when its key is destroyed.
bool Waits(const LoopState& state, const Kept& kept,
           const absl::flat_hash_set<crypto::Hash16>& succeeded) {
  return kept.objection.since_micros < state.epochs->back().pinned_micros &&
         !succeeded.contains(kept.hash);
}

void GiveUpOtherPushes(LoopState& state, Transaction& tx,
                       std::uint16_t department) {
  for (auto& [other, book] : state.pushes.departments()) {
    if (other != department && book.open) {
      state.pushes.GiveUp(other, /*remember=*/false, tx, *state.sealer);
    }
  }
}

}  // namespace

void RegisterObjectionUnder(LoopState& state, Transaction& tx,
                            const crypto::Hash16& person_key,
                            std::uint32_t epoch,
                            const std::optional<crypto::Hash16>& previous_key) {
  RegisterObjection(state, tx, person_key, previous_key);
  const crypto::Hash16 hash = state.objections->HashOf(person_key);
  StoredObjection objection;
  objection.since_micros = ToMicros(tx.now());
  objection.before = state.objections->Before(hash);
  objection.epoch = epoch;
  std::string key = storage::ObjectionKey(hash);
  std::string value =
      state.sealer->Seal(key, storage::EncodeObjection(objection));
  tx.writes().Put(std::move(key), std::move(value));
}

absl::StatusOr<ObjectionCounts> CountObjections(const LoopState& state) {
  ObjectionCounts counts;
  auto kept = KeptObjections(state);
  if (!kept.ok()) return kept.status();
  const auto succeeded = Succeeded(*kept);
  for (const Kept& k : *kept) {
    if (!IsOld(state, k.objection)) {
      ++counts.standing;
    } else if (Waits(state, k, succeeded)) {
      ++counts.standing;
      ++counts.waiting;
    }
  }
  return counts;
}

absl::StatusOr<ClosedObjections> CloseObjectionsOf(LoopState& state,
                                                   Transaction& tx,
                                                   std::uint32_t epoch) {
  auto kept = KeptObjections(state);
  if (!kept.ok()) return kept.status();
  const auto succeeded = Succeeded(*kept);
  auto objections = std::make_shared<ObjectionSet>(*state.objections);
  ClosedObjections closed;
  for (Kept& k : *kept) {
    if (!IsOld(state, k.objection) || k.objection.epoch > epoch) continue;
    const bool waits = Waits(state, k, succeeded);
    std::string key = storage::ObjectionKey(k.hash);
    if (waits && (k.objection.epoch == epoch || k.objection.epoch == 0)) {
      ++closed.waiting;
      k.objection.epoch = epoch;
      std::string value =
          state.sealer->Seal(key, storage::EncodeObjection(k.objection));
      tx.writes().Put(std::move(key), std::move(value));
      continue;
    }
    if (waits) ++closed.lapsed;
    objections->Remove(k.hash);
    tx.writes().Delete(std::move(key));
  }
  state.objections = std::move(objections);
  return closed;
}

absl::Status CarryObjections(LoopState& state, Transaction& tx,
                             std::uint16_t department, std::uint32_t epoch,
                             const std::vector<storage::StagedCarry>& carries,
                             PairCounts& counts,
                             std::vector<crypto::Hash16>& carried) {
  if (carries.empty()) return absl::OkStatus();
  auto kept = KeptObjections(state);
  if (!kept.ok()) return kept.status();
  auto succeeded = Succeeded(*kept);
  for (const storage::StagedCarry& carry : carries) {
    const ObjectionSet& objections = *state.objections;
    const crypto::Hash16 before = objections.HashOf(carry.previous_key);
    if (objections.Contains(carry.person_key)) {
      const auto named = objections.Before(objections.HashOf(carry.person_key));
      if (named && *named != before) ++counts.contradicted;
      continue;
    }
    if (!objections.Contains(carry.previous_key)) continue;
    if (!MayCarryObjection(state, carry.person_key)) {
      ++counts.refused;
      continue;
    }
    if (!succeeded.insert(before).second) ++counts.contradicted;
    if (carried.empty()) GiveUpOtherPushes(state, tx, department);
    auto erased = EraseHolder(state, tx, *state.audit, carry.person_key,
                              samkoer::v1::NOTICE_KIND_OBJECTION);
    if (!erased.ok()) return tx.Fatal(erased.status());
    RegisterObjectionUnder(state, tx, carry.person_key, epoch,
                           carry.previous_key);
    carried.push_back(carry.person_key);
    ++counts.carried;
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
