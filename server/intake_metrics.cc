#include "server/intake_metrics.h"

namespace samkoer::server {

IntakeMetrics::IntakeMetrics(Metrics& metrics)
    : batch_records_(metrics.AddHistogram("samkoer_batch_records",
                                          "Records in each batch that arrived.",
                                          SizeBounds())),
      records_(metrics.AddCounter("samkoer_records_received_total",
                                  "Records that arrived in batches.")),
      receipt_seconds_(metrics.AddHistogram(
          "samkoer_receipt_seconds",
          "From a batch's arrival to its receipt, on disk and synced.",
          LatencyBounds())),
      commit_seconds_(metrics.AddHistogram(
          "samkoer_push_commit_seconds",
          "From a push's commit to its receipt, on disk and synced.",
          LatencyBounds())),
      receipts_(metrics.AddCounter("samkoer_batch_receipts_total",
                                   "Receipts of batches that were sent.")),
      commits_(metrics.AddCounter("samkoer_push_commits_total",
                                  "Receipts of commits that were sent.")) {}

void IntakeMetrics::ObserveBatch(int records) {
  batch_records_.Observe(records);
  records_.Increment(records);
}

void IntakeMetrics::ObserveReceiptTime(absl::Duration time) {
  receipt_seconds_.Observe(absl::ToDoubleSeconds(time));
}

void IntakeMetrics::ObserveCommitTime(absl::Duration time) {
  commit_seconds_.Observe(absl::ToDoubleSeconds(time));
}

void IntakeMetrics::CountReceipt(const v1::PushReceipt& receipt) {
  if (receipt.has_batch()) receipts_.Increment();
  if (receipt.has_commit()) commits_.Increment();
}

}  // namespace samkoer::server
