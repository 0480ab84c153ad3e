#include "matcher/padding.h"

#include <string>

namespace samkoer::matcher {

void PadAnswer(samkoer::v1::LookUpPersonResponse& answer) {
  answer.clear_padding();
  const std::size_t bare = answer.ByteSizeLong();
  std::size_t whole = (bare + kAnswerUnit - 1) / kAnswerUnit * kAnswerUnit;
  if (whole == 0) whole = kAnswerUnit;
  if (whole == bare) return;
  // The field's own tag and length take 2 to 4 bytes, so that some gaps cannot
  // be filled: then the next multiple is taken, whose gap can.
  for (int tries = 0; tries < 2; ++tries, whole += kAnswerUnit) {
    for (std::size_t overhead = 2; overhead <= 4; ++overhead) {
      if (bare + overhead >= whole) break;
      answer.set_padding(std::string(whole - bare - overhead, '\0'));
      if (answer.ByteSizeLong() == whole) return;
    }
  }
}

}  // namespace samkoer::matcher
