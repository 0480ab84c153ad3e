// Answers of one size, so that who watches a connection does not learn from
// their length what they say. Pure.
#ifndef SAMKOER_MATCHER_PADDING_H_
#define SAMKOER_MATCHER_PADDING_H_

#include <cstddef>

#include "samkoer/v1/audit.pb.h"

namespace samkoer::matcher {

// What the serialized length of an answer about a person is a multiple of. An
// ordinary person's answer, some cases and some hundred accesses, fits into
// one.
inline constexpr std::size_t kAnswerUnit = std::size_t{16} * 1024;

// Sets `padding` so that the serialized answer's length is the least multiple
// of kAnswerUnit that can be had. Call last.
void PadAnswer(samkoer::v1::LookUpPersonResponse& answer);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PADDING_H_
