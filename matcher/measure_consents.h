// The young person's answers about measures (other departments' efforts,
// programmes), and which of them are a part of the coordinated effort: none
// joins before a "yes", and none stays after a "no".
//
// Thread safety: all functions are pure. Where one refuses, the coordination is
// as it was.
#ifndef SAMKOER_MATCHER_MEASURE_CONSENTS_H_
#define SAMKOER_MATCHER_MEASURE_CONSENTS_H_

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "samkoer/v1/coordination.pb.h"

namespace samkoer::matcher {

// Answers that an alert keeps: years of work, and a bound of its size.
inline constexpr int kMaxConsents = 20;

// Writes down the answer about a measure, in place of an earlier one. "No" ends
// the measure's part in the effort. INVALID_ARGUMENT for a measure that breaks
// its bounds; FAILED_PRECONDITION for one too many.
absl::Status RecordConsent(samkoer::v1::Coordination& coordination,
                           const std::string& measure, bool given,
                           const google::protobuf::Timestamp& now);

// The measure becomes a part of the effort. FAILED_PRECONDITION unless the
// latest answer about it is "yes", and if it is a part already.
absl::Status JoinMeasure(samkoer::v1::Coordination& coordination,
                         const std::string& measure,
                         const google::protobuf::Timestamp& now);

// The measure is a part of the effort no more. FAILED_PRECONDITION if it was
// none.
absl::Status LeaveMeasure(samkoer::v1::Coordination& coordination,
                          const std::string& measure);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_MEASURE_CONSENTS_H_
