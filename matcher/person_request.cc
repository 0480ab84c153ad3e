#include "matcher/person_request.h"

#include "matcher/epochs.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
absl::Status CheckReason(const std::string& reason) {
  if (reason.empty() || reason.size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError("reason: must have 1 to 500 bytes");
  }
  if (!proto::IsPlainText(reason)) {
    return absl::InvalidArgumentError("reason: must be UTF-8 text");
  }
  if (proto::LooksLikeCprNumber(reason)) {
    return absl::InvalidArgumentError(
        "reason: holds something like a CPR number; write it without");
  }
  return absl::OkStatus();
}

absl::StatusOr<crypto::Hash16> CheckedPersonKey(const MatcherCore& core,
                                                const std::string& reason,
                                                const std::string& pseudonym,
                                                std::uint32_t epoch,
                                                const std::string& self_test) {
  if (absl::Status s = CheckReason(reason); !s.ok()) return s;
  if (pseudonym.size() != proto::kPseudonymBytes) {
    return absl::InvalidArgumentError("pseudonym: must have 64 bytes");
  }
  const Published published = core.Read();
  if (absl::Status s = CheckLiveEpoch(*published.epochs, epoch, self_test, "");
      !s.ok()) {
    return s;
  }
  return crypto::PersonKey(core.options().match_key,
                           published.policy->proto().purpose(), epoch,
                           crypto::AsBytes(pseudonym));
}

}  // namespace samkoer::matcher
