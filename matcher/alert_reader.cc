#include "matcher/alert_reader.h"

#include <utility>

#include "matcher/alert_id.h"
#include "matcher/case_limit.h"
#include "matcher/loop_state.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"

namespace samkoer::matcher {
namespace {

using storage::kAlertBlockSlots;
using storage::NumberKey;
using storage::Table;

// Data keys kept while a page is read; more would be a second copy of
// everybody's.
constexpr std::size_t kMaxKeys = 4096;
constexpr std::size_t kMaxHeads = 4096;

absl::Status Malformed() {
  return absl::DataLossError("a stored alert is malformed");
}

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
      keys_[block * storage::kPersonBlockSlots + p.slot] = p.data_key;
    }
    found = keys_.find(person);
  }
  // Worked out for whom it is asked for only: a block has 64.
  if (found == keys_.end() || crypto::SubjectId(found->second) != subject) {
    return absl::DataLossError("the key of an alert's person is missing");
  }
  return &found->second;
}

absl::StatusOr<storage::StoredAlert> AlertReader::Head(std::uint64_t number) {
  auto found = heads_.find(number);
  if (found == heads_.end()) {
    if (heads_.size() > kMaxHeads) heads_.clear();
    const std::uint64_t block = number / kAlertBlockSlots;
    const std::string key = NumberKey(Table::kAlert, block);
    auto value = reader_.Get(key);
    if (!value.ok()) return value.status();
    auto plaintext = sealer_.Open(key, *value);
    if (!plaintext.ok()) return plaintext.status();
    auto heads = storage::DecodeAlertBlock(block, *plaintext);
    if (!heads.ok()) return heads.status();
    for (storage::StoredAlert& head : *heads) {
      heads_[head.number] = std::move(head);
    }
    found = heads_.find(number);
    if (found == heads_.end()) return absl::NotFoundError("no such alert");
  }
  return found->second;
}

absl::Status AlertReader::TakePage(std::string_view key,
                                   std::string_view value) {
  page_.first = 0;
  const auto first = storage::ParseNumberKey(Table::kFeed, key);
  if (!first) return Malformed();
  auto plaintext = sealer_.Open(key, value);
  if (!plaintext.ok()) return plaintext.status();
  page_.plaintext = *std::move(plaintext);
  auto page = storage::DecodeFeedPage(page_.plaintext);
  if (!page.ok()) return page.status();
  page_.page = *std::move(page);
  page_.first = *first;
  return absl::OkStatus();
}

absl::StatusOr<const AlertReader::Page*> AlertReader::PageAt(
    std::uint64_t first) {
  if (page_.first != first) {
    const std::string key = NumberKey(Table::kFeed, first);
    auto value = reader_.Get(key);
    if (!value.ok()) return value.status();
    if (absl::Status s = TakePage(key, *value); !s.ok()) return s;
  }
  return &page_;
}

absl::StatusOr<const AlertReader::Page*> AlertReader::PageOf(
    std::uint64_t sequence) {
  const auto holds = [&] {
    return page_.first != 0 && page_.first <= sequence &&
           sequence < page_.first + page_.page.entries.size();
  };
  if (holds()) return &page_;
  absl::Status status = absl::NotFoundError("no such feed entry");
  absl::Status scanned = reader_.ScanBackward(
      storage::TablePrefix(Table::kFeed), NumberKey(Table::kFeed, sequence + 1),
      [&](std::string_view key, std::string_view value) {
        status = TakePage(key, value);
        return false;
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  if (!holds()) return absl::NotFoundError("no such feed entry");
  return &page_;
}

absl::StatusOr<const storage::Dictionary*> AlertReader::DictionaryAt(
    std::uint16_t number) {
  if (number == 0) return nullptr;
  auto& found = dictionaries_[number];
  if (found == nullptr) {
    const std::string key = storage::DictionaryKey(number);
    auto value = reader_.Get(key);
    if (absl::IsNotFound(value.status())) return Malformed();
    if (!value.ok()) return value.status();
    auto plaintext = sealer_.Open(key, *value);
    if (!plaintext.ok()) return plaintext.status();
    auto bytes = storage::DecodeDictionary(*plaintext);
    if (!bytes.ok()) return bytes.status();
    found =
        std::make_unique<const storage::Dictionary>(number, *std::move(bytes));
  }
  return found.get();
}

absl::StatusOr<std::string> AlertReader::OpenEntry(
    const storage::StoredAlert& head, const Page& page, std::size_t index) {
  if (index >= page.page.entries.size() ||
      page.page.entries[index].alert_number != head.number) {
    return Malformed();
  }
  auto data_key = DataKey(head.person, head.subject_id);
  if (!data_key.ok()) return data_key.status();
  auto opened = storage::OpenFeedAlert(**data_key, page.first + index,
                                       page.page.entries[index].sealed_alert);
  if (!opened.ok() || !page.page.packed) return opened;
  auto dictionary = DictionaryAt(storage::DictionaryOfAlert(*opened));
  if (!dictionary.ok()) return dictionary.status();
  return storage::UnpackAlert(*opened, *dictionary);
}

absl::StatusOr<samkoer::v1::Alert> AlertReader::Open(
    const storage::StoredAlert& head) {
  auto page = PageAt(head.place.page);
  if (!page.ok()) return page.status();
  auto bytes = OpenEntry(head, **page, head.place.index);
  if (!bytes.ok()) return bytes.status();
  samkoer::v1::Alert alert;
  if (!alert.ParseFromString(*bytes)) return Malformed();
  FitAlert(alert);
  return alert;
}

absl::Status AlertReader::Scan(
    std::uint64_t before,
    const std::function<bool(const storage::StoredAlert& head)>& visit) {
  if (heads_in_memory_ != nullptr) {
    heads_in_memory_->Scan(before, visit);
    return absl::OkStatus();
  }
  absl::Status status;
  bool stopped = false;
  // The block of `before` itself may hold some below it.
  const std::string end =
      before == 0
          ? std::string()
          : NumberKey(Table::kAlert, (before - 1) / kAlertBlockSlots + 1);
  absl::Status scanned = reader_.ScanBackward(
      storage::TablePrefix(Table::kAlert), end,
      [&](std::string_view key, std::string_view value) {
        const auto block = storage::ParseNumberKey(Table::kAlert, key);
        auto plaintext = sealer_.Open(key, value);
        if (!plaintext.ok() || !block) {
          status = block ? plaintext.status() : Malformed();
          return false;
        }
        auto heads = storage::DecodeAlertBlock(*block, *plaintext);
        if (!heads.ok()) {
          status = heads.status();
          return false;
        }
        for (auto head = heads->rbegin(); head != heads->rend(); ++head) {
          if (before != 0 && head->number >= before) continue;
          if (!visit(*head)) {
            stopped = true;
            break;
          }
        }
        return !stopped;
      });
  return scanned.ok() ? status : scanned;
}

absl::StatusOr<samkoer::v1::FeedEntry> AlertReader::GetFeedEntry(
    std::uint64_t sequence, crypto::Hash16& subject) {
  auto page = PageOf(sequence);
  if (!page.ok()) return page.status();
  samkoer::v1::FeedEntry entry;
  entry.set_sequence(sequence);
  *entry.mutable_time() =
      ToProto(absl::FromUnixMicros((*page)->page.time_micros));
  subject = {};
  const std::size_t index = sequence - (*page)->first;
  const storage::StoredFeedEntry& stored = (*page)->page.entries[index];
  if (stored.tombstone_cause != 0) {
    entry.mutable_tombstone()->set_alert_id(
        FormatAlertId(stored.tombstone_alert));
    entry.mutable_tombstone()->set_cause(
        static_cast<samkoer::v1::TombstoneCause>(stored.tombstone_cause));
    return entry;
  }
  const std::uint64_t number = stored.alert_number;
  if (number == 0) return entry;
  auto head = Head(number);
  if (absl::IsNotFound(head.status())) return Malformed();
  if (!head.ok()) return head.status();
  auto bytes = OpenEntry(*head, **page, index);
  if (!bytes.ok()) return bytes.status();
  if (!entry.mutable_alert()->ParseFromString(*bytes)) return Malformed();
  FitAlert(*entry.mutable_alert());
  subject = head->subject_id;
  return entry;
}

}  // namespace samkoer::matcher
