#include "matcher/coordination_facts.h"

#include <map>

namespace samkoer::matcher {

PersonFacts GatherPersonFacts(const LoopState& state, PersonNo person) {
  PersonFacts facts;
  std::map<Month, int> births;
  for (RecordNo r = state.index.person(person).first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    const RecordAttributes& attributes = state.index.record(r).attributes;
    if (!attributes.open) continue;
    const std::string& id = state.departments.id(attributes.department);
    const std::uint16_t department = state.policy->FindDepartment(id);
    if (department == kUnknownIndex) continue;
    const std::string& unit_name =
        state.departments.units(attributes.department)[attributes.unit];
    const std::uint16_t unit = state.policy->FindUnit(department, unit_name);
    if (unit == kUnknownIndex) continue;
    OpenCase& open = facts.cases.emplace_back();
    open.department = id;
    open.department_name = state.policy->department(department).name();
    open.unit = unit_name;
    open.domain = static_cast<samkoer::v1::Domain>(attributes.domain);
    open.opened = attributes.opened;
    open.authority = state.policy->units()[unit].authority;
    open.criteria = state.names.criteria_sets()[attributes.criteria];
    if (attributes.birth.given()) ++births[attributes.birth];
  }
  int most = 0;
  for (const auto& [birth, count] : births) {
    if (count > most) {
      most = count;
      facts.birth = birth;
    }
  }
  return facts;
}

bool HasOpenCase(const LoopState& state, PersonNo person) {
  for (RecordNo r = state.index.person(person).first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    if (state.index.record(r).attributes.open) return true;
  }
  return false;
}

RecordNo FindOpenCase(const LoopState& state, PersonNo person,
                      std::string_view department, std::string_view case_ref) {
  const RecordNo record = state.index.FindRecord(
      crypto::CaseId(crypto::DigestKey(state.match_key, department), case_ref),
      person);
  return record != kNone && state.index.record(record).attributes.open ? record
                                                                       : kNone;
}

}  // namespace samkoer::matcher
