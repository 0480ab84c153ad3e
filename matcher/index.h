// The index: what matching needs of every person and record, in memory. It is
// rebuilt from the store at the start and belongs to the commit loop.
//
// Memory: about 85 bytes a record, 64 a person, and the alerts; up to 17 more
// of each where a load has made room for others (Reserve). Person keys and data
// keys stand here in plain while the program runs (a data key opens one
// person's values; the process forbids core dumps); they are wiped when the
// person goes.
//
// Thread safety: const methods may be called from many threads while no other
// method runs.
#ifndef SAMKOER_MATCHER_INDEX_H_
#define SAMKOER_MATCHER_INDEX_H_

#include <cstdint>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"
#include "matcher/calendar.h"
#include "matcher/case_buckets.h"
#include "matcher/chunked_array.h"
#include "storage/alert_table.h"

namespace samkoer::matcher {

// Number of a person: block * 64 + slot. Number of a record: segment * 32 +
// slot. Both are used again after their holder is gone.
using PersonNo = std::uint32_t;
using RecordNo = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xffffffff;

// What rules may look at, with the numbers of the department registry and of
// Names (names.h).
struct RecordAttributes {
  std::uint16_t department = 0;
  std::uint16_t unit = 0;
  std::uint32_t criteria = 0;
  Month birth;
  Month opened;
  // For closed records: when retention counts from.
  Month closed;
  std::uint8_t domain = 0;
  bool open = false;
  bool coordinator_exists = false;
};

struct Record {
  crypto::Hash16 case_id{};
  crypto::Hash16 fingerprint{};
  PersonNo person = kNone;  // kNone: the slot is free
  RecordNo next_of_person = kNone;
  RecordNo next_of_case = kNone;
  RecordNo next_of_bucket = kNone;
  RecordAttributes attributes;
};

struct Person {
  crypto::Hash16 person_key{};
  crypto::SealKey data_key;
  RecordNo first_record = kNone;
  // Of which epoch the person key is; 0: the store's first.
  std::uint16_t epoch = 0;
  bool live : 1 = false;
  bool has_alert : 1 = false;
  // For the commands' own use: see RecordChanges.
  bool touched : 1 = false;
  // A pair of pseudonyms has named the person in this epoch (pairs.h).
  bool paired : 1 = false;

  // The person's name in the audit log; worked out at each call.
  crypto::Hash16 subject_id() const { return crypto::SubjectId(data_key); }
};

// What is known of an alert without opening it.
struct AlertInfo {
  std::uint64_t number = 0;  // from 1, never used again
  std::uint64_t id = 0;      // alert_id.h
  std::uint8_t state = 0;    // samkoer.v1.AlertState
  crypto::Hash16 match_digest{};
  std::int64_t updated_micros = 0;
  std::uint16_t flags = 0;  // storage::AlertFlag
  storage::FeedPlace place;
  absl::InlinedVector<std::uint16_t, 4> departments;
};

class Index {
 public:
  Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // ---- Persons ----
  // Whose key it is, or was under the epoch before. kNone if unknown.
  PersonNo FindPerson(const crypto::Hash16& person_key) const {
    const PersonNo person = FindCurrent(person_key);
    return person != kNone ? person : FindPrevious(person_key);
  }
  // Whose key it is now.
  PersonNo FindCurrent(const crypto::Hash16& person_key) const;
  // Whose previous key it is, while the epoch before is taken.
  PersonNo FindPrevious(const crypto::Hash16& previous_key) const;
  // The person's previous key; null if there is none.
  const crypto::Hash16* PreviousKey(PersonNo number) const;
  // The same person, another key, which must be unknown.
  void Rekey(PersonNo number, const crypto::Hash16& person_key);
  // The key must be nobody's; the person must have no previous one.
  void SetPreviousKey(PersonNo number, const crypto::Hash16& previous_key);
  // The persons who have a previous key.
  const absl::flat_hash_map<PersonNo, crypto::Hash16>& previous_keys() const {
    return previous_keys_;
  }
  void DropPreviousKeys();
  // Takes the lowest free number that is at hand. The key must be unknown.
  PersonNo AddPerson(const crypto::Hash16& person_key,
                     const crypto::SealKey& data_key);
  // At the start: the person under the number it had. Call FinishLoading when
  // all persons and records are there. False if the number or key is taken.
  bool LoadPerson(PersonNo number, const crypto::Hash16& person_key,
                  const crypto::SealKey& data_key);
  // Wipes the keys. The person must have neither records nor alert.
  void RemovePerson(PersonNo number);
  const Person& person(PersonNo number) const { return persons_[number]; }
  Person& mutable_person(PersonNo number) { return persons_[number]; }
  // One past the highest number ever used; some below may not be live.
  std::uint32_t person_slots() const { return persons_.size(); }
  std::uint64_t person_count() const { return person_set_.size(); }

  // ---- Records ----
  // The first record of a case; go on with next_of_case. kNone if unknown.
  RecordNo FirstOfCase(const crypto::Hash16& case_id) const;
  // The person's record in the case, or kNone.
  RecordNo FindRecord(const crypto::Hash16& case_id, PersonNo person) const;
  // Adds a record of a live person that has none in this case.
  RecordNo AddRecord(const crypto::Hash16& case_id,
                     const crypto::Hash16& fingerprint, PersonNo person,
                     const RecordAttributes& attributes);
  // As LoadPerson. False if the number is taken or the person is not live.
  bool LoadRecord(RecordNo number, const crypto::Hash16& case_id,
                  const crypto::Hash16& fingerprint, PersonNo person,
                  const RecordAttributes& attributes);
  // The same record, other contents.
  void ChangeRecord(RecordNo number, const crypto::Hash16& fingerprint,
                    const RecordAttributes& attributes);
  void RemoveRecord(RecordNo number);
  const Record& record(RecordNo number) const { return records_[number]; }
  std::uint32_t record_slots() const { return records_.size(); }
  std::uint64_t record_count() const { return record_count_; }
  // How many records a department has.
  std::uint64_t department_records(std::uint16_t department) const;
  // A department's records by bucket; go on with next_of_bucket.
  const CaseBuckets& department_buckets(std::uint16_t department) const;
  // How many records of closed cases there are, by domain and the month they
  // were closed in; no zeros.
  const std::map<std::pair<std::uint8_t, Month>, std::uint64_t>&
  closed_records() const {
    return closed_records_;
  }

  // ---- Alerts: one a person ----
  const AlertInfo* FindAlert(PersonNo person) const;
  // kNone if no alert has this id, or this number.
  PersonNo FindAlertId(std::uint64_t id) const;
  PersonNo FindAlertNumber(std::uint64_t number) const {
    return number < alert_numbers_.size() ? alert_numbers_[number] : kNone;
  }
  // Adds or replaces; an alert keeps its number and id.
  void PutAlert(PersonNo person, AlertInfo info);
  void RemoveAlert(PersonNo person);
  const absl::flat_hash_map<PersonNo, AlertInfo>& alerts() const {
    return alerts_;
  }

  // Finds the free numbers after loading.
  void FinishLoading();
  // Has the memory fetched in which the person, and the case, are or will be
  // found: kRecordsAhead records before their turn, some microseconds. Changes
  // nothing.
  static constexpr std::size_t kRecordsAhead = 8;
  void Prefetch(const crypto::Hash16& case_id,
                const crypto::Hash16& person_key) const {
    person_set_.prefetch(person_key);
    case_set_.prefetch(case_id);
  }
  // As Prefetch, what adding or changing a record writes to beside that: the
  // case's bucket, and the person if known (else kNone).
  void PrefetchChange(std::uint16_t department, const crypto::Hash16& case_id,
                      PersonNo person) const {
    if (department < departments_.size()) {
      departments_[department].Prefetch(case_id);
    }
    if (person != kNone) {
      __builtin_prefetch(&persons_[person].first_record, 1);
    }
  }
  // Makes room, so that a large load does not rehash many times.
  void Reserve(std::size_t more_persons, std::size_t more_records);

 private:
  static std::uint64_t HashOf(const crypto::Hash16& key) {
    std::uint64_t h;
    std::memcpy(&h, key.data(), sizeof(h));
    return h;
  }
  // Sets of numbers, looked up by the 16 bytes that the numbered thing holds.
  struct PersonHash {
    using is_transparent = void;
    const ChunkedArray<Person>* persons;
    std::size_t operator()(PersonNo n) const {
      return HashOf((*persons)[n].person_key);
    }
    std::size_t operator()(const crypto::Hash16& key) const {
      return HashOf(key);
    }
  };
  struct PersonEq {
    using is_transparent = void;
    const ChunkedArray<Person>* persons;
    bool operator()(PersonNo a, PersonNo b) const { return a == b; }
    bool operator()(PersonNo a, const crypto::Hash16& key) const {
      return (*persons)[a].person_key == key;
    }
  };
  struct CaseHash {
    using is_transparent = void;
    const ChunkedArray<Record>* records;
    std::size_t operator()(RecordNo n) const {
      return HashOf((*records)[n].case_id);
    }
    std::size_t operator()(const crypto::Hash16& key) const {
      return HashOf(key);
    }
  };
  struct CaseEq {
    using is_transparent = void;
    const ChunkedArray<Record>* records;
    bool operator()(RecordNo a, RecordNo b) const { return a == b; }
    bool operator()(RecordNo a, const crypto::Hash16& key) const {
      return (*records)[a].case_id == key;
    }
  };

  void Link(RecordNo number);
  void AddToBuckets(RecordNo number);
  void RemoveFromBuckets(const Record& record, RecordNo number);
  void CountClosed(const RecordAttributes& attributes);
  void UncountClosed(const RecordAttributes& attributes);

  ChunkedArray<Person> persons_;
  ChunkedArray<Record> records_;
  absl::flat_hash_set<PersonNo, PersonHash, PersonEq> person_set_;
  // Empty but for the window of a rotation.
  absl::flat_hash_map<PersonNo, crypto::Hash16> previous_keys_;
  absl::flat_hash_map<crypto::Hash16, PersonNo> by_previous_key_;
  // The first record of each case.
  absl::flat_hash_set<RecordNo, CaseHash, CaseEq> case_set_;
  std::vector<PersonNo> free_persons_;
  std::vector<RecordNo> free_records_;
  std::uint64_t record_count_ = 0;
  std::map<std::pair<std::uint8_t, Month>, std::uint64_t> closed_records_;
  std::vector<CaseBuckets> departments_;  // by department number
  absl::flat_hash_map<PersonNo, AlertInfo> alerts_;
  absl::flat_hash_map<std::uint64_t, PersonNo> alert_ids_;
  std::vector<PersonNo> alert_numbers_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_INDEX_H_
