#include "matcher/recovery.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "matcher/epochs.h"
#include "matcher/objections.h"
#include "matcher/parallel.h"
#include "storage/alert_table.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "storage/proposal_table.h"
#include "storage/record_content.h"
#include "storage/segment_table.h"

namespace samkoer::matcher {
namespace {

using storage::Table;

// Segments opened side by side before they are taken in.
constexpr std::size_t kWave = 512;
constexpr std::size_t kGrain = 16;

absl::Status Contradiction(absl::string_view what) {
  return absl::DataLossError(absl::StrCat(
      "the store contradicts itself: ", what, "; restore the newest backup"));
}

// Calls `visit` with number and sealed value of every entry of a table.
absl::Status ForEach(
    const LoopState& state, Table table,
    const std::function<absl::Status(std::uint64_t number, std::string_view key,
                                     std::string_view value)>& visit) {
  absl::Status status;
  absl::Status scanned = state.store->Scan(
      storage::TablePrefix(table), "",
      [&](std::string_view key, std::string_view value) {
        const auto number = storage::ParseNumberKey(table, key);
        status = number ? visit(*number, key, value)
                        : Contradiction("a key is malformed");
        return status.ok();
      });
  return scanned.ok() ? status : scanned;
}

// What was approved last of a thing is in force: they are read in that order.
absl::Status LoadProposals(LoopState& state) {
  auto suspensions = std::make_shared<Suspensions>();
  absl::Status loaded = ForEach(
      state, Table::kProposal,
      [&](std::uint64_t number, std::string_view key,
          std::string_view value) -> absl::Status {
        auto plaintext = state.sealer->Open(key, value);
        if (!plaintext.ok()) return plaintext.status();
        auto stored = storage::DecodeProposal(*plaintext);
        if (!stored.ok()) return stored.status();
        samkoer::v1::ProposalContent content;
        if (stored->head.number() != number ||
            !content.ParseFromString(stored->content)) {
          return Contradiction("a proposal is not what its key says");
        }
        if (content.has_department() &&
            stored->head.state() == samkoer::v1::PROPOSAL_STATE_APPROVED) {
          suspensions->Apply(content.department());
        }
        ShowContent(content, stored->head);
        if (!state.proposals.Load(std::move(stored->head), ThingOf(content))) {
          return Contradiction("a proposal is stored twice");
        }
        return absl::OkStatus();
      });
  state.suspensions = std::move(suspensions);
  return loaded;
}

absl::Status LoadPersons(LoopState& state) {
  return ForEach(
      state, Table::kPersonBlock,
      [&](std::uint64_t block, std::string_view key,
          std::string_view value) -> absl::Status {
        auto plaintext = state.sealer->OpenSecret(key, value);
        if (!plaintext.ok()) return plaintext.status();
        auto persons = storage::DecodePersonBlock(*plaintext);
        if (!persons.ok()) return persons.status();
        for (const storage::StoredPerson& person : *persons) {
          const auto number = static_cast<PersonNo>(
              block * storage::kPersonBlockSlots + person.slot);
          if (!state.index.LoadPerson(number, person.person_key,
                                      person.data_key)) {
            return Contradiction("a person is stored twice");
          }
          Person& loaded = state.index.mutable_person(number);
          loaded.epoch = person.epoch;
          loaded.paired = person.paired;
          if (!person.previous_key) continue;
          if (state.index.FindPrevious(*person.previous_key) != kNone) {
            return Contradiction("two persons were one");
          }
          state.index.SetPreviousKey(number, *person.previous_key);
        }
        return absl::OkStatus();
      });
}

// A segment on its way into the index.
struct Loading {
  std::uint64_t number = 0;
  std::string key;
  std::string value;
  std::string plaintext;
  std::vector<storage::SegmentEntry> entries;
  std::vector<std::string> bytes;
  std::vector<storage::StoredContent> contents;  // views into `bytes`
  std::vector<crypto::Hash16> case_ids;
};

// What loading records needs of every department.
std::vector<crypto::HashKey> DigestKeys(const LoopState& state) {
  std::vector<crypto::HashKey> keys;
  for (std::uint16_t d = 0; d < state.departments.size(); ++d) {
    keys.push_back(crypto::DigestKey(state.match_key, state.departments.id(d)));
  }
  return keys;
}

absl::Status OpenSegment(const LoopState& state,
                         const std::vector<crypto::HashKey>& digest_keys,
                         Loading& segment) {
  auto plaintext = state.sealer->Open(segment.key, segment.value);
  if (!plaintext.ok()) return plaintext.status();
  segment.plaintext = *std::move(plaintext);
  if (absl::Status s =
          storage::DecodeSegment(segment.plaintext, segment.entries);
      !s.ok()) {
    return s;
  }
  segment.bytes.reserve(segment.entries.size());
  for (const storage::SegmentEntry& entry : segment.entries) {
    if (entry.person >= state.index.person_slots() ||
        !state.index.person(entry.person).live) {
      return Contradiction("a record belongs to nobody");
    }
    if (entry.department >= state.departments.size()) {
      return Contradiction("a record belongs to no department");
    }
    auto bytes =
        storage::OpenRecordContent(state.index.person(entry.person).data_key,
                                   entry.fingerprint, entry.sealed_content);
    if (!bytes.ok()) return bytes.status();
    segment.bytes.push_back(*std::move(bytes));
    auto content = storage::ParseRecordContent(
        segment.bytes.back(), state.departments.texts(entry.department));
    if (!content.ok()) return content.status();
    if (content->unit >= state.departments.units(entry.department).size()) {
      return Contradiction("a record belongs to no unit");
    }
    segment.case_ids.push_back(
        crypto::CaseId(digest_keys[entry.department], content->case_ref));
    segment.contents.push_back(*std::move(content));
  }
  return absl::OkStatus();
}

absl::Status TakeIn(LoopState& state, const Loading& segment) {
  for (std::size_t i = 0; i < segment.entries.size(); ++i) {
    const storage::SegmentEntry& entry = segment.entries[i];
    const storage::StoredContent& content = segment.contents[i];
    const RecordAttributes attributes = state.names.Attributes(
        entry.department, content.unit, content, content.times.latest());
    const auto number = static_cast<RecordNo>(
        segment.number * storage::kSegmentSlots + entry.slot);
    if (!state.index.LoadRecord(number, segment.case_ids[i], entry.fingerprint,
                                entry.person, attributes)) {
      return Contradiction("a record is stored twice");
    }
  }
  return absl::OkStatus();
}

absl::Status TakeInWave(LoopState& state,
                        const std::vector<crypto::HashKey>& digest_keys,
                        std::vector<Loading>& wave) {
  absl::Status status = ParallelFor(
      state.threads, wave.size(), kGrain,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          if (absl::Status s = OpenSegment(state, digest_keys, wave[i]);
              !s.ok()) {
            return s;
          }
        }
        return absl::OkStatus();
      });
  for (const Loading& segment : wave) {
    if (!status.ok()) return status;
    status = TakeIn(state, segment);
  }
  wave.clear();
  return status;
}

absl::Status LoadRecords(LoopState& state) {
  const std::vector<crypto::HashKey> digest_keys = DigestKeys(state);
  std::vector<Loading> wave;
  absl::Status status = ForEach(
      state, Table::kSegment,
      [&](std::uint64_t number, std::string_view key, std::string_view value) {
        Loading segment;
        segment.number = number;
        segment.key = key;
        segment.value = value;
        wave.push_back(std::move(segment));
        return wave.size() < kWave ? absl::OkStatus()
                                   : TakeInWave(state, digest_keys, wave);
      });
  return status.ok() ? TakeInWave(state, digest_keys, wave) : status;
}

absl::Status LoadAlerts(LoopState& state) {
  return ForEach(state, Table::kAlert,
                 [&](std::uint64_t block, std::string_view key,
                     std::string_view value) -> absl::Status {
                   auto plaintext = state.sealer->Open(key, value);
                   if (!plaintext.ok()) return plaintext.status();
                   auto alerts = storage::DecodeAlertBlock(block, *plaintext);
                   if (!alerts.ok()) return alerts.status();
                   for (const storage::StoredAlert& alert : *alerts) {
                     if (alert.person >= state.index.person_slots() ||
                         state.index.person(alert.person).subject_id() !=
                             alert.subject_id ||
                         state.index.person(alert.person).has_alert ||
                         alert.number >= state.state.next_alert) {
                       return Contradiction("an alert belongs to nobody");
                     }
                     AlertInfo info;
                     info.number = alert.number;
                     info.id = alert.alert_id;
                     info.state = alert.state;
                     info.match_digest = alert.match_digest;
                     info.updated_micros = alert.updated_micros;
                     info.place = alert.place;
                     info.flags = alert.flags;
                     info.departments = alert.departments;
                     state.index.PutAlert(alert.person, std::move(info));
                     if (alert.flags_known < storage::kAlertFlagsKnown) {
                       state.old_heads.push_back(alert.person);
                     }
                   }
                   state.heads.Put(block, *std::move(alerts));
                   return absl::OkStatus();
                 });
}

absl::Status LoadOwnState(LoopState& state) {
  const std::string key = storage::MetaKey(storage::kMatcherStateWord);
  auto value = state.store->Get(key);
  if (absl::IsNotFound(value.status())) return absl::OkStatus();
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  auto decoded = storage::DecodeMatcherState(*plaintext);
  if (!decoded.ok()) return decoded.status();
  state.state = *std::move(decoded);
  if (!state.state.day.empty()) {
    auto day = Day::Parse(state.state.day);
    if (!day.ok()) return Contradiction("the stored day is no day");
    state.day = *day;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadState(LoopState& state) {
  if (absl::Status s = LoadOwnState(state); !s.ok()) return s;
  if (absl::Status s = LoadEpochs(state); !s.ok()) return s;
  auto departments =
      storage::DepartmentRegistry::Load(*state.store, *state.sealer);
  if (!departments.ok()) return departments.status();
  state.departments = *std::move(departments);
  if (absl::Status s = state.dictionaries.Load(*state.store, *state.sealer);
      !s.ok()) {
    return s;
  }
  for (const auto load : {LoadPersons, LoadRecords, LoadAlerts}) {
    if (absl::Status s = load(state); !s.ok()) return s;
  }
  state.index.FinishLoading();
  if (absl::Status s = LoadObjections(state); !s.ok()) return s;
  if (absl::Status s = LoadProposals(state); !s.ok()) return s;
  return state.pushes.Load(*state.store, *state.sealer);
}

}  // namespace samkoer::matcher
