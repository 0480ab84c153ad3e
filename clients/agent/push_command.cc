#include <grpcpp/channel.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "clients/agent/cache_keys.h"
#include "clients/agent/commands.h"
#include "clients/agent/matcher_link.h"
#include "clients/agent/pseudonym_cache.h"
#include "clients/agent/pseudonymise.h"
#include "clients/agent/push_once.h"
#include "clients/agent/pusher.h"
#include "clients/agent/run_support.h"
#include "clients/agent/state_lock.h"
#include "clients/agent/withdrawn_file.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/progress.h"
#include "crypto/sealed_file.h"

namespace samkoer::agent {
namespace {

// Shows "Sending 3.000/12.000" on a terminal.
auto Progress(std::string label, std::optional<clients::ProgressBar>& bar) {
  return [label = std::move(label), &bar](std::uint64_t done,
                                          std::uint64_t total) {
    if (!bar) bar.emplace(label, total);
    bar->Set(done);
  };
}

absl::StatusOr<std::unique_ptr<PseudonymCache>> OpenCache(
    const Config& config, const clients::PinnedOprfKey& key,
    crypto::SealStrength strength) {
  const auto passphrase =
      crypto::ReadPassphrase(config.proto.cache_passphrase());
  if (!passphrase.ok()) return passphrase.status();
  const std::string& dir = config.proto.state_dir();
  auto keys = OpenCacheKeys(CacheKeyPath(dir), *passphrase, strength);
  if (!keys.ok()) return keys.status();
  return PseudonymCache::Open(dir, *keys, config.proto.purpose(), key.epoch,
                              key.public_key);
}

// The pseudonyms that a push is made under.
struct PushPseudonyms {
  clients::PinnedOprfKey key;
  bool pairs = false;  // records may have a previous pseudonym
  std::uint64_t asked = 0;
  std::vector<std::unique_ptr<PseudonymCache>> caches;
};

// Under the newest key, with pairs where there is one before. While the quota
// does not cover everybody under the newest key, and the one before is live,
// the push is made under that one, whole; what was paid for stays in the cache,
// and another night goes on from there.
absl::StatusOr<PushPseudonyms> PseudonymiseForPush(
    const Config& config, const clients::PinnedOprfKey& newest,
    const std::optional<PreviousKey>& previous, crypto::SealStrength strength,
    Export& data, std::optional<clients::ProgressBar>& bar) {
  const std::string& purpose = config.proto.purpose();
  const OpenKeyService open =
      [&config]() -> absl::StatusOr<std::shared_ptr<grpc::ChannelInterface>> {
    auto channel =
        clients::OpenChannel(config.proto.key_service(), config.proto.tls());
    if (!channel.ok()) return channel.status();
    return *std::move(channel);
  };
  PushPseudonyms out;
  out.key = newest;
  auto cache = OpenCache(config, newest, strength);
  if (!cache.ok()) return cache.status();
  auto made = Pseudonymise(data.cases, **cache, purpose, newest, open,
                           Progress("Pseudonymising", bar));
  out.caches.push_back(*std::move(cache));
  const bool later = absl::IsResourceExhausted(made.status()) &&
                     previous.has_value() && previous->live;
  if (!made.ok() && !later) return made.status();
  if (made.ok()) out.asked = made->asked;
  if (!previous.has_value()) return out;

  auto old = OpenCache(config, previous->key, strength);
  if (!old.ok()) return old.status();
  if (later) {
    std::cerr << "the quota does not cover everybody under the new key yet; "
                 "this push is made under the old one, and the next goes on\n";
    made = Pseudonymise(data.cases, **old, purpose, previous->key, open,
                        Progress("Pseudonymising", bar));
    if (!made.ok()) return made.status();
    out.key = previous->key;
    out.asked = made->asked;
  } else {
    out.pairs = true;
    out.asked +=
        AddPreviousPseudonyms(data.cases, **old, purpose, previous->key,
                              previous->live ? open : OpenKeyService());
  }
  out.caches.push_back(*std::move(old));
  return out;
}

// What is sent: the records, and the references a delta withdraws.
PushContents MakeContents(Export& data, std::vector<std::string> withdrawn) {
  PushContents contents;
  contents.records.reserve(data.cases.size());
  for (CleanCase& one : data.cases) {
    contents.records.push_back(std::move(one.record));
  }
  std::vector<std::string>& gone = contents.withdrawn_refs;
  gone = std::move(withdrawn);
  gone.insert(gone.end(), std::make_move_iterator(data.filtered_refs.begin()),
              std::make_move_iterator(data.filtered_refs.end()));
  std::sort(gone.begin(), gone.end());
  gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
  return contents;
}

// A reference cannot be withdrawn and stated at once.
absl::Status CheckContradictions(const Export& data,
                                 const std::vector<std::string>& withdrawn) {
  for (const CleanCase& one : data.cases) {
    if (std::binary_search(withdrawn.begin(), withdrawn.end(),
                           one.record.case_ref())) {
      return clients::WithHint(
          absl::InvalidArgumentError(
              "a case stands both in the delta and in the withdrawn file"),
          "nothing was sent; leave it in one of them");
    }
  }
  return absl::OkStatus();
}

PushFigures Figures(const PushResult& result, const PushContents& contents,
                    bool delta, std::uint64_t asked) {
  PushFigures figures;
  figures.delta = delta;
  figures.resumed = result.resumed;
  figures.sent = result.sent;
  figures.unchanged = result.unchanged;
  figures.batches = result.batches;
  figures.withdrawn_refs = contents.withdrawn_refs.size();
  figures.pseudonyms_asked = asked;
  figures.added = result.commit.added();
  figures.changed = result.commit.changed();
  figures.withdrawn = result.commit.withdrawn();
  figures.held = result.commit.record_count();
  return figures;
}

}  // namespace

absl::StatusOr<Summary> PushOnce(const Config& config,
                                 const CommandContext& context,
                                 const PushOptions& options) {
  const auto day = DayOf(context);
  if (!day.ok()) return day.status();
  const v1::PushKind kind =
      options.delta ? v1::PUSH_KIND_DELTA : v1::PUSH_KIND_SNAPSHOT;
  std::vector<std::string> withdrawn;
  if (!options.withdrawn_file.empty()) {
    auto refs = ReadWithdrawn(options.withdrawn_file);
    if (!refs.ok()) return refs.status();
    withdrawn = *std::move(refs);
  }
  const auto lock = StateLock::Take(config.proto.state_dir());
  if (!lock.ok()) return lock.status();

  auto matcher = OpenMatcher(config);
  if (!matcher.ok()) return matcher.status();
  const auto info = FetchIntakeInfo(**matcher, config);
  if (!info.ok()) return info.status();
  const auto key = NewestKey(*info);
  if (!key.ok()) return key.status();
  const auto previous = FindPreviousKey(*info);
  if (!previous.ok()) return previous.status();

  const IntakeGuard guard(*info);
  const auto source = SourceOf(config, options.file);
  if (!source.ok()) return source.status();
  ReadOptions read;
  read.guard = &guard;
  read.day = *day;
  read.kind = kind;
  auto data = ReadAndReport(config, *source, read);
  if (!data.ok()) return data.status();
  Summary summary = MakeSummary(config, *source, *day, *data);
  if (absl::Status status = CheckContradictions(*data, withdrawn);
      !status.ok()) {
    return status;
  }

  std::optional<clients::ProgressBar> bar;
  auto pseudonyms = PseudonymiseForPush(config, *key, *previous,
                                        CacheKeyStrength(options), *data, bar);
  bar.reset();
  if (!pseudonyms.ok()) return pseudonyms.status();
  PushContents contents = MakeContents(*data, std::move(withdrawn));
  PusherOptions pusher;
  pusher.kind = kind;
  pusher.purpose = config.proto.purpose();
  pusher.epoch = pseudonyms->key.epoch;
  pusher.self_test = pseudonyms->key.self_test;
  if (pseudonyms->pairs) {
    pusher.previous_epoch = (*previous)->key.epoch;
    pusher.previous_self_test = (*previous)->key.self_test;
  }
  pusher.day = FormatIsoDay(*day);
  pusher.allow_shrink = options.allow_shrink;
  pusher.progress = Progress("Sending", bar);
  PushStateFile state(clients::Cat(config.proto.state_dir(), "/push.state"));
  const auto result = Push(**matcher, pusher, contents, state);
  bar.reset();
  if (!result.ok()) return result.status();
  if (kind == v1::PUSH_KIND_SNAPSHOT) {
    // Only now: a truncated export must not cost the cache. The push stands,
    // whatever becomes of this.
    for (const auto& cache : pseudonyms->caches) {
      clients::PrintError(PruneCache(data->cases, *cache));
    }
  }
  clients::PrintError(RemoveCachesBefore(
      config.proto.state_dir(), config.proto.purpose(),
      previous->has_value() ? (*previous)->key.epoch : key->epoch));
  summary.push = Figures(*result, contents, options.delta, pseudonyms->asked);
  return summary;
}

crypto::SealStrength CacheKeyStrength(const PushOptions& options) {
  return options.fast_unlock ? crypto::SealStrength::kInteractive
                             : crypto::SealStrength::kSensitive;
}

int RunPush(const CommandContext& context, const PushOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto summary = PushOnce(*config, context, options);
  if (!summary.ok()) return clients::Fail(summary.status());
  std::cout << (context.format == clients::OutputFormat::kJson
                    ? SummaryJson(*summary)
                    : FormatSummary(*summary));
  std::cout.flush();
  return FinishWith(*summary);
}

}  // namespace samkoer::agent
