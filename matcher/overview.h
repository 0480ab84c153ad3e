// The numbers of Alerts.GetOverview, counted over a snapshot of the store, so
// that readers need nothing from the commit loop but their leaf.
#ifndef SAMKOER_MATCHER_OVERVIEW_H_
#define SAMKOER_MATCHER_OVERVIEW_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "matcher/alert_heads.h"
#include "matcher/alert_reader.h"
#include "matcher/calendar.h"
#include "matcher/policy.h"
#include "matcher/suspensions.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/alert_table.h"
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

// Counts again and again. Looks at every alert's head, and into those that are
// coordinated: about 10 us each of these, of which it remembers what it
// counted, some 60 bytes, for as long as the alert is the same and in force. An
// alert that is gone is forgotten by the next count.
//
// Thread safety: for one thread at a time.
class OverviewCounter {
 public:
  // `reader` shows the store as of the basis or later, `heads` are null or what
  // AlertReader takes; the feed's id is left to the caller.
  absl::StatusOr<samkoer::v1::GetOverviewResponse> Count(
      const OverviewBasis& basis, const storage::Reader& reader,
      const storage::ValueSealer& sealer, const AlertHeads* heads = nullptr);

  // Alerts of which something is remembered.
  std::size_t remembered() const { return inside_.size(); }

 private:
  // Whose a guide is: department, unit, and the name of who is external.
  using GuideUnit = std::tuple<std::string, std::string, std::string>;
  using GuideAlerts = std::map<GuideUnit, std::uint64_t>;
  // What is counted of what stands in an alert.
  struct Inside {
    // The feed's entry that was read: it says the same for good.
    storage::FeedPlace place;
    std::uint32_t half_year = 0;
    // Null: nobody has accepted. Owned by guides_.
    GuideAlerts::value_type* guide = nullptr;
    std::uint64_t count = 0;  // the last one that saw it
  };
  class Numbers;

  // An active alert that is coordinated.
  absl::StatusOr<const Inside*> LookInto(const storage::StoredAlert& head,
                                         AlertReader& alerts);
  void Forget();

  std::uint64_t count_ = 0;
  absl::flat_hash_map<std::uint64_t, Inside> inside_;  // by number
  GuideAlerts guides_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_OVERVIEW_H_
