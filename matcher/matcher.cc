#include "matcher/matcher.h"

#include <utility>

#include "matcher/core.h"
#include "matcher/policy_change.h"
#include "matcher/sweep.h"
#include "proto/limits.h"
#include "proto/other_feed.h"

namespace samkoer::matcher {

Matcher::Matcher(std::unique_ptr<MatcherCore> core) : core_(std::move(core)) {}

Matcher::~Matcher() { Stop(); }

absl::StatusOr<std::unique_ptr<Matcher>> Matcher::Open(MatcherOptions options) {
  auto core = std::make_unique<MatcherCore>(std::move(options));
  if (absl::Status s = core->Start(); !s.ok()) {
    core->Stop();
    return s;
  }
  return std::unique_ptr<Matcher>(new Matcher(std::move(core)));
}

void Matcher::Stop() { core_->Stop(); }

bool Matcher::Failed() const { return core_->loop().Failed(); }

std::uint64_t Matcher::FeedSequence() const { return core_->FeedSequence(); }

const std::string& Matcher::FeedId() const { return core_->feed_id(); }

absl::Status Matcher::CheckFeedId(std::string_view id) const {
  if (id.empty() || id == core_->feed_id()) return absl::OkStatus();
  if (id.size() != proto::kFeedIdBytes) {
    return absl::InvalidArgumentError("feed_id: must have 16 bytes, or none");
  }
  return absl::FailedPreconditionError(proto::kOtherFeedMessage);
}

absl::StatusOr<std::uint64_t> Matcher::WaitForFeed(std::uint64_t after,
                                                   absl::Time deadline) const {
  return core_->WaitForFeed(after, deadline);
}

void Matcher::RecordRefusal(const Caller& caller, std::string_view rpc,
                            std::string_view code) {
  core_->Post<bool>(
      [caller, detail = std::string(rpc) + " " + std::string(code)](
          LoopState& state, Transaction& tx) -> absl::StatusOr<bool> {
        auto leaf =
            state.MakeLeaf(tx.now(), caller, samkoer::v1::AUDIT_ACTION_REFUSED);
        leaf.set_detail(detail);
        tx.AddLeaf(std::move(leaf));
        return true;
      },
      [](const absl::StatusOr<bool>&) {});
}

absl::Status Matcher::ApplyPolicy(
    std::shared_ptr<const CompiledPolicy> policy) {
  return core_->Do([&](LoopState& state, Transaction& tx) {
    return ChangePolicy(state, tx, policy);
  });
}

absl::Status Matcher::Sweep(std::string_view day) {
  auto parsed = Day::Parse(day);
  if (!parsed.ok()) return parsed.status();
  return core_->Do([&](LoopState& state, Transaction& tx) -> absl::Status {
    if (*parsed < state.day) {
      return absl::FailedPreconditionError(
          "the matcher's day does not go back while it runs");
    }
    return RunSweep(state, tx, *parsed);
  });
}

MatcherStats Matcher::Stats() const {
  MatcherStats stats = core_->Read().stats;
  stats.queue_length = core_->loop().QueueLength();
  return stats;
}

}  // namespace samkoer::matcher
