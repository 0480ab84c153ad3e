// The agent's side of CaseIntake.Push (proto/samkoer/v1/intake.proto): records
// in, a commit receipt out. Knows no files and no CPR numbers.
//
// Deterministic: equal contents make equal batches, so a push that was broken
// off, by a crash of either side, goes on from the last receipt with the same
// push id, in this process or in a later one.
#ifndef SAMKOER_CLIENTS_AGENT_PUSHER_H_
#define SAMKOER_CLIENTS_AGENT_PUSHER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/agent/push_plan.h"
#include "clients/agent/push_state.h"
#include "crypto/keyed_hash.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::agent {

// What `begin` says, and how patient the agent is.
struct PusherOptions {
  v1::PushKind kind = v1::PUSH_KIND_SNAPSHOT;
  std::string purpose;
  std::uint32_t epoch = 0;
  crypto::Hash32 self_test{};
  // Of the records' previous pseudonyms; 0: they have none.
  std::uint32_t previous_epoch = 0;
  crypto::Hash32 previous_self_test{};
  std::string day;  // YYYY-MM-DD
  bool allow_shrink = false;
  // How often in a row a stream may break without one more receipt.
  int attempts = 6;
  // Doubles from try to try, to at most 10 s.
  absl::Duration first_pause = absl::Milliseconds(300);
  // A stream without an answer for this long is given up and begun again; the
  // commit of a large push may take longer than a batch.
  absl::Duration stall_timeout = absl::Seconds(90);
  absl::Duration commit_timeout = absl::Minutes(10);
  // For preparing; 0: as many as the machine has.
  unsigned threads = 0;
  // Records with a receipt, and all that are sent.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

// How a push went.
struct PushResult {
  v1::CommitReceipt commit;
  std::uint64_t sent = 0;       // records in batches of this push
  std::uint64_t unchanged = 0;  // records the matcher had already
  std::uint64_t batches = 0;
  bool resumed = false;  // an earlier process had begun it
};

// Pushes `contents`, which is left as it was. Errors carry a hint:
//  * UNAVAILABLE: the matcher is away or the line broke too often; a later call
//    with the same contents and store goes on.
//  * ABORTED: a newer push of the department has begun.
//  * DATA_LOSS: a receipt's digest is not that of what was sent.
//  * else as the matcher answered (intake.proto).
absl::StatusOr<PushResult> Push(v1::CaseIntake::StubInterface& matcher,
                                const PusherOptions& options,
                                PushContents& contents, PushStateStore& store);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PUSHER_H_
