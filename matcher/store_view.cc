#include "matcher/store_view.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "matcher/core.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"

namespace samkoer::matcher {
namespace {

// A write is published right after it is durable. While a push opens alerts
// without end, no two moments need ever agree.
constexpr int kTries = 4;
constexpr absl::Duration kPublishing = absl::Milliseconds(10);

// The end of the feed that the reader sees.
absl::StatusOr<std::uint64_t> FeedSequenceOf(
    const storage::Reader& reader, const storage::ValueSealer& sealer) {
  const std::string key = storage::MetaKey(storage::kMatcherStateWord);
  const auto value = reader.Get(key);
  if (absl::IsNotFound(value.status())) return 0;
  if (!value.ok()) return value.status();
  const auto plaintext = sealer.Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  const auto state = storage::DecodeMatcherState(*plaintext);
  if (!state.ok()) return state.status();
  return state->feed_sequence;
}

}  // namespace

absl::StatusOr<StoreView> OpenView(const MatcherCore& core) {
  StoreView view;
  for (int i = 0; i < kTries; ++i) {
    view.reader = core.options().engine->Snapshot();
    const auto end = FeedSequenceOf(*view.reader, *core.options().sealer);
    if (!end.ok()) return end.status();
    if (core.FeedSequence() < *end) {
      core.WaitForFeed(*end - 1, absl::Now() + kPublishing).IgnoreError();
    }
    auto heads = core.Read().heads;
    if (heads != nullptr && heads->feed_sequence() == *end) {
      view.heads = std::move(heads);
      break;
    }
  }
  return view;
}

}  // namespace samkoer::matcher
