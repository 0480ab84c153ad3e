#include "matcher/staged_snapshot.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "matcher/parallel.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

constexpr std::size_t kBatchGrain = 4;

bool AllCasesInOneBatch(const StagedSnapshot& snapshot) {
  absl::flat_hash_map<std::uint64_t, std::uint32_t> batch_of;
  batch_of.reserve(snapshot.records.size());
  std::size_t i = 0;
  for (std::uint32_t batch = 0; batch < snapshot.batch_ends.size(); ++batch) {
    for (; i < snapshot.batch_ends[batch]; ++i) {
      std::uint64_t prefix;
      std::memcpy(&prefix, snapshot.records[i].case_id.data(), 8);
      if (batch_of.try_emplace(prefix, batch).first->second != batch) {
        return false;
      }
    }
  }
  return true;
}

absl::Status CheckCasesInOneBatch(const StagedSnapshot& snapshot) {
  if (AllCasesInOneBatch(snapshot)) return absl::OkStatus();
  // Which is told: the same for the same push.
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

absl::StatusOr<StagedSnapshot> ReadStagedSnapshot(
    const std::function<absl::StatusOr<std::string>(std::string_view key)>& get,
    const storage::ValueSealer& sealer, unsigned threads, std::uint64_t push,
    std::uint64_t batches, std::uint64_t most_records) {
  StagedSnapshot snapshot;
  snapshot.plaintexts.resize(batches);
  snapshot.batches.resize(batches);
  std::vector<std::vector<storage::StagedRecord>> parts(batches);
  std::vector<std::vector<storage::StagedCarry>> carries(batches);
  std::atomic<std::uint64_t> records = 0;
  absl::Status status = ParallelFor(
      threads, batches, kBatchGrain,
      [&](std::size_t begin, std::size_t end) -> absl::Status {
        for (std::size_t i = begin; i < end; ++i) {
          const std::string key = storage::StagedBatchKey(push, i);
          auto value = get(key);
          if (!value.ok()) return value.status();
          auto plaintext = sealer.Open(key, *value);
          if (!plaintext.ok()) return plaintext.status();
          snapshot.plaintexts[i] = *std::move(plaintext);
          auto head =
              storage::DecodeStagedBatch(snapshot.plaintexts[i], parts[i]);
          if (!head.ok()) return head.status();
          if ((records += parts[i].size()) > most_records) {
            return absl::ResourceExhaustedError("more records than expected");
          }
          snapshot.batches[i] = {head->digest, head->record_count};
          // Those alone may have carries.
          if (head->record_count == head->staged_count) continue;
          auto carried = storage::DecodeStagedCarries(snapshot.plaintexts[i]);
          if (!carried.ok()) return carried.status();
          carries[i] = *std::move(carried);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  snapshot.records.reserve(records);
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
  snapshot.cases_in_one_batch = CheckCasesInOneBatch(snapshot);
  return snapshot;
}

bool IsReceipted(const StagedSnapshot& snapshot, const OpenPush& push) {
  return std::equal(snapshot.batches.begin(), snapshot.batches.end(),
                    push.batches.begin(), push.batches.end(),
                    [](const auto& read, const auto& receipted) {
                      return read.digest == receipted.digest &&
                             read.records == receipted.records;
                    });
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

}  // namespace samkoer::matcher
