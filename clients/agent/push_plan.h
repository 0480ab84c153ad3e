// What a push will say, worked out: case ids, fingerprints, bucket digests,
// batches. Pure, deterministic: equal contents give equal batches, in whatever
// order the records came, so that an interrupted push can go on.
//
// Records are ordered by case reference, then fingerprint; records of one case
// stand in one batch.
#ifndef SAMKOER_CLIENTS_AGENT_PUSH_PLAN_H_
#define SAMKOER_CLIENTS_AGENT_PUSH_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "crypto/keyed_hash.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::agent {

// What is to be pushed: complete records, pseudonyms included, and the
// references that a delta withdraws.
struct PushContents {
  std::vector<v1::CaseRecord> records;
  std::vector<std::string> withdrawn_refs;
};

// Thread safety: for one thread at a time; Prepare uses several of its own.
class PushPlan {
 public:
  // `contents` must outlive the plan and not change. Batches lend its records
  // to a message and take them back (LendBatch).
  explicit PushPlan(PushContents& contents) : contents_(contents) {}

  // Works out case ids and fingerprints under the department's digest key, on
  // up to `threads` threads (0: as many as the machine has).
  void Prepare(const crypto::HashKey& digest_key, unsigned threads = 0);

  // Of all contents, for comparing with an interrupted push. After Prepare.
  crypto::Hash32 ContentsDigest() const;

  // The digests frame (snapshots); `bucket_count` from 1 to kMaxBuckets.
  v1::BucketDigests Buckets(std::uint32_t bucket_count) const;

  // Chooses what is sent: everything, or the records of the buckets whose bit
  // is set in `differing`. INVALID_ARGUMENT if that has too few bytes, or if
  // one case has more records than a batch may hold.
  absl::Status SelectAll();
  absl::Status SelectDiffering(std::string_view differing,
                               std::uint32_t bucket_count);

  // After a selection: the batches, counted from 0.
  std::size_t batch_count() const { return batches_.size(); }
  // How many records all batches hold.
  std::uint64_t record_count() const { return chosen_.size(); }
  std::uint32_t batch_records(std::size_t number) const;
  // BatchReceipt.digest as it must be.
  const crypto::Hash32& batch_digest(std::size_t number) const {
    return batches_[number].digest;
  }
  // PushCommit.digest.
  crypto::Hash32 CommitDigest() const;

  // Calls `send` with the batch. The records in it are the contents' own, lent
  // for the length of the call: nothing is copied.
  bool LendBatch(std::size_t number,
                 const std::function<bool(const v1::PushRequest&)>& send);

 private:
  struct Item {
    crypto::Hash16 case_id;
    crypto::Hash16 fingerprint;
    std::uint32_t record;
  };
  struct Batch {
    std::size_t first, end;                    // in chosen_
    std::size_t first_gone = 0, end_gone = 0;  // in gone_
    crypto::Hash32 digest{};
  };
  struct Gone {
    crypto::Hash16 case_id;
    std::uint32_t ref;
  };
  static std::uint32_t BucketOf(const crypto::Hash16& case_id,
                                std::uint32_t bucket_count);
  absl::Status MakeBatches();
  void DigestBatch(Batch& batch) const;

  PushContents& contents_;
  std::vector<Item> items_;   // one a record, in the records' order
  std::vector<Item> chosen_;  // ordered
  std::vector<Gone> gone_;    // ordered by case id
  std::vector<Batch> batches_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PUSH_PLAN_H_
