#include "matcher/policy_change.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/due_step.h"
#include "matcher/match_digest.h"
#include "matcher/match_step.h"
#include "matcher/permission.h"
#include "matcher/policy_since.h"
#include "matcher/record_changes.h"
#include "matcher/sweep.h"
#include "storage/failpoint.h"
#include "storage/key_layout.h"
#include "storage/policy_table.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;

absl::StatusOr<storage::StoredPolicy> ReadPolicy(const LoopState& state,
                                                 const PendingWrites& writes) {
  const std::string key = NumberKey(Table::kPolicy, state.state.policy_version);
  auto value = writes.Get(key);
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  return storage::DecodePolicy(*plaintext);
}

absl::Status CheckSuccessor(const LoopState& state, const Transaction& tx,
                            const samkoer::v1::Policy& policy, bool& same) {
  same = false;
  if (state.state.policy_version == 0) return absl::OkStatus();
  auto present = ReadPolicy(state, tx.writes());
  if (!present.ok()) return present.status();
  const samkoer::v1::Policy& old = present->policy;
  if (old.municipality() != policy.municipality() ||
      old.purpose() != policy.purpose()) {
    return absl::FailedPreconditionError(
        "the policy is for another municipality or purpose than the store; a "
        "store belongs to one of each");
  }
  if (policy.version() < old.version()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the policy has version ", policy.version(), ", but version ",
        old.version(), " is in force; give the changed policy a higher one"));
  }
  if (policy.version() == old.version()) {
    if (storage::PolicyBytes(policy) != storage::PolicyBytes(old)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the policy differs from the one in force, but both have version ",
          old.version(), "; raise the version"));
    }
    same = true;
  }
  return absl::OkStatus();
}

// The policy and the numbers of its departments.
absl::Status Store(LoopState& state, Transaction& tx,
                   const CompiledPolicy& policy) {
  std::vector<storage::DepartmentRegistry::Entry> departments;
  for (const auto& department : policy.proto().departments()) {
    std::vector<std::string> units;
    for (const auto& unit : department.units()) units.push_back(unit.name());
    auto number = state.departments.Add(department.id(), units, *state.sealer,
                                        departments);
    if (!number.ok()) return number.status();
  }
  SAMKOER_FAILPOINT("policy.before-apply");
  for (auto& entry : departments) {
    tx.writes().Put(std::move(entry.key), std::move(entry.value));
  }
  std::string key = NumberKey(Table::kPolicy, policy.proto().version());
  std::string value = state.sealer->Seal(
      key, storage::EncodePolicy({policy.proto(), policy.text()}));
  tx.writes().Put(std::move(key), std::move(value));
  state.state.policy_version = policy.proto().version();
  PutPolicySince(state, tx);
  return absl::OkStatus();
}

}  // namespace

void BindPolicy(LoopState& state,
                std::shared_ptr<const CompiledPolicy> policy) {
  state.policy = std::move(policy);
  state.binding = std::make_unique<PolicyBinding>(
      *state.policy, state.departments, state.names, *state.suspensions);
  state.rule_digests = RuleDigests(*state.policy);
}

absl::StatusOr<std::shared_ptr<const CompiledPolicy>> LoadPolicyInForce(
    const LoopState& state) {
  auto stored = ReadPolicy(state, PendingWrites(*state.store));
  if (!stored.ok()) return stored.status();
  auto compiled = CompiledPolicy::Compile(std::move(stored->policy),
                                          std::move(stored->text));
  if (!compiled.ok()) return compiled.status();
  return std::make_shared<const CompiledPolicy>(*std::move(compiled));
}

absl::Status ChangePolicy(LoopState& state, Transaction& tx,
                          std::shared_ptr<const CompiledPolicy> policy) {
  return ChangePolicyAndDay(state, tx, std::move(policy), state.day);
}

absl::Status ChangePolicyAndDay(LoopState& state, Transaction& tx,
                                std::shared_ptr<const CompiledPolicy> policy,
                                Day day) {
  bool same = false;
  if (absl::Status s = CheckSuccessor(state, tx, policy->proto(), same);
      !s.ok()) {
    return s;
  }
  if (same) {
    if (state.policy == nullptr) BindPolicy(state, std::move(policy));
    return day != state.day ? RunSweep(state, tx, day) : absl::OkStatus();
  }
  // As EnterDay asks; and the policy must not be durable without what it does.
  if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  if (absl::Status s = Store(state, tx, *policy); !s.ok()) return tx.Fatal(s);
  BindPolicy(state, std::move(policy));

  auto leaf = state.MakeLeaf(tx.now(), kMatcherActor, "",
                             samkoer::v1::AUDIT_ACTION_POLICY_APPLIED);
  leaf.set_digest(std::string(crypto::AsText(state.policy->digest())));
  AddCount(leaf, "version", state.state.policy_version);
  // Their batches were checked against the policy before.
  AddCount(leaf, "pushes_given_up", state.pushes.GiveUpAll(tx, *state.sealer));

  RecordChanges changes(state, tx);
  // On the same day too: shorter periods hold at once.
  auto ended = EnterDay(state, tx, changes, day);
  if (!ended.ok()) return tx.Fatal(ended.status());
  AddCount(leaf, "records_withdrawn",
           WithdrawWhatIsNotPermitted(state, tx, changes));
  for (const PersonNo person : EveryPerson(state)) changes.Touch(person);
  auto matched = FinishChanges(state, tx, changes, /*push_id=*/"");
  if (!matched.ok()) return tx.Fatal(matched.status());
  AddMatchCounts(leaf, *matched);
  if (auto raised = RaiseDues(state, tx); !raised.ok()) {
    return tx.Fatal(raised.status());
  }
  tx.AddLeaf(std::move(leaf));
  AddSweepLeaf(state, tx, *ended, {});
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
