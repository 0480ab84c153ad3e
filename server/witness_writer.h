// How what is known of the witnesses gets into a store: the seam between the
// watch, which both servers share, and the one writer of each.
#ifndef SAMKOER_SERVER_WITNESS_WRITER_H_
#define SAMKOER_SERVER_WITNESS_WRITER_H_

#include "absl/status/status.h"
#include "server/identity.h"
#include "storage/witness_state.h"

namespace samkoer::server {

// Thread safety: implementations must allow calls from many threads at once.
class WitnessWriter {
 public:
  virtual ~WitnessWriter() = default;

  // Writes the state and its leaves, of `who` or (null) of the server itself,
  // in one write; durable when it returns OK.
  virtual absl::Status Keep(const Identity* who,
                            const storage::WitnessChange& change) = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_WITNESS_WRITER_H_
