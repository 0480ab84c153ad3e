#include "matcher/epochs.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/objection_epochs.h"
#include "storage/audit_log.h"
#include "storage/coding.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"

namespace samkoer::matcher {
namespace {

using crypto::AbslView;
using storage::StoredEpoch;

// As many bits as a person's epoch has.
constexpr std::uint32_t kMaxEpoch = 0xffff;
constexpr std::size_t kMaxLiveEpochs = 2;

crypto::Hash32 PinnedDigest(const PinnedOprfKey& key) {
  std::string bytes;
  storage::PutU32(bytes, key.epoch);
  bytes.append(key.public_key).append(key.self_test);
  return crypto::Blake2b256(crypto::AsBytes(bytes));
}

std::uint64_t NextLeaf(const LoopState& state, Transaction& tx) {
  return (state.audit != nullptr ? state.audit->staged_size() : 0) +
         tx.leaves().size();
}

samkoer::v1::AuditLeaf KeyLeaf(const LoopState& state, Transaction& tx,
                               samkoer::v1::AuditAction action,
                               const StoredEpoch& epoch) {
  auto leaf = state.MakeLeaf(tx.now(), kMatcherActor, "", action);
  leaf.set_digest(epoch.public_key);
  leaf.set_detail(absl::StrCat(state.purpose, "/", epoch.epoch));
  AddCount(leaf, "epoch", epoch.epoch);
  return leaf;
}

// 20261224; 0 for none.
void AddDay(samkoer::v1::AuditLeaf& leaf, std::string_view name,
            const std::string& day) {
  const auto parsed = Day::Parse(day);
  AddCount(leaf, name,
           parsed.ok() ? static_cast<std::uint64_t>(parsed->year() * 10000 +
                                                    parsed->month() * 100 +
                                                    parsed->day())
                       : 0);
}

void PutEpochs(LoopState& state, Transaction& tx, Epochs epochs) {
  std::string key = storage::MetaKey(storage::kEpochsWord);
  std::string value = state.sealer->Seal(key, storage::EncodeEpochs(epochs));
  tx.writes().Put(std::move(key), std::move(value));
  state.epochs = std::make_shared<const Epochs>(std::move(epochs));
}

absl::Status IsDue(const std::string& closes_on, Day today, bool& due) {
  due = false;
  if (closes_on.empty()) return absl::OkStatus();
  auto day = Day::Parse(closes_on);
  if (!day.ok()) {
    return absl::FailedPreconditionError(
        "oprf_keys: closes_on must be \"YYYY-MM-DD\"");
  }
  due = *day <= today;
  return absl::OkStatus();
}

// The leaf of a key that a program wrote before it kept the epochs' lives.
absl::Status FindPinnedLeaf(const LoopState& state, StoredEpoch& epoch,
                            bool& found) {
  found = false;
  return state.audit->ReadLeaves(
      *state.store, 0, state.audit->size(),
      [&](std::uint64_t index, std::string_view bytes) {
        samkoer::v1::AuditLeaf leaf;
        if (!leaf.ParseFromArray(bytes.data(),
                                 static_cast<int>(bytes.size())) ||
            leaf.action() != samkoer::v1::AUDIT_ACTION_KEY_PINNED ||
            leaf.digest() != epoch.public_key) {
          return true;
        }
        epoch.pinned_leaf = index;
        epoch.pinned_micros =
            leaf.time().seconds() * 1000000 + leaf.time().nanos() / 1000;
        found = true;
        return false;
      });
}

void ForgetPairs(LoopState& state) {
  for (PersonNo n = 0; n < state.index.person_slots(); ++n) {
    if (!state.index.person(n).paired) continue;
    state.index.mutable_person(n).paired = false;
    state.dirty_person_blocks.insert(n / storage::kPersonBlockSlots);
  }
}

void GiveUpPushesOf(LoopState& state, Transaction& tx, std::uint32_t epoch) {
  for (auto& [department, book] : state.pushes.departments()) {
    if (book.open && book.open->stored.epoch == epoch) {
      state.pushes.GiveUp(department, /*remember=*/false, tx, *state.sealer);
    }
  }
}

void ForgetPreviousKeys(LoopState& state) {
  for (const auto& [person, key] : state.index.previous_keys()) {
    state.dirty_person_blocks.insert(person / storage::kPersonBlockSlots);
  }
  state.index.DropPreviousKeys();
}

absl::Status Refuse(absl::string_view why) {
  return absl::FailedPreconditionError(why);
}

}  // namespace

const StoredEpoch* FindEpoch(const Epochs& epochs, std::uint32_t epoch) {
  for (const StoredEpoch& known : epochs) {
    if (known.epoch == epoch) return &known;
  }
  return nullptr;
}

const StoredEpoch* FindLive(const Epochs& epochs, std::uint32_t epoch) {
  const StoredEpoch* known = FindEpoch(epochs, epoch);
  return known != nullptr && known->live() ? known : nullptr;
}

const StoredEpoch* EpochBefore(const Epochs& epochs, std::uint32_t epoch) {
  const StoredEpoch* before = nullptr;
  for (const StoredEpoch& known : epochs) {
    if (known.epoch < epoch) before = &known;
  }
  return before;
}

std::uint16_t PersonEpoch(const Epochs& epochs, std::uint32_t epoch) {
  if (epochs.empty() || epoch == epochs.front().epoch) return 0;
  return static_cast<std::uint16_t>(epoch);
}

absl::Status CheckLiveEpoch(const Epochs& epochs, std::uint32_t epoch,
                            std::string_view self_test, std::string_view who) {
  const StoredEpoch* key = FindLive(epochs, epoch);
  if (key == nullptr) {
    const StoredEpoch* ended = FindEpoch(epochs, epoch);
    return Refuse(absl::StrCat(
        AbslView(who), "epoch ", epoch, " is not live, epoch ",
        epochs.empty() ? 0 : epochs.back().epoch, " is",
        ended == nullptr
            ? ""
            : absl::StrCat("; its window ended on ", ended->closes_on),
        "; fetch the keys anew and start again"));
  }
  if (self_test != key->self_test) {
    return Refuse(absl::StrCat(
        AbslView(who),
        "the self-test differs from the pinned one; client and matcher do not "
        "work with the same key or algorithm"));
  }
  return absl::OkStatus();
}

absl::Status LoadEpochs(LoopState& state) {
  const std::string key = storage::MetaKey(storage::kEpochsWord);
  auto value = state.store->Get(key);
  if (absl::IsNotFound(value.status())) return absl::OkStatus();
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  auto epochs = storage::DecodeEpochs(*plaintext);
  if (!epochs.ok()) return epochs.status();
  state.epochs = std::make_shared<const Epochs>(*std::move(epochs));
  return absl::OkStatus();
}

absl::Status CheckPinnedKeys(const LoopState& state,
                             const std::vector<PinnedOprfKey>& keys,
                             Day today) {
  if (keys.empty()) {
    return Refuse(
        "no key of the key service is pinned; add what `samkoer-keyd public` "
        "prints to oprf_keys");
  }
  std::map<std::uint32_t, const PinnedOprfKey*> configured;
  for (const PinnedOprfKey& key : keys) configured[key.epoch] = &key;
  const std::uint32_t last = configured.rbegin()->first;
  if (configured.begin()->first == 0 || last > kMaxEpoch) {
    return Refuse("oprf_keys: an epoch is 1 to 65,535");
  }
  const std::uint32_t newest = state.state.epoch;
  if (newest != 0 && !configured.contains(newest)) {
    return Refuse(absl::StrCat(
        "the store holds persons of epoch ", newest,
        ", whose key is not among oprf_keys; add it to the configuration"));
  }
  // Under another key everybody would look like a new person: no match would be
  // found, and nothing would say so.
  const auto other = [](std::uint32_t epoch) {
    return Refuse(absl::StrCat(
        "the key of epoch ", epoch,
        " in oprf_keys is not the one that the store's persons were made with; "
        "put back what `samkoer-keyd public` printed when this store was "
        "made"));
  };
  if (newest != 0 && state.state.pinned_keys != crypto::Hash32{} &&
      state.state.pinned_keys != PinnedDigest(*configured[newest])) {
    return other(newest);
  }
  std::size_t live = 0;
  for (const auto& [epoch, key] : configured) {
    bool due = false;
    if (absl::Status s = IsDue(key->closes_on, today, due); !s.ok()) return s;
    if (key->closes_on.empty() != (epoch == last)) {
      return Refuse(absl::StrCat(
          "oprf_keys: epoch ", epoch,
          epoch == last ? " is the newest and must have no closes_on"
                        : " needs closes_on, as `samkoer-keyd public` "
                          "prints it"));
    }
    const StoredEpoch* known = FindEpoch(*state.epochs, epoch);
    if (known != nullptr && (known->public_key != key->public_key ||
                             known->self_test != key->self_test)) {
      return other(epoch);
    }
    if (known == nullptr && epoch < newest) {
      return Refuse(absl::StrCat("oprf_keys: epoch ", epoch,
                                 " is older than the newest in use and was "
                                 "never in use here; take it out"));
    }
    if (!due && (known == nullptr || known->live())) ++live;
  }
  for (const StoredEpoch& known : *state.epochs) {
    if (!known.live() || configured.contains(known.epoch)) continue;
    bool due = false;
    if (absl::Status s = IsDue(known.closes_on, today, due); !s.ok()) return s;
    if (!due) {
      return Refuse(absl::StrCat("epoch ", known.epoch, " is taken until ",
                                 known.closes_on,
                                 "; leave its key in oprf_keys until then"));
    }
  }
  if (live > kMaxLiveEpochs) {
    return Refuse(
        "oprf_keys: at most two epochs are taken at once; let the window of "
        "the oldest end first");
  }
  return absl::OkStatus();
}

absl::Status AdoptKeys(LoopState& state, Transaction& tx,
                       const std::vector<PinnedOprfKey>& keys) {
  std::vector<PinnedOprfKey> ascending = keys;
  std::sort(ascending.begin(), ascending.end(),
            [](const auto& a, const auto& b) { return a.epoch < b.epoch; });
  Epochs epochs = *state.epochs;
  bool rotated = false;
  for (const PinnedOprfKey& key : ascending) {
    const auto known = std::find_if(
        epochs.begin(), epochs.end(),
        [&](const StoredEpoch& e) { return e.epoch == key.epoch; });
    if (known != epochs.end()) {
      if (!known->live() || known->closes_on == key.closes_on) continue;
      if (!known->closes_on.empty()) {
        // Of a known key this leaf says that its window ends on another day.
        auto leaf =
            KeyLeaf(state, tx, samkoer::v1::AUDIT_ACTION_KEY_PINNED, *known);
        AddDay(leaf, "closes_on_before", known->closes_on);
        AddDay(leaf, "closes_on", key.closes_on);
        tx.AddLeaf(std::move(leaf));
      }
      known->closes_on = key.closes_on;
      continue;
    }
    StoredEpoch epoch;
    epoch.epoch = key.epoch;
    epoch.public_key = key.public_key;
    epoch.self_test = key.self_test;
    epoch.closes_on = key.closes_on;
    bool has_leaf = false;
    if (state.state.pinned_keys == PinnedDigest(key)) {
      if (absl::Status s = FindPinnedLeaf(state, epoch, has_leaf); !s.ok()) {
        return s;
      }
    }
    if (!has_leaf) {
      epoch.pinned_leaf = NextLeaf(state, tx);
      epoch.pinned_micros = ToMicros(tx.now());
      tx.AddLeaf(
          KeyLeaf(state, tx, samkoer::v1::AUDIT_ACTION_KEY_PINNED, epoch));
    }
    rotated |= !epochs.empty();
    epochs.push_back(std::move(epoch));
    state.state.epoch = key.epoch;
    state.state.pinned_keys = PinnedDigest(key);
  }
  // Pairs name persons once an epoch.
  if (rotated) ForgetPairs(state);
  if (epochs != *state.epochs) PutEpochs(state, tx, std::move(epochs));
  return absl::OkStatus();
}

absl::Status CloseDueEpochs(LoopState& state, Transaction& tx) {
  Epochs epochs = *state.epochs;
  bool closed = false;
  for (StoredEpoch& epoch : epochs) {
    bool due = false;
    if (!epoch.live() || !IsDue(epoch.closes_on, state.day, due).ok() || !due) {
      continue;
    }
    epoch.destroyed_leaf = NextLeaf(state, tx);
    epoch.destroyed_micros = ToMicros(tx.now());
    auto objections = CloseObjectionsOf(state, tx, epoch.epoch);
    if (!objections.ok()) return tx.Fatal(objections.status());
    auto leaf =
        KeyLeaf(state, tx, samkoer::v1::AUDIT_ACTION_KEY_DESTROYED, epoch);
    AddCount(leaf, "objections_waiting", objections->waiting);
    AddCount(leaf, "objections_lapsed", objections->lapsed);
    tx.AddLeaf(std::move(leaf));
    GiveUpPushesOf(state, tx, epoch.epoch);
    closed = true;
  }
  if (!closed) return absl::OkStatus();
  ForgetPreviousKeys(state);
  PutEpochs(state, tx, std::move(epochs));
  return absl::OkStatus();
}

samkoer::v1::ListEpochsResponse DescribeEpochs(const LoopState& state) {
  const Epochs& epochs = *state.epochs;
  std::map<std::uint16_t, std::uint64_t> persons;
  for (PersonNo n = 0; n < state.index.person_slots(); ++n) {
    const Person& person = state.index.person(n);
    if (person.live) ++persons[person.epoch];
  }
  samkoer::v1::ListEpochsResponse response;
  for (const StoredEpoch& epoch : epochs) {
    samkoer::v1::EpochLife* life = response.add_epochs();
    life->set_purpose(state.purpose);
    life->set_epoch(epoch.epoch);
    life->set_public_key(epoch.public_key);
    *life->mutable_pinned() =
        ToProto(absl::FromUnixMicros(epoch.pinned_micros));
    life->set_pinned_leaf(epoch.pinned_leaf);
    life->set_closes_on(epoch.closes_on);
    if (!epoch.live()) {
      *life->mutable_destroyed() =
          ToProto(absl::FromUnixMicros(epoch.destroyed_micros));
      life->set_destroyed_leaf(epoch.destroyed_leaf);
    }
    life->set_persons(persons[PersonEpoch(epochs, epoch.epoch)]);
  }
  return response;
}

}  // namespace samkoer::matcher
