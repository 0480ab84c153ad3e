#include "server/loss_wait.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/audit_service.h"
#include "server/direct_writer.h"
#include "server/governance_service.h"
#include "server/grpc_server.h"
#include "server/limits.h"
#include "server/listening.h"
#include "server/log.h"
#include "server/refusals.h"
#include "server/revocation.h"
#include "server/revocation_watch.h"
#include "server/signals.h"
#include "server/store_audit_backend.h"
#include "storage/audit_log.h"
#include "storage/feed_id.h"
#include "storage/key_layout.h"

namespace samkoer::server {
namespace {

constexpr char kReason[] = "--declare-loss";
// How often the decision, the signals and the writer are looked at.
constexpr absl::Duration kLook = absl::Milliseconds(100);
// The answer to the approval is still on its way.
constexpr absl::Duration kGrace = absl::Seconds(2);

v1::AuditLeaf NewLeaf(v1::AuditAction action, std::string actor,
                      const std::string& purpose, absl::Time now) {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  const std::int64_t nanos = absl::ToUnixNanos(now);
  leaf.mutable_time()->set_seconds(nanos / 1'000'000'000);
  leaf.mutable_time()->set_nanos(
      static_cast<std::int32_t>(nanos % 1'000'000'000));
  leaf.set_actor(std::move(actor));
  leaf.set_action(action);
  leaf.set_purpose(purpose);
  return leaf;
}

void SetCertificate(const crypto::Hash32& sha256, v1::AuditLeaf& leaf) {
  if (sha256 == crypto::Hash32{}) return;
  leaf.set_actor_certificate(sha256.data(), sha256.size());
}

void AddCount(v1::AuditLeaf& leaf, const char* name, std::uint64_t value) {
  v1::AuditCount& count = *leaf.add_counts();
  count.set_name(name);
  count.set_value(value);
}

// What has been decided, from an rpc's thread.
class Decision {
 public:
  void Set(v1::ProposalState state) {
    absl::MutexLock lock(&mutex_);
    state_ = state;
  }
  v1::ProposalState Get() const {
    absl::MutexLock lock(&mutex_);
    return state_;
  }

 private:
  mutable absl::Mutex mutex_;
  v1::ProposalState state_ ABSL_GUARDED_BY(mutex_) = v1::PROPOSAL_STATE_OPEN;
};

// The server while it waits.
class Waiting {
 public:
  Waiting(const LossWaitParts& parts, DirectWriter& writer, ProposalDesk& desk,
          std::unique_ptr<RevocationList> revoked)
      : writer_(writer),
        purpose_(parts.purpose),
        clock_(parts.clock),
        revoked_(std::move(revoked)),
        access_(parts.municipality, revoked_.get()),
        refusals_([this](const RefusalReport& report) {
          return TellRefusal(report);
        }),
        gate_(access_, parts.metrics, refusals_),
        watch_(access_),
        audit_backend_(
            parts.log, parts.engine,
            [this](const Identity& who, std::uint64_t start,
                   std::uint64_t end) { return TellRead(who, start, end); }),
        audit_(gate_, audit_backend_, watch_),
        governance_(gate_, desk),
        revoked_watch_(*revoked_, parts.metrics) {}

  absl::Status Start(const LossWaitParts& parts) {
    GrpcServer::Options options;
    options.listen = parts.tls.listen();
    options.credentials = parts.credentials;
    options.services = {&audit_, &governance_};
    options.gate = &gate_;
    options.unserved = absl::UnavailableError(
        "the server's store is older than its checkpoint, and nothing else is "
        "served until a privacy officer has decided: samkoer-audit loss "
        "approve");
    auto server = GrpcServer::Start(options);
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
    server_->SetServing(false);
    revoked_watch_.Start();
    return absl::OkStatus();
  }
  int port() const { return server_->port(); }

  // OK when it is approved.
  absl::Status Wait(const Decision& decision) const {
    while (true) {
      if (absl::Status s = writer_.status(); !s.ok()) return s;
      if (clock_.Now(); clock_.leapt()) return ClockLeapt();
      switch (decision.Get()) {
        case v1::PROPOSAL_STATE_APPROVED:
          return absl::OkStatus();
        case v1::PROPOSAL_STATE_REJECTED:
          return absl::FailedPreconditionError(
              "the declared loss was rejected: put the newer store back");
        default:
          break;
      }
      if (WaitForSignal(kLook) == SignalEvent::kStop) {
        return absl::CancelledError("stopped before the loss was decided");
      }
    }
  }

  void Stop() {
    revoked_watch_.Stop();
    server_->Shutdown(kGrace);
    refusals_.Stop();
  }

 private:
  absl::Status Tell(v1::AuditLeaf leaf) {
    return writer_.Write([&](StagedWrites& writes) {
      writes.leaves.push_back(std::move(leaf));
      return absl::OkStatus();
    });
  }
  absl::Status TellRead(const Identity& who, std::uint64_t start,
                        std::uint64_t end) {
    v1::AuditLeaf leaf =
        NewLeaf(v1::AUDIT_ACTION_LOG_READ, who.uri, purpose_, clock_.Now());
    SetCertificate(who.certificate_sha256, leaf);
    AddCount(leaf, "start", start);
    AddCount(leaf, "end", end);
    return Tell(std::move(leaf));
  }
  absl::Status TellRefusal(const RefusalReport& report) {
    v1::AuditLeaf leaf =
        NewLeaf(v1::AUDIT_ACTION_REFUSED, report.actor, purpose_, clock_.Now());
    SetCertificate(report.certificate_sha256, leaf);
    AddCount(leaf, "refusals", report.count);
    leaf.set_detail(absl::StrCat(report.method, " ",
                                 absl::StatusCodeToString(report.code)));
    return Tell(std::move(leaf));
  }

  DirectWriter& writer_;
  const std::string purpose_;
  ClockGuard& clock_;
  const std::unique_ptr<RevocationList> revoked_;
  const AccessControl access_;
  RefusalRecorder refusals_;
  CallGate gate_;
  StreamWatch watch_;
  StoreAuditBackend audit_backend_;
  AuditService audit_;
  GovernanceService governance_;
  RevocationWatch revoked_watch_;
  std::unique_ptr<GrpcServer> server_;
};

// The number of the open proposal of this loss, made if there is none.
absl::StatusOr<std::uint64_t> ProposeLoss(const LossMatter& matter,
                                          DirectWriter& writer,
                                          ProposalDesk& desk) {
  std::uint64_t number = 0;
  absl::Status written =
      writer.Write([&](StagedWrites& writes) -> absl::Status {
        for (const auto& [open, entry] : desk.book().entries()) {
          if (entry.head.state() == v1::PROPOSAL_STATE_OPEN &&
              entry.head.content().has_loss() &&
              matter.IsThis(entry.head.content().loss())) {
            number = open;
            return absl::OkStatus();
          }
        }
        // Of another checkpoint, which is not the one outside any more.
        const v1::ProposalContent content = matter.content();
        if (absl::Status s = desk.WithdrawOwn(content, kReason, writes);
            !s.ok()) {
          return s;
        }
        auto proposed = desk.ProposeOwn(content, kReason, writes);
        if (!proposed.ok()) return proposed.status();
        number = *proposed;
        return absl::OkStatus();
      });
  if (!written.ok()) return written;
  return number;
}

// Whether the loss was declared and the process has not started since: a crash
// came between the approval and the new checkpoint. An approval from before
// counts once only.
absl::StatusOr<bool> CrashedAfterApproval(const LossWaitParts& parts,
                                          std::uint64_t since) {
  bool declared = false, damaged = false;
  const absl::Status read = parts.log.ReadLeaves(
      parts.engine, std::min(since, parts.log.size()), parts.log.size(),
      [&](std::uint64_t, std::string_view bytes) {
        v1::AuditLeaf leaf;
        damaged |=
            !leaf.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        if (leaf.action() == v1::AUDIT_ACTION_LOSS_DECLARED) declared = true;
        if (leaf.action() == v1::AUDIT_ACTION_STARTED) declared = false;
        return !damaged;
      });
  if (!read.ok()) return read;
  if (damaged) return absl::DataLossError("a leaf of the log is malformed");
  return declared;
}

}  // namespace

LossMatter::LossMatter(const storage::Loss& loss, std::string purpose,
                       Clock now)
    : loss_(loss), purpose_(std::move(purpose)), now_(std::move(now)) {}

v1::ProposalContent LossMatter::content() const {
  v1::ProposalContent content;
  content.mutable_loss()->set_store_size(loss_.store_size);
  content.mutable_loss()->set_checkpoint_size(loss_.checkpoint_size);
  return content;
}

void LossMatter::Load(const v1::ProposalContent& content) {
  if (!content.has_loss()) return;
  approved_.reset();
  if (IsThis(content.loss())) approved_ = content.loss().store_size();
}

absl::Status LossMatter::Check(const v1::ProposalContent& content) const {
  if (content.has_loss() && IsThis(content.loss())) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the server's store is older than its checkpoint: nothing else is "
      "decided "
      "until the loss is, with: samkoer-audit loss approve");
}

v1::ProposalContent LossMatter::InForce(const v1::ProposalContent&) const {
  return {};
}

void LossMatter::BringInForce(const Identity* who,
                              const v1::ProposalContent& content,
                              StagedWrites& writes) {
  v1::AuditLeaf leaf =
      NewLeaf(v1::AUDIT_ACTION_LOSS_DECLARED, who != nullptr ? who->uri : "",
              purpose_, now_());
  if (who != nullptr) SetCertificate(who->certificate_sha256, leaf);
  AddCount(leaf, "checkpoint_size", content.loss().checkpoint_size());
  AddCount(leaf, "store_size", content.loss().store_size());
  writes.leaves.push_back(std::move(leaf));
  // Whoever has followed the feed until now has seen what is lost: it goes on
  // as another one. (The key service has none.)
  writes.batch.Delete(storage::MetaKey(storage::kFeedIdWord));
  approved_ = content.loss().store_size();
}

absl::Status AwaitLossApproval(const LossWaitParts& parts,
                               const storage::Loss& loss) {
  const auto now = [&parts] { return parts.clock.Now(); };
  LossMatter matter(loss, parts.purpose, now);
  DirectWriter writer(parts.engine, parts.sealer, parts.log);
  auto desk = ProposalDesk::Load({parts.engine, parts.sealer, parts.log, writer,
                                  matter, parts.process, parts.purpose, now});
  if (!desk.ok()) return desk.status();
  if (matter.approved()) {
    auto crashed = CrashedAfterApproval(parts, *matter.approved());
    if (!crashed.ok()) return crashed.status();
    if (*crashed) return absl::OkStatus();
  }
  Decision decision;
  (*desk)->set_on_decided([&](const v1::Proposal& proposal) {
    if (proposal.content().has_loss()) decision.Set(proposal.state());
  });
  auto number = ProposeLoss(matter, writer, **desk);
  if (!number.ok()) return number.status();
  auto revoked = RevocationList::Load(parts.tls.revoked_file());
  if (!revoked.ok()) return revoked.status();
  Waiting waiting(parts, writer, **desk, *std::move(revoked));
  if (absl::Status s = waiting.Start(parts); !s.ok()) return s;
  const std::string approve_with =
      absl::StrCat("samkoer-audit loss approve ", *number,
                   parts.process == "keyd" ? " --server keyd" : "");
  log::Warning("loss.awaits_approval",
               {{"proposal", *number},
                {"store_size", loss.store_size},
                {"checkpoint_size", loss.checkpoint_size},
                {"approve_with", approve_with}});
  // Ready, too: whoever started it must not wait for a person.
  TellListening(parts.tls.listen(), waiting.port(),
                absl::StrCat("Waits for a privacy officer: ", approve_with));
  const absl::Status decided = waiting.Wait(decision);
  waiting.Stop();
  return decided;
}

}  // namespace samkoer::server
