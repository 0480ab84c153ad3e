// The one writer of the key service's store: debits quotas and writes audit
// leaves. Concurrent calls share one synced write.
//
// Guarantees:
//  * Debit returns OK only when the debit and its leaf are on disk, synced.
//  * There is no refund. A crash between debit and answer costs the caller its
//    units, never the other way round.
//  * After a write error `on_fatal` is called once and every call answers
//    UNAVAILABLE: the process must end.
//
// Format of a stored level (Table::kQuota; the key holds the keyed hash of the
// URI, IndexHash(index_key, "quota", uri)), sealed as all values:
//   version (u8 = 2), level in billionths of an evaluation (u64 LE), the burst
//   that it was part of (u64 LE)
// Version 1, which is read and never written, has no burst: none was added.
//
// Thread safety: all methods may be called from many threads; they block for
// the disk.
#ifndef SAMKOER_SERVER_QUOTA_LEDGER_H_
#define SAMKOER_SERVER_QUOTA_LEDGER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/audit.pb.h"
#include "server/live_keys.h"
#include "server/quota.h"
#include "server/store_writer.h"

namespace samkoer::server {

struct KeydStore;

class QuotaLedger final : public StoreWriter {
 public:
  // What a group of calls writes at once.
  using Writes = StagedWrites;

  struct Options {
    // Nanoseconds of a monotonic clock.
    std::function<std::int64_t()> monotonic_ns;
    // Wall time. No leaf that the ledger writes is later than this, or earlier
    // than the log's last.
    std::function<absl::Time()> now;
    // Called once, from the writer's thread, after a write error.
    std::function<void(const absl::Status&)> on_fatal;
    // Told of every group: how many calls shared the write. May be empty.
    std::function<void(std::size_t)> on_group;
    // Run on the writer's thread before each write, when all calls of its group
    // have run; may add to it. May be empty.
    std::function<void(Writes&)> before_write;
  };
  // The clocks of the system, and nothing else.
  static Options SystemClocks();

  // `store` must outlive the ledger, and nobody else may write to it.
  QuotaLedger(KeydStore& store, QuotaTable quotas, Options options);
  ~QuotaLedger() override;  // as Stop()

  // Other limits from now on (TokenBucket::Change). Also from within `work`.
  void SetQuotas(QuotaTable quotas);

  // How many evaluations `who` may ask for now; 0 without an entry.
  // DATA_LOSS if the stored level is damaged.
  absl::StatusOr<std::uint64_t> Available(const Identity& who);

  // Takes `elements` (1 or more) from the quota of `who` and writes the leaf
  // EVALUATED. RESOURCE_EXHAUSTED, saying when it will do, if the quota does
  // not cover them: nothing is taken, and a leaf QUOTA_EXCEEDED tells it (one
  // at once, further ones of the same subject counted in one leaf a minute).
  absl::Status Debit(const Identity& who, const LiveKey& key,
                     std::uint64_t elements);

  // Takes nothing and answers as Debit does when the quota does not cover
  // `elements`, for callers that asked Available first.
  absl::Status Refuse(const Identity& who, const LiveKey& key,
                      std::uint64_t elements);

  // Writes a leaf; on disk when it returns OK.
  absl::Status Record(v1::AuditLeaf leaf);

  // On the writer's thread. Levels and leaves stand behind all else.
  absl::Status Write(std::function<absl::Status(Writes&)> work) override;

  // Finishes what was begun, stores the levels, writes `last` if it is given,
  // and ends the thread. Later calls answer UNAVAILABLE. May be repeated.
  void Stop(const v1::AuditLeaf* last = nullptr);

 private:
  struct Bucket {
    TokenBucket bucket;
    bool configured = true;  // false: no entry, so the level is never stored
    absl::Time exceeded_since = absl::InfinitePast();
    std::uint64_t untold_refusals = 0;
  };
  struct Command {
    // A debit (or its refusal) if `key` is set, else a leaf to record.
    Identity who;
    const LiveKey* key = nullptr;
    bool refuse = false;
    std::uint64_t elements = 0;
    v1::AuditLeaf leaf;
    std::function<absl::Status(Writes&)> work;  // if set, instead of the leaf
    absl::Status result;
    std::promise<absl::Status> done;
  };
  struct Group;

  absl::Status Submit(Command command);
  void Run();
  void Execute(std::deque<Command>& commands);
  void ExecuteDebit(Command& command, Group& group);
  absl::Status WriteGroup(Group& group);
  // As Options::now says.
  void ClampTimes(std::vector<v1::AuditLeaf>& leaves);
  // Never null. Under mutex_.
  absl::StatusOr<Bucket*> BucketOf(const Identity& who);
  absl::StatusOr<TokenBucket> LoadBucket(const std::string& uri,
                                         const QuotaLimit& limit) const;

  KeydStore& store_;
  const Options options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Command> queue_;              // under mutex_
  std::map<std::string, Bucket> buckets_;  // under mutex_; by URI
  QuotaTable quotas_;                      // under mutex_
  bool stopping_ = false;                  // under mutex_
  bool failed_ = false;                    // under mutex_
  absl::Time last_time_;  // of the log's last leaf; the writer's own
  std::thread writer_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_QUOTA_LEDGER_H_
