// What the key service does, without gRPC: checks a request, evaluates, debits,
// answers.
#ifndef SAMKOER_SERVER_KEY_EVALUATOR_H_
#define SAMKOER_SERVER_KEY_EVALUATOR_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "samkoer/v1/keys.pb.h"
#include "server/identity.h"
#include "server/live_keys.h"

namespace samkoer::server {

class Counter;
class Histogram;
class Metrics;
class QuotaLedger;

// Thread safety: all methods may be called from many threads at once; that is
// how all cores are used.
class KeyEvaluator {
 public:
  // All must outlive this. `metrics` gets samkoer_evaluations_total,
  // samkoer_evaluation_batch_elements and samkoer_quota_refusals_total.
  KeyEvaluator(const LiveKeys& keys, QuotaLedger& ledger, Metrics& metrics);

  // Errors: as KeyService.GetKeyInfo says.
  absl::StatusOr<v1::GetKeyInfoResponse> GetKeyInfo(
      const Identity& who, const v1::GetKeyInfoRequest& request);

  // Errors: as KeyService.BlindEvaluate says. In this order: the request's
  // shape, the key, whether the quota covers it, the elements; then the debit,
  // durably; then the answer. A malformed request costs nothing.
  absl::StatusOr<v1::BlindEvaluateResponse> BlindEvaluate(
      const Identity& who, const v1::BlindEvaluateRequest& request);

 private:
  const LiveKeys& keys_;
  QuotaLedger& ledger_;
  Counter& evaluations_;
  Histogram& batch_elements_;
  Counter& quota_refusals_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEY_EVALUATOR_H_
