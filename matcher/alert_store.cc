#include "matcher/alert_store.h"

#include <algorithm>
#include <utility>

#include "storage/alert_table.h"
#include "storage/feed_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;

}  // namespace

absl::StatusOr<samkoer::v1::Alert> LoadAlert(const LoopState& state,
                                             const Transaction& tx,
                                             PersonNo person) {
  const AlertInfo& info = *state.index.FindAlert(person);
  const std::string key = NumberKey(Table::kAlert, info.number);
  auto value = tx.writes().Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  auto stored = storage::DecodeAlert(*plaintext);
  if (!stored.ok()) return stored.status();
  auto bytes = storage::OpenAlert(state.index.person(person).data_key,
                                  info.number, stored->sealed_alert);
  if (!bytes.ok()) return bytes.status();
  samkoer::v1::Alert alert;
  if (!alert.ParseFromString(*bytes)) {
    return absl::DataLossError("a stored alert is malformed");
  }
  return alert;
}

SealedChange SealAlertChange(const LoopState& state, PersonNo person,
                             AlertInfo info, const samkoer::v1::Alert& alert) {
  thread_local crypto::NonceSource nonces;
  const Person& p = state.index.person(person);
  info.state = static_cast<std::uint8_t>(alert.state());
  info.updated_micros =
      alert.updated().seconds() * 1000000 + alert.updated().nanos() / 1000;
  SealedChange change;
  change.person = person;
  change.info = info;
  change.bytes = alert.SerializeAsString();
  const std::string sealed =
      storage::SealAlert(p.data_key, info.number, change.bytes, nonces);

  storage::StoredAlert stored;
  stored.alert_id = info.id;
  stored.person = person;
  stored.subject_id = p.subject_id;
  stored.state = info.state;
  stored.updated_micros = info.updated_micros;
  stored.match_digest = info.match_digest;
  for (const auto& participant : alert.participants()) {
    if (const auto number = state.departments.Find(participant.department())) {
      stored.departments.push_back(*number);
    }
  }
  std::sort(stored.departments.begin(), stored.departments.end());
  stored.departments.erase(
      std::unique(stored.departments.begin(), stored.departments.end()),
      stored.departments.end());
  stored.sealed_alert = sealed;
  change.alert_key = NumberKey(Table::kAlert, info.number);
  change.alert_value =
      state.sealer->Seal(change.alert_key, storage::EncodeAlert(stored));
  return change;
}

SealedFeedEntry SealFeedChange(const LoopState& state,
                               const SealedChange& change,
                               std::uint64_t sequence, absl::Time time) {
  thread_local crypto::NonceSource nonces;
  const Person& p = state.index.person(change.person);
  const std::string sealed =
      storage::SealFeedAlert(p.data_key, sequence, change.bytes, nonces);
  storage::StoredFeedEntry entry;
  entry.time_micros = ToMicros(time);
  entry.alert_number = change.info.number;
  entry.person = change.person;
  entry.subject_id = p.subject_id;
  entry.sealed_alert = sealed;
  SealedFeedEntry out;
  out.key = NumberKey(Table::kFeed, sequence);
  out.value = state.sealer->Seal(out.key, storage::EncodeFeedEntry(entry));
  return out;
}

void StageAlertChange(LoopState& state, Transaction& tx, PersonNo person,
                      AlertInfo info, const samkoer::v1::Alert& alert) {
  SealedChange change = SealAlertChange(state, person, info, alert);
  SealedFeedEntry feed =
      SealFeedChange(state, change, ++state.state.feed_sequence, tx.now());
  state.index.PutAlert(person, change.info);
  tx.writes().Put(std::move(change.alert_key), std::move(change.alert_value));
  tx.writes().Put(std::move(feed.key), std::move(feed.value));
  ++state.alerts_changed;
}

}  // namespace samkoer::matcher
