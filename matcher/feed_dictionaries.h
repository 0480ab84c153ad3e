// The dictionaries (storage/dictionary.h) that alerts are packed with: what an
// alert under a policy says without anybody's case in it. A new one is stored
// when the policy's words change; old ones stay, since old entries need them.
#ifndef SAMKOER_MATCHER_FEED_DICTIONARIES_H_
#define SAMKOER_MATCHER_FEED_DICTIONARIES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "matcher/pending_writes.h"
#include "matcher/policy.h"
#include "storage/dictionary.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

// Alerts as they would be under the policy, one a rule, then what ends them;
// with every department, its units and domains, and no case reference, contact
// or time. At most 32 KiB, of which the last rules' are kept. Pure.
std::string SampleAlerts(const CompiledPolicy& policy);

// Thread safety: const methods may be called from many threads while no other
// method runs.
class FeedDictionaries {
 public:
  // All that the store has. DATA_LOSS if one is damaged or missing.
  absl::Status Load(const storage::Reader& reader,
                    const storage::ValueSealer& sealer);
  // Null if there is none with the number.
  const storage::Dictionary* Find(std::uint16_t number) const;
  // The one for new alerts under `policy`; puts it into `writes` if it is new.
  // Null if the store has had 65,535, or `policy` is null: alerts are then kept
  // as they are.
  const storage::Dictionary* ForPolicy(
      const std::shared_ptr<const CompiledPolicy>& policy,
      const storage::ValueSealer& sealer, PendingWrites& writes);

 private:
  std::vector<std::unique_ptr<const storage::Dictionary>> all_;  // from 1
  // What the newest was made for, or found to fit.
  std::shared_ptr<const CompiledPolicy> policy_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_FEED_DICTIONARIES_H_
