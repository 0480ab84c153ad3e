// What the intake measures, the real batch size first: a client that sends one
// record a call under the name of a batch shows here.
#ifndef SAMKOER_SERVER_INTAKE_METRICS_H_
#define SAMKOER_SERVER_INTAKE_METRICS_H_

#include "absl/time/time.h"
#include "samkoer/v1/intake.pb.h"
#include "server/metrics.h"

namespace samkoer::server {

// Thread safety: all methods may be called from many threads at once; none
// blocks.
class IntakeMetrics {
 public:
  // `metrics` must outlive this.
  explicit IntakeMetrics(Metrics& metrics);

  // A batch of `records` arrived.
  void ObserveBatch(int records);
  // From a batch's arrival to its receipt, and of a commit.
  void ObserveReceiptTime(absl::Duration time);
  void ObserveCommitTime(absl::Duration time);
  // A receipt is sent.
  void CountReceipt(const v1::PushReceipt& receipt);

 private:
  Histogram& batch_records_;
  Counter& records_;
  Histogram& receipt_seconds_;
  Histogram& commit_seconds_;
  Counter& receipts_;
  Counter& commits_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_INTAKE_METRICS_H_
