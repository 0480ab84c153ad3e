// The records of one department by the first two bytes of their case ids, with
// the sum of each bucket's fingerprints: what a snapshot's digests
// (BucketDigests of intake.proto) are compared with, without looking at every
// record.
//
// The buckets are those of BucketOf (prepare_batch.h) for `size()`, a power of
// two. Bucket b of a smaller power of two n is all buckets that are b modulo n.
//
// Thread safety: const methods may be called from many threads while no other
// method runs.
#ifndef SAMKOER_MATCHER_CASE_BUCKETS_H_
#define SAMKOER_MATCHER_CASE_BUCKETS_H_

#include <cstdint>
#include <vector>

#include "crypto/keyed_hash.h"

namespace samkoer::matcher {

class CaseBuckets {
 public:
  // The first record of an empty bucket: kNone of index.h.
  static constexpr std::uint32_t kEmpty = 0xffffffff;

  CaseBuckets();

  std::uint64_t records() const { return records_; }
  std::uint32_t size() const {
    return static_cast<std::uint32_t>(first_.size());
  }
  // The head of the bucket's chain; the records hold the links.
  std::uint32_t first(std::uint32_t bucket) const { return first_[bucket]; }
  const crypto::FingerprintSum& sum(std::uint32_t bucket) const {
    return sums_[bucket];
  }

  // Is the table too small for one record more? Then Resize before Add: sums
  // and chains are empty afterwards, and every record is to be added again.
  bool Full() const;
  void Resize();

  // Puts a record at the head of its chain; returns what was the head, to which
  // the record must link.
  std::uint32_t Add(std::uint32_t record, const crypto::Hash16& case_id,
                    const crypto::Hash16& fingerprint);
  // Has the memory fetched that Add, Remove and Change use. Changes nothing.
  void Prefetch(const crypto::Hash16& case_id) const {
    const std::uint32_t bucket = Of(case_id);
    __builtin_prefetch(&first_[bucket], 1);
    __builtin_prefetch(&sums_[bucket], 1);
  }
  // Takes the fingerprint out of its sum; the caller unlinks the record from
  // the chain (mutable_first).
  void Remove(const crypto::Hash16& case_id, const crypto::Hash16& fingerprint);
  void Change(const crypto::Hash16& case_id, const crypto::Hash16& before,
              const crypto::Hash16& after);
  std::uint32_t& mutable_first(const crypto::Hash16& case_id) {
    return first_[Of(case_id)];
  }

 private:
  std::uint32_t Of(const crypto::Hash16& case_id) const {
    return (std::uint32_t{case_id[0]} << 8 | case_id[1]) & (size() - 1);
  }

  std::vector<std::uint32_t> first_;
  std::vector<crypto::FingerprintSum> sums_;
  std::uint64_t records_ = 0;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CASE_BUCKETS_H_
