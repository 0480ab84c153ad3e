// What every request of the privacy officer about one person is checked for.
#ifndef SAMKOER_MATCHER_PERSON_REQUEST_H_
#define SAMKOER_MATCHER_PERSON_REQUEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/core.h"
#include "matcher/policy.h"

namespace samkoer::matcher {

// The key of the person whose pseudonym it is.
//  * INVALID_ARGUMENT: the reason is not fit for the log (proto/reason.h), or
//    the pseudonym does not have 64 bytes.
//  * FAILED_PRECONDITION: the epoch is not live, or the self-test differs.
absl::StatusOr<crypto::Hash16> CheckedPersonKey(const MatcherCore& core,
                                                const std::string& reason,
                                                const std::string& pseudonym,
                                                std::uint32_t epoch,
                                                const std::string& self_test);

// The same of a message with these fields.
template <typename Request>
absl::StatusOr<crypto::Hash16> CheckedPersonKey(const MatcherCore& core,
                                                const Request& request) {
  return CheckedPersonKey(core, request.reason(), request.pseudonym(),
                          request.epoch(), request.self_test());
}

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PERSON_REQUEST_H_
