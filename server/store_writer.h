// The one writer of a store that has no matcher: the seam between what is to be
// written and who writes it, several commands at once.
#ifndef SAMKOER_SERVER_STORE_WRITER_H_
#define SAMKOER_SERVER_STORE_WRITER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/engine.h"

namespace samkoer::server {

// What one synced write will hold.
struct StagedWrites {
  storage::WriteBatch batch;
  // Plaintexts by key, sealed when all commands of the write have run, and put
  // behind `batch`.
  std::map<std::string, std::string> values;
  // Behind all that.
  std::vector<v1::AuditLeaf> leaves;
};

// Thread safety: Write may be called from many threads.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;
  // Runs `work`, never two at once; what it added is on disk when this returns
  // OK. What `work` returns itself, if it is not OK; UNAVAILABLE if it could
  // not be written.
  virtual absl::Status Write(
      std::function<absl::Status(StagedWrites&)> work) = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_STORE_WRITER_H_
