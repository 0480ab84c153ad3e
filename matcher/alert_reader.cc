#include "matcher/alert_reader.h"

#include "matcher/loop_state.h"
#include "storage/feed_table.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;

// Keys kept while a page is read; more would be a second copy of everybody's.
constexpr std::size_t kMaxKeys = 4096;

}  // namespace

absl::StatusOr<const crypto::SealKey*> AlertReader::DataKey(
    std::uint32_t person, const crypto::Hash16& subject) {
  auto found = keys_.find(person);
  if (found == keys_.end()) {
    if (keys_.size() > kMaxKeys) keys_.clear();
    const std::uint32_t block = person / storage::kPersonBlockSlots;
    const std::string key = NumberKey(Table::kPersonBlock, block);
    auto value = reader_.Get(key);
    if (!value.ok()) return value.status();
    auto plaintext = sealer_.OpenSecret(key, *value);
    if (!plaintext.ok()) return plaintext.status();
    auto persons = storage::DecodePersonBlock(*plaintext);
    if (!persons.ok()) return persons.status();
    for (const storage::StoredPerson& p : *persons) {
      keys_[block * storage::kPersonBlockSlots + p.slot] = {p.subject_id,
                                                            p.data_key};
    }
    found = keys_.find(person);
  }
  if (found == keys_.end() || found->second.subject != subject) {
    return absl::DataLossError("the key of an alert's person is missing");
  }
  return &found->second.key;
}

absl::StatusOr<samkoer::v1::Alert> AlertReader::Get(std::uint64_t number) {
  const std::string key = NumberKey(Table::kAlert, number);
  auto value = reader_.Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = sealer_.Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  auto stored = storage::DecodeAlert(*plaintext);
  if (!stored.ok()) return stored.status();
  return Open(number, *stored);
}

absl::StatusOr<samkoer::v1::Alert> AlertReader::Open(
    std::uint64_t number, const storage::StoredAlert& stored) {
  auto data_key = DataKey(stored.person, stored.subject_id);
  if (!data_key.ok()) return data_key.status();
  auto bytes = storage::OpenAlert(**data_key, number, stored.sealed_alert);
  if (!bytes.ok()) return bytes.status();
  samkoer::v1::Alert alert;
  if (!alert.ParseFromString(*bytes)) {
    return absl::DataLossError("a stored alert is malformed");
  }
  return alert;
}

absl::Status AlertReader::Scan(
    std::uint64_t before,
    const std::function<bool(std::uint64_t number,
                             const storage::StoredAlert& stored)>& visit) {
  absl::Status status;
  absl::Status scanned = reader_.ScanBackward(
      storage::TablePrefix(Table::kAlert),
      before == 0 ? std::string() : NumberKey(Table::kAlert, before),
      [&](std::string_view key, std::string_view value) {
        const auto number = storage::ParseNumberKey(Table::kAlert, key);
        auto plaintext = sealer_.Open(key, value);
        if (!plaintext.ok() || !number) {
          status = number ? plaintext.status()
                          : absl::DataLossError("an alert's key is malformed");
          return false;
        }
        auto stored = storage::DecodeAlert(*plaintext);
        if (!stored.ok()) {
          status = stored.status();
          return false;
        }
        return visit(*number, *stored);
      });
  return scanned.ok() ? status : scanned;
}

absl::StatusOr<samkoer::v1::FeedEntry> AlertReader::GetFeedEntry(
    std::uint64_t sequence, crypto::Hash16& subject) {
  const std::string key = NumberKey(Table::kFeed, sequence);
  auto value = reader_.Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = sealer_.Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  auto stored = storage::DecodeFeedEntry(*plaintext);
  if (!stored.ok()) return stored.status();
  samkoer::v1::FeedEntry entry;
  entry.set_sequence(sequence);
  *entry.mutable_time() = ToProto(absl::FromUnixMicros(stored->time_micros));
  subject = stored->subject_id;
  if (stored->sealed_alert.empty()) return entry;
  auto data_key = DataKey(stored->person, stored->subject_id);
  if (!data_key.ok()) return data_key.status();
  auto bytes =
      storage::OpenFeedAlert(**data_key, sequence, stored->sealed_alert);
  if (!bytes.ok()) return bytes.status();
  if (!entry.mutable_alert()->ParseFromString(*bytes)) {
    return absl::DataLossError("a feed entry is malformed");
  }
  return entry;
}

}  // namespace samkoer::matcher
