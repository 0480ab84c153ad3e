// The Alarms rpcs answered by the matcher.
#ifndef SAMKOER_SERVER_MATCHER_ALARMS_BACKEND_H_
#define SAMKOER_SERVER_MATCHER_ALARMS_BACKEND_H_

#include "matcher/matcher.h"
#include "samkoer/v1/alarms.pb.h"
#include "server/alarms_service.h"
#include "server/caller_of.h"

namespace samkoer::server {

class MatcherAlarmsBackend final : public AlarmsBackend {
 public:
  // `matcher` must outlive this.
  explicit MatcherAlarmsBackend(matcher::Matcher& matcher)
      : matcher_(matcher) {}

  absl::StatusOr<v1::ListAlarmsResponse> List(
      const Identity& who, const v1::ListAlarmsRequest& request) override {
    return matcher_.ListAlarms(CallerOf(who), request);
  }
  absl::StatusOr<v1::AcknowledgeAlarmResponse> Acknowledge(
      const Identity& who,
      const v1::AcknowledgeAlarmRequest& request) override {
    return matcher_.AcknowledgeAlarm(CallerOf(who), request);
  }

 private:
  matcher::Matcher& matcher_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_ALARMS_BACKEND_H_
