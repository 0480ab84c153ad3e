#include "matcher/record_changes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "crypto/random_secrets.h"
#include "matcher/parallel.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

using storage::kPersonBlockSlots;
using storage::kSegmentSlots;
using storage::NumberKey;
using storage::Table;

// Segments a thread takes at a time: about half a millisecond of sealing.
constexpr std::size_t kSegmentGrain = 16;

}  // namespace

void RecordChanges::RandomPool::Fill(std::span<std::uint8_t> out) {
  if (used_ + out.size() > bytes_.size()) {
    crypto::RandomSecrets(bytes_);
    used_ = 0;
  }
  std::memcpy(out.data(), bytes_.data() + used_, out.size());
  // What was given out stays nowhere else.
  sodium_memzero(bytes_.data() + used_, out.size());
  used_ += out.size();
}

RecordChanges::RecordChanges(LoopState& state, Transaction& tx,
                             std::uint16_t epoch)
    : state_(state), tx_(tx), epoch_(epoch) {}

RecordChanges::~RecordChanges() {
  for (const PersonNo person : touched_) {
    state_.index.mutable_person(person).touched = false;
  }
}

void RecordChanges::Touch(PersonNo person) {
  Person& p = state_.index.mutable_person(person);
  if (p.touched) return;
  p.touched = true;
  touched_.push_back(person);
}

PersonNo RecordChanges::NewPerson(const crypto::Hash16& person_key) {
  crypto::SealKey data_key;
  random_.Fill(data_key.ExposeMutable());
  const PersonNo person = state_.index.AddPerson(person_key, data_key);
  state_.index.mutable_person(person).epoch = epoch_;
  state_.dirty_person_blocks.insert(person / kPersonBlockSlots);
  return person;
}

absl::Status RecordChanges::Upsert(std::uint16_t department,
                                   const storage::StagedRecord& record,
                                   RecordNo existing, PersonNo person,
                                   bool same_content) {
  Index& index = state_.index;
  if (existing != kNone &&
      index.record(existing).fingerprint == record.fingerprint) {
    return absl::OkStatus();
  }
  auto content = storage::ParseCanonicalTail(record.canonical_tail);
  if (!content.ok()) return content.status();
  const auto unit = state_.departments.FindUnit(department, content->unit);
  if (!unit) return absl::InternalError("a unit has no number");
  if (existing != kNone && moved_.contains(existing)) {
    return ChangeMoved(record, existing, *unit, *content, same_content);
  }
  if (existing != kNone && same_content) {
    replaced_.emplace(existing, index.record(existing).fingerprint);
    same_content_.insert(existing);
    index.ChangeRecord(existing, record.fingerprint,
                       RecordAttributes(index.record(existing).attributes));
    fresh_.push_back({existing, record.canonical_tail});
    dirty_segments_.insert(existing / kSegmentSlots);
    return absl::OkStatus();
  }
  const RecordAttributes attributes = state_.names.Attributes(
      department, *unit, *content, ToSeconds(tx_.now()));

  if (existing != kNone) {
    replaced_.emplace(existing, index.record(existing).fingerprint);
    index.ChangeRecord(existing, record.fingerprint, attributes);
    ++counts_.changed;
  } else {
    if (person == kNone) person = index.FindPerson(record.person_key);
    if (person == kNone) person = NewPerson(record.person_key);
    existing =
        index.AddRecord(record.case_id, record.fingerprint, person, attributes);
    ++counts_.added;
  }
  fresh_.push_back({existing, record.canonical_tail});
  dirty_segments_.insert(existing / kSegmentSlots);
  shared_.Count(department, content->plan_owner_unit, record.person_key);
  Touch(index.record(existing).person);
  return absl::OkStatus();
}

absl::Status RecordChanges::ChangeMoved(const storage::StagedRecord& record,
                                        RecordNo existing, std::uint16_t unit,
                                        const storage::CanonicalTail& content,
                                        bool same_content) {
  Index& index = state_.index;
  std::string& stored = *moved_[existing];
  RecordAttributes attributes = index.record(existing).attributes;
  const std::uint16_t department = attributes.department;
  auto before =
      storage::ParseRecordContent(stored, state_.departments.texts(department));
  if (!before.ok()) return before.status();
  storage::IntakeTimes times = before->times;
  if (!same_content) {
    times.changed = ToSeconds(tx_.now());
    attributes =
        state_.names.Attributes(department, unit, content, times.changed);
    ++counts_.changed;
  }
  auto owner = OwnerNumber(department, content);
  if (same_content && !before->owner_by_number) owner.reset();
  std::string after;
  storage::EncodeRecordContent(content, unit, owner, times, after);
  stored = std::move(after);
  index.ChangeRecord(existing, record.fingerprint, attributes);
  return absl::OkStatus();
}

absl::Status RecordChanges::MoveRecords(PersonNo from, PersonNo to) {
  Index& index = state_.index;
  Settle();
  std::vector<RecordNo> records;
  for (RecordNo r = index.person(from).first_record; r != kNone;
       r = index.record(r).next_of_person) {
    records.push_back(r);
  }
  std::vector<std::unique_ptr<std::string>> contents;
  ContentReader reader(*this);
  for (const RecordNo r : records) {
    auto bytes = reader.Get(r);
    if (!bytes.ok()) return bytes.status();
    contents.push_back(std::make_unique<std::string>(*std::move(bytes)));
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record record = index.record(records[i]);
    index.RemoveRecord(records[i]);
    dirty_segments_.insert(records[i] / kSegmentSlots);
    if (index.FindRecord(record.case_id, to) != kNone) continue;
    const RecordNo number = index.AddRecord(record.case_id, record.fingerprint,
                                            to, record.attributes);
    dirty_segments_.insert(number / kSegmentSlots);
    fresh_.push_back({number, {}, contents[i].get()});
    moved_[number] = std::move(contents[i]);
  }
  Touch(from);
  Touch(to);
  return absl::OkStatus();
}

void RecordChanges::Withdraw(RecordNo record) {
  Touch(state_.index.record(record).person);
  if (moved_.erase(record) != 0) {
    std::erase_if(fresh_, [&](const FreshRecord& fresh) {
      return fresh.number == record;
    });
  }
  state_.index.RemoveRecord(record);
  dirty_segments_.insert(record / kSegmentSlots);
  ++counts_.withdrawn;
}

void RecordChanges::Settle() {
  const auto by_number = [](const FreshRecord& a, const FreshRecord& b) {
    return a.number < b.number;
  };
  // A first push's are in order.
  if (!std::is_sorted(fresh_.begin(), fresh_.end(), by_number)) {
    std::sort(fresh_.begin(), fresh_.end(), by_number);
  }
  std::vector<storage::DepartmentRegistry::Entry> entries;
  for (const auto& [department, texts] : shared_.Take()) {
    state_.departments.AddTexts(department, texts, *state_.sealer, entries);
  }
  for (auto& entry : entries) {
    tx_.writes().Put(std::move(entry.key), std::move(entry.value));
  }
}

std::optional<std::uint16_t> RecordChanges::OwnerNumber(
    std::uint16_t department, const storage::RecordContent& content) const {
  const std::string_view owner = content.plan_owner_unit;
  if (owner.size() < SharedTexts::kMinBytes) return std::nullopt;
  return state_.departments.FindText(department, owner);
}

std::vector<RecordChanges::FreshRecord>::const_iterator
RecordChanges::FirstFresh(RecordNo record) const {
  return std::lower_bound(
      fresh_.begin(), fresh_.end(), record,
      [](const FreshRecord& a, RecordNo b) { return a.number < b; });
}

const RecordChanges::FreshRecord* RecordChanges::Fresh(RecordNo record) const {
  const auto found = FirstFresh(record);
  return found != fresh_.end() && found->number == record ? &*found : nullptr;
}

absl::Status RecordChanges::EncodeFresh(const FreshRecord& fresh,
                                        const Kept& kept,
                                        std::string& out) const {
  if (fresh.stored != nullptr) {
    out = *fresh.stored;
    return absl::OkStatus();
  }
  auto content = storage::ParseCanonicalTail(fresh.canonical_tail);
  if (!content.ok()) return content.status();
  const RecordAttributes& attributes =
      state_.index.record(fresh.number).attributes;
  std::optional<std::uint16_t> owner;
  if (kept.owner_by_number.value_or(true)) {
    owner = OwnerNumber(attributes.department, *content);
  }
  storage::EncodeRecordContent(*content, attributes.unit, owner, kept.times,
                               out);
  return absl::OkStatus();
}

absl::StatusOr<RecordChanges::Kept> RecordChanges::KeptOf(
    RecordNo record, const storage::SegmentEntry* old) const {
  const auto replaced = replaced_.find(record);
  if (replaced == replaced_.end()) {
    return Kept{{ToSeconds(tx_.now()), 0}, std::nullopt};
  }
  if (old == nullptr || old->fingerprint != replaced->second) {
    return absl::DataLossError("a record is missing from its segment");
  }
  const PersonNo person = state_.index.record(record).person;
  auto bytes =
      storage::OpenRecordContent(state_.index.person(person).data_key,
                                 old->fingerprint, old->sealed_content);
  if (!bytes.ok()) return bytes.status();
  auto content = storage::ParseRecordContent(
      *bytes, state_.departments.texts(
                  state_.index.record(record).attributes.department));
  if (!content.ok()) return content.status();
  if (same_content_.contains(record)) {
    return Kept{content->times, content->owner_by_number};
  }
  return Kept{{content->times.received, ToSeconds(tx_.now())}, std::nullopt};
}

absl::StatusOr<const ContentReader::OpenSegment*> ContentReader::Open(
    std::uint32_t segment) {
  for (const OpenSegment& open : open_) {
    if (open.segment == segment) return &open;
  }
  OpenSegment& open = open_[next_++ % open_.size()];
  open.segment = kNone;
  const std::string key = NumberKey(Table::kSegment, segment);
  auto value = changes_.tx_.writes().Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = changes_.state_.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  open.plaintext = *std::move(plaintext);
  if (absl::Status s = storage::DecodeSegment(open.plaintext, open.entries);
      !s.ok()) {
    return s;
  }
  open.segment = segment;
  return &open;
}

absl::StatusOr<std::string> ContentReader::Get(RecordNo record) {
  if (const auto* fresh = changes_.Fresh(record)) {
    std::string content;
    absl::Status encoded = changes_.EncodeFresh(
        *fresh, {{ToSeconds(changes_.tx_.now()), 0}, std::nullopt}, content);
    if (!encoded.ok()) return encoded;
    return content;
  }
  auto segment = Open(record / kSegmentSlots);
  if (!segment.ok()) return segment.status();
  const Index& index = changes_.state_.index;
  const Record& indexed = index.record(record);
  for (const storage::SegmentEntry& entry : (*segment)->entries) {
    if (entry.slot == record % kSegmentSlots &&
        entry.fingerprint == indexed.fingerprint) {
      return storage::OpenRecordContent(index.person(indexed.person).data_key,
                                        indexed.fingerprint,
                                        entry.sealed_content);
    }
  }
  return absl::DataLossError("a record is missing from its segment");
}

std::uint64_t RecordChanges::DropEmptyPersons() {
  std::uint64_t dropped = 0;
  std::erase_if(touched_, [&](PersonNo number) {
    const Person& person = state_.index.person(number);
    if (person.first_record != kNone || person.has_alert) return false;
    state_.index.RemovePerson(number);
    state_.dirty_person_blocks.insert(number / kPersonBlockSlots);
    ++dropped;
    return true;
  });
  return dropped;
}

absl::StatusOr<std::string> RecordChanges::BuildSegment(
    std::uint32_t segment, const std::string& key) const {
  const Index& index = state_.index;
  const RecordNo first = segment * kSegmentSlots;
  std::array<const FreshRecord*, kSegmentSlots> fresh{};
  std::uint8_t live = 0;
  bool needs_old = false;
  auto next_fresh = FirstFresh(first);
  for (std::uint32_t slot = 0; slot < kSegmentSlots; ++slot) {
    const RecordNo number = first + slot;
    if (number >= index.record_slots() || index.record(number).person == kNone)
      continue;
    ++live;
    while (next_fresh != fresh_.end() && next_fresh->number < number) {
      ++next_fresh;
    }
    if (next_fresh != fresh_.end() && next_fresh->number == number) {
      fresh[slot] = &*next_fresh;
    }
    needs_old |= fresh[slot] == nullptr || replaced_.contains(number);
  }
  if (live == 0) return std::string();

  std::string old_plaintext;
  std::vector<storage::SegmentEntry> old;
  if (needs_old) {
    auto value = tx_.writes().Get(key);
    if (!value.ok()) return value.status();
    auto plaintext = state_.sealer->Open(key, *value);
    if (!plaintext.ok()) return plaintext.status();
    old_plaintext = *std::move(plaintext);
    if (absl::Status s = storage::DecodeSegment(old_plaintext, old); !s.ok()) {
      return s;
    }
  }

  std::string out, content, sealed;
  out.reserve(live * std::size_t{192});
  storage::PutSegmentHead(out, live);
  auto next_old = old.begin();
  for (std::uint32_t slot = 0; slot < kSegmentSlots; ++slot) {
    const RecordNo number = first + slot;
    if (number >= index.record_slots()) break;
    const Record& record = index.record(number);
    if (record.person == kNone) continue;
    storage::SegmentEntry entry;
    entry.slot = static_cast<std::uint8_t>(slot);
    entry.fingerprint = record.fingerprint;
    entry.person = record.person;
    entry.department = record.attributes.department;
    while (next_old != old.end() && next_old->slot < slot) ++next_old;
    const storage::SegmentEntry* const before =
        next_old != old.end() && next_old->slot == slot ? &*next_old : nullptr;
    if (fresh[slot] != nullptr) {
      auto kept = KeptOf(number, before);
      if (!kept.ok()) return kept.status();
      if (absl::Status s = EncodeFresh(*fresh[slot], *kept, content); !s.ok())
        return s;
      sealed.clear();
      storage::SealRecordContent(index.person(record.person).data_key,
                                 record.fingerprint, content, sealed);
      entry.sealed_content = sealed;
    } else {
      if (before == nullptr || before->fingerprint != record.fingerprint) {
        return absl::DataLossError("a record is missing from its segment");
      }
      entry.sealed_content = before->sealed_content;
    }
    storage::PutSegmentEntry(out, entry);
  }
  return state_.sealer->Seal(key, out);
}

absl::Status RecordChanges::Flush() {
  std::vector<std::uint32_t> segments(dirty_segments_.begin(),
                                      dirty_segments_.end());
  std::sort(segments.begin(), segments.end());
  std::vector<std::string> keys(segments.size()), values(segments.size());
  absl::Status status =
      ParallelFor(state_.threads, segments.size(), kSegmentGrain,
                  [&](std::size_t begin, std::size_t end) -> absl::Status {
                    for (std::size_t i = begin; i < end; ++i) {
                      keys[i] = NumberKey(Table::kSegment, segments[i]);
                      auto value = BuildSegment(segments[i], keys[i]);
                      if (!value.ok()) return value.status();
                      values[i] = *std::move(value);
                    }
                    return absl::OkStatus();
                  });
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (values[i].empty()) {
      tx_.writes().Delete(std::move(keys[i]));
    } else {
      tx_.writes().Put(std::move(keys[i]), std::move(values[i]));
    }
  }
  dirty_segments_.clear();
  fresh_.clear();
  replaced_.clear();
  same_content_.clear();
  moved_.clear();
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
