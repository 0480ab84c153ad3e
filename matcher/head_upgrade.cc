#include "matcher/head_upgrade.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "matcher/alert_store.h"
#include "matcher/block_writer.h"
#include "matcher/parallel.h"
#include "storage/alert_table.h"

namespace samkoer::matcher {
namespace {

// Alerts a thread takes at a time, and those of one write: some megabytes of
// blocks.
constexpr std::size_t kGrain = 256;
constexpr std::size_t kChunk = 65'536;

std::uint64_t BlockOf(const LoopState& state, PersonNo person) {
  return state.index.FindAlert(person)->number / storage::kAlertBlockSlots;
}

absl::Status UpgradeChunk(LoopState& state, Transaction& tx,
                          std::span<const PersonNo> persons) {
  std::vector<AlertInfo> infos(persons.size());
  absl::Status status = ParallelFor(
      state.threads, persons.size(), kGrain,
      [&](std::size_t begin, std::size_t end) {
        AlertLoader alerts(state, tx);
        for (std::size_t i = begin; i < end; ++i) {
          samkoer::v1::Alert alert;
          if (absl::Status s = alerts.Load(persons[i], alert); !s.ok()) {
            return s;
          }
          infos[i] = *state.index.FindAlert(persons[i]);
          DescribeAlert(state, alert, infos[i]);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    state.dirty_alert_blocks.insert(BlockOf(state, persons[i]));
    state.index.PutAlert(persons[i], std::move(infos[i]));
  }
  // A group without writes and leaves would not be written.
  WriteDirtyBlocks(state, tx);
  return absl::OkStatus();
}

}  // namespace

absl::Status UpgradeHeads(LoopState& state, Transaction& tx) {
  const std::vector<PersonNo> all = std::exchange(state.old_heads, {});
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    end = std::min(all.size(), begin + kChunk);
    while (end < all.size() &&
           BlockOf(state, all[end]) == BlockOf(state, all[end - 1])) {
      ++end;
    }
    if (absl::Status s =
            UpgradeChunk(state, tx, std::span(all).subspan(begin, end - begin));
        !s.ok()) {
      return s;
    }
    if (end == all.size()) break;
    if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
