#include "matcher/prepare_batch.h"

#include <algorithm>
#include <array>
#include <span>

#include "absl/strings/str_cat.h"
#include "crypto/many_hashes.h"
#include "matcher/record_validation.h"
#include "proto/canonical_record.h"
#include "proto/limits.h"
#include "storage/failpoint.h"
#include "storage/key_layout.h"
#include "storage/record_content.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {

using samkoer::v1::PUSH_KIND_SNAPSHOT;

namespace {

absl::Status CheckPrevious(const samkoer::v1::RecordBatch& batch, int record,
                           const PushTicket& ticket) {
  const absl::string_view problem =
      ticket.previous_epoch == 0 ? "the push has no previous epoch"
      : batch.records(record).previous_pseudonym().size() !=
              proto::kPseudonymBytes
          ? "must have 64 bytes"
          : "";
  if (problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("batch ", batch.number(), ", record ", record,
                   ", field previous_pseudonym: ", problem));
}

// Hashes some records ahead of the one that is asked for.
class BatchHasher {
 public:
  struct Hashes {
    crypto::Hash16 case_id, fingerprint, person_key;
    std::string_view canonical;  // until another record's are asked for
  };
  BatchHasher(const PushTicket& ticket, std::string_view purpose,
              const samkoer::v1::RecordBatch& batch)
      : batch_(batch),
        case_id_hasher_(crypto::ManyHashes::CaseIds(ticket.digest_key)),
        fingerprint_hasher_(
            crypto::ManyHashes::Fingerprints(ticket.digest_key)),
        person_key_hasher_(crypto::ManyHashes::PersonKeys(
            ticket.match_key, purpose, ticket.epoch)) {}

  // `record` must count up from 0.
  Hashes Of(int record) {
    const std::size_t place = static_cast<std::size_t>(record) % kAhead;
    if (place == 0) Fill(record);
    return {case_ids_[place], fingerprints_[place], person_keys_[place],
            canonical_[place]};
  }

 private:
  // Their canonical bytes stay in the processor's first cache.
  static constexpr std::size_t kAhead = 32;

  void Fill(int first) {
    const std::size_t count = std::min(
        kAhead, static_cast<std::size_t>(batch_.records_size() - first));
    std::array<std::string_view, kAhead> refs, texts, pseudonyms;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& record = batch_.records(first + static_cast<int>(i));
      proto::CanonicalRecord(record, canonical_[i]);
      refs[i] = record.case_ref();
      texts[i] = canonical_[i];
      pseudonyms[i] = record.pseudonym();
    }
    const auto hash = [&](const crypto::ManyHashes& hasher, auto& of,
                          auto& into) {
      hasher.Hash(std::span(of).first(count), std::span(into).first(count));
    };
    hash(case_id_hasher_, refs, case_ids_);
    hash(fingerprint_hasher_, texts, fingerprints_);
    hash(person_key_hasher_, pseudonyms, person_keys_);
  }

  const samkoer::v1::RecordBatch& batch_;
  const crypto::ManyHashes case_id_hasher_, fingerprint_hasher_,
      person_key_hasher_;
  std::array<std::string, kAhead> canonical_;
  std::array<crypto::Hash16, kAhead> case_ids_, fingerprints_, person_keys_;
};

}  // namespace

std::uint32_t BucketOf(const crypto::Hash16& case_id,
                       std::uint32_t bucket_count) {
  const std::uint32_t first_two =
      static_cast<std::uint32_t>(case_id[0]) << 8 | case_id[1];
  return first_two % bucket_count;
}

bool BucketDiffers(std::string_view differing, std::uint32_t bucket) {
  return (static_cast<std::uint8_t>(differing[bucket / 8]) >> (bucket % 8) &
          1) != 0;
}

absl::StatusOr<PreparedBatch> PrepareBatch(
    const samkoer::v1::RecordBatch& batch, const PushTicket& ticket,
    std::string_view differing, const storage::ValueSealer& sealer) {
  if (absl::Status s =
          ValidateBatch(batch, *ticket.policy, ticket.policy_department,
                        ticket.day, ticket.kind);
      !s.ok()) {
    return s;
  }
  PreparedBatch prepared;
  prepared.number = batch.number();
  prepared.record_count = static_cast<std::uint32_t>(batch.records_size());

  const std::string& purpose = ticket.policy->proto().purpose();
  crypto::Blake2b256Stream digest;
  BatchHasher hasher(ticket, purpose, batch);
  std::string records;
  records.reserve(batch.records_size() * std::size_t{256});
  for (int i = 0; i < batch.records_size(); ++i) {
    const samkoer::v1::CaseRecord& record = batch.records(i);
    const BatchHasher::Hashes hashes = hasher.Of(i);
    storage::StagedRecord staged;
    staged.case_id = hashes.case_id;
    if (!differing.empty() &&
        !BucketDiffers(differing,
                       BucketOf(staged.case_id, ticket.begun.bucket_count()))) {
      return absl::InvalidArgumentError(absl::StrCat(
          "batch ", batch.number(), ", record ", i,
          ": lies in a bucket whose digest does not differ; send the records "
          "of differing buckets only"));
    }
    staged.fingerprint = hashes.fingerprint;
    staged.person_key = hashes.person_key;
    if (!record.previous_pseudonym().empty()) {
      if (absl::Status s = CheckPrevious(batch, i, ticket); !s.ok()) return s;
      staged.previous_key =
          crypto::PersonKey(ticket.match_key, purpose, ticket.previous_epoch,
                            crypto::AsBytes(record.previous_pseudonym()));
    }
    staged.canonical_tail =
        hashes.canonical.substr(storage::kCanonicalHeadBytes);
    digest.Update(staged.fingerprint);
    if (ticket.objections != nullptr && !ticket.objections->empty()) {
      const bool now = ticket.objections->Contains(staged.person_key);
      const bool before = staged.previous_key &&
                          ticket.objections->Contains(*staged.previous_key);
      if (now || before) {
        auto& objected = prepared.objected.emplace_back();
        objected.record = static_cast<std::uint32_t>(i);
        objected.case_id = staged.case_id;
        objected.case_ref = record.case_ref();
        if (staged.previous_key) {
          prepared.carries.push_back({staged.person_key, *staged.previous_key});
        }
        continue;
      }
    }
    storage::PutStagedRecord(records, staged);
  }
  for (const std::string& case_ref : batch.withdrawn_case_refs()) {
    prepared.withdrawn.push_back(crypto::CaseId(ticket.digest_key, case_ref));
    digest.Update(prepared.withdrawn.back());
  }
  prepared.digest = digest.Finish();

  std::string staged;
  staged.reserve(64 + records.size());
  storage::StagedBatchHead head;
  head.digest = prepared.digest;
  head.record_count = prepared.record_count;
  head.staged_count = prepared.record_count -
                      static_cast<std::uint32_t>(prepared.objected.size());
  storage::PutStagedBatchHead(staged, head);
  staged.append(records);
  storage::PutStagedCarries(staged, prepared.carries);
  if (ticket.kind == PUSH_KIND_SNAPSHOT) {
    prepared.staged = sealer.Seal(
        storage::StagedBatchKey(ticket.push_number, batch.number()), staged);
  } else {
    prepared.staged = std::move(staged);
  }
  SAMKOER_FAILPOINT("stage.prepared");
  return prepared;
}

}  // namespace samkoer::matcher
