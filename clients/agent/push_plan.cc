#include "clients/agent/push_plan.h"

#include <algorithm>
#include <array>
#include <functional>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "clients/agent/little_endian.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/many_hashes.h"
#include "proto/canonical_record.h"
#include "proto/limits.h"

namespace samkoer::agent {
namespace {

// Below this a thread costs more than it wins.
constexpr std::size_t kRecordsAThread = 4096;
// Their canonical bytes stay in the processor's first cache.
constexpr std::size_t kHashedAtOnce = 32;

// Runs `work(first, end)` over [0, count) in parts, one a thread.
void InParallel(std::size_t count, unsigned threads,
                const std::function<void(std::size_t, std::size_t)>& work) {
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t parts = std::clamp<std::size_t>(count / kRecordsAThread, 1,
                                                    std::max(1u, threads));
  std::vector<std::jthread> running;
  for (std::size_t part = 1; part < parts; ++part) {
    running.emplace_back(work, count * part / parts,
                         count * (part + 1) / parts);
  }
  work(0, count / parts);
}

std::string_view View(const crypto::Hash16& hash) {
  return crypto::AsText(hash);
}

}  // namespace

void PushPlan::Prepare(const crypto::HashKey& digest_key, unsigned threads) {
  items_.resize(contents_.records.size());
  chosen_.clear();
  batches_.clear();
  InParallel(items_.size(), threads, [&](std::size_t first, std::size_t end) {
    const auto case_ids = crypto::ManyHashes::CaseIds(digest_key);
    const auto fingerprints = crypto::ManyHashes::Fingerprints(digest_key);
    std::array<std::string, kHashedAtOnce> canonical;
    std::array<std::string_view, kHashedAtOnce> refs, texts;
    std::array<crypto::Hash16, kHashedAtOnce> ids, prints;
    for (std::size_t at = first; at < end; at += kHashedAtOnce) {
      const std::size_t count = std::min(end - at, kHashedAtOnce);
      for (std::size_t i = 0; i < count; ++i) {
        const v1::CaseRecord& record = contents_.records[at + i];
        proto::CanonicalRecord(record, canonical[i]);
        texts[i] = canonical[i];
        refs[i] = record.case_ref();
      }
      case_ids.Hash(std::span(refs).first(count), std::span(ids).first(count));
      fingerprints.Hash(std::span(texts).first(count),
                        std::span(prints).first(count));
      for (std::size_t i = 0; i < count; ++i) {
        items_[at + i] = {ids[i], prints[i],
                          static_cast<std::uint32_t>(at + i)};
      }
    }
  });
  gone_.clear();
  for (std::size_t i = 0; i < contents_.withdrawn_refs.size(); ++i) {
    gone_.push_back({crypto::CaseId(digest_key, contents_.withdrawn_refs[i]),
                     static_cast<std::uint32_t>(i)});
  }
  std::sort(gone_.begin(), gone_.end(),
            [](const Gone& a, const Gone& b) { return a.case_id < b.case_id; });
}

crypto::Hash32 PushPlan::ContentsDigest() const {
  crypto::FingerprintSum records;
  for (const Item& item : items_) records.Add(item.fingerprint);
  crypto::FingerprintSum gone;
  for (const Gone& ref : gone_) gone.Add(ref.case_id);
  std::string bytes = "samkoer/v1/push-contents";
  PutU64(bytes, items_.size());
  bytes += View(records.Encode());
  PutU64(bytes, gone_.size());
  bytes += View(gone.Encode());
  return crypto::Blake2b256(crypto::AsBytes(bytes));
}

std::uint32_t PushPlan::BucketOf(const crypto::Hash16& case_id,
                                 std::uint32_t bucket_count) {
  return ((std::uint32_t{case_id[0]} << 8) | case_id[1]) % bucket_count;
}

v1::BucketDigests PushPlan::Buckets(std::uint32_t bucket_count) const {
  std::vector<crypto::FingerprintSum> sums(bucket_count);
  for (const Item& item : items_) {
    sums[BucketOf(item.case_id, bucket_count)].Add(item.fingerprint);
  }
  v1::BucketDigests frame;
  std::string& digests = *frame.mutable_digests();
  digests.reserve(sums.size() * sizeof(crypto::Hash16));
  for (const crypto::FingerprintSum& sum : sums) digests += View(sum.Encode());
  frame.set_record_count(items_.size());
  return frame;
}

absl::Status PushPlan::SelectAll() {
  chosen_ = items_;
  return MakeBatches();
}

absl::Status PushPlan::SelectDiffering(std::string_view differing,
                                       std::uint32_t bucket_count) {
  if (differing.size() < (bucket_count + 7) / 8) {
    return absl::InvalidArgumentError("the matcher's answer is too short");
  }
  chosen_.clear();
  for (const Item& item : items_) {
    const std::uint32_t bucket = BucketOf(item.case_id, bucket_count);
    if (static_cast<std::uint8_t>(differing[bucket / 8]) >> (bucket % 8) & 1) {
      chosen_.push_back(item);
    }
  }
  return MakeBatches();
}

absl::Status PushPlan::MakeBatches() {
  const auto before = [&](const Item& a, const Item& b) {
    const int order = contents_.records[a.record].case_ref().compare(
        contents_.records[b.record].case_ref());
    return order != 0 ? order < 0 : a.fingerprint < b.fingerprint;
  };
  // Merged exports are sorted by reference already.
  if (!std::is_sorted(chosen_.begin(), chosen_.end(), before)) {
    std::sort(chosen_.begin(), chosen_.end(), before);
  }
  batches_.clear();
  for (std::size_t at = 0; at < chosen_.size();) {
    // Whole cases, as many as fit.
    std::size_t end = std::min(at + proto::kMaxBatchRecords, chosen_.size());
    if (end < chosen_.size()) {
      while (end > at && chosen_[end - 1].case_id == chosen_[end].case_id) {
        --end;
      }
    }
    if (end == at) {
      return clients::WithHint(
          absl::InvalidArgumentError(clients::Cat(
              "one case has more than ", proto::kMaxBatchRecords, " people")),
          "is columns.case_ref the right column? Run `samkoer-agent check`");
    }
    batches_.push_back({.first = at, .end = end});
    at = end;
  }
  for (std::size_t at = 0; at < gone_.size();) {
    const std::size_t end =
        std::min(at + proto::kMaxBatchWithdrawals, gone_.size());
    batches_.push_back({.first = chosen_.size(),
                        .end = chosen_.size(),
                        .first_gone = at,
                        .end_gone = end});
    at = end;
  }
  for (Batch& batch : batches_) DigestBatch(batch);
  return absl::OkStatus();
}

void PushPlan::DigestBatch(Batch& batch) const {
  crypto::Blake2b256Stream stream;
  for (std::size_t i = batch.first; i < batch.end; ++i) {
    stream.Update(chosen_[i].fingerprint);
  }
  for (std::size_t i = batch.first_gone; i < batch.end_gone; ++i) {
    stream.Update(gone_[i].case_id);
  }
  batch.digest = stream.Finish();
}

std::uint32_t PushPlan::batch_records(std::size_t number) const {
  return static_cast<std::uint32_t>(batches_[number].end -
                                    batches_[number].first);
}

crypto::Hash32 PushPlan::CommitDigest() const {
  crypto::Blake2b256Stream stream;
  for (const Batch& batch : batches_) stream.Update(batch.digest);
  return stream.Finish();
}

bool PushPlan::LendBatch(
    std::size_t number,
    const std::function<bool(const v1::PushRequest&)>& send) {
  const Batch& batch = batches_[number];
  v1::PushRequest request;
  v1::RecordBatch& frame = *request.mutable_batch();
  frame.set_number(number);
  frame.mutable_records()->Reserve(static_cast<int>(batch.end - batch.first));
  for (std::size_t i = batch.first; i < batch.end; ++i) {
    frame.mutable_records()->UnsafeArenaAddAllocated(
        &contents_.records[chosen_[i].record]);
  }
  for (std::size_t i = batch.first_gone; i < batch.end_gone; ++i) {
    frame.add_withdrawn_case_refs(contents_.withdrawn_refs[gone_[i].ref]);
  }
  const bool sent = send(request);
  while (!frame.records().empty()) {
    frame.mutable_records()->UnsafeArenaReleaseLast();
  }
  return sent;
}

}  // namespace samkoer::agent
