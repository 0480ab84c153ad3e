// A row of an export once it is clean: what may leave, and beside it the CPR
// number, which never does.
#ifndef SAMKOER_CLIENTS_AGENT_CLEAN_CASE_H_
#define SAMKOER_CLIENTS_AGENT_CLEAN_CASE_H_

#include <cstdint>
#include <string_view>

#include "clients/common/cpr.h"
#include "crypto/secret.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::agent {

using CprDigits = crypto::SecretArray<clients::kCprDigits>;

// One person in one case.
struct CleanCase {
  // The ten digits: the input of the OPRF. Wiped with the object.
  CprDigits cpr;
  // All that leaves, still without its pseudonym.
  v1::CaseRecord record;
  // Where its first row begins.
  std::int64_t line = 0;

  // Lives as long as this object; not to be copied anywhere that is not wiped.
  std::string_view ExposeDigits() const { return crypto::AsText(cpr.Expose()); }
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CLEAN_CASE_H_
