#include "matcher/alert_store.h"

#include <algorithm>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/inbox_rules.h"
#include "matcher/parallel.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using storage::kFeedPageEntries;
using storage::NumberKey;
using storage::Table;

// Pages a thread takes at a time: about 0.1 ms of sealing.
constexpr std::size_t kGrain = 4;

// Those that the alert concerns, as the registry numbers them.
absl::InlinedVector<std::uint16_t, 4> DepartmentsOf(
    const LoopState& state, const samkoer::v1::Alert& alert) {
  absl::InlinedVector<std::uint16_t, 4> departments;
  ForEachDepartment(alert, [&](const std::string& id) {
    const auto number = state.departments.Find(id);
    if (!number || departments.size() >= 255) return;
    const auto place =
        std::lower_bound(departments.begin(), departments.end(), *number);
    if (place == departments.end() || *place != *number) {
      departments.insert(place, *number);
    }
  });
  return departments;
}

// storage::AlertFlag.
std::uint16_t FlagsOf(const samkoer::v1::Alert& alert) {
  const auto& coordination = alert.coordination();
  unsigned flags = alert.has_coordination() ? storage::kAlertCoordinated : 0;
  if (!alert.rule().empty()) flags |= storage::kAlertMatched;
  if (!coordination.nominations().empty()) flags |= storage::kAlertNominated;
  if (!coordination.transitions().empty()) flags |= storage::kAlertTransition;
  if (coordination.guide().state() == samkoer::v1::GUIDE_STATE_PROPOSED) {
    flags |= storage::kAlertGuideAsked;
  }
  if (coordination.guide().state() == samkoer::v1::GUIDE_STATE_ACCEPTED) {
    flags |= storage::kAlertGuideAccepted;
  }
  if (HandoverOpen(alert, samkoer::v1::HANDOVER_ROLE_UNSPECIFIED)) {
    flags |= storage::kAlertHandoverWaits;
  }
  for (const auto& due : coordination.dues()) {
    if (due.overdue()) flags |= storage::kAlertOverdue;
  }
  return static_cast<std::uint16_t>(flags);
}

}  // namespace

absl::StatusOr<const AlertLoader::OpenPage*> AlertLoader::Open(
    std::uint64_t first) {
  for (const OpenPage& open : open_) {
    if (open.first == first) return &open;
  }
  OpenPage& open = open_[next_++ % open_.size()];
  open.first = 0;
  const std::string key = NumberKey(Table::kFeed, first);
  auto value = tx_.writes().Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = state_.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  open.plaintext = *std::move(plaintext);
  auto page = storage::DecodeFeedPage(open.plaintext);
  if (!page.ok()) return page.status();
  open.page = *std::move(page);
  open.first = first;
  return &open;
}

absl::Status AlertLoader::Load(PersonNo person, samkoer::v1::Alert& alert) {
  const AlertInfo& info = *state_.index.FindAlert(person);
  auto open = Open(info.place.page);
  if (!open.ok()) return open.status();
  const auto& entries = (*open)->page.entries;
  if (info.place.index >= entries.size() ||
      entries[info.place.index].alert_number != info.number) {
    return absl::DataLossError("an alert is missing from the feed");
  }
  auto bytes = storage::OpenFeedAlert(state_.index.person(person).data_key,
                                      info.place.page + info.place.index,
                                      entries[info.place.index].sealed_alert);
  if (bytes.ok() && (*open)->page.packed) {
    const std::uint16_t dictionary = storage::DictionaryOfAlert(*bytes);
    bytes = storage::UnpackAlert(*bytes, state_.dictionaries.Find(dictionary));
  }
  if (!bytes.ok()) return bytes.status();
  if (!alert.ParseFromString(*bytes)) {
    return absl::DataLossError("a stored alert is malformed");
  }
  return absl::OkStatus();
}

AlertChange MakeAlertChange(const LoopState& state, PersonNo person,
                            AlertInfo info, const samkoer::v1::Alert& alert) {
  info.state = static_cast<std::uint8_t>(alert.state());
  info.updated_micros =
      alert.updated().seconds() * 1000000 + alert.updated().nanos() / 1000;
  DescribeAlert(state, alert, info);
  return {person, std::move(info), alert.SerializeAsString()};
}

void DescribeAlert(const LoopState& state, const samkoer::v1::Alert& alert,
                   AlertInfo& info) {
  info.flags = FlagsOf(alert);
  info.departments = DepartmentsOf(state, alert);
}

void StageAlertChanges(LoopState& state, Transaction& tx,
                       std::span<AlertChange> changes) {
  const std::uint64_t first = state.state.feed_sequence + 1;
  const std::size_t pages =
      (changes.size() + kFeedPageEntries - 1) / kFeedPageEntries;
  std::vector<std::string> keys(pages), values(pages);
  const storage::Dictionary* const dictionary =
      state.dictionaries.ForPolicy(state.policy, *state.sealer, tx.writes());
  ParallelFor(state.threads, pages, kGrain,
              [&](std::size_t begin, std::size_t end) {
                crypto::NonceSource nonces;
                for (std::size_t p = begin; p < end; ++p) {
                  const std::size_t from = p * kFeedPageEntries;
                  const std::size_t to =
                      std::min(changes.size(), from + kFeedPageEntries);
                  storage::StoredFeedPage page;
                  page.time_micros = ToMicros(tx.now());
                  std::vector<std::string> sealed;
                  sealed.reserve(to - from);
                  for (std::size_t i = from; i < to; ++i) {
                    AlertChange& change = changes[i];
                    sealed.push_back(storage::SealFeedAlert(
                        state.index.person(change.person).data_key, first + i,
                        storage::PackAlert(change.bytes, dictionary), nonces));
                    page.entries.push_back({change.info.number, sealed.back()});
                    change.info.place = {first + from,
                                         static_cast<std::uint8_t>(i - from)};
                  }
                  keys[p] = NumberKey(Table::kFeed, first + from);
                  values[p] = state.sealer->Seal(keys[p],
                                                 storage::EncodeFeedPage(page));
                }
                return absl::OkStatus();
              })
      .IgnoreError();
  for (std::size_t p = 0; p < pages; ++p) {
    tx.writes().Put(std::move(keys[p]), std::move(values[p]));
  }
  for (AlertChange& change : changes) {
    state.dirty_alert_blocks.insert(change.info.number /
                                    storage::kAlertBlockSlots);
    state.index.PutAlert(change.person, std::move(change.info));
  }
  state.state.feed_sequence += changes.size();
  state.alerts_changed += changes.size();
}

}  // namespace samkoer::matcher
