#include "matcher/pairs.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/epochs.h"
#include "storage/index_hash.h"
#include "storage/person_table.h"

namespace samkoer::matcher {
namespace {

// Ended alerts of merged persons that one person can have at a time.
constexpr std::uint8_t kMaxMerged = 4;

crypto::Hash16 MergedKey(const LoopState& state,
                         const crypto::Hash16& person_key, std::uint8_t place) {
  std::array<std::uint8_t, 17> value{};
  std::copy(person_key.begin(), person_key.end(), value.begin());
  value.back() = place;
  return storage::IndexHash(state.index_key, "merged-person", value);
}

// The higher, the more reason to keep the alert.
int Rank(std::uint8_t stored_state) {
  const auto state = static_cast<samkoer::v1::AlertState>(stored_state);
  if (state == samkoer::v1::ALERT_STATE_IDENTIFIED) return 1;
  if (IsActive(state)) return 3;
  return state == samkoer::v1::ALERT_STATE_WITHDRAWN ? 0 : 2;
}

bool FirstIsKept(const AlertInfo& a, const AlertInfo& b) {
  const int rank_a = Rank(a.state), rank_b = Rank(b.state);
  return rank_a != rank_b ? rank_a > rank_b : a.number < b.number;
}

}  // namespace

Pairs::Pairs(LoopState& state, RecordChanges& changes, std::uint32_t epoch)
    : state_(state), changes_(changes), epoch_(epoch) {
  const auto* before = EpochBefore(*state.epochs, epoch);
  previous_is_taken_ = before != nullptr && before->live();
}

void Pairs::Dirty(PersonNo person) {
  state_.dirty_person_blocks.insert(person / storage::kPersonBlockSlots);
}

void Pairs::Name(PersonNo person, const crypto::Hash16& previous) {
  state_.index.mutable_person(person).paired = true;
  if (previous_is_taken_) state_.index.SetPreviousKey(person, previous);
  Dirty(person);
}

void Pairs::Rekey(PersonNo person, const crypto::Hash16& key) {
  const auto merged =
      MergedInto(state_, state_.index.person(person).person_key);
  state_.index.Rekey(person, key);
  state_.index.mutable_person(person).epoch =
      PersonEpoch(*state_.epochs, epoch_);
  Dirty(person);
  for (std::uint8_t i = 0; i < merged.size(); ++i) {
    state_.index.Rekey(merged[i], MergedKey(state_, key, i));
    Dirty(merged[i]);
  }
}

absl::Status Pairs::Apply(const storage::StagedRecord& record) {
  if (!record.previous_key) return absl::OkStatus();
  const Index& index = state_.index;
  const crypto::Hash16& previous = *record.previous_key;
  const PersonNo now = index.FindCurrent(record.person_key);
  const PersonNo before = index.FindCurrent(previous);
  const PersonNo known_as = index.FindPrevious(previous);
  if (now != kNone && known_as == now) return absl::OkStatus();
  const bool named = now != kNone && index.person(now).paired;
  if (known_as != kNone || named) {
    // Once the window has ended, the same pair said again looks like this.
    if (known_as != kNone || before != kNone || previous_is_taken_) {
      ++counts_.refused;
    }
    return absl::OkStatus();
  }
  if (before != kNone && now != kNone) return Merge(before, now, record);
  if (before != kNone) {
    Rekey(before, record.person_key);
    Name(before, previous);
    ++counts_.moved;
  } else if (now != kNone) {
    Name(now, previous);
  } else {
    unnamed_.push_back(&record);
  }
  return absl::OkStatus();
}

absl::Status Pairs::Finish() {
  for (const storage::StagedRecord* record :
       std::exchange(unnamed_, std::vector<const storage::StagedRecord*>())) {
    if (absl::Status s = Apply(*record); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status Pairs::Merge(PersonNo before, PersonNo now,
                          const storage::StagedRecord& record) {
  Index& index = state_.index;
  const AlertInfo* old_alert = index.FindAlert(before);
  const AlertInfo* new_alert = index.FindAlert(now);
  const bool both = old_alert != nullptr && new_alert != nullptr;
  const bool keep_old =
      new_alert == nullptr ||
      (old_alert != nullptr && FirstIsKept(*old_alert, *new_alert));
  const PersonNo survivor = keep_old ? before : now;
  const PersonNo other = keep_old ? now : before;

  std::vector<PersonNo> merged;
  for (const PersonNo person : {before, now}) {
    const auto of = MergedInto(state_, index.person(person).person_key);
    merged.insert(merged.end(), of.begin(), of.end());
  }
  if (both) merged.push_back(other);
  if (merged.size() > kMaxMerged) {
    ++counts_.refused;
    return absl::OkStatus();
  }
  if (absl::Status s = changes_.MoveRecords(other, survivor); !s.ok()) return s;
  // The keys that are needed must be free: everyone steps aside first.
  std::vector<PersonNo> aside = merged;
  if (!both) aside.push_back(other);
  for (const PersonNo person : aside) {
    crypto::Hash16 nobodys;
    randombytes_buf(nobodys.data(), nobodys.size());
    index.Rekey(person, nobodys);
    Dirty(person);
  }
  if (index.person(survivor).person_key != record.person_key) {
    index.Rekey(survivor, record.person_key);
  }
  for (std::uint8_t i = 0; i < merged.size(); ++i) {
    index.Rekey(merged[i], MergedKey(state_, record.person_key, i));
  }
  const std::uint16_t epoch = PersonEpoch(*state_.epochs, epoch_);
  index.mutable_person(survivor).epoch = epoch;
  index.mutable_person(other).epoch = epoch;
  Name(survivor, *record.previous_key);
  ++counts_.merged;
  return absl::OkStatus();
}

void AddRekeyedLeaf(const LoopState& state, Transaction& tx,
                    std::string_view actor, std::string_view certificate,
                    std::string_view push_id, const PairCounts& counts) {
  if (counts.moved + counts.merged + counts.refused + counts.carried +
          counts.contradicted ==
      0) {
    return;
  }
  auto leaf = state.MakeLeaf(tx.now(), actor, certificate,
                             samkoer::v1::AUDIT_ACTION_PERSONS_REKEYED);
  leaf.set_push_id(std::string(push_id));
  AddCount(leaf, "moved", counts.moved);
  AddCount(leaf, "merged", counts.merged);
  AddCount(leaf, "refused", counts.refused);
  if (counts.carried + counts.contradicted > 0) {
    AddCount(leaf, "objections_carried", counts.carried);
    AddCount(leaf, "objections_contradicted", counts.contradicted);
  }
  tx.AddLeaf(std::move(leaf));
}

std::vector<PersonNo> MergedInto(const LoopState& state,
                                 const crypto::Hash16& person_key) {
  std::vector<PersonNo> merged;
  // Before the first rotation nobody can have been merged.
  if (state.epochs->size() < 2) return merged;
  for (std::uint8_t place = 0; place < kMaxMerged; ++place) {
    const PersonNo person =
        state.index.FindCurrent(MergedKey(state, person_key, place));
    if (person != kNone) merged.push_back(person);
  }
  return merged;
}

bool MayCarryObjection(const LoopState& state,
                       const crypto::Hash16& person_key) {
  const PersonNo person = state.index.FindCurrent(person_key);
  return person == kNone || !state.index.person(person).paired;
}

}  // namespace samkoer::matcher
