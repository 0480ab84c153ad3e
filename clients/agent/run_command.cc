#include <algorithm>
#include <csignal>
#include <iostream>
#include <random>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "clients/agent/commands.h"
#include "clients/agent/config_sources.h"
#include "clients/agent/drop_runner.h"
#include "clients/agent/json.h"
#include "clients/agent/push_once.h"
#include "clients/agent/run_plan.h"
#include "clients/agent/run_state.h"
#include "clients/agent/run_support.h"
#include "clients/agent/state_lock.h"
#include "clients/common/cat.h"
#include "clients/common/client_pems.h"
#include "clients/common/private_file.h"
#include "proto/service_manager.h"

namespace samkoer::agent {
namespace {

// SIGTERM and SIGINT, waited for instead of delivered. Blocked before any other
// thread is made, so that all inherit it; a push that is going on is ended by
// nobody but the service manager, and goes on at the next start.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  // True if one came within `wait`.
  bool Wait(absl::Duration wait) {
    const timespec time =
        absl::ToTimespec(std::max(wait, absl::ZeroDuration()));
    return sigtimedwait(&set_, nullptr, &time) > 0;
  }

 private:
  sigset_t set_;
};

class Service {
 public:
  Service(const Config& config, const CommandContext& context,
          const RunOptions& options)
      : config_(config),
        context_(context),
        options_(options),
        drop_(config, [this](const std::string& path) { return Push(path); }) {}

  int Run() {
    auto state = LoadRunState(config_.proto.state_dir());
    if (!state.ok()) return clients::Fail(state.status());
    state_ = *std::move(state);
    DrawJitter();
    Write();
    if (options_.once) return Once();
    clients::PrintError(proto::TellServiceManager(proto::kServiceReady));
    for (;;) {
      const absl::Time now = absl::Now();
      const absl::Time due = Due(now);
      state_.next_attempt = absl::ToUnixSeconds(due);
      if (due > now) {
        Write();
        // In small steps, since the clock may be set.
        if (signals_.Wait(std::min(due - now, absl::Minutes(1)))) return 0;
        continue;
      }
      if (config_.proto.has_drop()) {
        DropOnce();
      } else {
        Record(Push(""));
      }
      if (signals_.Wait(absl::ZeroDuration())) return 0;
    }
  }

 private:
  int Once() {
    if (!config_.proto.has_drop()) {
      Record(Push(""));
      return exit_code_;
    }
    // Complete is what does not change for a while: so two looks.
    DropOnce();
    if (did_nothing_ && exit_code_ == 0) {
      if (signals_.Wait(absl::Seconds(config_.proto.drop().quiet_seconds()))) {
        return 0;
      }
      do {
        DropOnce();
      } while (!did_nothing_ && exit_code_ == 0);
    }
    return exit_code_;
  }

  absl::Time Due(absl::Time now) {
    const v1::RunSettings& run = config_.proto.run();
    if (state_.failures > 0) {
      const absl::Time due =
          absl::FromUnixSeconds(state_.last_attempt) + backoff_;
      return due;
    }
    if (config_.proto.has_drop()) return next_look_;
    return NextDaily(now, absl::FromUnixSeconds(state_.last_success),
                     ParseClock(run.daily_at()), absl::LocalTimeZone(),
                     jitter_);
  }

  absl::StatusOr<Summary> Push(const std::string& path) {
    PushOptions push;
    push.file = path;
    push.delta = config_.proto.has_drop() && config_.proto.drop().delta();
    push.fast_unlock = options_.fast_unlock;
    return PushOnce(config_, context_, push);
  }

  void DropOnce() {
    did_nothing_ = true;
    const absl::Time now = absl::Now();
    next_look_ = now + absl::Seconds(config_.proto.run().poll_seconds());
    const auto day = DayOf(context_);
    if (!day.ok()) return Record(day.status());
    auto round = drop_.Round(now, FormatIsoDay(*day));
    if (!round.ok()) return Record(round.status());
    if (round->name.empty()) {
      // The folder can be read again.
      if (state_.failures > 0 && !round->result) {
        state_.failures = 0;
        Write();
      }
      return;
    }
    did_nothing_ = false;
    next_look_ = now;  // there may be more
    if (round->refused.ok()) return Record(*round->result);
    ++state_.refused;
    state_.failures = 0;
    std::cerr << "refused " << round->name << "\n";
    clients::PrintError(round->refused);
    WriteResult(round->refused);
    exit_code_ = clients::ExitCodeFor(round->refused);
    Write();
  }

  void Record(const absl::StatusOr<Summary>& result) {
    const absl::Time now = absl::Now();
    state_.last_attempt = absl::ToUnixSeconds(now);
    DrawJitter();
    if (!result.ok()) {
      ++state_.failed;
      ++state_.failures;
      const v1::RunSettings& run = config_.proto.run();
      backoff_ = Backoff(state_.failures, absl::Seconds(run.retry_seconds()),
                         absl::Seconds(run.retry_most_seconds()), Share());
      clients::PrintError(result.status());
      WriteResult(result.status());
      exit_code_ = clients::ExitCodeFor(result.status());
      return Write();
    }
    state_.last_success = state_.last_attempt;
    state_.failures = 0;
    ++state_.pushed;
    state_.rows = result->counts.rows;
    state_.set_aside = result->counts.RejectedTotal();
    state_.records = result->records;
    state_.held = result->push ? result->push->held : 0;
    state_.over_limit = result->OverLimit();
    const std::string json = SummaryJson(*result);
    std::cout << (context_.format == clients::OutputFormat::kJson
                      ? json
                      : FormatSummary(*result));
    std::cout.flush();
    exit_code_ = FinishWith(*result);
    std::string text = json;
    text.replace(
        0, 1,
        clients::Cat("{\"ok\": true, \"time\": ", state_.last_attempt, ", "));
    WriteFile(text);
    Write();
  }

  void WriteResult(const absl::Status& status) {
    JsonObject out;
    out.Add("ok", false)
        .Add("time", absl::ToUnixSeconds(absl::Now()))
        .Add("error", clients::View(status.message()))
        .Add("hint", clients::HintOf(status))
        .Add("exit_code", clients::ExitCodeFor(status))
        .Add("failures_in_a_row", state_.failures);
    WriteFile(clients::Cat(out.Text(), "\n"));
  }

  void WriteFile(std::string_view text) {
    clients::PrintError(clients::WritePrivateFile(
        clients::Cat(config_.proto.state_dir(), "/last-result.json"), text));
  }

  // The state and the figures; a full disk must not end the service.
  void Write() {
    clients::PrintError(SaveRunState(config_.proto.state_dir(), state_));
    // The file may be renewed at any time, and a push will say what is wrong
    // with it.
    const auto expiry = clients::CertificateExpiry(config_.proto.tls(), "");
    clients::PrintError(WriteMetricsFile(
        config_.proto.run().metrics_file(),
        RunMetrics(state_, config_.proto.department(), config_.proto.purpose(),
                   expiry.ok() ? *expiry : absl::InfinitePast())));
  }

  // At the start, too: an upgrade restarts a municipality's agents all at once.
  void DrawJitter() {
    jitter_ = absl::Minutes(config_.proto.run().jitter_minutes()) * Share();
  }

  double Share() {
    return std::uniform_real_distribution<double>(0, 1)(random_);
  }

  const Config& config_;
  const CommandContext& context_;
  const RunOptions& options_;
  EndSignals signals_;
  DropRunner drop_;
  RunState state_;
  absl::Duration backoff_, jitter_;
  absl::Time next_look_;
  bool did_nothing_ = true;
  int exit_code_ = 0;
  // Chance, not secrecy.
  std::mt19937 random_{std::random_device()()};
};

}  // namespace

int RunService(const CommandContext& context, const RunOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto lock = StateLock::Take(config->proto.state_dir(), "run.lock");
  if (!lock.ok()) return clients::Fail(lock.status());
  return Service(*config, context, options).Run();
}

int RunHealth(const CommandContext& context) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto state = LoadRunState(config->proto.state_dir());
  if (!state.ok()) return clients::Fail(state.status());
  const std::string problem =
      Unhealthy(*state, absl::Now(), config->proto.run().healthy_hours());
  if (context.format == clients::OutputFormat::kJson) {
    JsonObject out;
    out.Add("healthy", problem.empty())
        .Add("problem", problem)
        .Add("last_success", state->last_success)
        .Add("last_attempt", state->last_attempt)
        .Add("next_attempt", state->next_attempt)
        .Add("failures_in_a_row", state->failures)
        .Add("over_limit", state->over_limit);
    std::cout << out.Text() << "\n";
    std::cout.flush();
  }
  if (!problem.empty()) {
    return clients::Fail(clients::WithHint(
        absl::UnavailableError(problem),
        clients::Cat(config->proto.state_dir(),
                     "/last-result.json has the last result")));
  }
  if (context.format == clients::OutputFormat::kHuman) {
    std::cout << "the last push went through at "
              << absl::FormatTime("%Y-%m-%d %H:%M",
                                  absl::FromUnixSeconds(state->last_success),
                                  absl::LocalTimeZone())
              << "\n";
  }
  return 0;
}

}  // namespace samkoer::agent
