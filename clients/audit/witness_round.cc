#include "clients/audit/witness_round.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/audit/log_verifier.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

std::string FindingText(Continuity continuity, const crypto::Checkpoint& before,
                        const crypto::Checkpoint& now, Language l) {
  if (continuity == Continuity::kRolledBack) {
    return Cat(Say(l, "LOGGEN ER BLEVET KORTERE: vidnet har set ",
                   "THE LOG HAS BECOME SHORTER: the witness has seen "),
               before.size,
               Say(l, " indgange, nu er der ", " entries, now there are "),
               now.size);
  }
  return Cat(Say(l, "LOGGEN ER SKREVET OM: dens første ",
                 "THE LOG HAS BEEN REWRITTEN: its first "),
             before.size,
             Say(l, " indgange er ikke dem, vidnet har medunderskrevet",
                 " entries are not those that the witness cosigned"));
}

absl::Status Refusal(const WitnessRecord& record, Language l) {
  return WithHint(
      absl::DataLossError(
          Cat(record.finding, Say(l, "; der medunderskrives ikke mere",
                                  "; nothing is cosigned any more"))),
      Cat(Say(l, "begge tjekpunkter er gemt i ",
              "both checkpoints are kept in "),
          record.evidence,
          Say(l,
              "; når det er forklaret: samkoer-audit witness resolve --log "
              "NAVN --reason ...",
              "; when it is explained: samkoer-audit witness resolve --log "
              "NAME --reason ...")));
}

}  // namespace

absl::StatusOr<WitnessRound> RunWitnessRound(
    const WitnessedServer& server, const crypto::CosignatureSigner& signer,
    absl::Time now) {
  const Language l = server.log.language();
  auto kept = server.memory.Load(server.verifier);
  if (!kept.ok()) return kept.status();
  if (*kept && !(*kept)->finding.empty()) return Refusal(**kept, l);
  const auto note = server.log.FetchNote();
  if (!note.ok()) return note.status();
  const auto checkpoint = OpenCheckpoint(server.verifier, *note);
  if (!checkpoint.ok()) return checkpoint.status();

  if (*kept) {
    const crypto::Checkpoint& before = (*kept)->checkpoint;
    std::vector<crypto::Hash32> proof;
    if (checkpoint->size > before.size) {
      auto fetched =
          server.log.FetchConsistencyProof(before.size, checkpoint->size);
      if (!fetched.ok()) return fetched.status();
      proof = *std::move(fetched);
    }
    const Continuity continuity = Compare(before, *checkpoint, proof);
    if (continuity == Continuity::kRolledBack ||
        continuity == Continuity::kForked) {
      WitnessRecord refused = **kept;
      refused.finding = FindingText(continuity, before, *checkpoint, l);
      auto evidence =
          server.memory.KeepEvidence(refused.finding, refused.note, *note, now);
      if (!evidence.ok()) return evidence.status();
      refused.evidence = *std::move(evidence);
      if (absl::Status s = server.memory.Save(refused); !s.ok()) return s;
      return Refusal(refused, l);
    }
  }

  const auto text = server.verifier.Verify(*note);
  if (!text.ok()) return text.status();
  WitnessRecord record;
  record.unix_seconds = absl::ToUnixSeconds(now);
  record.checkpoint = *checkpoint;
  record.note = Cat(
      *note,
      signer.Cosign(*text, static_cast<std::uint64_t>(record.unix_seconds)));
  if (absl::Status s = server.memory.Save(record); !s.ok()) return s;

  grpc::ClientContext context;
  SetDeadline(context);
  v1::AddCosignatureRequest request;
  request.set_note(record.note);
  v1::AddCosignatureResponse response;
  const grpc::Status handed_in =
      server.witnesses.AddCosignature(&context, request, &response);
  if (handed_in.error_code() == grpc::StatusCode::PERMISSION_DENIED) {
    return WithHint(
        FromServer(handed_in, server.log.peer(), l),
        Say(l,
            "serveren kender måske ikke vidnet: certifikatets navn og vidnets "
            "nøgle skal stå i dens konfiguration under witnesses, og den skal "
            "være genstartet siden; spørg driften",
            "perhaps the server does not know the witness: the certificate's "
            "name and the witness's key must stand in its configuration under "
            "witnesses, and it must have been restarted since; ask the "
            "operator"));
  }
  if (!handed_in.ok()) return FromServer(handed_in, server.log.peer(), l);
  WitnessRound round;
  round.size = checkpoint->size;
  if (response.has_fresh_until()) {
    round.fresh_until = absl::FromUnixSeconds(response.fresh_until().seconds());
  }
  return round;
}

}  // namespace samkoer::clients
