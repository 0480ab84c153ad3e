// The life events of a department's people, and what the criteria make of them.
#ifndef SAMKOER_CLIENTS_AGENT_LIFE_EVENTS_H_
#define SAMKOER_CLIENTS_AGENT_LIFE_EVENTS_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "clients/agent/columns.h"
#include "clients/agent/config.h"
#include "clients/agent/criteria.h"
#include "clients/agent/number_map.h"
#include "clients/agent/reasons.h"
#include "clients/agent/row_source.h"

namespace samkoer::agent {

// How the events of a run were read.
struct EventCounts {
  std::uint64_t rows = 0;
  std::uint64_t set_aside = 0;
  std::uint64_t people = 0;
  // With a row that was set aside: no criterion is judged for them, since what
  // is missing might decide it.
  std::uint64_t unjudged = 0;
};

// What is known of the people. CPR numbers stand in memory as long as the
// object lives and are wiped with it.
//
// Thread safety: const objects may be used by many threads.
class LifeEventBook {
 public:
  LifeEventBook() = default;
  ~LifeEventBook();
  LifeEventBook(LifeEventBook&&) = default;
  LifeEventBook& operator=(LifeEventBook&&) = default;

  // Reads all of `source`. Rows with something wrong are set aside, with the
  // reasons of the export's rows; the kind that no prefix fits is
  // kUnknownKind. Errors as RowSource::Read. `config` must outlive the book.
  static absl::StatusOr<LifeEventBook> Read(RowSource& source,
                                            const Config& config,
                                            const NumberMap& numbers,
                                            const CivilDate& day);

  // The codes of the rules that hold for a person (valid, as the number map
  // leaves it) of `age` on the day; none for a person without events, and none
  // where a row of the person was set aside. `lines`, if not null, gets the
  // explanation.
  std::vector<std::string> Judge(const clients::Cpr& cpr, int age,
                                 std::vector<std::string>* lines) const;

  const EventCounts& counts() const { return counts_; }
  // In the order of the source.
  const std::vector<Reject>& rejects() const { return rejects_; }

 private:
  struct Person {
    std::vector<LifeEvent> events;
    bool broken = false;
  };
  void TakeRow(std::int64_t line, const RowView& row, const Config& config,
               const NumberMap& numbers);
  void SetAside(std::int64_t line, RejectReason reason);

  const Config* config_ = nullptr;
  CivilDate day_;
  // CPR numbers as integers below 10^10.
  absl::flat_hash_map<std::uint64_t, Person> people_;
  std::vector<Reject> rejects_;
  EventCounts counts_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_LIFE_EVENTS_H_
