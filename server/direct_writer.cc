#include "server/direct_writer.h"

#include "storage/audit_log.h"
#include "storage/sealed_value.h"

namespace samkoer::server {

absl::Status DirectWriter::Write(
    std::function<absl::Status(StagedWrites&)> work) {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) {
    return absl::UnavailableError("the server is ending; try again later");
  }
  StagedWrites writes;
  // What was added before a refusal is written all the same.
  const absl::Status worked = work(writes);
  for (const auto& [key, plaintext] : writes.values) {
    writes.batch.Put(key, sealer_.Seal(key, plaintext));
  }
  if (!writes.leaves.empty()) {
    failure_ = log_.Append(writes.batch, writes.leaves).status();
  }
  if (failure_.ok() && !writes.batch.empty()) {
    failure_ = engine_.Write(writes.batch);
    if (failure_.ok()) log_.Committed();
  }
  if (failure_.ok()) return worked;
  return absl::UnavailableError("the server cannot write; try again later");
}

absl::Status DirectWriter::status() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace samkoer::server
