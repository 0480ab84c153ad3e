#include "clients/audit/policy_in_force.h"

#include "clients/audit/log_command.h"
#include "clients/common/cat.h"
#include "crypto/keyed_hash.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {
namespace {

// How the detail of an approved policy's leaf ends: "proposal 7: policy".
constexpr std::string_view kPolicy = ": policy";

std::string DigestOf(const v1::ProposalContent& content) {
  if (content.policy().empty()) return "";
  return std::string(crypto::AsText(
      crypto::Sha256(crypto::AsBytes(content.SerializeAsString()))));
}

}  // namespace

void PolicyInForce::Visit(std::uint64_t index, std::string_view leaf) {
  v1::AuditLeaf parsed;
  if (!parsed.ParseFromArray(leaf.data(), static_cast<int>(leaf.size())) ||
      parsed.action() != v1::AUDIT_ACTION_PROPOSAL_APPROVED ||
      !std::string_view(parsed.detail()).ends_with(kPolicy)) {
    return;
  }
  digest_ = parsed.digest();
  leaf_ = index;
}

absl::Status CheckInForce(LogServer& server,
                          const crypto::NoteVerifier& verifier,
                          const CheckpointStore& store,
                          const v1::ProposalContent& in_force,
                          const AuditOutput& output) {
  PolicyInForce logged;
  std::string note;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t index, std::string_view leaf) {
        logged.Visit(index, leaf);
        return absl::OkStatus();
      },
      note, Keep::kCheckpoint);
  if (!status.ok()) return status;
  if (logged.digest() == DigestOf(in_force)) return absl::OkStatus();
  const Language l = output.style.language;
  return absl::DataLossError(
      logged.digest().empty()
          ? std::string(Say(l,
                            "serveren viser en politik som gældende, men "
                            "loggen har ingen, der er godkendt",
                            "the server shows a policy as in force, but the "
                            "log has none that was approved"))
          : Cat(Say(l,
                    "serveren viser en anden gældende politik end den, der "
                    "blev godkendt sidst: indgang ",
                    "the server shows another policy in force than the one "
                    "that was approved last: entry "),
                logged.leaf()));
}

}  // namespace samkoer::clients
