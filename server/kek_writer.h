// What a rotation of the key-encryption key asks of a store's one writer: the
// seam between the rotation, which both servers share, and the writer of each.
#ifndef SAMKOER_SERVER_KEK_WRITER_H_
#define SAMKOER_SERVER_KEK_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/identity.h"
#include "storage/kek_marker.h"

namespace samkoer::server {

// Thread safety: implementations must allow calls from many threads at once.
class KekWriter {
 public:
  virtual ~KekWriter() = default;

  // Seals under the change's keys from here on and writes its leaf, of `who` or
  // (null) of the server itself, and its marker; durable when it returns OK.
  // What was sealed before is durable before, or is sealed again.
  virtual absl::Status Change(const Identity* who,
                              const storage::KekChange& change) = 0;

  // Seals the values of these keys again that are not under the key in use, in
  // order with all other writes; how many, durable when it returns OK.
  virtual absl::StatusOr<std::uint64_t> Reseal(
      const std::vector<std::string>& store_keys) = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEK_WRITER_H_
