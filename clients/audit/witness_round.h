// One round of a witness with one log: fetch, check, keep, cosign, hand in.
#ifndef SAMKOER_CLIENTS_AUDIT_WITNESS_ROUND_H_
#define SAMKOER_CLIENTS_AUDIT_WITNESS_ROUND_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/audit/log_server.h"
#include "clients/audit/witness_memory.h"
#include "crypto/cosignature.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/witness.grpc.pb.h"

namespace samkoer::clients {

// A log as a witness sees it. All must outlive it.
struct WitnessedServer {
  LogServer& log;
  v1::Witnesses::StubInterface& witnesses;
  const crypto::NoteVerifier& verifier;
  const WitnessMemory& memory;
};

// What a round came to.
struct WitnessRound {
  std::uint64_t size = 0;  // of the checkpoint that was cosigned
  // The first moment at which the server refuses changes; past if it never
  // does.
  absl::Time fresh_until = absl::InfinitePast();
};

// Cosigns the log's newest checkpoint if it extends (RFC 6962, 2.1.2) or equals
// the one cosigned last; the first one is taken as it is. What was cosigned is
// on disk before the cosignature leaves.
//
// DATA_LOSS: a fork, a rollback or a bad proof, now or earlier: then both
// checkpoints are kept as evidence, nothing is cosigned any more, and the hint
// names the file. Also for a checkpoint that is not signed by the log, which is
// refused this once. Errors of the server and of the memory.
absl::StatusOr<WitnessRound> RunWitnessRound(
    const WitnessedServer& server, const crypto::CosignatureSigner& signer,
    absl::Time now);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_WITNESS_ROUND_H_
