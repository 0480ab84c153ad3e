#include "matcher/case_buckets.h"

#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

// A small department costs little; growing fourfold walks few records twice.
constexpr std::uint32_t kFirstSize = 64;
constexpr std::uint32_t kGrowth = 4;
constexpr std::uint32_t kRecordsABucket = 4;

}  // namespace

CaseBuckets::CaseBuckets() : first_(kFirstSize, kEmpty), sums_(kFirstSize) {}

bool CaseBuckets::Full() const {
  return records_ >= std::uint64_t{size()} * kRecordsABucket &&
         size() < proto::kMaxBuckets;
}

void CaseBuckets::Resize() {
  const std::uint32_t size = this->size() * kGrowth;
  first_.assign(size, kEmpty);
  sums_.assign(size, {});
  records_ = 0;
}

std::uint32_t CaseBuckets::Add(std::uint32_t record,
                               const crypto::Hash16& case_id,
                               const crypto::Hash16& fingerprint) {
  const std::uint32_t bucket = Of(case_id);
  sums_[bucket].Add(fingerprint);
  ++records_;
  const std::uint32_t before = first_[bucket];
  first_[bucket] = record;
  return before;
}

void CaseBuckets::Remove(const crypto::Hash16& case_id,
                         const crypto::Hash16& fingerprint) {
  sums_[Of(case_id)].Remove(fingerprint);
  --records_;
}

void CaseBuckets::Change(const crypto::Hash16& case_id,
                         const crypto::Hash16& before,
                         const crypto::Hash16& after) {
  crypto::FingerprintSum& sum = sums_[Of(case_id)];
  sum.Remove(before);
  sum.Add(after);
}

}  // namespace samkoer::matcher
