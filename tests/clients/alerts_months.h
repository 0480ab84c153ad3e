// Months of statistics as a matcher counts them.
#ifndef SAMKOER_TESTS_CLIENTS_ALERTS_MONTHS_H_
#define SAMKOER_TESTS_CLIENTS_ALERTS_MONTHS_H_

#include <cstdint>
#include <string>

#include "samkoer/v1/reports.pb.h"

namespace samkoer::clients {

inline void AddCell(v1::StatisticsTable& table, const std::string& row,
                    const std::string& column, std::uint64_t count,
                    bool withheld = false) {
  v1::StatisticsCell& cell = *table.add_cells();
  cell.set_row(row);
  cell.set_column(column);
  cell.set_count(withheld ? 0 : count);
  cell.set_withheld(withheld);
}

// Two tables: alerts by state, and persons by department and domain.
inline v1::GetStatisticsResponse TestMonth(const std::string& day,
                                           std::uint64_t identified) {
  v1::GetStatisticsResponse month;
  month.set_day(day);
  month.set_withhold_below(5);
  v1::StatisticsTable& states = *month.add_tables();
  states.set_name("alerts-by-state");
  AddCell(states, "IDENTIFIED", "alerts", identified);
  AddCell(states, "DECLINED", "alerts", 0, /*withheld=*/true);
  AddCell(states, "total", "alerts", identified);
  v1::StatisticsTable& persons = *month.add_tables();
  persons.set_name("persons-by-department-and-domain");
  for (const char* department : {"familie", "=cmd|' /C calc'!A0"}) {
    AddCell(persons, department, "FAMILY", 40);
    AddCell(persons, department, "total", 40);
  }
  return month;
}

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_ALERTS_MONTHS_H_
