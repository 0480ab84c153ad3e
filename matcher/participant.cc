#include "matcher/participant.h"

#include <string>

namespace samkoer::matcher {

void FillParticipant(const LoopState& state, std::uint16_t department,
                     const storage::StoredContent& content,
                     samkoer::v1::Participant& participant) {
  const std::string& id = state.departments.id(department);
  participant.set_department(id);
  if (const auto index = state.policy->FindDepartment(id);
      index != kUnknownIndex) {
    participant.set_department_name(state.policy->department(index).name());
  }
  participant.set_unit(state.departments.units(department)[content.unit]);
  participant.set_domain(static_cast<samkoer::v1::Domain>(content.domain));
  participant.set_case_ref(content.case_ref.data(), content.case_ref.size());
  participant.set_contact(content.contact.data(), content.contact.size());
  participant.set_since_month(content.opened_month);
  participant.set_protected_identity(content.protected_identity);
}

}  // namespace samkoer::matcher
