// A declared loss: a store that is older than the checkpoint outside it serves
// nothing but Governance and the log until a privacy officer lets it go on.
#ifndef SAMKOER_SERVER_LOSS_WAIT_H_
#define SAMKOER_SERVER_LOSS_WAIT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/security/server_credentials.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/clock_guard.h"
#include "server/proposal_desk.h"
#include "storage/checkpoint_guard.h"

namespace samkoer::storage {
class AuditLog;
class Engine;
class ValueSealer;
}  // namespace samkoer::storage

namespace samkoer::server {

class Metrics;

// The desk's matter: nothing but the loss may be decided.
class LossMatter final : public DeskMatter {
 public:
  using Clock = std::function<absl::Time()>;
  LossMatter(const storage::Loss& loss, std::string purpose, Clock now);

  // The store's size at the proposal, if the newest approved loss names this
  // checkpoint.
  std::optional<std::uint64_t> approved() const { return approved_; }
  v1::ProposalContent content() const;

  void Load(const v1::ProposalContent& content) override;
  absl::Status Check(const v1::ProposalContent& content) const override;
  v1::ProposalContent InForce(
      const v1::ProposalContent& content) const override;
  // Writes the leaf LOSS_DECLARED.
  void BringInForce(const Identity* who, const v1::ProposalContent& content,
                    StagedWrites& writes) override;

  // Whether a loss is this one: it names the same checkpoint.
  bool IsThis(const v1::DeclaredLoss& loss) const {
    return loss.checkpoint_size() == loss_.checkpoint_size;
  }

 private:
  const storage::Loss loss_;
  const std::string purpose_;
  const Clock now_;
  std::optional<std::uint64_t> approved_;
};

// A store with its log, before it has a guard, and who serves it.
struct LossWaitParts {
  storage::Engine& engine;
  storage::ValueSealer& sealer;
  storage::AuditLog& log;
  Metrics& metrics;
  const v1::ServerTls& tls;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  std::string municipality;
  // "matcher" or "keyd", and the purpose of its leaves.
  std::string process;
  std::string purpose;
  // Must outlive the wait. After a leap it ends with ClockLeapt().
  ClockGuard& clock;
};

// Proposes `loss` in the process's name, if that is not open or approved
// already, then serves until it is decided. OK when its approval is in the
// store, with the leaf LOSS_DECLARED. The checkpoint outside is not touched.
//  * CANCELLED: a signal ends the process before.
//  * FAILED_PRECONDITION: it was rejected.
//  * What of opening the list of revoked certificates, the address or the
//    proposals fails; the first error of writing.
absl::Status AwaitLossApproval(const LossWaitParts& parts,
                               const storage::Loss& loss);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_LOSS_WAIT_H_
