// What a check of a store has found: where, what, and what to do, and how much
// the store holds. Nothing here names a person or shows contents.
#ifndef SAMKOER_STORAGE_FINDINGS_H_
#define SAMKOER_STORAGE_FINDINGS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace samkoer::storage {

struct Finding {
  std::string place;    // "audit leaf 17"
  std::string problem;  // "is missing"
  std::string remedy;   // "restore the newest backup"
};

// What is to be done about damage of the store itself.
inline constexpr char kRestoreRemedy[] =
    "restore the newest backup that `doctor` finds in order";

// Thread safety: for one thread at a time.
class Findings {
 public:
  // More are counted, not kept: one fault can show in every row.
  static constexpr std::size_t kMaxKept = 100;

  void Add(std::string place, std::string problem,
           std::string remedy = kRestoreRemedy) {
    ++count_;
    if (kept_.size() < kMaxKept) {
      kept_.push_back(
          {std::move(place), std::move(problem), std::move(remedy)});
    }
  }
  // How many of something the store holds, for example "records"; once each.
  void Hold(std::string what, std::uint64_t count) {
    held_.emplace_back(std::move(what), count);
  }

  std::uint64_t count() const { return count_; }
  const std::vector<Finding>& kept() const { return kept_; }
  const std::vector<std::pair<std::string, std::uint64_t>>& held() const {
    return held_;
  }

 private:
  std::uint64_t count_ = 0;
  std::vector<Finding> kept_;
  std::vector<std::pair<std::string, std::uint64_t>> held_;
};

// Told of how many of the store's values have been looked at, which is an
// estimate; false ends the check with CANCELLED.
using CheckProgress =
    std::function<bool(std::uint64_t done, std::uint64_t total)>;

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_FINDINGS_H_
