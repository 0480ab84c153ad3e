// Everything that belongs to the commit loop's thread.
#ifndef SAMKOER_MATCHER_LOOP_STATE_H_
#define SAMKOER_MATCHER_LOOP_STATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "crypto/keyed_hash.h"
#include "matcher/alert_heads.h"
#include "matcher/caller.h"
#include "matcher/feed_dictionaries.h"
#include "matcher/index.h"
#include "matcher/names.h"
#include "matcher/objections.h"
#include "matcher/policy.h"
#include "matcher/proposals.h"
#include "matcher/push_book.h"
#include "matcher/suspensions.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/department_registry.h"
#include "storage/engine.h"
#include "storage/epoch_table.h"
#include "storage/matcher_state.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {
class AuditLog;
}

namespace samkoer::matcher {

using Epochs = std::vector<storage::StoredEpoch>;

// What was told of a proposal's effect, and on which day.
struct ToldEffect {
  Day day;
  samkoer::v1::ProposalEffect effect;
};

struct LoopState {
  // The store with every group that the loop has handed over, durable or not.
  const storage::Reader* store = nullptr;
  const storage::ValueSealer* sealer = nullptr;
  const storage::AuditLog* audit = nullptr;
  unsigned threads = 1;
  crypto::HashKey match_key;
  crypto::HashKey index_key;  // the store's (storage/meta.h)

  Index index;
  Names names;
  storage::DepartmentRegistry departments;
  FeedDictionaries dictionaries;
  PushBook pushes;
  // Never null; another one for every change, so that open pushes may hold it.
  std::shared_ptr<const ObjectionSet> objections =
      std::make_shared<const ObjectionSet>();
  // Written with every group in which it changes.
  storage::MatcherState state;
  // The keys of pseudonyms, ascending (epochs.h). Never null; another one for
  // every change.
  std::shared_ptr<const Epochs> epochs = std::make_shared<const Epochs>();

  // Whose store it is; every leaf names the purpose.
  std::string municipality;
  std::string purpose;
  ProposalBook proposals;
  // By number, of open ones. Not stored: after a restart it is told anew.
  std::map<std::uint64_t, ToldEffect> told_effects;
  // As the approved switches say. Never null; another one for every change.
  std::shared_ptr<const Suspensions> suspensions =
      std::make_shared<const Suspensions>();
  // The policy in force; null only before the first one is approved.
  std::shared_ptr<const CompiledPolicy> policy;
  std::unique_ptr<PolicyBinding> binding;
  // One digest a rule: equal digests make equal alerts (match_digest.h).
  std::vector<crypto::Hash16> rule_digests;
  // state.day, parsed.
  Day day;

  // Blocks that are made from the index and must be written again
  // (block_writer.h).
  absl::flat_hash_set<std::uint32_t> dirty_person_blocks;
  absl::flat_hash_set<std::uint64_t> dirty_alert_blocks;
  // Whose alerts' blocks know fewer flags than we do, block after block; from
  // the loading of the store until they are brought up to date
  // (head_upgrade.h).
  std::vector<PersonNo> old_heads;
  // The alerts' heads as their blocks were handed over last. Others see those
  // of a group when it is durable (core.h).
  AlertHeadBook heads;

  // For metrics.
  std::uint64_t alerts_changed = 0;
  std::uint64_t persons_evaluated = 0;

  // A leaf of `action` with everything that is the same for all.
  samkoer::v1::AuditLeaf MakeLeaf(absl::Time time, std::string_view actor,
                                  std::string_view certificate,
                                  samkoer::v1::AuditAction action) const;
  samkoer::v1::AuditLeaf MakeLeaf(absl::Time time, const Caller& caller,
                                  samkoer::v1::AuditAction action) const {
    return MakeLeaf(time, caller.uri, caller.certificate_sha256, action);
  }
};

// Adds a named number to a leaf.
void AddCount(samkoer::v1::AuditLeaf& leaf, std::string_view name,
              std::uint64_t value);
// Sets a leaf's subjects: ascending, without repeats.
void SetSubjects(samkoer::v1::AuditLeaf& leaf,
                 std::vector<crypto::Hash16> subjects);
// `time` as microseconds since 1970, and as the message.
std::int64_t ToMicros(absl::Time time);
std::uint32_t ToSeconds(absl::Time time);  // since 1970
google::protobuf::Timestamp ToProto(absl::Time time);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_LOOP_STATE_H_
