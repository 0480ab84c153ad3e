// What the matcher told this department it may send. Pure.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_INTAKE_GUARD_H_
#define SAMKOER_CLIENTS_AGENT_INTAKE_GUARD_H_

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "clients/agent/permitted.h"
#include "crypto/absl_view.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::agent {

class IntakeGuard {
 public:
  explicit IntakeGuard(const v1::GetIntakeInfoResponse& info);

  // The unit as the policy writes it, or "" if the policy does not know it.
  // Case and spaces at the ends do not matter.
  std::string_view PolicyUnit(std::string_view unit) const;
  // True if some rule uses the criterion code; others need not be sent.
  bool UsesCriterion(std::string_view code) const {
    return criteria_.contains(crypto::AbslView(code));
  }
  const Permitted& permitted() const { return permitted_; }

 private:
  absl::flat_hash_map<std::string, std::string> units_;  // by folded name
  absl::flat_hash_set<std::string> criteria_;
  Permitted permitted_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_INTAKE_GUARD_H_
