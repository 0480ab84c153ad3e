// What can be done to a batch before it needs the index: everything that costs
// time. Runs in the stream's own thread, so that streams use all cores.
#ifndef SAMKOER_MATCHER_PREPARE_BATCH_H_
#define SAMKOER_MATCHER_PREPARE_BATCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/caller.h"
#include "matcher/objections.h"
#include "matcher/policy.h"
#include "samkoer/v1/intake.pb.h"
#include "storage/sealed_value.h"
#include "storage/staged_carries.h"

namespace samkoer::matcher {

// Everything about an open push that does not change while it is open.
struct PushTicket {
  Caller caller;
  std::uint64_t push_number = 0;
  std::uint16_t department = 0;  // DepartmentRegistry's number
  std::string push_id;           // 16 bytes
  samkoer::v1::PushKind kind = samkoer::v1::PUSH_KIND_UNSPECIFIED;
  std::uint32_t epoch = 0;
  // Of the records' previous pseudonyms; 0: they have none.
  std::uint32_t previous_epoch = 0;
  Day day;
  // The policy that batches are checked against; the push ends with it.
  std::shared_ptr<const CompiledPolicy> policy;
  std::uint16_t policy_department = kUnknownIndex;
  // Whose records are left out; null: nobody's. An erasure ends the push, so
  // nobody can be missing here.
  std::shared_ptr<const ObjectionSet> objections;
  crypto::HashKey match_key;
  crypto::HashKey digest_key;
  samkoer::v1::PushBegun begun;
  samkoer::v1::CommitReceipt receipt;
};

// A batch that has been checked.
struct PreparedBatch {
  std::uint64_t number = 0;
  std::uint32_t record_count = 0;
  crypto::Hash32 digest{};
  // The staged form (storage/staged_batch.h): sealed under its store key for a
  // snapshot, plain for a delta.
  std::string staged;
  // The case ids of the withdrawn references.
  std::vector<crypto::Hash16> withdrawn;
  // Records of persons who have objected: counted and digested as the others,
  // but left out of `staged`. Ascending.
  struct Objected {
    std::uint32_t record = 0;  // its place in the batch
    crypto::Hash16 case_id{};
    std::string case_ref;
  };
  std::vector<Objected> objected;
  // What their pairs say about objections; done at the commit
  // (objection_epochs.h). For a snapshot they stand in `staged`, too.
  std::vector<storage::StagedCarry> carries;
};

// Checks the batch (record_validation.h) and, where `differing` is not empty
// (DigestDifference::differing), that its records lie in buckets that differ.
// Then computes case ids, fingerprints, person keys and the digest.
// Errors: INVALID_ARGUMENT, naming batch, record and field, also for a previous
// pseudonym in a push that has no previous epoch.
absl::StatusOr<PreparedBatch> PrepareBatch(
    const samkoer::v1::RecordBatch& batch, const PushTicket& ticket,
    std::string_view differing, const storage::ValueSealer& sealer);

// The bucket of a case among `bucket_count` (a power of two up to 65,536).
std::uint32_t BucketOf(const crypto::Hash16& case_id,
                       std::uint32_t bucket_count);
// Whether DigestDifference::differing has the bucket.
bool BucketDiffers(std::string_view differing, std::uint32_t bucket);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PREPARE_BATCH_H_
