#include "matcher/snapshot_diff.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/parallel.h"
#include "matcher/prepare_batch.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

constexpr std::size_t kBatchGrain = 4;
constexpr std::size_t kRecordGrain = 8192;

// A case reference in two batches would make the later silently replace the
// earlier; DiffSnapshot refuses it.
absl::Status CheckCasesInOneBatch(const StagedSnapshot& snapshot) {
  struct Place {
    std::uint64_t case_prefix;
    std::uint32_t batch;
    std::uint32_t record;
  };
  std::vector<Place> places;
  places.reserve(snapshot.records.size());
  std::size_t first = 0;
  for (std::uint32_t batch = 0; batch < snapshot.batch_ends.size(); ++batch) {
    for (std::size_t i = first; i < snapshot.batch_ends[batch]; ++i) {
      Place place{0, batch, static_cast<std::uint32_t>(i - first)};
      std::memcpy(&place.case_prefix, snapshot.records[i].case_id.data(), 8);
      places.push_back(place);
    }
    first = snapshot.batch_ends[batch];
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.case_prefix, a.batch, a.record) <
           std::tie(b.case_prefix, b.batch, b.record);
  });
  for (std::size_t n = 1; n < places.size(); ++n) {
    const Place& earlier = places[n - 1];
    const Place& later = places[n];
    if (later.case_prefix == earlier.case_prefix &&
        later.batch != earlier.batch) {
      return absl::InvalidArgumentError(absl::StrCat(
          "batch ", later.batch, ", record ", later.record,
          ", field case_ref: batch ", earlier.batch,
          " of this push speaks of the same case; put all that a push says of "
          "a case reference into one batch, and begin a new push"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StagedSnapshot> LoadStagedSnapshot(const LoopState& state,
                                                  const Transaction& tx,
                                                  const OpenPush& push) {
  const std::size_t count = push.batches.size();
  StagedSnapshot snapshot;
  snapshot.plaintexts.resize(count);
  std::vector<std::vector<storage::StagedRecord>> parts(count);
  std::vector<std::vector<storage::StagedCarry>> carries(count);
  absl::Status status = ParallelFor(
      state.threads, count, kBatchGrain,
      [&](std::size_t begin, std::size_t end) -> absl::Status {
        for (std::size_t i = begin; i < end; ++i) {
          const std::string key = storage::StagedBatchKey(push.number, i);
          auto value = tx.writes().Get(key);
          if (!value.ok()) return value.status();
          auto plaintext = state.sealer->Open(key, *value);
          if (!plaintext.ok()) return plaintext.status();
          snapshot.plaintexts[i] = *std::move(plaintext);
          auto head =
              storage::DecodeStagedBatch(snapshot.plaintexts[i], parts[i]);
          if (!head.ok()) return head.status();
          if (head->digest != push.batches[i].digest ||
              head->record_count != push.batches[i].records) {
            return absl::DataLossError(
                "a staged batch is not the one that was receipted");
          }
          // Those alone may have carries.
          if (head->record_count == head->staged_count) continue;
          auto carried = storage::DecodeStagedCarries(snapshot.plaintexts[i]);
          if (!carried.ok()) return carried.status();
          carries[i] = *std::move(carried);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  snapshot.records.reserve(push.record_count);
  for (const auto& part : parts) {
    snapshot.records.insert(snapshot.records.end(), part.begin(), part.end());
    snapshot.has_pairs |= std::any_of(
        part.begin(), part.end(),
        [](const auto& record) { return record.previous_key.has_value(); });
    snapshot.batch_ends.push_back(snapshot.records.size());
  }
  for (const auto& part : carries) {
    snapshot.carries.insert(snapshot.carries.end(), part.begin(), part.end());
  }
  return snapshot;
}

void LeaveOut(StagedSnapshot& snapshot,
              const std::vector<crypto::Hash16>& person_keys) {
  std::size_t kept = 0, begin = 0;
  for (std::size_t& batch_end : snapshot.batch_ends) {
    for (std::size_t i = begin; i < batch_end; ++i) {
      if (std::find(person_keys.begin(), person_keys.end(),
                    snapshot.records[i].person_key) == person_keys.end()) {
        snapshot.records[kept++] = snapshot.records[i];
      }
    }
    begin = batch_end;
    batch_end = kept;
  }
  snapshot.records.resize(kept);
}

absl::StatusOr<SnapshotDiff> DiffSnapshot(const LoopState& state,
                                          const OpenPush& push,
                                          const StagedSnapshot& snapshot,
                                          PairsState pairs) {
  if (absl::Status s = CheckCasesInOneBatch(snapshot); !s.ok()) return s;
  const Index& index = state.index;
  const std::size_t count = snapshot.records.size();
  SnapshotDiff diff;
  diff.existing.resize(count);
  diff.persons.resize(count);
  ParallelFor(state.threads, count, kRecordGrain,
              [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) {
                  const storage::StagedRecord& r = snapshot.records[i];
                  diff.persons[i] = index.FindPerson(r.person_key);
                  diff.existing[i] =
                      diff.persons[i] == kNone
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
