// RunWitness of witness_command.h.
#include <grpcpp/channel.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "clients/audit/witness_command.h"
#include "clients/audit/witness_config.h"
#include "clients/audit/witness_figures.h"
#include "clients/audit/witness_memory.h"
#include "clients/audit/witness_round.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/live_channel.h"
#include "clients/common/metrics_page.h"
#include "proto/service_manager.h"

namespace samkoer::clients {
namespace {

constexpr absl::Duration kFirstRetry = absl::Seconds(5);
// The same trouble is told again after this long, of a log that is not broken.
constexpr absl::Duration kTellAgain = absl::Hours(1);

// One log and how it goes.
class Watched {
 public:
  static absl::StatusOr<std::unique_ptr<Watched>> Open(
      const WitnessSetup& setup, const v1::WitnessedLog& log, Language l) {
    auto channel =
        LiveChannel::Open(log.server(), log.tls(), setup.config_path);
    if (!channel.ok()) return channel.status();
    auto verifier = crypto::NoteVerifier::Parse(log.log_verifier_key());
    if (!verifier.ok()) return verifier.status();
    return std::unique_ptr<Watched>(
        new Watched(setup, log, *std::move(channel), *std::move(verifier), l));
  }

  // A round, if it is time.
  void RunIfDue(const crypto::CosignatureSigner& signer, absl::Time now,
                bool told_always, const AuditOutput& output) {
    if (now < next_) return;
    Renew(now, output);
    // A channel a round: it has the certificate that is in use now.
    const auto channel = channel_->Get();
    const auto audit = v1::Audit::NewStub(channel);
    const auto witnesses = v1::Witnesses::NewStub(channel);
    LogServer server(peer_, *audit, language_);
    const auto round =
        RunWitnessRound({server, *witnesses, verifier_, memory_}, signer, now);
    const absl::Status kept =
        memory_.SaveLast({absl::ToUnixSeconds(now), round.status()});
    Tell(round, now, told_always, output);
    if (!kept.ok()) PrintFailure(output.notices, kept, language_);
    status_ = round.ok() ? kept : round.status();
    const bool soon = !status_.ok() && !absl::IsDataLoss(status_);
    failures_ = soon ? failures_ + 1 : 0;
    next_ = now + (soon ? std::min(interval_, kFirstRetry * Doubled(failures_))
                        : interval_);
    const absl::MutexLock lock(&mutex_);
    state_.round_failed = !status_.ok();
    state_.refused = absl::IsDataLoss(status_);
    state_.expiry = channel_->not_after();
    if (status_.ok()) state_.round = now;
  }

  WitnessedState state() const {
    const absl::MutexLock lock(&mutex_);
    return state_;
  }

  absl::Time next() const { return next_; }
  const absl::Status& status() const { return status_; }

 private:
  Watched(const WitnessSetup& setup, const v1::WitnessedLog& log,
          std::unique_ptr<LiveChannel> channel, crypto::NoteVerifier verifier,
          Language l)
      : name_(log.name()),
        language_(l),
        interval_(absl::Seconds(setup.config.interval_seconds())),
        verifier_(std::move(verifier)),
        memory_(setup.config.state_dir(), log.name()),
        channel_(std::move(channel)),
        peer_(verifier_.name().ends_with("/keyd") ? Peer::kKeyService
                                                  : Peer::kMatcher) {
    state_.log = name_;
    state_.expiry = channel_->not_after();
    // What an earlier run saw: a restart is no round.
    const auto last = memory_.LoadLast();
    if (last && last->status.ok()) {
      state_.round = absl::FromUnixSeconds(last->unix_seconds);
    }
  }

  // Takes a renewed certificate into use. One that is of no use leaves the old
  // one in force, and is told once.
  void Renew(absl::Time now, const AuditOutput& output) {
    const auto renewed = channel_->Reload(now);
    {
      const absl::MutexLock lock(&mutex_);
      state_.files_broken = !renewed.ok();
    }
    const std::string trouble(View(renewed.status().message()));
    const bool news = std::exchange(told_certificate_, trouble) != trouble;
    if (renewed.ok() || !news) return;
    PrintFailure(output.notices,
                 WithHint(absl::Status(renewed.status().code(),
                                       Cat(name_, ": ", trouble)),
                          Say(language_, "det gamle certifikat bruges imens",
                              "the old certificate is used meanwhile")),
                 language_);
  }

  static int Doubled(int failures) { return 1 << std::min(failures - 1, 16); }

  void Tell(const absl::StatusOr<WitnessRound>& round, absl::Time now,
            bool told_always, const AuditOutput& output) {
    const std::string message(View(round.status().message()));
    const bool news = told_always || message != told_message_ ||
                      now - told_ >= kTellAgain ||
                      absl::IsDataLoss(round.status());
    if (!news) return;
    told_ = now;
    told_message_ = message;
    if (!round.ok()) {
      PrintFailure(output.notices,
                   WithHint(absl::Status(round.status().code(),
                                         Cat(name_, ": ", message)),
                            HintOf(round.status())),
                   language_);
      return;
    }
    if (output.format == OutputFormat::kJson) {
      output.out << Cat("{\"log\":\"", name_, "\",\"cosigned\":", round->size,
                        "}\n");
    } else {
      output.out << name_
                 << Say(language_, ": medunderskrevet, indgange: ",
                        ": cosigned, entries: ")
                 << round->size << "\n";
    }
    output.out.flush();
  }

  const std::string name_;
  const Language language_;
  const absl::Duration interval_;
  const crypto::NoteVerifier verifier_;
  const WitnessMemory memory_;
  const std::unique_ptr<LiveChannel> channel_;
  const Peer peer_;
  absl::Time next_ = absl::InfinitePast();
  absl::Status status_;
  int failures_ = 0;
  absl::Time told_ = absl::InfinitePast();
  std::string told_message_ = "-";
  std::string told_certificate_;
  mutable absl::Mutex mutex_;
  WitnessedState state_ ABSL_GUARDED_BY(mutex_);
};

using WatchedLogs = std::vector<std::unique_ptr<Watched>>;

absl::Time NextOf(const WatchedLogs& logs) {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& log : logs) next = std::min(next, log->next());
  return next;
}

// A broken log before any other trouble.
absl::Status WorstOf(const WatchedLogs& logs, bool once) {
  absl::Status worst;
  for (const auto& log : logs) {
    if (absl::IsDataLoss(log->status())) return log->status();
    if (once && !log->status().ok()) worst = log->status();
  }
  return worst;
}

}  // namespace

absl::Status RunWitness(const WitnessSetup& setup,
                        const WitnessRunOptions& options,
                        const AuditOutput& output) {
  const Language l = output.style.language;
  if (setup.config.logs().empty()) {
    return absl::FailedPreconditionError(
        Cat(setup.config_path, ": logs: ", Say(l, "mangler", "missing")));
  }
  const auto signer = LoadWitnessKey(setup.config.key_file());
  if (!signer.ok()) return signer.status();
  const auto lock = WitnessLock::Take(setup.config.state_dir());
  if (!lock.ok()) return lock.status();
  WatchedLogs logs;
  for (const v1::WitnessedLog& log : setup.config.logs()) {
    auto watched = Watched::Open(setup, log, l);
    if (!watched.ok()) return watched.status();
    logs.push_back(*std::move(watched));
  }
  std::unique_ptr<MetricsPage> metrics;
  if (!options.once && !setup.config.metrics_listen().empty()) {
    auto page =
        MetricsPage::Serve(setup.config.metrics_listen(), [&logs, &setup] {
          std::vector<WitnessedState> states;
          for (const auto& log : logs) states.push_back(log->state());
          return WitnessFigures(states,
                                absl::Seconds(setup.config.interval_seconds()));
        });
    if (!page.ok()) return page.status();
    metrics = *std::move(page);
  }
  if (!options.once) {
    // Not behind the first round: a log that does not answer is no reason to
    // wait for the witness.
    const absl::Status told = proto::TellServiceManager(proto::kServiceReady);
    if (!told.ok()) PrintFailure(output.notices, told, l);
  }
  while (true) {
    bool stop = false;
    for (const auto& log : logs) {
      stop = stop || options.sleep(absl::ZeroDuration());
      if (!stop) {
        log->RunIfDue(*signer, options.now(), options.once, output);
      }
    }
    const bool all_broken = std::all_of(
        logs.begin(), logs.end(),
        [](const auto& log) { return absl::IsDataLoss(log->status()); });
    if (stop || options.once || all_broken) return WorstOf(logs, options.once);
    if (options.sleep(
            std::max(NextOf(logs) - options.now(), absl::Milliseconds(100)))) {
      return WorstOf(logs, false);
    }
  }
}

}  // namespace samkoer::clients
