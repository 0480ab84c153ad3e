// What a reader of alerts works on: the store at one moment, and the heads of
// its alerts at that same moment.
#ifndef SAMKOER_MATCHER_STORE_VIEW_H_
#define SAMKOER_MATCHER_STORE_VIEW_H_

#include <memory>

#include "absl/status/statusor.h"
#include "matcher/alert_heads.h"
#include "storage/engine.h"

namespace samkoer::matcher {

class MatcherCore;

struct StoreView {
  std::unique_ptr<storage::Reader> reader;
  // Null where only the store has them: it changed too fast, and AlertReader
  // then scans it.
  std::shared_ptr<const AlertHeads> heads;
};

// The store as of everything that is published, or later. May wait some
// milliseconds for a write that is durable and not yet published. Any thread.
// Errors: the engine's and the sealer's.
absl::StatusOr<StoreView> OpenView(const MatcherCore& core);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_STORE_VIEW_H_
