#include "matcher/alert_deletion.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "matcher/conferences.h"
#include "storage/alert_table.h"
#include "storage/feed_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;

class Deletion {
 public:
  Deletion(LoopState& state, Transaction& tx) : state_(state), tx_(tx) {}

  void TakeOut(PersonNo person) {
    const AlertInfo& info = *state_.index.FindAlert(person);
    state_.dirty_alert_blocks.insert(info.number / storage::kAlertBlockSlots);
    numbers_.insert(info.number);
    ids_.push_back(info.id);
    state_.index.RemoveAlert(person);
  }

  absl::Status EmptyEntries() {
    absl::Status status;
    absl::Status scanned =
        state_.store->Scan(storage::TablePrefix(Table::kFeed), "",
                           [&](std::string_view key, std::string_view value) {
                             status = EmptyInPage(key, value);
                             return status.ok();
                           });
    return scanned.ok() ? status : scanned;
  }

  const std::vector<std::uint64_t>& ids() const { return ids_; }

  void AppendTombstones(samkoer::v1::TombstoneCause cause) {
    // Their order must not tell in which order persons are kept.
    std::sort(ids_.begin(), ids_.end());
    for (std::size_t from = 0; from < ids_.size();
         from += storage::kFeedPageEntries) {
      const std::size_t to =
          std::min(ids_.size(), from + storage::kFeedPageEntries);
      storage::StoredFeedPage page;
      page.time_micros = ToMicros(tx_.now());
      for (std::size_t i = from; i < to; ++i) {
        storage::StoredFeedEntry& entry = page.entries.emplace_back();
        entry.tombstone_cause = static_cast<std::uint8_t>(cause);
        entry.tombstone_alert = ids_[i];
      }
      Put(NumberKey(Table::kFeed, state_.state.feed_sequence + 1), page);
      state_.state.feed_sequence += page.entries.size();
      state_.alerts_changed += page.entries.size();
    }
  }

 private:
  absl::Status EmptyInPage(std::string_view key, std::string_view value) {
    auto durable = state_.sealer->Open(key, value);
    if (!durable.ok()) return durable.status();
    auto page = storage::DecodeFeedPage(*durable);
    if (!page.ok()) return page.status();
    const auto is_gone = [&](const storage::StoredFeedEntry& entry) {
      return numbers_.contains(entry.alert_number);
    };
    if (std::none_of(page->entries.begin(), page->entries.end(), is_gone)) {
      return absl::OkStatus();
    }
    // Another deletion of this write may have emptied others of its entries.
    auto now = tx_.writes().Get(key);
    if (!now.ok()) return now.status();
    auto plaintext = state_.sealer->Open(key, *now);
    if (!plaintext.ok()) return plaintext.status();
    page = storage::DecodeFeedPage(*plaintext);
    if (!page.ok()) return page.status();
    for (storage::StoredFeedEntry& entry : page->entries) {
      if (is_gone(entry)) entry = {};
    }
    Put(std::string(key), *page);
    return absl::OkStatus();
  }

  void Put(std::string key, const storage::StoredFeedPage& page) {
    std::string value = state_.sealer->Seal(key, EncodeFeedPage(page));
    tx_.writes().Put(std::move(key), std::move(value));
  }

  LoopState& state_;
  Transaction& tx_;
  absl::flat_hash_set<std::uint64_t> numbers_;
  std::vector<std::uint64_t> ids_;
};

}  // namespace

absl::Status DeleteAlerts(LoopState& state, Transaction& tx,
                          std::span<const PersonNo> persons,
                          samkoer::v1::TombstoneCause cause) {
  if (persons.empty()) return absl::OkStatus();
  Deletion deletion(state, tx);
  for (const PersonNo person : persons) deletion.TakeOut(person);
  if (absl::Status s = deletion.EmptyEntries(); !s.ok()) return s;
  if (absl::Status s = DropFromConferences(state, tx, deletion.ids());
      !s.ok()) {
    return s;
  }
  deletion.AppendTombstones(cause);
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
