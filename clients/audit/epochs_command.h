// `samkoer-audit epochs`: every key of pseudonyms with its life, from the log.
#ifndef SAMKOER_CLIENTS_AUDIT_EPOCHS_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_EPOCHS_COMMAND_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/audit/checkpoint_store.h"
#include "clients/audit/log_server.h"
#include "clients/audit/verify_command.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/operations.grpc.pb.h"

namespace samkoer::clients {

// Gathers the lives of keys from the leaves of one log, in order.
class EpochLives {
 public:
  // Takes KEY_PINNED and KEY_DESTROYED, and passes over everything else. A
  // destruction of a key that the log never named is a life without beginning.
  void Visit(std::uint64_t index, std::string_view leaf);

  // By purpose and epoch. `closes_on` and `persons` are not in the log.
  const std::vector<v1::EpochLife>& lives() const { return lives_; }

 private:
  v1::EpochLife& Of(const v1::AuditLeaf& leaf);

  std::vector<v1::EpochLife> lives_;
};

// Reads and checks the whole log as `log` does, and prints each key: since
// when, until when, and the entries that prove it. `matcher`, of the matcher's
// own log, adds how many persons each key still has, and when its window ends;
// null for the key service. Nothing is printed before all is checked: DATA_LOSS
// if the log does not hold.
absl::Status PrintEpochs(LogServer& server,
                         v1::Operations::StubInterface* matcher,
                         const crypto::NoteVerifier& verifier,
                         const CheckpointStore& store,
                         const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_EPOCHS_COMMAND_H_
