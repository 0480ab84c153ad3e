#include "matcher/shared_texts.h"

#include <algorithm>
#include <functional>
#include <map>

#include "proto/absl_text.h"

namespace samkoer::matcher {
namespace {

constexpr std::size_t kCounters = 1 << 16;

}  // namespace

void SharedTexts::Count(std::uint16_t department, std::string_view text,
                        const crypto::Hash16& person_key) {
  if (text.size() < kMinBytes) return;
  if (seen_.empty()) seen_.resize(kCounters);
  const Place place(department, proto::Absl(text));
  // The same in every process: equal commands are to give equal numbers.
  const std::size_t hash = std::hash<std::string_view>()(text) + department;
  std::uint8_t& seen = seen_[hash % kCounters];
  if (seen < kSharers) {
    ++seen;
    return;
  }
  auto& persons = persons_[place];
  if (persons.size() < kSharers) persons.insert(person_key);
}

std::vector<std::pair<std::uint16_t, std::vector<std::string>>>
SharedTexts::Take() {
  std::map<std::uint16_t, std::vector<std::string>> shared;
  for (const auto& [place, persons] : persons_) {
    if (persons.size() < kSharers) continue;
    shared[place.first].emplace_back(place.second);
  }
  // Equal commands give equal numbers.
  for (auto& [department, texts] : shared) {
    std::sort(texts.begin(), texts.end());
  }
  seen_.clear();
  persons_.clear();
  return {shared.begin(), shared.end()};
}

}  // namespace samkoer::matcher
