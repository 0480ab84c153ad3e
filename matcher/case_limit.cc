#include "matcher/case_limit.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "proto/case_limit.h"

namespace samkoer::matcher {
namespace {

using proto::kMaxCasesOfPerson;

absl::Status TooMany(std::uint64_t batch, std::uint64_t record) {
  return absl::InvalidArgumentError(absl::StrCat(
      "batch ", batch, ", record ", record,
      ": the person would have more than ", kMaxCasesOfPerson,
      " cases in this department; correct the export, or leave the person's "
      "cases out"));
}

// Of a department's records of a person: those that `counts` says yes to.
template <typename Counts>
std::size_t CountHeld(const LoopState& state, std::uint16_t department,
                      PersonNo person, const Counts& counts) {
  std::size_t held = 0;
  if (person == kNone) return held;
  for (RecordNo r = state.index.person(person).first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    if (state.index.record(r).attributes.department == department &&
        counts(r)) {
      ++held;
    }
  }
  return held;
}

// The batch's number of each record that is staged.
std::vector<std::uint32_t> StagedNumbers(const PreparedBatch& batch) {
  std::vector<std::uint32_t> numbers;
  auto objected = batch.objected.begin();
  for (std::uint32_t i = 0; i < batch.record_count; ++i) {
    if (objected != batch.objected.end() && objected->record == i) {
      ++objected;
    } else {
      numbers.push_back(i);
    }
  }
  return numbers;
}

struct Stated {
  std::size_t records = 0;
  std::size_t last = 0;
};

}  // namespace

absl::Status CheckDeltaCases(const LoopState& state, std::uint16_t department,
                             const PreparedBatch& batch,
                             const std::vector<storage::StagedRecord>& records,
                             const std::vector<crypto::Hash16>& mentioned) {
  absl::flat_hash_map<crypto::Hash16, Stated> persons;
  for (std::size_t i = 0; i < records.size(); ++i) {
    Stated& stated = persons[records[i].person_key];
    ++stated.records;
    stated.last = i;
  }
  const auto stays = [&](RecordNo r) {
    return !std::binary_search(mentioned.begin(), mentioned.end(),
                               state.index.record(r).case_id);
  };
  std::size_t first = records.size();
  for (const auto& [key, stated] : persons) {
    const PersonNo person = state.index.FindPerson(key);
    const auto& previous = records[stated.last].previous_key;
    const PersonNo before =
        previous ? state.index.FindCurrent(*previous) : kNone;
    std::size_t cases =
        stated.records + CountHeld(state, department, person, stays);
    if (before != person) cases += CountHeld(state, department, before, stays);
    if (cases > kMaxCasesOfPerson) first = std::min(first, stated.last);
  }
  if (first == records.size()) return absl::OkStatus();
  return TooMany(batch.number, StagedNumbers(batch)[first]);
}

absl::Status CheckSnapshotCases(const LoopState& state, const OpenPush& push,
                                const StagedSnapshot& snapshot,
                                const SnapshotDiff& diff) {
  // Counting everybody exactly would cost a map of all persons. Places that
  // several share count too much, and are looked at again.
  constexpr std::size_t kPlaces = std::size_t{1} << 20;
  const auto place = [](const crypto::Hash16& key) {
    std::uint64_t hash;
    std::memcpy(&hash, key.data(), sizeof(hash));
    return hash % kPlaces;
  };
  const std::uint16_t department = push.stored.department;
  const auto all = [](RecordNo) { return true; };
  std::vector<std::uint32_t> counts(kPlaces);
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
    std::uint32_t& count = counts[place(snapshot.records[i].person_key)];
    // What is not stated, but stays, matters where something is new.
    if (diff.existing[i] == kNone) {
      const std::size_t held =
          CountHeld(state, department, diff.persons[i], all);
      count = std::max(count, static_cast<std::uint32_t>(held));
    }
    most = std::max(most, ++count);
  }
  if (most <= kMaxCasesOfPerson) return absl::OkStatus();

  std::map<crypto::Hash16, Stated> suspects;
  for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
    const crypto::Hash16& key = snapshot.records[i].person_key;
    if (counts[place(key)] <= kMaxCasesOfPerson) continue;
    Stated& stated = suspects[key];
    ++stated.records;
    stated.last = i;
  }
  std::vector<RecordNo> replaced;
  for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
    if (diff.existing[i] != kNone &&
        suspects.contains(snapshot.records[i].person_key)) {
      replaced.push_back(diff.existing[i]);
    }
  }
  std::sort(replaced.begin(), replaced.end());
  const auto stays = [&](RecordNo r) {
    return !std::binary_search(replaced.begin(), replaced.end(), r) &&
           !std::binary_search(diff.withdrawn.begin(), diff.withdrawn.end(), r);
  };
  std::size_t first = snapshot.records.size();
  for (const auto& [key, stated] : suspects) {
    const PersonNo person = diff.persons[stated.last];
    if (stated.records + CountHeld(state, department, person, stays) >
        kMaxCasesOfPerson) {
      first = std::min(first, stated.last);
    }
  }
  if (first == snapshot.records.size()) return absl::OkStatus();
  const auto batch = std::upper_bound(snapshot.batch_ends.begin(),
                                      snapshot.batch_ends.end(), first);
  const std::size_t begin =
      batch == snapshot.batch_ends.begin() ? 0 : *std::prev(batch);
  return TooMany(
      static_cast<std::uint64_t>(batch - snapshot.batch_ends.begin()),
      first - begin);
}

std::size_t LimitShownCases(const LoopState& state,
                            std::span<const RecordNo> records,
                            std::vector<std::uint32_t>& cases) {
  if (cases.size() <= kMaxShownCases) return 0;
  const auto record = [&](std::uint32_t i) -> const Record& {
    return state.index.record(records[i]);
  };
  std::sort(cases.begin(), cases.end(), [&](std::uint32_t a, std::uint32_t b) {
    return record(a).case_id < record(b).case_id;
  });
  std::map<std::uint16_t, std::size_t> seen;
  std::vector<std::tuple<std::size_t, std::uint16_t, std::uint32_t>> ranked;
  for (const std::uint32_t i : cases) {
    const std::uint16_t department = record(i).attributes.department;
    ranked.emplace_back(seen[department]++, department, i);
  }
  std::sort(ranked.begin(), ranked.end());
  const std::size_t left_out = cases.size() - kMaxShownCases;
  cases.clear();
  for (std::size_t n = 0; n < kMaxShownCases; ++n) {
    cases.push_back(std::get<2>(ranked[n]));
  }
  return left_out;
}

samkoer::v1::Reason LeftOutReason(std::size_t shown, std::size_t left_out) {
  samkoer::v1::Reason reason;
  reason.set_kind("left-out");
  reason.set_text(
      absl::StrCat("Viser ", shown, " af ", shown + left_out, " sager"));
  return reason;
}

void FitAlert(samkoer::v1::Alert& alert) {
  if (alert.ByteSizeLong() <= kMaxAlertBytes) return;
  const auto cases = static_cast<std::size_t>(alert.participants_size());
  if (cases <= kMaxShownCases) return;
  const std::size_t left_out = cases - kMaxShownCases;
  alert.mutable_participants()->DeleteSubrange(kMaxShownCases,
                                               static_cast<int>(left_out));
  *alert.add_reasons() = LeftOutReason(kMaxShownCases, left_out);
}

}  // namespace samkoer::matcher
