// Finds the names of plan owners that many records of a command share, so that
// they can be stored once and named by number.
//
// A text with a number stays for good (department_registry.h), also when its
// records are erased. So one gets a number only if kSharers different persons'
// records, at least, carry it in one command: then it is the department's, not
// a person's. A contact never gets one: it may be an employee's initials.
#ifndef SAMKOER_MATCHER_SHARED_TEXTS_H_
#define SAMKOER_MATCHER_SHARED_TEXTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "crypto/keyed_hash.h"

namespace samkoer::matcher {

// One thread's own.
class SharedTexts {
 public:
  static constexpr std::size_t kSharers = 32;
  // A number is no shorter than a shorter text.
  static constexpr std::size_t kMinBytes = 4;

  // A record of the person carries the text, whose bytes must stay until Take.
  // Texts are counted roughly first, so that many that nobody shares cost next
  // to nothing: up to kSharers records are passed over before persons count.
  void Count(std::uint16_t department, std::string_view text,
             const crypto::Hash16& person_key);

  // What kSharers persons share, by department, ascending; nothing is counted
  // afterwards.
  std::vector<std::pair<std::uint16_t, std::vector<std::string>>> Take();

 private:
  using Place = std::pair<std::uint16_t, absl::string_view>;
  // How often any text with these 16 bits of a hash came, at most kSharers.
  std::vector<std::uint8_t> seen_;
  absl::flat_hash_map<Place, absl::flat_hash_set<crypto::Hash16>> persons_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SHARED_TEXTS_H_
