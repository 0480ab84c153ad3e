// Writes a store from the callers' own threads, one write at a time.
#ifndef SAMKOER_SERVER_DIRECT_WRITER_H_
#define SAMKOER_SERVER_DIRECT_WRITER_H_

#include <mutex>

#include "server/store_writer.h"

namespace samkoer::storage {
class AuditLog;
class ValueSealer;
}  // namespace samkoer::storage

namespace samkoer::server {

class DirectWriter final : public StoreWriter {
 public:
  // All must outlive this, and nobody else may write to the store.
  DirectWriter(storage::Engine& engine, const storage::ValueSealer& sealer,
               storage::AuditLog& log)
      : engine_(engine), sealer_(sealer), log_(log) {}

  absl::Status Write(std::function<absl::Status(StagedWrites&)> work) override;

  // OK, or the first error of writing, after which every Write is UNAVAILABLE:
  // the process must end.
  absl::Status status() const;

 private:
  storage::Engine& engine_;
  const storage::ValueSealer& sealer_;
  storage::AuditLog& log_;
  mutable std::mutex mutex_;
  absl::Status failure_;  // under mutex_
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_DIRECT_WRITER_H_
