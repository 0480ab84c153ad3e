// The matcher: everything that the rpc shells of samkoer-matcherd call. Knows
// no gRPC; requests and answers are the messages of samkoer/v1.
//
// Guarantees:
//  * A positive answer to anything that changes data means: on disk, synced,
//    together with its matches, feed entries and audit leaves.
//  * Every read is in the audit log, on disk, before it is answered.
//  * After a write error nothing is answered positively any more: `on_fatal` is
//    called once, and every call answers UNAVAILABLE but those that read only
//    what was durable before (IntakeInfo, ListUnits, GetCheckpoint). The
//    process must end and open the store again.
//
// Thread safety: all methods may be called from many threads. Blocking calls
// wait for the disk (a read for one synced write, at worst for a running
// snapshot commit); call them from threads that may wait. Callbacks run on the
// matcher's own thread: they must be short, must not block and must not call
// the matcher.
//
// Errors that every call may give: UNAVAILABLE while stopping or after a write
// error. A full queue is never an error: it makes the caller wait.
#ifndef SAMKOER_MATCHER_MATCHER_H_
#define SAMKOER_MATCHER_MATCHER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/caller.h"
#include "matcher/matcher_options.h"
#include "samkoer/v1/alerts.pb.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/governance.pb.h"
#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/operations.pb.h"
#include "samkoer/v1/reports.pb.h"
#include "samkoer/v1/rights.pb.h"

namespace samkoer::storage {
struct KekChange;
struct WitnessChange;
}  // namespace samkoer::storage
// From samkoer/v1/alarms.pb.h, which few that read this need.
namespace samkoer::v1 {
class AcknowledgeAlarmRequest;
class AcknowledgeAlarmResponse;
class ListAlarmsRequest;
class ListAlarmsResponse;
enum AlarmKind : int;
}  // namespace samkoer::v1

namespace samkoer::matcher {

class CompiledPolicy;
class MatcherCore;
struct PushTicket;

// One stream's hold on a push. Use from one thread; it may outlive the stream,
// and must not outlive the matcher. Nothing happens when it is destroyed: the
// push can be gone on with.
class PushSession {
 public:
  PushSession(MatcherCore* core, std::shared_ptr<const PushTicket> ticket);

  // The answer to `begin`. If `committed` is set, send it and then
  // `commit_receipt()`, and end the stream.
  const samkoer::v1::PushBegun& begun() const;
  const samkoer::v1::CommitReceipt& commit_receipt() const;

  // Snapshots only, before the first batch. Blocks. Repeating it with the same
  // digests gives the same answer.
  absl::StatusOr<samkoer::v1::DigestDifference> SubmitDigests(
      const samkoer::v1::BucketDigests& digests);

  // Checks and prepares the batch in this thread (about 2 us a record), then
  // hands it over and returns; `done` is called once when the batch is on disk
  // or refused, in the order of submission (refusals found in this thread call
  // it at once, from this thread). Blocks while the matcher's queue is full.
  // After an error the stream must end.
  using BatchDone =
      std::function<void(absl::StatusOr<samkoer::v1::BatchReceipt>)>;
  void SubmitBatch(const samkoer::v1::RecordBatch& batch, BatchDone done);

  // As SubmitBatch; `done` is called after those of all batches before, unless
  // the matcher is stopping or has failed: then it may be told at once.
  using CommitDone =
      std::function<void(absl::StatusOr<samkoer::v1::CommitReceipt>)>;
  void SubmitCommit(const samkoer::v1::PushCommit& commit, CommitDone done);

 private:
  MatcherCore* core_;
  std::shared_ptr<const PushTicket> ticket_;
  std::string differing_;  // DigestDifference::differing, once it is known
};

// Numbers for metrics; each is since the start unless it says otherwise.
struct MatcherStats {
  std::uint64_t batches = 0;         // record batches stored
  std::uint64_t records = 0;         // records in them
  std::uint64_t commits = 0;         // pushes committed
  std::uint64_t write_groups = 0;    // synced writes
  std::uint64_t commands = 0;        // commands in those groups
  std::uint64_t bytes_written = 0;   // keys and values
  std::uint64_t alerts_changed = 0;  // feed entries written
  std::uint64_t persons_evaluated = 0;
  std::uint64_t records_held = 0;    // now
  std::uint64_t persons_held = 0;    // now
  std::uint64_t alerts_held = 0;     // now, ended ones included
  std::uint64_t feed_sequence = 0;   // now, durable
  std::uint64_t audit_leaves = 0;    // now, durable
  std::uint64_t queue_length = 0;    // now
  std::uint32_t policy_version = 0;  // now
  // Records of each batch stored: how many batches held at most 1, 10, 100,
  // 1,000 records (cumulative, as a Prometheus histogram's buckets).
  std::uint64_t batch_size_buckets[4] = {};
};

class Matcher {
 public:
  // Opens the store: checks it against the outside checkpoint, rebuilds the
  // index, rolls a begun commit forward, applies the policy if it is newer and
  // sweeps if the day has changed. Blocks (about 1 us a record on two cores).
  //
  // Errors:
  //  * FAILED_PRECONDITION: the policy's version is older than the one in
  //    force, or equal with other contents; or the store's epoch is not pinned
  //    or pinned to another key, or the pinned keys cannot follow each other;
  //    or it belongs to another municipality or purpose; or it is older than
  //    the outside checkpoint.
  //  * DATA_LOSS: the store is damaged or was sealed under other keys.
  static absl::StatusOr<std::unique_ptr<Matcher>> Open(MatcherOptions options);

  // Calls Stop().
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // Finishes what was handed over, writes the STOPPED leaf and ends the
  // matcher's threads. Calls made later answer UNAVAILABLE. May be repeated.
  void Stop();
  // True after a write error.
  bool Failed() const;

  // ---- Intake (role department; Caller::name is the department) ----

  // PERMISSION_DENIED: the policy does not know the department.
  absl::StatusOr<samkoer::v1::GetIntakeInfoResponse> IntakeInfo(
      const Caller& caller);
  // Opens a push or goes on with one; every older push of the department is
  // given up durably before this returns. Errors: as CaseIntake.Push says.
  absl::StatusOr<std::unique_ptr<PushSession>> BeginPush(
      const Caller& caller, const samkoer::v1::PushBegin& begin);
  // Pages are keyset pages: INVALID_ARGUMENT for a token not made here.
  absl::StatusOr<samkoer::v1::ListInboxResponse> ListInbox(
      const Caller& caller, const samkoer::v1::ListInboxRequest& request);

  // What the department has to look into, and its word that it has. Errors: as
  // CaseIntake says, and PERMISSION_DENIED as IntakeInfo.
  absl::StatusOr<samkoer::v1::ListNoticesResponse> ListNotices(
      const Caller& caller);
  absl::StatusOr<samkoer::v1::AcknowledgeNoticesResponse> AcknowledgeNotices(
      const Caller& caller,
      const samkoer::v1::AcknowledgeNoticesRequest& request);

  // ---- Alerts (role coordinator) ---- Errors: as the service Alerts says.

  // For one caller or more, who get the same; a leaf for each.
  absl::StatusOr<samkoer::v1::ListAlertsResponse> ListAlerts(
      std::span<const Caller> callers,
      const samkoer::v1::ListAlertsRequest& request);
  absl::StatusOr<samkoer::v1::ListAlertsResponse> ListAlerts(
      const Caller& caller, const samkoer::v1::ListAlertsRequest& request) {
    return ListAlerts({&caller, 1}, request);
  }
  absl::StatusOr<samkoer::v1::GetAlertResponse> GetAlert(
      const Caller& caller, const samkoer::v1::GetAlertRequest& request);
  absl::StatusOr<samkoer::v1::SetAlertStateResponse> SetAlertState(
      const Caller& caller, const samkoer::v1::SetAlertStateRequest& request);

  // The entries after `after`, at most `max` of them (1 to 1,000), in order;
  // empty if there are none yet. Logged as one FEED_READ leaf. An entry whose
  // alert has since been deleted carries no alert; the entry that tells of it
  // is a tombstone. OUT_OF_RANGE if `after` lies beyond the feed's end.
  absl::StatusOr<std::vector<samkoer::v1::FeedEntry>> ReadFeed(
      const Caller& caller, std::uint64_t after, std::size_t max);
  // The feed's last durable sequence number.
  std::uint64_t FeedSequence() const;
  // Of which feed the numbers are: proto::kFeedIdBytes. Never changes.
  const std::string& FeedId() const;
  // FAILED_PRECONDITION if a cursor is of another feed; INVALID_ARGUMENT if
  // that is no feed's id. OK for an empty one: not known.
  absl::Status CheckFeedId(std::string_view id) const;
  // Waits until FeedSequence() > after, or the deadline, or Stop. Returns
  // FeedSequence(); CANCELLED after Stop. Not logged.
  absl::StatusOr<std::uint64_t> WaitForFeed(std::uint64_t after,
                                            absl::Time deadline) const;

  // ---- Audit (role privacy-officer, witness) ----

  // The newest signed checkpoint. Not logged (it tells only size and root).
  absl::StatusOr<samkoer::v1::GetCheckpointResponse> GetCheckpoint();
  // Leaves [start, end) in pages; `sink` gets each page in order and returns
  // false to stop. `end` 0 means the newest size before this read was logged.
  // OUT_OF_RANGE beyond that.
  absl::Status ReadLeaves(
      const Caller& caller, const samkoer::v1::ReadLeavesRequest& request,
      const std::function<bool(const samkoer::v1::LeafBatch&)>& sink);
  absl::StatusOr<samkoer::v1::GetConsistencyProofResponse> ConsistencyProof(
      const Caller& caller,
      const samkoer::v1::GetConsistencyProofRequest& request);
  absl::StatusOr<samkoer::v1::GetInclusionProofResponse> InclusionProof(
      const Caller& caller,
      const samkoer::v1::GetInclusionProofRequest& request);
  // Errors: as Audit.LookUpPerson says. Finds the accesses by the subject
  // index.
  absl::StatusOr<samkoer::v1::LookUpPersonResponse> LookUpPerson(
      const Caller& caller, const samkoer::v1::LookUpPersonRequest& request);

  // Every key of pseudonyms with its life. Logged.
  absl::StatusOr<samkoer::v1::ListEpochsResponse> ListEpochs(
      const Caller& caller);

  // ---- Rights (role privacy-officer) ---- Errors: as the service Rights says.

  // Everything that is open of any push is given up: their streams get
  // UNAVAILABLE, and the pushes start again from batch 0.
  absl::StatusOr<samkoer::v1::ErasePersonResponse> ErasePerson(
      const Caller& caller, const samkoer::v1::ErasePersonRequest& request);
  absl::StatusOr<samkoer::v1::LiftObjectionResponse> LiftObjection(
      const Caller& caller, const samkoer::v1::LiftObjectionRequest& request);

  // ---- Reports (roles privacy-officer, coordinator) ----

  // A month's tables; see statistics.h. The first call of a month counts
  // everybody, on the matcher's thread.
  absl::StatusOr<samkoer::v1::GetStatisticsResponse> Statistics(
      const Caller& caller,
      const samkoer::v1::GetStatisticsRequest& request = {});
  // Everything but what the server alone knows of its key-encryption key.
  absl::StatusOr<samkoer::v1::DescribeProcessingResponse> DescribeProcessing(
      const Caller& caller);
  // What retention deletes when, as the service Reports says. Logged as
  // RETENTION_PLAN_READ.
  absl::StatusOr<samkoer::v1::GetRetentionPlanResponse> RetentionPlan(
      const Caller& caller);

  // ---- Governance (roles operator, privacy-officer) ---- Errors: as the
  // service Governance says. Reads are logged as PROPOSALS_READ.

  absl::StatusOr<samkoer::v1::ProposeResponse> Propose(
      const Caller& caller, const samkoer::v1::ProposeRequest& request);
  absl::StatusOr<samkoer::v1::ListProposalsResponse> ListProposals(
      const Caller& caller, const samkoer::v1::ListProposalsRequest& request);
  absl::StatusOr<samkoer::v1::GetProposalResponse> GetProposal(
      const Caller& caller, const samkoer::v1::GetProposalRequest& request);
  absl::StatusOr<samkoer::v1::ApproveResponse> Approve(
      const Caller& caller, const samkoer::v1::ApproveRequest& request);
  absl::StatusOr<samkoer::v1::RejectResponse> Reject(
      const Caller& caller, const samkoer::v1::RejectRequest& request);

  // FAILED_PRECONDITION until a policy is in force. Before, only the calls of
  // Governance and of Audit but LookUpPerson may be made, and those below.
  absl::Status RequirePolicy() const;
  // PERMISSION_DENIED while the department of this id is switched off. Any
  // thread.
  absl::Status RequireDepartmentOn(std::string_view department) const;

  // ---- Alarms (roles privacy-officer, operator) ----

  // As the service Alarms says. Logged as ALARMS_READ.
  absl::StatusOr<samkoer::v1::ListAlarmsResponse> ListAlarms(
      const Caller& caller, const samkoer::v1::ListAlarmsRequest& request);
  // As the service Alarms says; the reason must have been checked.
  // INVALID_ARGUMENT for an id that does not have 8 bytes.
  absl::StatusOr<samkoer::v1::AcknowledgeAlarmResponse> AcknowledgeAlarm(
      const Caller& caller,
      const samkoer::v1::AcknowledgeAlarmRequest& request);
  // How many of a kind are open. Not logged.
  std::uint64_t OpenAlarms(samkoer::v1::AlarmKind kind) const;

  // ---- For the server itself ----

  // Proposes the policy file in the process's name. Returns the number of the
  // open proposal; 0 if there is nothing to decide: the policy is in force, or
  // this text was decided before. FAILED_PRECONDITION if it is no successor of
  // the one in force.
  absl::StatusOr<std::uint64_t> ProposePolicy(
      std::shared_ptr<const CompiledPolicy> policy);

  // Writes a REFUSED leaf; returns at once. `rpc` and `code` are short names
  // ("CaseIntake.Push", "PERMISSION_DENIED").
  void RecordRefusal(const Caller& caller, std::string_view rpc,
                     std::string_view code);
  // Brings a newer policy into force and evaluates every person again, in one
  // write. Unfinished pushes are given up, because their batches were checked
  // against the older policy: their streams get UNAVAILABLE and the push starts
  // again from batch 0. Applying the policy in force again does nothing.
  // Errors: as for Open.
  absl::Status ApplyPolicy(std::shared_ptr<const CompiledPolicy> policy);
  // Makes `day` ("YYYY-MM-DD") the day all rules are evaluated for, removes
  // what retention says, and evaluates every person again, in one write. The
  // matcher does this by itself when its day source moves on; a day before the
  // present one is FAILED_PRECONDITION.
  absl::Status Sweep(std::string_view day);
  MatcherStats Stats() const;
  // Seals under other keys from here on, and writes `change`'s leaf and marker:
  // whatever was sealed before is durable before, or sealed again. A null
  // `caller` is the matcher itself.
  absl::Status ChangeKek(const Caller* caller,
                         const storage::KekChange& change);
  // Writes what the server keeps of its log's witnesses, with the change's
  // leaves, which are of `caller` or (null) of the matcher itself.
  absl::Status KeepWitness(const Caller* caller,
                           const storage::WitnessChange& change);
  // Seals these values again, those that are not under the key-encryption key
  // in use; how many. Values that are gone are skipped. Errors of
  // ValueSealer::Open, for which the matcher goes on.
  absl::StatusOr<std::uint64_t> Reseal(
      const std::vector<std::string>& store_keys);

  // For the facade's other parts (coordination_facade.h); lives as long as
  // this.
  MatcherCore& core() const { return *core_; }

 private:
  explicit Matcher(std::unique_ptr<MatcherCore> core);
  std::unique_ptr<MatcherCore> core_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_MATCHER_H_
