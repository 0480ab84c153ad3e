#include "matcher/measure_consents.h"

#include "matcher/coordination_words.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Coordination;
using samkoer::v1::MeasureConsent;

MeasureConsent* Find(Coordination& coordination, const std::string& measure) {
  for (MeasureConsent& consent : *coordination.mutable_consents()) {
    if (consent.measure() == measure) return &consent;
  }
  return nullptr;
}

absl::Status CheckMeasure(const std::string& measure) {
  return CheckWords("measure", measure, 1, kMaxNameBytes);
}

}  // namespace

absl::Status RecordConsent(Coordination& coordination,
                           const std::string& measure, bool given,
                           const google::protobuf::Timestamp& now) {
  if (absl::Status s = CheckMeasure(measure); !s.ok()) return s;
  MeasureConsent* consent = Find(coordination, measure);
  if (consent == nullptr) {
    if (coordination.consents_size() >= kMaxConsents) {
      return absl::FailedPreconditionError(
          "there are answers about 20 measures already");
    }
    consent = coordination.add_consents();
    consent->set_measure(measure);
  }
  consent->set_given(given);
  *consent->mutable_time() = now;
  if (!given) consent->clear_joined();
  return absl::OkStatus();
}

absl::Status JoinMeasure(Coordination& coordination, const std::string& measure,
                         const google::protobuf::Timestamp& now) {
  if (absl::Status s = CheckMeasure(measure); !s.ok()) return s;
  MeasureConsent* consent = Find(coordination, measure);
  if (consent == nullptr || !consent->given()) {
    return absl::FailedPreconditionError(
        "the young person has not said yes to this measure; record the answer "
        "first");
  }
  if (consent->has_joined()) {
    return absl::FailedPreconditionError("the measure has joined already");
  }
  *consent->mutable_joined() = now;
  return absl::OkStatus();
}

absl::Status LeaveMeasure(Coordination& coordination,
                          const std::string& measure) {
  if (absl::Status s = CheckMeasure(measure); !s.ok()) return s;
  MeasureConsent* consent = Find(coordination, measure);
  if (consent == nullptr || !consent->has_joined()) {
    return absl::FailedPreconditionError("the measure has not joined");
  }
  consent->clear_joined();
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
