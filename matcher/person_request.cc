#include "matcher/person_request.h"

#include "matcher/epochs.h"
#include "proto/limits.h"
#include "proto/reason.h"

namespace samkoer::matcher {

absl::StatusOr<crypto::Hash16> CheckedPersonKey(const MatcherCore& core,
                                                const std::string& reason,
                                                const std::string& pseudonym,
                                                std::uint32_t epoch,
                                                const std::string& self_test) {
  if (absl::Status s = proto::CheckReason(reason); !s.ok()) return s;
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
