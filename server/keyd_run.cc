#include "server/keyd_run.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crypto/absl_view.h"
#include "crypto/keyed_hash.h"
#include "server/access.h"
#include "server/audit_service.h"
#include "server/backup_keeper.h"
#include "server/call_gate.h"
#include "server/certificate_watch.h"
#include "server/exit_codes.h"
#include "server/folder_check.h"
#include "server/governance_service.h"
#include "server/grpc_server.h"
#include "server/kek_rotation.h"
#include "server/key_evaluator.h"
#include "server/key_leaves.h"
#include "server/key_service.h"
#include "server/keyd_alarms.h"
#include "server/keyd_kek_writer.h"
#include "server/keyd_keyring.h"
#include "server/keyd_store.h"
#include "server/keyd_witness_writer.h"
#include "server/limits.h"
#include "server/listening.h"
#include "server/live_identity.h"
#include "server/log.h"
#include "server/loss_wait.h"
#include "server/metrics.h"
#include "server/operations_service.h"
#include "server/passphrase_source.h"
#include "server/quota_ledger.h"
#include "server/quota_office.h"
#include "server/refusals.h"
#include "server/revocation.h"
#include "server/revocation_watch.h"
#include "server/signals.h"
#include "server/store_audit_backend.h"
#include "server/stream_watch.h"
#include "server/witness_service.h"
#include "server/witness_watch.h"
#include "server/write_failure.h"
#include "storage/keyring_file.h"
#include "storage/rocksdb_engine.h"

namespace samkoer::server {
namespace {

// How often the main thread looks whether the writer has failed.
constexpr absl::Duration kFailureCheck = absl::Milliseconds(200);

// Everything that runs. Members are destroyed in the reverse order.
struct Keyd {
  Keyd(OpenKeyring keyring, const PassphraseSource& passphrase)
      : keyring(std::move(keyring)), passphrase(passphrase) {}

  OpenKeyring keyring;
  const PassphraseSource& passphrase;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<RevocationList> revoked;
  std::unique_ptr<KeydStore> store;
  std::atomic<bool> failed = false;
  std::unique_ptr<KeydAlarms> alarms;
  std::unique_ptr<QuotaLedger> ledger;
  std::unique_ptr<QuotaOffice> quotas;
  std::unique_ptr<storage::KeyringFile> keyring_file;
  std::unique_ptr<KeydKekWriter> kek_writer;
  std::unique_ptr<KekRotation> kek;
  std::unique_ptr<BackupKeeper> backups;
  std::unique_ptr<KeydWitnessWriter> witness_writer;
  std::unique_ptr<WitnessWatch> witness;
  std::unique_ptr<RefusalRecorder> refusals;
  std::unique_ptr<AccessControl> access;
  std::unique_ptr<CallGate> gate;
  std::unique_ptr<KeyEvaluator> evaluator;
  std::unique_ptr<KeyService> key_service;
  std::unique_ptr<StoreAuditBackend> audit_backend;
  std::unique_ptr<KeydAlarmsBackend> alarms_backend;
  std::unique_ptr<StreamWatch> watch;
  std::unique_ptr<AuditService> audit_service;
  std::unique_ptr<GovernanceService> governance;
  std::unique_ptr<OperationsService> operations;
  std::unique_ptr<AlarmsService> alarms_service;
  std::unique_ptr<WitnessService> witnesses;
  std::unique_ptr<LiveIdentity> identity;  // outlives the server
  std::unique_ptr<GrpcServer> server;
  std::unique_ptr<RevocationWatch> revoked_watch;
  std::unique_ptr<CertificateWatch> certificate_watch;
};

// Without quotas, which OpenQuotas gives it.
std::unique_ptr<QuotaLedger> MakeLedger(ClockGuard& clock, Keyd& keyd) {
  QuotaLedger::Options options = QuotaLedger::SystemClocks();
  options.now = [&clock] { return clock.Now(); };
  options.on_fatal = [&keyd](const absl::Status& status) {
    log::Error("keyd.write-failed", {{"status", status}});
    keyd.failed = true;
  };
  Histogram& group = keyd.metrics->AddHistogram(
      "samkoer_write_group_calls", "Calls that shared one synced write.",
      SizeBounds());
  options.on_group = [&group](std::size_t calls) {
    group.Observe(static_cast<double>(calls));
  };
  options.before_write = [&keyd](QuotaLedger::Writes& writes) {
    keyd.alarms->BeforeWrite(writes);
  };
  return std::make_unique<QuotaLedger>(*keyd.store, QuotaTable({}),
                                       std::move(options));
}

absl::Status OpenQuotas(const v1::KeydConfig& config, ClockGuard& clock,
                        Keyd& keyd) {
  auto office =
      QuotaOffice::Open(*keyd.store, *keyd.ledger, config.municipality(),
                        [&clock] { return clock.Now(); });
  if (!office.ok()) return office.status();
  keyd.quotas = *std::move(office);
  const auto waiting =
      keyd.quotas->TakeFile({config.quotas().begin(), config.quotas().end()});
  if (!waiting.ok()) return waiting.status();
  for (const auto& [number, quota] : *waiting) {
    log::Warning("quota.awaits_approval",
                 {{"proposal", number},
                  {"subject", quota.subject()},
                  {"approve_with",
                   absl::StrCat("samkoer-audit quota approve ", number)}});
  }
  return absl::OkStatus();
}

absl::Status CheckStoreClock(const v1::KeydConfig& config,
                             const KeydRunOptions& options, KeydStore& store,
                             ClockGuard& clock) {
  if (options.clock_is_right) return absl::OkStatus();
  return CheckClock(*store.log, *store.engine,
                    ReadAlive(AliveFile(config.checkpoint_file())),
                    clock.Now());
}

// For the STARTED leaf: an officer sees when the operator has changed what the
// alarms go by, which stands in the configuration.
std::string AlarmsDigest(const v1::KeydConfig& config) {
  v1::KeydConfig part;
  *part.mutable_alarms() = config.alarms();
  *part.mutable_department_sizes() = config.department_sizes();
  const crypto::Hash32 digest =
      crypto::Sha256(crypto::AsBytes(part.SerializeAsString()));
  return absl::BytesToHexString(
      crypto::AbslView(crypto::AsText(digest).substr(0, 8)));
}

// Serves until a privacy officer has decided about a declared loss; empty if
// none is.
ApproveKeydLoss LossApproval(const KeydRunOptions& options,
                             const v1::KeydConfig& config, ClockGuard& clock,
                             const LiveIdentity& identity, Metrics& metrics) {
  if (!options.declare_loss) return nullptr;
  return [&](KeydStore& store, const storage::Loss& loss) {
    // Before the approval's own leaf makes the log young again.
    if (absl::Status s = CheckStoreClock(config, options, store, clock);
        !s.ok()) {
      return s;
    }
    return AwaitLossApproval(
        {*store.engine, store.sealer, *store.log, metrics, config.tls(),
         identity.credentials(), config.municipality(), "keyd",
         std::string(kServicePurpose), clock},
        loss);
  };
}

absl::Status StartKekRotation(const v1::KeydConfig& config, ClockGuard& clock,
                              Keyd& keyd) {
  keyd.keyring_file = std::make_unique<storage::KeyringFile>(
      config.keyring_file(), storage::StoreKind::kKeyd,
      [&keyd] { return keyd.passphrase.Read(); });
  keyd.kek_writer = std::make_unique<KeydKekWriter>(*keyd.store, *keyd.ledger);
  auto kek =
      KekRotation::Start({*keyd.store->engine, keyd.store->sealer,
                          *keyd.keyring_file, *keyd.kek_writer, *keyd.metrics},
                         {config.data_dir(), config.kek_rotation_days(),
                          [&clock] { return clock.Now(); }},
                         keyd.keyring.keyring);
  if (!kek.ok()) return kek.status();
  keyd.kek = *std::move(kek);
  // The sealer alone keeps them, until they must go.
  keyd.keyring.keyring.keks.clear();
  return absl::OkStatus();
}

absl::Status StartBackups(const v1::KeydConfig& config, Keyd& keyd) {
  auto signer = keyd.keyring.keyring.Signer();
  if (!signer.ok()) return signer.status();
  keyd.backups = BackupKeeper::Start(
      {storage::CopierOf(*keyd.store->engine), keyd.store->log.get(),
       *std::move(signer), config.data_dir(), config.keyring_file(),
       [&keyd] { return keyd.kek->Generations(); }, SAMKOER_VERSION},
      config.backup(), *keyd.metrics, absl::Now);
  return absl::OkStatus();
}

absl::Status StartWitness(const v1::KeydConfig& config, Keyd& keyd) {
  keyd.witness_writer =
      std::make_unique<KeydWitnessWriter>(*keyd.ledger, *keyd.alarms);
  auto witness = WitnessWatch::Start(
      {*keyd.store->engine, keyd.store->sealer, *keyd.store->log,
       *keyd.witness_writer, *keyd.metrics},
      WitnessWatch::OptionsFrom(config, absl::Now));
  if (!witness.ok()) return witness.status();
  keyd.witness = *std::move(witness);
  return absl::OkStatus();
}

void MakeServices(const v1::KeydConfig& config, Keyd& keyd) {
  QuotaLedger& ledger = *keyd.ledger;
  keyd.refusals =
      std::make_unique<RefusalRecorder>([&ledger](const RefusalReport& report) {
        return ledger.Record(RefusedLeaf(report, absl::Now()));
      });
  keyd.access = std::make_unique<AccessControl>(config.municipality(),
                                                keyd.revoked.get());
  keyd.gate =
      std::make_unique<CallGate>(*keyd.access, *keyd.metrics, *keyd.refusals);
  keyd.evaluator =
      std::make_unique<KeyEvaluator>(keyd.keyring.keys, ledger, *keyd.metrics);
  keyd.key_service = std::make_unique<KeyService>(*keyd.gate, *keyd.evaluator);
  keyd.audit_backend = std::make_unique<StoreAuditBackend>(
      *keyd.store->log, *keyd.store->engine,
      [&ledger](const Identity& who, std::uint64_t start, std::uint64_t end) {
        return ledger.Record(LogReadLeaf(who, start, end, absl::Now()));
      });
  keyd.watch = std::make_unique<StreamWatch>(*keyd.access);
  keyd.audit_service = std::make_unique<AuditService>(
      *keyd.gate, *keyd.audit_backend, *keyd.watch);
  keyd.governance =
      std::make_unique<GovernanceService>(*keyd.gate, keyd.quotas->desk());
  keyd.operations = std::make_unique<OperationsService>(*keyd.gate, *keyd.kek);
  keyd.alarms_backend =
      std::make_unique<KeydAlarmsBackend>(*keyd.alarms, ledger);
  keyd.alarms_service =
      std::make_unique<AlarmsService>(*keyd.gate, *keyd.alarms_backend);
  keyd.witnesses = std::make_unique<WitnessService>(*keyd.gate, *keyd.witness);
  keyd.audit_service->set_witness(keyd.witness.get());
  keyd.gate->set_change_check(
      [watch = keyd.witness.get()] { return watch->CheckChange(); });
}

bool KeyIsDue(const LiveKeys& keys, const std::string& today) {
  return std::any_of(keys.all().begin(), keys.all().end(),
                     [&](const LiveKey& key) {
                       return !key.closes_on.empty() && key.closes_on <= today;
                     });
}

absl::StatusOr<OpenKeyring> LoadKeyring(const v1::KeydConfig& config,
                                        const PassphraseSource& passphrase) {
  const auto secret = passphrase.Read();
  if (!secret.ok()) return secret.status();
  return server::LoadKeyring(config, *secret);
}

absl::Status DestroyWhatIsDue(const v1::KeydConfig& config,
                              const std::string& today, Keyd& keyd) {
  if (!KeyIsDue(keyd.keyring.keys, today)) return absl::OkStatus();
  const auto secret = keyd.passphrase.Read();
  if (!secret.ok()) return secret.status();
  auto destroyed = DestroyDueSeeds(config, *secret, today);
  if (!destroyed.ok()) return destroyed.status();
  log::Info("key.destroyed", {{"keys", *destroyed}});
  auto keyring = server::LoadKeyring(config, *secret);
  if (!keyring.ok()) return keyring.status();
  keyd.keyring = *std::move(keyring);
  return absl::OkStatus();
}

absl::Status Start(const v1::KeydConfig& config, const KeydRunOptions& options,
                   ClockGuard& clock, Keyd& keyd) {
  auto identity = LiveIdentity::Load(config.tls(), absl::Now());
  if (!identity.ok()) return identity.status();
  keyd.identity = *std::move(identity);
  auto revoked = RevocationList::Load(config.tls().revoked_file());
  if (!revoked.ok()) return revoked.status();
  keyd.revoked = *std::move(revoked);
  auto metrics = Metrics::Create(config.metrics_listen());
  if (!metrics.ok()) return metrics.status();
  keyd.metrics = *std::move(metrics);
  keyd.certificate_watch =
      std::make_unique<CertificateWatch>(*keyd.identity, *keyd.metrics);

  auto store = OpenKeydStore(
      config, keyd.keyring.keyring,
      LossApproval(options, config, clock, *keyd.identity, *keyd.metrics));
  if (!store.ok()) return AsDiskError(store.status());
  keyd.store = *std::move(store);
  if (absl::Status status =
          CheckStoreClock(config, options, *keyd.store, clock);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = DestroyWhatIsDue(config, options.day.today(), keyd);
      !status.ok()) {
    return status;
  }
  if (absl::Status status =
          PinKeys(*keyd.store, keyd.keyring.keys, clock.Now());
      !status.ok()) {
    return AsDiskError(status);
  }
  auto alarms =
      KeydAlarms::Load(config, *keyd.store, *keyd.metrics, clock.Now());
  if (!alarms.ok()) return AsDiskError(alarms.status());
  keyd.alarms = *std::move(alarms);
  keyd.ledger = MakeLedger(clock, keyd);
  if (absl::Status status = keyd.ledger->Record(ProcessLeaf(
          v1::AUDIT_ACTION_STARTED, absl::Now(),
          absl::StrCat("version ", SAMKOER_VERSION, "; ",
                       options.clock_is_right ? "--clock-is-right; " : "",
                       "alarms ", AlarmsDigest(config), "; ",
                       WitnessWatch::Describe(
                           WitnessWatch::OptionsFrom(config, absl::Now)))));
      !status.ok()) {
    return status;
  }
  if (absl::Status status = OpenQuotas(config, clock, keyd); !status.ok()) {
    return status;
  }
  if (absl::Status status = StartKekRotation(config, clock, keyd);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = StartBackups(config, keyd); !status.ok()) {
    return status;
  }
  if (absl::Status status = StartWitness(config, keyd); !status.ok()) {
    return status;
  }
  MakeServices(config, keyd);

  GrpcServer::Options serving;
  serving.listen = config.tls().listen();
  serving.credentials = keyd.identity->credentials();
  serving.services = {keyd.key_service.get(),    keyd.audit_service.get(),
                      keyd.governance.get(),     keyd.operations.get(),
                      keyd.alarms_service.get(), keyd.witnesses.get()};
  serving.gate = keyd.gate.get();
  auto server = GrpcServer::Start(serving);
  if (!server.ok()) return server.status();
  keyd.server = *std::move(server);
  keyd.revoked_watch =
      std::make_unique<RevocationWatch>(*keyd.revoked, *keyd.metrics);
  keyd.revoked_watch->Start();
  keyd.certificate_watch->Start();
  return absl::OkStatus();
}

void Stop(Keyd& keyd) {
  if (keyd.revoked_watch) keyd.revoked_watch->Stop();
  if (keyd.certificate_watch) keyd.certificate_watch->Stop();
  if (keyd.server) {
    keyd.server->SetServing(false);
    keyd.server->Shutdown(kShutdownGrace);
  }
  if (keyd.backups) keyd.backups->Stop();
  if (keyd.kek) keyd.kek->Stop();
  if (keyd.witness) keyd.witness->Stop();
  if (keyd.refusals) keyd.refusals->Stop();
  if (keyd.ledger) {
    const v1::AuditLeaf leaf =
        ProcessLeaf(v1::AUDIT_ACTION_STOPPED, absl::Now());
    keyd.ledger->Stop(&leaf);
  }
  if (!keyd.failed && keyd.store && keyd.store->guard) {
    const absl::Status flushed = keyd.store->guard->Flush();
    if (!flushed.ok())
      log::Error("checkpoint.unwritten", {{"status", flushed}});
  }
}

std::string HintFor(const absl::Status& status, const v1::KeydConfig& config) {
  if (absl::IsNotFound(status)) {
    return MissingStoreHint(
        config.checkpoint_file(),
        "if this is a new installation, run `samkoer-keyd init`");
  }
  if (absl::IsUnauthenticated(status)) {
    return "is this the passphrase that the keyring was made with?";
  }
  return std::string(DiskHint(status));
}

// Serves until the end, or (`again`) until the keyring is to be read anew.
int ServeOnce(const v1::KeydConfig& config, const KeydRunOptions& options,
              ClockGuard& clock, const PassphraseSource& passphrase,
              bool& again) {
  auto keyring = LoadKeyring(config, passphrase);
  if (!keyring.ok())
    return FailWith(keyring.status(), HintFor(keyring.status(), config));
  Keyd keyd(*std::move(keyring), passphrase);
  if (absl::Status status = Start(config, options, clock, keyd); !status.ok()) {
    Stop(keyd);
    if (keyd.failed) return FailToWrite();
    if (absl::IsCancelled(status)) return kExitOk;
    return FailWith(status, HintFor(status, config));
  }
  log::Info("keyd.started", {{"port", keyd.server->port()},
                             {"metrics_port", keyd.metrics->port()},
                             {"keys", keyd.keyring.keys.all().size()},
                             {"log_size", keyd.store->log->size()}});
  TellListening(config.tls().listen(), keyd.server->port(), "Serving");

  AliveWriter alive(AliveFile(config.checkpoint_file()), clock);
  while (!keyd.failed) {
    alive.Tell();
    const SignalEvent event = WaitForSignal(kFailureCheck);
    if (event == SignalEvent::kStop || clock.leapt()) break;
    again = event == SignalEvent::kReload ||
            KeyIsDue(keyd.keyring.keys, options.day.today());
    if (again) break;
  }
  Stop(keyd);
  if (keyd.failed) {
    again = false;
    return FailToWrite();
  }
  if (clock.leapt()) return FailWith(ClockLeapt());
  log::Info("keyd.stopped");
  return kExitOk;
}

}  // namespace

int RunKeyd(const v1::KeydConfig& config, KeydRunOptions options,
            ClockGuard& clock) {
  const absl::Status folder = CheckStoreFolders(config, "samkoer-keyd");
  if (!folder.ok()) return FailWith(folder);
  auto passphrase = PassphraseSource::Open(config.passphrase());
  if (!passphrase.ok()) return FailWith(passphrase.status());
  while (true) {
    bool again = false;
    const int code = ServeOnce(config, options, clock, **passphrase, again);
    if (!again) return code;
    options.declare_loss = false;
    options.clock_is_right = false;
  }
}

}  // namespace samkoer::server
