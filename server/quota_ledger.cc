#include "server/quota_ledger.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/clock_guard.h"
#include "server/key_leaves.h"
#include "server/keyd_store.h"
#include "server/limits.h"
#include "storage/coding.h"
#include "storage/failpoint.h"
#include "storage/index_hash.h"
#include "storage/key_layout.h"

namespace samkoer::server {
namespace {

constexpr std::uint8_t kLevelVersion = 2;
constexpr std::uint8_t kLevelWithoutBurst = 1;
constexpr std::size_t kMaxGroup = 256;

absl::Status NotRunning() {
  return absl::UnavailableError("the key service is stopping; try again later");
}

std::string StoreKey(const KeydStore& store, const std::string& uri) {
  return storage::QuotaKey(
      storage::IndexHash(store.meta.index_key, "quota", crypto::AsBytes(uri)));
}

std::string EncodeLevel(const TokenBucket& bucket) {
  std::string value;
  storage::PutU8(value, kLevelVersion);
  storage::PutU64(value, bucket.level_billionths());
  storage::PutU64(value, bucket.burst());
  return value;
}

absl::Status Exceeded(std::uint64_t elements, std::uint64_t available,
                      std::optional<absl::Duration> wait) {
  std::string when = "it never will";
  if (wait) {
    when = absl::StrCat("it will in ", absl::ToInt64Seconds(*wait),
                        " seconds of the service's running time");
  }
  return absl::ResourceExhaustedError(absl::StrCat("the quota covers ",
                                                   available, " of ", elements,
                                                   " evaluations; ", when));
}

}  // namespace

// What one synced write will hold.
struct QuotaLedger::Group : QuotaLedger::Writes {
  std::set<std::string> touched;  // URIs whose level changed
};

QuotaLedger::Options QuotaLedger::SystemClocks() {
  Options options;
  options.monotonic_ns = [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  options.now = [] { return absl::Now(); };
  return options;
}

QuotaLedger::QuotaLedger(KeydStore& store, QuotaTable quotas, Options options)
    : store_(store),
      options_(std::move(options)),
      quotas_(std::move(quotas)),
      last_time_(LastLeafTime(*store.log, *store.engine)
                     .value_or(absl::InfinitePast())),
      writer_([this] { Run(); }) {}

QuotaLedger::~QuotaLedger() { Stop(); }

absl::StatusOr<QuotaLedger::Bucket*> QuotaLedger::BucketOf(
    const Identity& who) {
  if (const auto known = buckets_.find(who.uri); known != buckets_.end()) {
    return &known->second;
  }
  const std::int64_t now = options_.monotonic_ns();
  const auto limit = quotas_.Find(who);
  if (!limit) {
    return &buckets_
                .emplace(who.uri, Bucket{.bucket = TokenBucket({}, now),
                                         .configured = false})
                .first->second;
  }
  auto bucket = LoadBucket(who.uri, *limit);
  if (!bucket.ok()) return bucket.status();
  return &buckets_.emplace(who.uri, Bucket{.bucket = *bucket}).first->second;
}

absl::StatusOr<TokenBucket> QuotaLedger::LoadBucket(
    const std::string& uri, const QuotaLimit& limit) const {
  const std::int64_t now = options_.monotonic_ns();
  const std::string key = StoreKey(store_, uri);
  auto sealed = store_.engine->Get(key);
  if (absl::IsNotFound(sealed.status())) return TokenBucket(limit, now);
  if (!sealed.ok()) return sealed.status();
  auto value = store_.sealer.Open(key, *sealed);
  if (!value.ok()) return value.status();
  storage::ByteReader in(*value);
  const std::uint8_t version = in.U8();
  const std::uint64_t level = in.U64();
  const std::uint64_t burst =
      version == kLevelWithoutBurst ? limit.burst : in.U64();
  if (!in.Done() ||
      (version != kLevelVersion && version != kLevelWithoutBurst)) {
    return absl::DataLossError("a stored quota is damaged");
  }
  TokenBucket bucket({burst, limit.per_day}, level, now);
  bucket.Change(limit, now);
  return bucket;
}

void QuotaLedger::SetQuotas(QuotaTable quotas) {
  std::lock_guard lock(mutex_);
  quotas_ = std::move(quotas);
  const std::int64_t now = options_.monotonic_ns();
  for (auto it = buckets_.begin(); it != buckets_.end();) {
    const auto who = ParseIdentityUri(it->first);
    const auto limit = who.ok() ? quotas_.Find(*who) : std::nullopt;
    Bucket& bucket = it->second;
    if (limit && !bucket.configured) {
      // Perhaps it has a level from before; whoever asks next loads it.
      it = buckets_.erase(it);
      continue;
    }
    bucket.bucket.Change(limit.value_or(QuotaLimit{}), now);
    bucket.configured = limit.has_value();
    ++it;
  }
}

absl::StatusOr<std::uint64_t> QuotaLedger::Available(const Identity& who) {
  std::lock_guard lock(mutex_);
  auto bucket = BucketOf(who);
  if (!bucket.ok()) return bucket.status();
  return (*bucket)->bucket.Available(options_.monotonic_ns());
}

absl::Status QuotaLedger::Debit(const Identity& who, const LiveKey& key,
                                std::uint64_t elements) {
  Command command;
  command.who = who;
  command.key = &key;
  command.elements = elements;
  return Submit(std::move(command));
}

absl::Status QuotaLedger::Refuse(const Identity& who, const LiveKey& key,
                                 std::uint64_t elements) {
  Command command;
  command.who = who;
  command.key = &key;
  command.elements = elements;
  command.refuse = true;
  return Submit(std::move(command));
}

absl::Status QuotaLedger::Record(v1::AuditLeaf leaf) {
  Command command;
  command.leaf = std::move(leaf);
  return Submit(std::move(command));
}

absl::Status QuotaLedger::Write(std::function<absl::Status(Writes&)> work) {
  Command command;
  command.work = std::move(work);
  return Submit(std::move(command));
}

absl::Status QuotaLedger::Submit(Command command) {
  std::future<absl::Status> done = command.done.get_future();
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || failed_) return NotRunning();
    queue_.push_back(std::move(command));
  }
  changed_.notify_one();
  return done.get();
}

void QuotaLedger::Run() {
  std::deque<Command> commands;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && commands.size() < kMaxGroup) {
        commands.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    Execute(commands);
    commands.clear();
  }
}

void QuotaLedger::Execute(std::deque<Command>& commands) {
  Group group;
  for (Command& command : commands) {
    if (command.key != nullptr) {
      ExecuteDebit(command, group);
    } else if (command.work) {
      command.result = command.work(group);
    } else {
      group.leaves.push_back(std::move(command.leaf));
    }
  }
  const absl::Status written = WriteGroup(group);
  if (written.ok() && options_.on_group) options_.on_group(commands.size());
  for (Command& command : commands) {
    command.done.set_value(written.ok() ? command.result : NotRunning());
  }
  SAMKOER_FAILPOINT("keyd.after-answer");
}

void QuotaLedger::ExecuteDebit(Command& command, Group& group) {
  std::lock_guard lock(mutex_);
  const std::int64_t now = options_.monotonic_ns();
  auto found = BucketOf(command.who);
  if (!found.ok()) {
    command.result = found.status();
    return;
  }
  Bucket& bucket = **found;
  if (!command.refuse && bucket.bucket.Take(command.elements, now)) {
    group.touched.insert(command.who.uri);
    group.leaves.push_back(
        EvaluatedLeaf(command.who, *command.key, command.elements,
                      bucket.bucket.used_percent(), options_.now()));
    return;
  }
  command.result =
      bucket.configured
          ? Exceeded(command.elements, bucket.bucket.Available(now),
                     bucket.bucket.WaitFor(command.elements, now))
          : absl::ResourceExhaustedError(
                "this certificate has no quota; the operator can give it one");
  ++bucket.untold_refusals;
  const absl::Time wall = options_.now();
  if (absl::AbsDuration(wall - bucket.exceeded_since) < kRefusalWindow) return;
  group.leaves.push_back(
      QuotaExceededLeaf(command.who, command.key->purpose, command.elements,
                        std::exchange(bucket.untold_refusals, 0), wall));
  bucket.exceeded_since = wall;
}

void QuotaLedger::ClampTimes(std::vector<v1::AuditLeaf>& leaves) {
  const absl::Time now = std::max(options_.now(), last_time_);
  for (v1::AuditLeaf& leaf : leaves) {
    const absl::Time time = absl::FromUnixSeconds(leaf.time().seconds()) +
                            absl::Nanoseconds(leaf.time().nanos());
    last_time_ = std::clamp(time, last_time_, now);
    if (last_time_ == time) continue;
    const std::int64_t seconds = absl::ToUnixSeconds(last_time_);
    leaf.mutable_time()->set_seconds(seconds);
    leaf.mutable_time()->set_nanos(static_cast<std::int32_t>(
        absl::ToInt64Nanoseconds(last_time_ - absl::FromUnixSeconds(seconds))));
  }
}

absl::Status QuotaLedger::WriteGroup(Group& group) {
  {
    std::lock_guard lock(mutex_);
    if (failed_) return NotRunning();
  }
  ClampTimes(group.leaves);
  if (options_.before_write) options_.before_write(group);
  ClampTimes(group.leaves);
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, plaintext] : group.values) {
      group.batch.Put(key, store_.sealer.Seal(key, plaintext));
    }
    for (const std::string& uri : group.touched) {
      const std::string key = StoreKey(store_, uri);
      group.batch.Put(
          key, store_.sealer.Seal(key, EncodeLevel(buckets_.at(uri).bucket)));
    }
  }
  absl::Status status;
  if (!group.leaves.empty()) {
    status = store_.log->Append(group.batch, group.leaves).status();
  }
  if (status.ok() && group.batch.empty()) return status;
  SAMKOER_FAILPOINT("keyd.before-debit");
  if (status.ok()) status = store_.engine->Write(group.batch);
  if (status.ok()) {
    store_.log->Committed();
    if (store_.guard) {
      store_.guard->Notify();
      status = store_.guard->status();
    }
  }
  SAMKOER_FAILPOINT("keyd.after-debit");
  if (status.ok()) return status;
  {
    std::lock_guard lock(mutex_);
    failed_ = true;
  }
  if (options_.on_fatal) options_.on_fatal(status);
  return status;
}

void QuotaLedger::Stop(const v1::AuditLeaf* last) {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (!writer_.joinable()) return;
  writer_.join();
  // The refill since the last debit is kept; a crash would only lose it.
  Group group;
  {
    std::lock_guard lock(mutex_);
    for (auto& [uri, bucket] : buckets_) {
      if (!bucket.configured) continue;
      bucket.bucket.Available(options_.monotonic_ns());
      group.touched.insert(uri);
    }
  }
  if (last != nullptr) group.leaves.push_back(*last);
  const absl::Status ignored = WriteGroup(group);  // on_fatal was told
  static_cast<void>(ignored);
}

}  // namespace samkoer::server
