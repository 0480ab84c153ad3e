#include "matcher/person_request.h"

#include "absl/strings/str_cat.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

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

}  // namespace

absl::StatusOr<crypto::Hash16> CheckedPersonKey(const MatcherCore& core,
                                                const std::string& reason,
                                                const std::string& pseudonym,
                                                std::uint32_t epoch,
                                                const std::string& self_test) {
  if (absl::Status s = CheckReason(reason); !s.ok()) return s;
  if (pseudonym.size() != proto::kPseudonymBytes) {
    return absl::InvalidArgumentError("pseudonym: must have 64 bytes");
  }
  const PinnedOprfKey& key = core.oprf_key();
  if (epoch != key.epoch) {
    return absl::FailedPreconditionError(absl::StrCat(
        "epoch ", epoch, " is not live, epoch ", key.epoch, " is"));
  }
  if (self_test != key.self_test) {
    return absl::FailedPreconditionError(
        "the self-test differs from the pinned one; client and matcher do not "
        "work with the same key or algorithm");
  }
  return crypto::PersonKey(core.options().match_key,
                           core.Read().policy->proto().purpose(), key.epoch,
                           crypto::AsBytes(pseudonym));
}

}  // namespace samkoer::matcher
