#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crypto/tls13.h"
#include "matcher/matcher.h"
#include "matcher/policy_file.h"
#include "server/backup_keeper.h"
#include "server/clock_guard.h"
#include "server/day_source.h"
#include "server/exit_codes.h"
#include "server/folder_check.h"
#include "server/grpc_log.h"
#include "server/kek_rotation.h"
#include "server/limits.h"
#include "server/listening.h"
#include "server/live_identity.h"
#include "server/log.h"
#include "server/loss_wait.h"
#include "server/matcher_kek_writer.h"
#include "server/matcher_server.h"
#include "server/matcher_store.h"
#include "server/matcher_witness_writer.h"
#include "server/matcherd_commands.h"
#include "server/matcherd_setup.h"
#include "server/metrics.h"
#include "server/passphrase_source.h"
#include "server/signals.h"
#include "server/witness_watch.h"
#include "server/write_failure.h"
#include "storage/keyring_file.h"

namespace samkoer::server {
namespace {

// How long the process takes to notice a write error.
constexpr absl::Duration kFailureLook = absl::Milliseconds(500);
// After a write error nothing can be answered: no reason to wait for clients.
constexpr absl::Duration kFailureGrace = absl::Seconds(1);

// Why the matcher stopped, from its own thread.
class FirstFailure {
 public:
  void Set(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = status;
  }
  absl::Status Get() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
};

std::vector<matcher::PinnedOprfKey> PinnedKeys(
    const v1::MatcherdConfig& config) {
  std::vector<matcher::PinnedOprfKey> keys;
  for (const v1::PinnedKey& key : config.oprf_keys()) {
    keys.push_back(
        {key.epoch(), key.public_key(), key.self_test(), key.closes_on()});
  }
  return keys;
}

absl::StatusOr<std::unique_ptr<matcher::Matcher>> OpenMatcher(
    const MatcherdSetup& setup, const storage::Keyring& keyring,
    const MatcherStore& store, const DaySource& day, ClockGuard& clock,
    const MatcherdArguments& arguments, FirstFailure& failure) {
  matcher::MatcherOptions options;
  options.engine = store.engine.get();
  options.sealer = store.sealer.get();
  options.audit = store.log.get();
  options.guard = store.guard.get();
  options.match_key = keyring.match_key;
  options.oprf_keys = PinnedKeys(setup.config);
  options.municipality = setup.policy->proto().municipality();
  options.purpose = setup.policy->proto().purpose();
  options.clock = [&clock] { return clock.Now(); };
  options.day_source = day.today;
  options.started_detail = absl::StrCat(
      "samkoer-matcherd ", arguments.version, "; day: ", day.description, "; ",
      arguments.clock_is_right ? "--clock-is-right; " : "",
      WitnessWatch::Describe(
          WitnessWatch::OptionsFrom(setup.config, absl::Now)));
  options.on_fatal = [&failure](const absl::Status& status) {
    failure.Set(status);
    if (absl::IsDataLoss(status)) {
      log::Error("store.damaged", {{"status", status}});
    } else {
      log::Error("store.write_failed", {{"status", status}});
    }
  };
  return matcher::Matcher::Open(std::move(options));
}

// The policy file takes effect only when a privacy officer approves it.
void ProposePolicy(std::shared_ptr<const matcher::CompiledPolicy> policy,
                   matcher::Matcher& matcher) {
  const auto number = matcher.ProposePolicy(std::move(policy));
  if (!number.ok()) {
    log::Error("policy.not_proposed", {{"status", number.status()}});
  } else if (*number != 0) {
    log::Warning("policy.awaits_approval",
                 {{"proposal", *number},
                  {"approve_with",
                   absl::StrCat("samkoer-audit policy approve ", *number)}});
  }
}

void ReloadPolicy(const std::string& path, const WitnessWatch& witness,
                  matcher::Matcher& matcher) {
  auto policy = matcher::LoadPolicyFile(path);
  if (!policy.ok()) {
    log::Error("policy.not_proposed", {{"status", policy.status()}});
    return;
  }
  if (absl::Status s = witness.CheckChange(); !s.ok()) {
    log::Error("policy.not_proposed", {{"status", s}});
    return;
  }
  ProposePolicy(
      std::make_shared<const matcher::CompiledPolicy>(*std::move(policy)),
      matcher);
}

absl::StatusOr<storage::Keyring> OpenKeyring(
    const MatcherdSetup& setup, const PassphraseSource& passphrase) {
  const auto secret = passphrase.Read();
  if (!secret.ok()) return secret.status();
  return OpenKeyring(setup, *secret);
}

// The store cannot be gone on with.
int FailForGood(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return FailToWrite();
  return FailWith(status,
                  "the store is damaged; restore its newest backup, and start "
                  "with --declare-loss if that is older than the checkpoint");
}

int FailToOpen(const absl::Status& status, const v1::MatcherdConfig& config) {
  const absl::Status error = AsDiskError(status);
  if (!absl::IsNotFound(error)) return FailWith(error, DiskHint(error));
  return FailWith(error, MissingStoreHint(config.checkpoint_file(),
                                          "make it with: samkoer-matcherd "
                                          "init"));
}

absl::Status CheckStoreClock(const v1::MatcherdConfig& config,
                             const MatcherdArguments& arguments,
                             const MatcherStore& store, ClockGuard& clock) {
  if (arguments.clock_is_right) return absl::OkStatus();
  return CheckClock(*store.log, *store.engine,
                    ReadAlive(AliveFile(config.checkpoint_file())),
                    clock.Now());
}

// Serves until a privacy officer has decided about a declared loss; empty if
// none is.
ApproveMatcherLoss LossApproval(const MatcherdArguments& arguments,
                                const MatcherdSetup& setup,
                                const LiveIdentity& identity, ClockGuard& clock,
                                Metrics& metrics) {
  if (!arguments.declare_loss) return nullptr;
  return [&](MatcherStore& store, const storage::Loss& loss) {
    // Before the approval's own leaf makes the log young again.
    if (absl::Status s = CheckStoreClock(setup.config, arguments, store, clock);
        !s.ok()) {
      return s;
    }
    const auto& policy = setup.policy->proto();
    return AwaitLossApproval(
        {*store.engine, *store.sealer, *store.log, metrics, setup.config.tls(),
         identity.credentials(), policy.municipality(), "matcher",
         policy.purpose(), clock},
        loss);
  };
}

// Waits for the end; returns the exit code.
int Serve(const MatcherdSetup& setup, const WitnessWatch& witness,
          ClockGuard& clock, matcher::Matcher& matcher) {
  AliveWriter alive(AliveFile(setup.config.checkpoint_file()), clock);
  while (true) {
    switch (WaitForSignal(kFailureLook)) {
      case SignalEvent::kStop:
        return kExitOk;
      case SignalEvent::kReload:
        ReloadPolicy(setup.config.policy_file(), witness, matcher);
        break;
      case SignalEvent::kNone:
        break;
    }
    if (matcher.Failed()) return kExitIo;
    alive.Tell();
    if (clock.leapt()) return FailWith(ClockLeapt());
  }
}

}  // namespace

int RunMatcherd(const MatcherdArguments& arguments) {
  BlockSignals();
  RouteGrpcLogs();
  const absl::Status tls13 = crypto::RequireTls13();
  if (!tls13.ok()) return FailWith(tls13);
  const auto setup = ReadSetup(arguments.config);
  if (!setup.ok()) return FailWith(setup.status());
  const absl::Status folder =
      CheckStoreFolders(setup->config, "samkoer-matcherd");
  if (!folder.ok()) return FailWith(folder);
  ClockGuard clock;
  const auto day =
      MakeDaySource(arguments.as_of, [&clock] { return clock.Now(); });
  if (!day.ok()) return FailWith(day.status());
  auto identity = LiveIdentity::Load(setup->config.tls(), absl::Now());
  if (!identity.ok()) return FailWith(identity.status());
  const auto metrics = Metrics::Create(setup->config.metrics_listen());
  if (!metrics.ok()) return FailWith(metrics.status());
  const auto passphrase = PassphraseSource::Open(setup->config.passphrase());
  if (!passphrase.ok()) return FailWith(passphrase.status());
  auto keyring = OpenKeyring(*setup, **passphrase);
  if (!keyring.ok()) {
    return FailWith(keyring.status(),
                    absl::IsNotFound(keyring.status())
                        ? "make it with: samkoer-matcherd init"
                        : "");
  }
  const auto store = OpenMatcherStore(
      setup->config, *keyring, setup->policy->proto().purpose(),
      LossApproval(arguments, *setup, **identity, clock, **metrics), **metrics);
  if (absl::IsCancelled(store.status())) return kExitOk;
  if (!store.ok()) return FailToOpen(store.status(), setup->config);
  if (absl::Status s = CheckStoreClock(setup->config, arguments, *store, clock);
      !s.ok()) {
    return FailWith(s);
  }
  if (!arguments.as_of.empty()) {
    log::Warning("day.fixed", {{"as_of", arguments.as_of},
                               {"meaning",
                                "for demos and tests only: birthdays and "
                                "retention do not happen"}});
  }
  FirstFailure failure;
  const auto matcher =
      OpenMatcher(*setup, *keyring, *store, *day, clock, arguments, failure);
  if (!matcher.ok()) {
    return failure.Get().ok() ? FailWith(matcher.status())
                              : FailForGood(failure.Get());
  }

  ProposePolicy(setup->policy, **matcher);

  const storage::KeyringFile keyring_file(
      setup->config.keyring_file(), storage::StoreKind::kMatcher,
      [&passphrase] { return (*passphrase)->Read(); });
  MatcherKekWriter kek_writer(**matcher);
  const auto kek = KekRotation::Start(
      {*store->engine, *store->sealer, keyring_file, kek_writer, **metrics},
      {setup->config.data_dir(), setup->config.kek_rotation_days(),
       [&clock] { return clock.Now(); }},
      *keyring);
  if (!kek.ok()) {
    return failure.Get().ok() ? FailWith(kek.status())
                              : FailForGood(failure.Get());
  }
  keyring->keks.clear();  // the sealer alone keeps them, until they must go

  MatcherWitnessWriter witness_writer(**matcher);
  const auto witness = WitnessWatch::Start(
      {*store->engine, *store->sealer, *store->log, witness_writer, **metrics},
      WitnessWatch::OptionsFrom(setup->config, absl::Now));
  if (!witness.ok()) {
    return failure.Get().ok() ? FailWith(witness.status())
                              : FailForGood(failure.Get());
  }

  auto signer = keyring->Signer();
  if (!signer.ok()) return FailWith(signer.status());
  const auto backups = BackupKeeper::Start(
      {store->copier, store->log.get(), *std::move(signer),
       setup->config.data_dir(), setup->config.keyring_file(),
       [&kek] { return (*kek)->Generations(); }, arguments.version},
      setup->config.backup(), **metrics, absl::Now);

  auto server =
      MatcherServer::Start(setup->config, *setup->policy, *std::move(identity),
                           **matcher, **metrics, kek->get(), witness->get());
  if (!server.ok()) return FailWith(server.status());
  log::Info("server.started", {{"version", arguments.version},
                               {"port", (*server)->port()},
                               {"metrics_port", (*metrics)->port()},
                               {"day", day->description}});
  TellListening(setup->config.tls().listen(), (*server)->port(), "Serving");

  const int code = Serve(*setup, **witness, clock, **matcher);
  log::Info("server.stopping", {{"code", code}});
  (*server)->Stop(code == kExitOk ? kShutdownGrace : kFailureGrace);
  backups->Stop();
  (*kek)->Stop();
  (*witness)->Stop();
  (*matcher)->Stop();
  int code_at_end = code;
  if (failure.Get().ok()) {
    // What was written last is not protected against a roll-back without it.
    if (absl::Status flushed = store->guard->Flush(); !flushed.ok()) {
      log::Error("checkpoint.unwritten", {{"status", flushed}});
      code_at_end = kExitIo;
    }
  }
  server->reset();
  log::Info("server.stopped", {{"code", code_at_end}});
  return failure.Get().ok() ? code_at_end : FailForGood(failure.Get());
}

}  // namespace samkoer::server
