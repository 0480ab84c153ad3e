#include "matcher/coordination_words.h"

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "proto/cpr_shape.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

absl::Status Wrong(std::string_view what, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(crypto::AbslView(what), ": ", problem));
}

}  // namespace

absl::Status CheckWords(std::string_view what, std::string_view text,
                        std::size_t least, std::size_t most) {
  if (text.size() < least || text.size() > most) {
    return Wrong(what,
                 absl::StrCat("must have ", least, " to ", most, " bytes"));
  }
  if (!proto::IsPlainText(text)) {
    return Wrong(what, "must be UTF-8 without control characters");
  }
  if (proto::LooksLikeCprNumber(text)) {
    return Wrong(what, "holds something like a CPR number; write it without");
  }
  return absl::OkStatus();
}

absl::Status CheckHolder(std::string_view what,
                         const samkoer::v1::Holder& holder,
                         const CompiledPolicy& policy, bool external_allowed) {
  if (absl::Status s = CheckWords(what, holder.name(), 1, kMaxNameBytes);
      !s.ok()) {
    return s;
  }
  if (holder.department().empty() && holder.unit().empty()) {
    if (!external_allowed) {
      return Wrong(what, "must be of a department and unit of the policy");
    }
    return CheckWords(what, holder.external(), 1, kMaxNameBytes);
  }
  if (!holder.external().empty()) {
    return Wrong(what, "is either of a department or external, not both");
  }
  return CheckUnit(what, holder.department(), holder.unit(), policy);
}

absl::Status CheckUnit(std::string_view what, std::string_view department,
                       std::string_view unit, const CompiledPolicy& policy) {
  const std::uint16_t number = policy.FindDepartment(department);
  if (number == kUnknownIndex) {
    return Wrong(what, "the policy has no such department");
  }
  if (policy.FindUnit(number, unit) == kUnknownIndex) {
    return Wrong(what, "the department has no such unit in the policy");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
