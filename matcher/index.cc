#include "matcher/index.h"

namespace samkoer::matcher {

Index::Index()
    : person_set_(0, PersonHash{&persons_}, PersonEq{&persons_}),
      case_set_(0, CaseHash{&records_}, CaseEq{&records_}) {}

PersonNo Index::FindCurrent(const crypto::Hash16& person_key) const {
  const auto found = person_set_.find(person_key);
  return found == person_set_.end() ? kNone : *found;
}

PersonNo Index::FindPrevious(const crypto::Hash16& previous_key) const {
  const auto found = by_previous_key_.find(previous_key);
  return found == by_previous_key_.end() ? kNone : found->second;
}

const crypto::Hash16* Index::PreviousKey(PersonNo number) const {
  const auto found = previous_keys_.find(number);
  return found == previous_keys_.end() ? nullptr : &found->second;
}

void Index::Rekey(PersonNo number, const crypto::Hash16& person_key) {
  person_set_.erase(number);
  persons_[number].person_key = person_key;
  person_set_.insert(number);
}

void Index::SetPreviousKey(PersonNo number,
                           const crypto::Hash16& previous_key) {
  previous_keys_[number] = previous_key;
  by_previous_key_[previous_key] = number;
}

void Index::DropPreviousKeys() {
  previous_keys_.clear();
  by_previous_key_.clear();
}

PersonNo Index::AddPerson(const crypto::Hash16& person_key,
                          const crypto::SealKey& data_key) {
  PersonNo number;
  if (free_persons_.empty()) {
    number = persons_.size();
    persons_.GrowTo(number + 1);
  } else {
    number = free_persons_.back();
    free_persons_.pop_back();
  }
  Person& person = persons_[number];
  person.person_key = person_key;
  person.data_key = data_key;
  person.live = true;
  person_set_.insert(number);
  return number;
}

bool Index::LoadPerson(PersonNo number, const crypto::Hash16& person_key,
                       const crypto::SealKey& data_key) {
  if (number == kNone) return false;
  persons_.GrowTo(number + 1);
  Person& person = persons_[number];
  if (person.live || FindPerson(person_key) != kNone) return false;
  person.person_key = person_key;
  person.data_key = data_key;
  person.live = true;
  person_set_.insert(number);
  return true;
}

void Index::RemovePerson(PersonNo number) {
  person_set_.erase(number);
  if (const auto previous = previous_keys_.find(number);
      previous != previous_keys_.end()) {
    by_previous_key_.erase(previous->second);
    previous_keys_.erase(previous);
  }
  Person& person = persons_[number];
  person.person_key = {};
  person.epoch = 0;
  person.paired = false;
  sodium_memzero(person.data_key.ExposeMutable().data(), 32);
  person.live = false;
  person.touched = false;
  free_persons_.push_back(number);
}

RecordNo Index::FirstOfCase(const crypto::Hash16& case_id) const {
  const auto found = case_set_.find(case_id);
  return found == case_set_.end() ? kNone : *found;
}

RecordNo Index::FindRecord(const crypto::Hash16& case_id,
                           PersonNo person) const {
  RecordNo number = FirstOfCase(case_id);
  while (number != kNone && records_[number].person != person) {
    number = records_[number].next_of_case;
  }
  return number;
}

RecordNo Index::AddRecord(const crypto::Hash16& case_id,
                          const crypto::Hash16& fingerprint, PersonNo person,
                          const RecordAttributes& attributes) {
  RecordNo number;
  if (free_records_.empty()) {
    number = records_.size();
    records_.GrowTo(number + 1);
  } else {
    number = free_records_.back();
    free_records_.pop_back();
  }
  Record& record = records_[number];
  record.case_id = case_id;
  record.fingerprint = fingerprint;
  record.person = person;
  record.attributes = attributes;
  Link(number);
  return number;
}

bool Index::LoadRecord(RecordNo number, const crypto::Hash16& case_id,
                       const crypto::Hash16& fingerprint, PersonNo person,
                       const RecordAttributes& attributes) {
  if (number == kNone || person >= persons_.size() || !persons_[person].live ||
      FindRecord(case_id, person) != kNone) {
    return false;
  }
  records_.GrowTo(number + 1);
  Record& record = records_[number];
  if (record.person != kNone) return false;
  record.case_id = case_id;
  record.fingerprint = fingerprint;
  record.person = person;
  record.attributes = attributes;
  Link(number);
  return true;
}

void Index::Link(RecordNo number) {
  Record& record = records_[number];
  Person& person = persons_[record.person];
  record.next_of_person = person.first_record;
  person.first_record = number;
  record.next_of_case = kNone;
  bool first_of_case = false;
  const auto first =
      case_set_.lazy_emplace(record.case_id, [&](const auto& construct) {
        construct(number);
        first_of_case = true;
      });
  if (!first_of_case) {
    record.next_of_case = records_[*first].next_of_case;
    records_[*first].next_of_case = number;
  }
  ++record_count_;
  CountClosed(record.attributes);
  AddToBuckets(number);
}

void Index::CountClosed(const RecordAttributes& attributes) {
  if (attributes.open) return;
  ++closed_records_[{attributes.domain, attributes.closed}];
}

void Index::UncountClosed(const RecordAttributes& attributes) {
  if (attributes.open) return;
  const auto found =
      closed_records_.find({attributes.domain, attributes.closed});
  if (--found->second == 0) closed_records_.erase(found);
}

void Index::ChangeRecord(RecordNo number, const crypto::Hash16& fingerprint,
                         const RecordAttributes& attributes) {
  Record& record = records_[number];
  departments_[record.attributes.department].Change(
      record.case_id, record.fingerprint, fingerprint);
  UncountClosed(record.attributes);
  record.fingerprint = fingerprint;
  record.attributes = attributes;
  CountClosed(record.attributes);
}

void Index::RemoveRecord(RecordNo number) {
  Record& record = records_[number];
  RecordNo* link = &persons_[record.person].first_record;
  while (*link != number) link = &records_[*link].next_of_person;
  *link = record.next_of_person;

  const RecordNo first = FirstOfCase(record.case_id);
  if (first == number) {
    case_set_.erase(number);
    if (record.next_of_case != kNone) case_set_.insert(record.next_of_case);
  } else {
    RecordNo before = first;
    while (records_[before].next_of_case != number) {
      before = records_[before].next_of_case;
    }
    records_[before].next_of_case = record.next_of_case;
  }
  RemoveFromBuckets(record, number);
  --record_count_;
  UncountClosed(record.attributes);
  record = Record{};
  free_records_.push_back(number);
}

void Index::AddToBuckets(RecordNo number) {
  const std::uint16_t department = records_[number].attributes.department;
  if (department >= departments_.size()) departments_.resize(department + 1u);
  CaseBuckets& buckets = departments_[department];
  const auto add = [&](RecordNo n) {
    Record& record = records_[n];
    record.next_of_bucket = buckets.Add(n, record.case_id, record.fingerprint);
  };
  if (buckets.Full()) {
    std::vector<RecordNo> all;
    all.reserve(buckets.records());
    for (std::uint32_t b = 0; b < buckets.size(); ++b) {
      for (RecordNo n = buckets.first(b); n != kNone;
           n = records_[n].next_of_bucket) {
        all.push_back(n);
      }
    }
    buckets.Resize();
    for (const RecordNo n : all) add(n);
  }
  add(number);
}

void Index::RemoveFromBuckets(const Record& record, RecordNo number) {
  CaseBuckets& buckets = departments_[record.attributes.department];
  RecordNo* link = &buckets.mutable_first(record.case_id);
  while (*link != number) link = &records_[*link].next_of_bucket;
  *link = record.next_of_bucket;
  buckets.Remove(record.case_id, record.fingerprint);
}

const CaseBuckets& Index::department_buckets(std::uint16_t department) const {
  static const CaseBuckets none;
  return department < departments_.size() ? departments_[department] : none;
}

std::uint64_t Index::department_records(std::uint16_t department) const {
  return department_buckets(department).records();
}

const AlertInfo* Index::FindAlert(PersonNo person) const {
  const auto found = alerts_.find(person);
  return found == alerts_.end() ? nullptr : &found->second;
}

PersonNo Index::FindAlertId(std::uint64_t id) const {
  const auto found = alert_ids_.find(id);
  return found == alert_ids_.end() ? kNone : found->second;
}

void Index::PutAlert(PersonNo person, AlertInfo info) {
  if (!persons_[person].has_alert) {
    persons_[person].has_alert = true;
    alert_ids_[info.id] = person;
    if (info.number >= alert_numbers_.size()) {
      alert_numbers_.resize(info.number + 1, kNone);
    }
    alert_numbers_[info.number] = person;
  }
  alerts_[person] = std::move(info);
}

void Index::RemoveAlert(PersonNo person) {
  const auto found = alerts_.find(person);
  if (found == alerts_.end()) return;
  alert_ids_.erase(found->second.id);
  alert_numbers_[found->second.number] = kNone;
  alerts_.erase(found);
  persons_[person].has_alert = false;
}

void Index::FinishLoading() {
  free_persons_.clear();
  for (PersonNo n = persons_.size(); n-- > 0;) {
    if (!persons_[n].live) free_persons_.push_back(n);
  }
  free_records_.clear();
  for (RecordNo n = records_.size(); n-- > 0;) {
    if (records_[n].person == kNone) free_records_.push_back(n);
  }
}

void Index::Reserve(std::size_t more_persons, std::size_t more_records) {
  // Growing looks at every entry's person or record, which are anywhere. The
  // first department is followed by others.
  constexpr std::size_t kGrowth = 2;
  const auto reserve = [](auto& set, std::size_t more) {
    const std::size_t wanted = set.size() + more;
    if (wanted > set.capacity() / 8 * 7) set.reserve(kGrowth * wanted);
  };
  reserve(person_set_, more_persons);
  reserve(case_set_, more_records);
}

}  // namespace samkoer::matcher
