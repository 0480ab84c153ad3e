// What one command does to persons and records: changes the index at once,
// gathers the segments that must be written, and marks person blocks dirty.
//
// Use: Upsert, Withdraw and Touch in any order; then FinishChanges
// (match_step.h), once. An error is fatal to the process, because the index has
// changed.
//
// Thread safety: belongs to the commit loop's thread; ContentReaders may be
// used on many threads while nothing else is.
#ifndef SAMKOER_MATCHER_RECORD_CHANGES_H_
#define SAMKOER_MATCHER_RECORD_CHANGES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/shared_texts.h"
#include "matcher/transaction.h"
#include "storage/record_content.h"
#include "storage/segment_table.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {

struct ChangeCounts {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t withdrawn = 0;
};

class RecordChanges {
 public:
  // Both must outlive it.
  // New persons' keys are of the `epoch`; 0: the store's first.
  RecordChanges(LoopState& state, Transaction& tx, std::uint16_t epoch = 0);
  ~RecordChanges();
  RecordChanges(const RecordChanges&) = delete;
  RecordChanges& operator=(const RecordChanges&) = delete;

  // The record comes in force, in place of what stood for this person in this
  // case. `existing` is that record or kNone; `person` the person if the caller
  // knows the number, else kNone. The views of `record` must stay until Flush.
  // Equal fingerprints change nothing; with `same_content` (same_content.h) the
  // fingerprint alone is new, and the record has not changed.
  absl::Status Upsert(std::uint16_t department,
                      const storage::StagedRecord& record, RecordNo existing,
                      PersonNo person, bool same_content = false);
  // Makes all records of one person another's, sealed anew; of a case in which
  // both have one, the other's stays. Call before anything else. DATA_LOSS if a
  // record cannot be read.
  absl::Status MoveRecords(PersonNo from, PersonNo to);
  void Withdraw(RecordNo record);
  // The person must be evaluated again, whatever has changed.
  void Touch(PersonNo person);

  // Persons with changed records, in the order they were first touched.
  const std::vector<PersonNo>& touched() const { return touched_; }
  const ChangeCounts& counts() const { return counts_; }

  // Call after the last Upsert, before ContentReaders are used. Gives numbers
  // to owners of plans that many of the records share (shared_texts.h).
  void Settle();

  // Removes touched persons who have neither records nor an alert, with their
  // data keys. Returns how many.
  std::uint64_t DropEmptyPersons();
  // Adds segments to the transaction.
  absl::Status Flush();

 private:
  friend class ContentReader;
  struct FreshRecord {
    RecordNo number;
    std::string_view canonical_tail;
    // The stored form, where the content was another person's; else null.
    const std::string* stored = nullptr;
  };
  // Random bytes, drawn many at a time; wiped.
  class RandomPool {
   public:
    ~RandomPool() { sodium_memzero(bytes_.data(), bytes_.size()); }
    void Fill(std::span<std::uint8_t> out);

   private:
    std::array<std::uint8_t, 4096> bytes_;
    std::size_t used_ = 4096;
  };

  PersonNo NewPerson(const crypto::Hash16& person_key);
  // The first that is not below `record`.
  std::vector<FreshRecord>::const_iterator FirstFresh(RecordNo record) const;
  const FreshRecord* Fresh(RecordNo record) const;
  // The number that the plan's owner has, if any.
  std::optional<std::uint16_t> OwnerNumber(
      std::uint16_t department, const storage::RecordContent& content) const;
  // What the stored form of a fresh record takes over.
  struct Kept {
    storage::IntakeTimes times;
    // Where the content is as old as its times: whether the plan's owner stood
    // as a number. It is to stay so: a nonce is made of version, fingerprint
    // and times, and in a store that was restored since an owner may get
    // another number.
    std::optional<bool> owner_by_number;
  };
  // The stored form of a fresh record's content.
  absl::Status EncodeFresh(const FreshRecord& fresh, const Kept& kept,
                           std::string& out) const;
  // Of a fresh record, which stands for `old` (null: for nothing).
  absl::StatusOr<Kept> KeptOf(RecordNo record,
                              const storage::SegmentEntry* old) const;
  absl::Status ChangeMoved(const storage::StagedRecord& record,
                           RecordNo existing, std::uint16_t unit,
                           const storage::CanonicalTail& content,
                           bool same_content);
  // The sealed segment; empty if it has no live record left.
  absl::StatusOr<std::string> BuildSegment(std::uint32_t segment,
                                           const std::string& key) const;

  LoopState& state_;
  Transaction& tx_;
  const std::uint16_t epoch_;
  RandomPool random_;
  SharedTexts shared_;
  ChangeCounts counts_;
  std::vector<PersonNo> touched_;
  // Sorted by number once settled.
  std::vector<FreshRecord> fresh_;
  // What stood there before, by its fingerprint: the time it was first received
  // is kept. Few among the fresh ones.
  absl::flat_hash_map<RecordNo, crypto::Hash16> replaced_;
  // Of the replaced: those whose content has not changed.
  absl::flat_hash_set<RecordNo> same_content_;
  // Stored forms of records that were another person's.
  absl::flat_hash_map<RecordNo, std::unique_ptr<std::string>> moved_;
  absl::flat_hash_set<std::uint32_t> dirty_segments_;
};

// Reads contents of live records, from a settled command or from the store.
// Keeps the last segments it opened. One thread's own.
class ContentReader {
 public:
  // `changes` must outlive it.
  explicit ContentReader(const RecordChanges& changes) : changes_(changes) {}
  // The stored form (record_content.h). DATA_LOSS if it is missing or damaged.
  // The times of a record that this command changes are not yet those that it
  // stores.
  absl::StatusOr<std::string> Get(RecordNo record);

 private:
  struct OpenSegment {
    std::uint32_t segment = kNone;
    std::string plaintext;
    std::vector<storage::SegmentEntry> entries;
  };
  absl::StatusOr<const OpenSegment*> Open(std::uint32_t segment);

  const RecordChanges& changes_;
  std::array<OpenSegment, 4> open_;
  std::size_t next_ = 0;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_RECORD_CHANGES_H_
