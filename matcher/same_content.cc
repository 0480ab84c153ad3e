#include "matcher/same_content.h"

#include <algorithm>

#include "matcher/parallel.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

// Records a thread compares at a time: about a millisecond.
constexpr std::size_t kGrain = 512;

absl::StatusOr<bool> IsSame(const LoopState& state, ContentReader& contents,
                            const storage::StagedRecord& record,
                            RecordNo existing) {
  auto bytes = contents.Get(existing);
  if (!bytes.ok()) return bytes.status();
  const std::uint16_t department =
      state.index.record(existing).attributes.department;
  auto held =
      storage::ParseRecordContent(*bytes, state.departments.texts(department));
  if (!held.ok()) return held.status();
  auto sent = storage::ParseCanonicalTail(record.canonical_tail);
  if (!sent.ok()) return sent.status();
  const auto unit = state.departments.FindUnit(department, sent->unit);
  return unit && *unit == held->unit &&
         static_cast<const storage::RecordContent&>(*held) ==
             static_cast<const storage::RecordContent&>(*sent);
}

}  // namespace

absl::StatusOr<std::vector<std::uint8_t>> FindSameContents(
    const LoopState& state, RecordChanges& changes,
    std::span<const storage::StagedRecord> records,
    std::span<const RecordNo> existing) {
  std::vector<std::uint8_t> same(records.size(), 0);
  if (state.epochs->size() < 2) return same;
  changes.Settle();
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    if (existing[i] != kNone &&
        state.index.record(existing[i]).fingerprint != records[i].fingerprint) {
      open.push_back(i);
    }
  }
  // Neighbours lie in one segment, which is opened once.
  std::sort(open.begin(), open.end(), [&](std::uint32_t a, std::uint32_t b) {
    return existing[a] < existing[b];
  });
  absl::Status status =
      ParallelFor(state.threads, open.size(), kGrain,
                  [&](std::size_t begin, std::size_t end) -> absl::Status {
                    ContentReader contents(changes);
                    for (std::size_t i = begin; i < end; ++i) {
                      auto is_same = IsSame(state, contents, records[open[i]],
                                            existing[open[i]]);
                      if (!is_same.ok()) return is_same.status();
                      same[open[i]] = *is_same ? 1 : 0;
                    }
                    return absl::OkStatus();
                  });
  if (!status.ok()) return status;
  return same;
}

}  // namespace samkoer::matcher
