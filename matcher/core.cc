#include "matcher/core.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "matcher/alert_lifecycle.h"
#include "matcher/block_writer.h"
#include "matcher/epochs.h"
#include "matcher/head_upgrade.h"
#include "matcher/month_book.h"
#include "matcher/policy_change.h"
#include "matcher/push_commands.h"
#include "matcher/recovery.h"
#include "matcher/sweep.h"
#include "storage/audit_log.h"
#include "storage/failpoint.h"
#include "storage/feed_id.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

// Where people work. An hour before Greenwich without the system's data, which
// is missing on no machine that the day can be told on.
absl::TimeZone WorkZone() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/Copenhagen", &zone)) {
    zone = absl::FixedTimeZone(3600);
  }
  return zone;
}

MatcherOptions WithThreads(MatcherOptions options) {
  if (options.threads == 0) {
    options.threads = std::max(1u, std::thread::hardware_concurrency());
  }
  return options;
}

AlarmSetup AlarmSetupOf(const CompiledPolicy& policy,
                        const Suspensions& suspensions) {
  AlarmSetup setup{.thresholds = policy.proto().alarms()};
  for (const auto& department : policy.proto().departments()) {
    setup.departments.push_back(department.id());
  }
  setup.suspended = suspensions.Departments();
  return setup;
}

}  // namespace

MatcherCore::MatcherCore(MatcherOptions options)
    : options_(WithThreads(std::move(options))),
      alarms_(WorkZone(), *options_.sealer),
      read_ahead_(*options_.engine, *options_.sealer, options_.threads),
      loop_(options_.engine, options_.audit, options_.guard, Hooks()) {
  state_.store = &loop_.store();
  state_.sealer = options_.sealer;
  state_.audit = options_.audit;
  state_.match_key = options_.match_key;
  state_.index_key = options_.audit->index_key();
  state_.municipality = options_.policy != nullptr
                            ? options_.policy->proto().municipality()
                            : options_.municipality;
  state_.purpose = options_.policy != nullptr
                       ? options_.policy->proto().purpose()
                       : options_.purpose;
  state_.threads = options_.threads;
}

CommitLoopHooks MatcherCore::Hooks() {
  CommitLoopHooks hooks;
  hooks.next_time = [this] { return NextTime(); };
  hooks.before_write = [this](Transaction& tx) { BeforeWrite(tx); };
  hooks.publication = [this](std::size_t commands, std::size_t bytes) {
    return Publication(commands, bytes);
  };
  hooks.on_tick = [this] { return Tick(); };
  hooks.tick = options_.day_poll;
  hooks.on_fatal = [this](const absl::Status& status) {
    {
      // So that nobody is between looking and waiting.
      std::lock_guard lock(mutex_);
    }
    feed_grown_.notify_all();
    options_.on_fatal(status);
  };
  return hooks;
}

absl::Status MatcherCore::Start() {
  if (absl::Status s = LoadState(state_); !s.ok()) return s;
  if (absl::Status s = LoadAlarms(); !s.ok()) return s;
  auto today = Day::Parse(options_.day_source());
  if (!today.ok()) return today.status();
  if (absl::Status s = CheckPinnedKeys(state_, options_.oprf_keys, *today);
      !s.ok()) {
    return s;
  }
  written_state_ = state_.state;
  if (state_.state.policy_version == 0) {
    state_.day = *today;
    state_.state.day = today->ToString();
  } else {
    bool intent = false;
    for (const auto& [department, book] : state_.pushes.departments()) {
      intent |=
          book.open && book.open->stored.phase == storage::PushPhase::kIntent;
    }
    if (intent) {
      // A commit is carried through under the policy it was made under.
      auto policy = LoadPolicyInForce(state_);
      if (!policy.ok()) return policy.status();
      BindPolicy(state_, *std::move(policy));
    }
  }
  loop_.Start();
  absl::Status status = Do([&](LoopState& state, Transaction& tx) {
    if (absl::Status s = UpgradeHeads(state, tx); !s.ok()) return s;
    std::vector<std::uint16_t> departments;
    for (const auto& [department, book] : state.pushes.departments()) {
      departments.push_back(department);
    }
    for (const std::uint16_t department : departments) {
      if (absl::Status s = RollForward(state, tx, department); !s.ok()) {
        return s;
      }
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  SAMKOER_FAILPOINT("rollforward.after");
  status = Do([&](LoopState& state, Transaction& tx) -> absl::Status {
    if (absl::Status s = AdoptFeedId(tx); !s.ok()) return s;
    // Of a new store, or one of before months were kept.
    if (absl::Status s =
            TurnMonth(state, tx, state.day, [] { return std::string(); });
        !s.ok()) {
      return s;
    }
    auto policy = PolicyToStart();
    if (!policy.ok()) return policy.status();
    if (*policy != nullptr) {
      if (absl::Status s = ChangePolicyAndDay(state, tx, *policy, *today);
          !s.ok()) {
        return s;
      }
    }
    started_ = true;
    auto leaf = state.MakeLeaf(tx.now(), kMatcherActor, "",
                               samkoer::v1::AUDIT_ACTION_STARTED);
    leaf.set_detail(options_.started_detail);
    tx.AddLeaf(std::move(leaf));
    if (absl::Status s = AdoptKeys(state, tx, options_.oprf_keys); !s.ok()) {
      return tx.Fatal(s);
    }
    return CloseDueEpochs(state, tx);
  });
  return status;
}

void MatcherCore::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  feed_grown_.notify_all();
  loop_.Stop({[this](Transaction& tx) {
                if (!started_) return;
                tx.AddLeaf(state_.MakeLeaf(tx.now(), kMatcherActor, "",
                                           samkoer::v1::AUDIT_ACTION_STOPPED));
              },
              [](const absl::Status&) {}});
}

absl::Status MatcherCore::AdoptFeedId(Transaction& tx) {
  std::string key = storage::MetaKey(storage::kFeedIdWord);
  const auto value = state_.store->Get(key);
  if (absl::IsNotFound(value.status())) {
    feed_id_ = storage::NewFeedId();
    std::string sealed =
        state_.sealer->Seal(key, storage::EncodeFeedId(feed_id_));
    tx.writes().Put(std::move(key), std::move(sealed));
    return absl::OkStatus();
  }
  if (!value.ok()) return value.status();
  const auto plaintext = state_.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  auto id = storage::DecodeFeedId(*plaintext);
  if (!id.ok()) return id.status();
  feed_id_ = *std::move(id);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const CompiledPolicy>>
MatcherCore::PolicyToStart() const {
  if (options_.policy != nullptr || state_.state.policy_version == 0) {
    return options_.policy;
  }
  return LoadPolicyInForce(state_);
}

absl::Time MatcherCore::NextTime() {
  const std::int64_t micros = std::max(absl::ToUnixMicros(options_.clock()),
                                       state_.state.last_time_micros + 1);
  state_.state.last_time_micros = micros;
  return absl::FromUnixMicros(micros);
}

absl::Status MatcherCore::LoadAlarms() {
  if (state_.state.policy_version != 0) {
    auto policy = LoadPolicyInForce(state_);
    if (!policy.ok()) return policy.status();
    alarms_.Configure(AlarmSetupOf(**policy, *state_.suspensions));
  }
  const absl::Time now = std::max(
      options_.clock(), absl::FromUnixMicros(state_.state.last_time_micros));
  return alarms_.Load(*options_.engine, *options_.audit, now);
}

void MatcherCore::RaiseAlarms(Transaction& tx) {
  if (state_.policy != nullptr && alarms_policy_ != state_.policy) {
    alarms_policy_ = state_.policy;
    alarms_.Configure(AlarmSetupOf(*state_.policy, *state_.suspensions));
  }
  alarms_.BeforeWrite(
      tx.leaves(), options_.audit->staged_size(),
      [&](samkoer::v1::AuditAction action) {
        return state_.MakeLeaf(tx.now(), kMatcherActor, "", action);
      },
      [&](std::string key, std::string value) {
        if (value.empty()) {
          tx.writes().Delete(std::move(key));
        } else {
          tx.writes().Put(std::move(key), std::move(value));
        }
      });
}

void MatcherCore::BeforeWrite(Transaction& tx) {
  RaiseAlarms(tx);
  WriteDirtyBlocks(state_, tx);
  if (state_.state == written_state_) return;
  std::string key = storage::MetaKey(storage::kMatcherStateWord);
  std::string value =
      state_.sealer->Seal(key, storage::EncodeMatcherState(state_.state));
  tx.writes().Put(std::move(key), std::move(value));
  written_state_ = state_.state;
}

absl::AnyInvocable<void()> MatcherCore::Publication(std::size_t commands,
                                                    std::size_t bytes) {
  const Index& index = state_.index;
  if (published_policy_ != state_.state.policy_version) {
    published_policy_ = state_.state.policy_version;
    published_departments_ =
        std::make_shared<const storage::DepartmentRegistry>(state_.departments);
  }
  Published now;
  now.policy = state_.policy;
  now.departments = published_departments_;
  now.day = state_.day;
  now.epochs = state_.epochs;
  now.suspensions = state_.suspensions;
  now.heads = state_.heads.Share(state_.state.feed_sequence);
  now.department_records.resize(state_.departments.size());
  for (std::size_t d = 0; d < now.department_records.size(); ++d) {
    now.department_records[d] =
        index.department_records(static_cast<std::uint16_t>(d));
  }
  now.stats.alerts_changed = state_.alerts_changed;
  now.stats.persons_evaluated = state_.persons_evaluated;
  now.stats.records_held = index.record_count();
  now.stats.persons_held = index.person_count();
  now.stats.alerts_held = index.alerts().size();
  now.stats.audit_leaves = options_.audit->staged_size();
  now.stats.policy_version = state_.state.policy_version;
  now.stats.feed_sequence = state_.state.feed_sequence;
  return [this, now = std::move(now), commands, bytes]() mutable {
    Publish(std::move(now), commands, bytes);
  };
}

void MatcherCore::Publish(Published now, std::size_t commands,
                          std::size_t bytes) {
  std::unique_lock lock(mutex_);
  // What is counted here, not in the loop's state.
  const MatcherStats& counted = published_.stats;
  MatcherStats& stats = now.stats;
  stats.batches = counted.batches;
  stats.records = counted.records;
  stats.commits = counted.commits;
  std::copy(std::begin(counted.batch_size_buckets),
            std::end(counted.batch_size_buckets),
            std::begin(stats.batch_size_buckets));
  stats.write_groups = counted.write_groups + 1;
  stats.commands = counted.commands + commands;
  stats.bytes_written = counted.bytes_written + bytes;
  const bool fed = stats.feed_sequence != counted.feed_sequence;
  std::swap(published_, now);
  lock.unlock();
  if (fed) feed_grown_.notify_all();
  // What readers do not hold goes here, where nobody waits for it.
}

Command MatcherCore::Tick() {
  auto today = Day::Parse(options_.day_source());
  if (!today.ok() || *today <= state_.day || state_.policy == nullptr)
    return {};
  return {[this, day = *today](Transaction& tx) {
            RunSweep(state_, tx, day).IgnoreError();  // told to tx
          },
          [](const absl::Status&) {}};
}

absl::Status MatcherCore::Do(
    absl::AnyInvocable<absl::Status(LoopState&, Transaction&)> work) {
  auto result = Call<bool>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<bool> {
        absl::Status status = work(state, tx);
        if (!status.ok()) return status;
        return true;
      });
  return result.status();
}

absl::Status MatcherCore::Log(
    const Caller& caller, samkoer::v1::AuditAction action,
    absl::AnyInvocable<void(samkoer::v1::AuditLeaf&)> fill) {
  return Do([&](LoopState& state, Transaction& tx) {
    auto leaf = state.MakeLeaf(tx.now(), caller, action);
    fill(leaf);
    tx.AddLeaf(std::move(leaf));
    return absl::OkStatus();
  });
}

Published MatcherCore::Read() const {
  std::lock_guard lock(mutex_);
  return published_;
}

void MatcherCore::CountBatch(std::uint32_t records) {
  std::lock_guard lock(mutex_);
  MatcherStats& stats = published_.stats;
  ++stats.batches;
  stats.records += records;
  std::uint32_t bound = 1;
  for (std::uint64_t& bucket : stats.batch_size_buckets) {
    if (records <= bound) ++bucket;
    bound *= 10;
  }
}

void MatcherCore::CountCommit() {
  std::lock_guard lock(mutex_);
  ++published_.stats.commits;
}

std::uint64_t MatcherCore::FeedSequence() const {
  std::lock_guard lock(mutex_);
  return published_.stats.feed_sequence;
}

absl::StatusOr<std::uint64_t> MatcherCore::WaitForFeed(
    std::uint64_t after, absl::Time deadline) const {
  std::unique_lock lock(mutex_);
  while (true) {
    if (stopped_ || loop_.Failed()) {
      return absl::CancelledError("the matcher is stopping");
    }
    if (published_.stats.feed_sequence > after || absl::Now() >= deadline) {
      return published_.stats.feed_sequence;
    }
    feed_grown_.wait_until(lock, absl::ToChronoTime(deadline));
  }
}

}  // namespace samkoer::matcher
