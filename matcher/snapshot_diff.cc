#include "matcher/snapshot_diff.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "matcher/parallel.h"
#include "matcher/prepare_batch.h"

namespace samkoer::matcher {
namespace {

constexpr std::size_t kRecordGrain = 8192;

}  // namespace

absl::StatusOr<StagedSnapshot> LoadStagedSnapshot(const LoopState& state,
                                                  const Transaction& tx,
                                                  const OpenPush& push) {
  auto snapshot = ReadStagedSnapshot(
      [&](std::string_view key) { return tx.writes().Get(key); }, *state.sealer,
      state.threads, push.number, push.batches.size(),
      std::numeric_limits<std::uint64_t>::max());
  if (!snapshot.ok()) return snapshot;
  if (!IsReceipted(*snapshot, push)) {
    return absl::DataLossError(
        "a staged batch is not the one that was receipted");
  }
  return snapshot;
}

absl::StatusOr<SnapshotDiff> DiffSnapshot(const LoopState& state,
                                          const OpenPush& push,
                                          const StagedSnapshot& snapshot,
                                          PairsState pairs) {
  if (!snapshot.cases_in_one_batch.ok()) return snapshot.cases_in_one_batch;
  const Index& index = state.index;
  const std::size_t count = snapshot.records.size();
  SnapshotDiff diff;
  diff.existing.resize(count);
  diff.persons.resize(count);
  ParallelFor(
      state.threads, count, kRecordGrain,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          if (i + Index::kRecordsAhead < end) {
            const auto& ahead = snapshot.records[i + Index::kRecordsAhead];
            index.Prefetch(ahead.case_id, ahead.person_key);
          }
          const storage::StagedRecord& r = snapshot.records[i];
          diff.persons[i] = index.FindPerson(r.person_key);
          diff.existing[i] = diff.persons[i] == kNone
                                 ? kNone
                                 : index.FindRecord(r.case_id, diff.persons[i]);
          if (pairs == PairsState::kApplied || !r.previous_key ||
              diff.existing[i] != kNone) {
            continue;
          }
          const PersonNo before = index.FindCurrent(*r.previous_key);
          if (before == kNone) continue;
          diff.existing[i] = index.FindRecord(r.case_id, before);
          if (diff.persons[i] == kNone) diff.persons[i] = before;
        }
        return absl::OkStatus();
      })
      .IgnoreError();

  std::vector<bool> kept(index.record_slots());
  for (std::size_t i = 0; i < count; ++i) {
    if (diff.existing[i] != kNone) {
      kept[diff.existing[i]] = true;
    } else {
      ++diff.new_records;
      if (diff.persons[i] == kNone) ++diff.new_persons_at_most;
    }
  }
  const storage::StoredPush& stored = push.stored;
  const CaseBuckets& buckets = index.department_buckets(stored.department);
  for (std::uint32_t bucket = 0; bucket < buckets.size(); ++bucket) {
    if (!stored.differing.empty() && stored.bucket_count <= buckets.size() &&
        !BucketDiffers(stored.differing, bucket % stored.bucket_count)) {
      continue;
    }
    for (RecordNo n = buckets.first(bucket); n != kNone;
         n = index.record(n).next_of_bucket) {
      if (kept[n]) continue;
      if (stored.differing.empty() ||
          BucketDiffers(stored.differing, BucketOf(index.record(n).case_id,
                                                   stored.bucket_count))) {
        diff.withdrawn.push_back(n);
      }
    }
  }
  // Neighbours are written together.
  std::sort(diff.withdrawn.begin(), diff.withdrawn.end());
  return diff;
}

std::string DifferingBuckets(const LoopState& state, std::uint16_t department,
                             std::string_view digests,
                             std::uint32_t bucket_count) {
  const Index& index = state.index;
  const CaseBuckets& buckets = index.department_buckets(department);
  std::vector<crypto::FingerprintSum> sums(bucket_count);
  for (std::uint32_t bucket = 0; bucket < buckets.size(); ++bucket) {
    if (bucket_count <= buckets.size()) {
      sums[bucket % bucket_count].Add(buckets.sum(bucket));
      continue;
    }
    // The department had more records when the push began, and the matcher has
    // started anew since.
    for (RecordNo n = buckets.first(bucket); n != kNone;
         n = index.record(n).next_of_bucket) {
      const Record& record = index.record(n);
      sums[BucketOf(record.case_id, bucket_count)].Add(record.fingerprint);
    }
  }
  std::string differing((bucket_count + 7) / 8, '\0');
  for (std::uint32_t bucket = 0; bucket < bucket_count; ++bucket) {
    const crypto::Hash16 ours = sums[bucket].Encode();
    if (std::memcmp(ours.data(), digests.data() + bucket * ours.size(),
                    ours.size()) != 0) {
      differing[bucket / 8] =
          static_cast<char>(static_cast<std::uint8_t>(differing[bucket / 8]) |
                            1u << (bucket % 8));
    }
  }
  return differing;
}

}  // namespace samkoer::matcher
