// Judges criteria from a person's life events. Pure: no I/O, no clock. Only a
// rule's code ever leaves the department.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_CRITERIA_H_
#define SAMKOER_CLIENTS_AGENT_CRITERIA_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clients/agent/dates.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// One period of a person's life. `kind` lives as long as the configuration.
struct LifeEvent {
  CivilDate from;
  std::optional<CivilDate> to;  // the last day; none: it goes on
  std::string_view kind;
  bool completed = false;
};

// What became of one condition or rule, in words without anything of a row but
// kinds, counts and days.
struct Finding {
  bool holds = false;
  std::string why;
};

// A condition (agent_config.proto says what each means) for the events of one
// person, in any order, on `day`. Events that begin after the day do not count.
// False for a condition without content.
Finding JudgeCondition(const v1::CriterionCondition& condition,
                       std::span<const LifeEvent> events, const CivilDate& day);

// A rule for a person of `age`: the age, all of `all`, one of `any`. `lines`,
// if not null, gets a line a condition.
Finding JudgeRule(const v1::CriterionRule& rule,
                  std::span<const LifeEvent> events, int age,
                  const CivilDate& day, std::vector<std::string>* lines);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CRITERIA_H_
