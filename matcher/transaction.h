#ifndef SAMKOER_MATCHER_TRANSACTION_H_
#define SAMKOER_MATCHER_TRANSACTION_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "matcher/pending_writes.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::matcher {

// What a group of commands writes: one atomic synced write with its audit
// leaves. Belongs to the commit loop's thread.
class Transaction {
 public:
  explicit Transaction(const storage::Reader& store) : writes_(store) {}

  PendingWrites& writes() { return writes_; }
  const PendingWrites& writes() const { return writes_; }
  void AddLeaf(samkoer::v1::AuditLeaf leaf) {
    leaves_.push_back(std::move(leaf));
  }
  std::vector<samkoer::v1::AuditLeaf>& leaves() { return leaves_; }

  // The present command's time: later than every earlier command's.
  absl::Time now() const { return now_; }
  void set_now(absl::Time now) { now_ = now; }

  // Makes durable what the group holds so far, and goes on with an empty one.
  // After an error of these three the command must return with Fatal.
  absl::Status WriteNow() {
    if (absl::Status s = hand_over_({}); !s.ok()) return s;
    return settle_();
  }
  // The same without waiting: what follows is never durable without it.
  // `durable` runs on another thread once it is; nothing that follows is then.
  absl::Status WriteInOrder(absl::AnyInvocable<void()> durable) {
    return hand_over_(std::move(durable));
  }
  // Waits until all that was handed over is durable.
  absl::Status Settle() { return settle_(); }
  void set_write(
      std::function<absl::Status(absl::AnyInvocable<void()>)> hand_over,
      std::function<absl::Status()> settle) {
    hand_over_ = std::move(hand_over);
    settle_ = std::move(settle);
  }

  // Says that memory and store may no longer agree, so that the process must
  // end. Returns `status`.
  absl::Status Fatal(absl::Status status) {
    if (fatal_.ok()) fatal_ = status;
    return status;
  }
  const absl::Status& fatal() const { return fatal_; }

 private:
  PendingWrites writes_;
  std::vector<samkoer::v1::AuditLeaf> leaves_;
  absl::Time now_;
  std::function<absl::Status(absl::AnyInvocable<void()>)> hand_over_;
  std::function<absl::Status()> settle_;
  absl::Status fatal_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_TRANSACTION_H_
