// A matcher with everything around it in memory, for tests: a store that can be
// made to fail, a clock and a day that only the test moves, and an agent that
// pushes through the facade as samkoer-agent does through gRPC.
#ifndef SAMKOER_TESTS_MATCHER_INSTALLATION_H_
#define SAMKOER_TESTS_MATCHER_INSTALLATION_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/matcher.h"
#include "matcher/policy.h"
#include "storage/audit_log.h"
#include "tests/storage/fault_engine.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {

// How a push went.
struct PushOutcome {
  absl::Status status;  // the first error, or OK
  samkoer::v1::PushBegun begun;
  std::vector<samkoer::v1::BatchReceipt> batches;
  samkoer::v1::CommitReceipt commit;
  std::size_t records_sent = 0;
};

// A push to be made, again and again if need be.
struct PushPlan {
  std::string department;
  samkoer::v1::PushKind kind = samkoer::v1::PUSH_KIND_SNAPSHOT;
  std::string push_id;  // 16 bytes
  std::vector<samkoer::v1::RecordBatch> batches;
  bool digests = false;
  bool allow_shrink = false;
  std::string day;  // empty: the installation's
  bool commit = true;
  // 0: the newest that is taken.
  std::uint32_t epoch = 0;
  std::uint32_t previous_epoch = 0;
};

class Installation {
 public:
  explicit Installation(samkoer::v1::Policy policy);
  ~Installation() { Close(); }

  // From the next Open on no policy is given: what is in force stays, if any.
  void GivePolicyNoMore() { gives_policy_ = false; }
  // Opens the matcher on what the store holds. The first error, if any.
  absl::Status Open();
  // Stops it in order.
  void Close();
  void Restart();

  // Makes the n-th write from now on fail, until the next Open.
  void FailWrite(std::uint64_t nth, storage::Fault fault);
  // The same, for the next Open.
  void FailWriteAtStart(std::uint64_t nth, storage::Fault fault) {
    start_fault_ = {nth, fault};
  }

  // Turns a bit in every value of alerts in the store, so that none opens.
  void DamageAlerts();

  Matcher& matcher() { return *matcher_; }
  storage::MemoryEngine& store() { return store_; }
  // Over the store, anew with each Open.
  storage::FaultEngine& engine() { return *engine_; }
  storage::AuditLog& audit() { return *audit_; }
  // Scans of the store that have not ended.
  int scans_running() const { return engine_->scans_running(); }
  const storage::ValueSealer& sealer() const { return sealer_; }
  samkoer::v1::Policy& policy() { return policy_; }
  std::shared_ptr<const CompiledPolicy> CompilePolicy() const;
  // Applies policy() to the running matcher.
  absl::Status ApplyPolicy();

  const std::string& day() const { return day_; }
  // The day and the clock (noon) move; the matcher hears of it by Sweep or when
  // it is opened.
  void SetDay(std::string day);
  absl::Status Sweep() { return matcher_->Sweep(day_); }
  bool fatal() const { return fatal_; }

  // One step of a rotation of the key-encryption key: begins one, seals up to
  // `values` again, or, when none is old any more, forgets the older key.
  absl::Status RotateKekStep(std::size_t values);
  std::uint32_t kek_generation() const { return kek_generation_; }
  bool kek_rotates() const { return keks_.size() > 1; }

  static Caller Department(std::string_view name);
  static Caller Coordinator();
  static Caller Officer();
  std::string NewPushId();

  // Batches of at most `batch_size` records; records of one case reference stay
  // together if they are neighbours.
  PushPlan Plan(std::string_view department, samkoer::v1::PushKind kind,
                const std::vector<samkoer::v1::CaseRecord>& records,
                std::size_t batch_size = 3);
  // Begins or goes on, sends what is missing, commits.
  PushOutcome Push(const PushPlan& plan);
  // Plan and Push of a snapshot or delta that must succeed.
  PushOutcome MustSnapshot(std::string_view department,
                           const std::vector<samkoer::v1::CaseRecord>& records);
  PushOutcome MustDelta(std::string_view department,
                        const std::vector<samkoer::v1::CaseRecord>& records,
                        const std::vector<std::string>& withdrawn = {});
  samkoer::v1::PushBegin Begin(const PushPlan& plan) const;

  // All alerts in all states, newest first, read in pages of `page_size`.
  std::vector<samkoer::v1::Alert> AllAlerts(std::uint32_t page_size = 1000);
  // The alerts in force.
  std::vector<samkoer::v1::Alert> ActiveAlerts();
  // The whole feed.
  std::vector<samkoer::v1::FeedEntry> Feed(std::size_t page = 1000);
  // The log.
  std::vector<samkoer::v1::AuditLeaf> Leaves();
  std::size_t CountLeaves(samkoer::v1::AuditAction action);
  samkoer::v1::LookUpPersonResponse LookUp(std::string_view pseudonym);

  // Erases a person, by name (see PseudonymOf).
  absl::StatusOr<samkoer::v1::ErasePersonResponse> Erase(
      std::string_view person, bool objection = false);
  samkoer::v1::ErasePersonResponse MustErase(std::string_view person,
                                             bool objection = false);
  samkoer::v1::LiftObjectionResponse MustLift(std::string_view person);
  // Acknowledges all notices of a department; how many there were.
  std::uint32_t Acknowledge(std::string_view department);

  // The epoch of a new installation.
  static constexpr std::uint32_t kEpoch = 4;
  static std::string SelfTest(std::uint32_t epoch = kEpoch) {
    return std::string(32, static_cast<char>('t' + epoch - kEpoch));
  }
  // The pinned keys, for the next Open.
  std::vector<PinnedOprfKey>& oprf_keys() { return oprf_keys_; }
  // Opens with one more epoch; the newest until now closes on that day.
  absl::Status Rotate(const std::string& closes_on);

 private:
  samkoer::v1::Policy policy_;
  std::vector<PinnedOprfKey> oprf_keys_ = {
      {kEpoch, std::string(32, 'k'), SelfTest(), ""}};
  bool gives_policy_ = true;
  std::string day_ = "2026-11-22";
  std::atomic<std::int64_t> now_micros_{0};
  std::uint64_t push_ids_ = 0;
  storage::MemoryEngine store_;
  // What a keyring outside the store would say.
  std::map<std::uint32_t, crypto::SealKey> keks_ = {{1, storage::TestKey(1)}};
  std::uint32_t kek_generation_ = 1;
  storage::ValueSealer sealer_;
  std::unique_ptr<storage::FaultEngine> engine_;
  std::unique_ptr<storage::AuditLog> audit_;
  std::unique_ptr<Matcher> matcher_;
  std::atomic<bool> fatal_{false};
  std::optional<std::pair<std::uint64_t, storage::Fault>> start_fault_;
};

// A sound, open record: department's first unit and domain are the caller's to
// set. `person` makes the pseudonym.
samkoer::v1::CaseRecord MakeRecord(std::string_view person,
                                   std::string_view case_ref,
                                   std::string_view unit,
                                   samkoer::v1::Domain domain,
                                   std::uint32_t birth_month = 200603);
// 64 bytes, the same for the same person and epoch.
std::string PseudonymOf(std::string_view person,
                        std::uint32_t epoch = Installation::kEpoch);
// The record under the next epoch, with the pair that leads there.
samkoer::v1::CaseRecord Rekeyed(samkoer::v1::CaseRecord record,
                                std::string_view person, std::uint32_t epoch);

// "family F-1, jobs J-7" of an alert, for readable assertions.
std::string Cases(const samkoer::v1::Alert& alert);

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_INSTALLATION_H_
