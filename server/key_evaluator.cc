#include "server/key_evaluator.h"

#include "crypto/oprf.h"
#include "server/metrics.h"
#include "server/quota_ledger.h"

namespace samkoer::server {
namespace {

// Whether a purpose or an epoch is unknown looks the same, and does not repeat
// the caller's text.
absl::Status UnknownKey() {
  return absl::NotFoundError("no live key of this purpose and epoch");
}

absl::Status CheckShape(const v1::BlindEvaluateRequest& request) {
  const std::size_t size = request.blinded_elements().size();
  if (size == 0 || size % crypto::kElementBytes != 0 ||
      size / crypto::kElementBytes > crypto::kMaxOprfBatch) {
    return absl::InvalidArgumentError(
        "blinded_elements: 1 to 1,000 elements of 32 bytes each");
  }
  return absl::OkStatus();
}

}  // namespace

KeyEvaluator::KeyEvaluator(const LiveKeys& keys, QuotaLedger& ledger,
                           Metrics& metrics)
    : keys_(keys),
      ledger_(ledger),
      evaluations_(metrics.AddCounter("samkoer_evaluations_total",
                                      "Elements evaluated and debited.")),
      batch_elements_(metrics.AddHistogram("samkoer_evaluation_batch_elements",
                                           "Elements of a request.",
                                           SizeBounds())),
      quota_refusals_(
          metrics.AddCounter("samkoer_quota_refusals_total",
                             "Requests refused for lack of quota.")) {}

absl::StatusOr<v1::GetKeyInfoResponse> KeyEvaluator::GetKeyInfo(
    const Identity& who, const v1::GetKeyInfoRequest& request) {
  const auto keys = keys_.Of(request.purpose());
  if (keys.empty()) return UnknownKey();
  auto available = ledger_.Available(who);
  if (!available.ok()) return available.status();
  v1::GetKeyInfoResponse response;
  response.set_context(
      std::string(crypto::OprfContext(crypto::OprfMode::kVoprf)));
  for (const LiveKey* key : keys) {
    v1::EpochKey* entry = response.add_keys();
    entry->set_epoch(key->epoch);
    entry->set_public_key(key->pair.public_key.data(),
                          key->pair.public_key.size());
    entry->set_self_test(key->self_test.data(), key->self_test.size());
    entry->set_closes_on(key->closes_on);
  }
  response.set_quota_available(*available);
  return response;
}

absl::StatusOr<v1::BlindEvaluateResponse> KeyEvaluator::BlindEvaluate(
    const Identity& who, const v1::BlindEvaluateRequest& request) {
  if (absl::Status status = CheckShape(request); !status.ok()) return status;
  const LiveKey* key = keys_.Find(request.purpose(), request.epoch());
  if (key == nullptr) return UnknownKey();
  const std::size_t elements =
      request.blinded_elements().size() / crypto::kElementBytes;

  // Whoever lacks the quota must not cost a core: ask before the evaluation.
  // The debit, which decides, comes after it, so that a malformed element costs
  // the caller nothing.
  auto available = ledger_.Available(who);
  if (!available.ok()) return available.status();
  if (*available < elements) {
    quota_refusals_.Increment();
    return ledger_.Refuse(who, *key, elements);
  }
  auto evaluation =
      crypto::BlindEvaluateBatch(crypto::OprfMode::kVoprf, key->pair,
                                 crypto::AsBytes(request.blinded_elements()));
  if (!evaluation.ok()) return evaluation.status();
  const absl::Status debited = ledger_.Debit(who, *key, elements);
  if (absl::IsResourceExhausted(debited)) quota_refusals_.Increment();
  if (!debited.ok()) return debited;

  evaluations_.Increment(static_cast<double>(elements));
  batch_elements_.Observe(static_cast<double>(elements));
  v1::BlindEvaluateResponse response;
  response.set_evaluated_elements(evaluation->evaluated_elements.data(),
                                  evaluation->evaluated_elements.size());
  response.set_proof(evaluation->proof.data(), evaluation->proof.size());
  return response;
}

}  // namespace samkoer::server
