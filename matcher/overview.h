// The numbers of Alerts.GetOverview, counted over a snapshot of the store, so
// that readers need nothing from the commit loop but their leaf.
//
// Thread safety: CountOverview may be called from many threads at once.
#ifndef SAMKOER_MATCHER_OVERVIEW_H_
#define SAMKOER_MATCHER_OVERVIEW_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "matcher/calendar.h"
#include "matcher/policy.h"
#include "matcher/suspensions.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

// All that the numbers depend on. Every change of an alert is an entry of the
// feed, its deletion too; months begin and end with the day; units are called
// as the policy calls them. The numbers are the same for whoever may see them.
struct OverviewBasis {
  // As published: another object for every change.
  std::shared_ptr<const CompiledPolicy> policy;
  std::shared_ptr<const Suspensions> suspensions;
  Day day;
  std::uint64_t feed_sequence = 0;

  friend bool operator==(const OverviewBasis&, const OverviewBasis&) = default;
};

// Looks at every alert's head, and into those that are coordinated: about 10 us
// each of these. `reader` shows the store as of the basis or later; the feed's
// id is left to the caller.
absl::StatusOr<samkoer::v1::GetOverviewResponse> CountOverview(
    const OverviewBasis& basis, const storage::Reader& reader,
    const storage::ValueSealer& sealer);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_OVERVIEW_H_
