// Which domains may be sent at which ages: default deny. Pure.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_PERMITTED_H_
#define SAMKOER_CLIENTS_AGENT_PERMITTED_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <vector>

#include "samkoer/v1/agent_config.pb.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::agent {

// Why a row stays behind although nothing is wrong with it.
enum class Permission {
  kPermitted,
  // The domain may be sent, but not at this age.
  kAge,
  // No range names the domain.
  kLegalBasis,
};

// A set of (domain, ages). Empty: nothing is permitted.
class Permitted {
 public:
  // The agent's own guard. A range without domains holds for all.
  static Permitted FromConfig(
      const google::protobuf::RepeatedPtrField<v1::PermittedRange>& ranges);
  // What the matcher's policy says.
  static Permitted FromMatcher(
      const google::protobuf::RepeatedPtrField<v1::PermittedDomain>& domains);

  // `age` in whole years on the day; negative is never permitted.
  Permission Check(v1::Domain domain, int age) const;
  // True if some domain is permitted at this age.
  bool AgeFitsAny(int age) const;

 private:
  struct Range {
    v1::Domain domain;  // DOMAIN_UNSPECIFIED: all
    std::uint32_t from, below;
    bool Holds(int age) const {
      return age >= 0 && static_cast<std::uint32_t>(age) >= from &&
             static_cast<std::uint32_t>(age) < below;
    }
  };
  std::vector<Range> ranges_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PERMITTED_H_
