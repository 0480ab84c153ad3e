#include "matcher/block_writer.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "matcher/parallel.h"
#include "storage/alert_table.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;

// Blocks a thread takes at a time: about 0.2 ms of sealing.
constexpr std::size_t kGrain = 32;

// The sealed block, or an empty string if nobody is left in it.
std::string PersonBlock(const LoopState& state, std::uint64_t block,
                        std::string_view key) {
  std::vector<storage::StoredPerson> persons;
  persons.reserve(storage::kPersonBlockSlots);
  for (std::uint32_t slot = 0; slot < storage::kPersonBlockSlots; ++slot) {
    const auto number =
        static_cast<PersonNo>(block * storage::kPersonBlockSlots + slot);
    if (number >= state.index.person_slots()) break;
    const Person& person = state.index.person(number);
    if (!person.live) continue;
    storage::StoredPerson& stored = persons.emplace_back();
    stored.slot = static_cast<std::uint8_t>(slot);
    stored.person_key = person.person_key;
    stored.data_key = person.data_key;
    stored.epoch = person.epoch;
    stored.paired = person.paired;
    if (const auto* previous = state.index.PreviousKey(number)) {
      stored.previous_key = *previous;
    }
  }
  if (persons.empty()) return std::string();
  return state.sealer->Seal(key, storage::EncodePersonBlock(persons).Expose());
}

std::vector<storage::StoredAlert> HeadsOf(const LoopState& state,
                                          std::uint64_t block) {
  std::vector<storage::StoredAlert> alerts;
  for (std::uint64_t slot = 0; slot < storage::kAlertBlockSlots; ++slot) {
    const std::uint64_t number = block * storage::kAlertBlockSlots + slot;
    const PersonNo person = state.index.FindAlertNumber(number);
    if (person == kNone) continue;
    const AlertInfo& info = *state.index.FindAlert(person);
    storage::StoredAlert& alert = alerts.emplace_back();
    alert.number = number;
    alert.alert_id = info.id;
    alert.person = person;
    alert.subject_id = state.index.person(person).subject_id();
    alert.state = info.state;
    alert.updated_micros = info.updated_micros;
    alert.match_digest = info.match_digest;
    alert.place = info.place;
    alert.flags = info.flags;
    alert.departments = info.departments;
  }
  return alerts;
}

// `make` gives the i-th block sealed, or an empty string.
template <typename Number>
void Write(
    const LoopState& state, Transaction& tx, Table table,
    const std::vector<Number>& blocks,
    absl::FunctionRef<std::string(std::size_t i, std::string_view key)> make) {
  std::vector<std::string> keys(blocks.size()), values(blocks.size());
  ParallelFor(state.threads, blocks.size(), kGrain,
              [&](std::size_t begin, std::size_t end) {
                for (std::size_t i = begin; i < end; ++i) {
                  keys[i] = NumberKey(table, blocks[i]);
                  values[i] = make(i, keys[i]);
                }
                return absl::OkStatus();
              })
      .IgnoreError();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (values[i].empty()) {
      tx.writes().Delete(std::move(keys[i]));
    } else {
      tx.writes().Put(std::move(keys[i]), std::move(values[i]));
    }
  }
}

}  // namespace

void WriteDirtyBlocks(LoopState& state, Transaction& tx) {
  const std::vector<std::uint32_t> persons(state.dirty_person_blocks.begin(),
                                           state.dirty_person_blocks.end());
  Write(state, tx, Table::kPersonBlock, persons,
        [&](std::size_t i, std::string_view key) {
          return PersonBlock(state, persons[i], key);
        });
  const std::vector<std::uint64_t> alerts(state.dirty_alert_blocks.begin(),
                                          state.dirty_alert_blocks.end());
  std::vector<std::vector<storage::StoredAlert>> heads(alerts.size());
  Write(state, tx, Table::kAlert, alerts,
        [&](std::size_t i, std::string_view key) {
          heads[i] = HeadsOf(state, alerts[i]);
          return heads[i].empty()
                     ? std::string()
                     : state.sealer->Seal(key, EncodeAlertBlock(heads[i]));
        });
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    state.heads.Put(alerts[i], std::move(heads[i]));
  }
  state.dirty_person_blocks.clear();
  state.dirty_alert_blocks.clear();
}

}  // namespace samkoer::matcher
