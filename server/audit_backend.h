// What the Audit service needs of a log: the seam between the rpc shell, which
// both servers share, and the log of each.
#ifndef SAMKOER_SERVER_AUDIT_BACKEND_H_
#define SAMKOER_SERVER_AUDIT_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "samkoer/v1/audit.pb.h"
#include "server/identity.h"

namespace samkoer::server {

// Thread safety: implementations must allow calls from many threads at once.
class AuditBackend {
 public:
  virtual ~AuditBackend() = default;

  // The newest checkpoint, as a signed note.
  virtual absl::StatusOr<std::string> SignedCheckpoint() = 0;
  // How many leaves the newest checkpoint covers.
  virtual absl::StatusOr<std::uint64_t> Size() = 0;
  // Serialized leaves from `start` on: at least one, at most up to `end`,
  // `max_leaves` and about `max_bytes`. 0 <= start < end <= Size().
  virtual absl::StatusOr<std::vector<std::string>> ReadLeaves(
      std::uint64_t start, std::uint64_t end, std::size_t max_leaves,
      std::size_t max_bytes) = 0;
  // OUT_OF_RANGE if the sizes do not fit the log.
  virtual absl::StatusOr<std::vector<crypto::Hash32>> ConsistencyProof(
      std::uint64_t first_size, std::uint64_t second_size) = 0;
  virtual absl::StatusOr<std::vector<crypto::Hash32>> InclusionProof(
      std::uint64_t index, std::uint64_t tree_size) = 0;
  // Writes a leaf, AUDIT_ACTION_LOG_READ, that `who` reads leaves [start,
  // end); durable when it returns.
  virtual absl::Status RecordLogRead(const Identity& who, std::uint64_t start,
                                     std::uint64_t end) = 0;
  // Logs the look-up durably, then answers. Lengths have been checked.
  virtual absl::StatusOr<v1::LookUpPersonResponse> LookUpPerson(
      const Identity& who, const v1::LookUpPersonRequest& request) = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_AUDIT_BACKEND_H_
