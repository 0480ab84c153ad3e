// Alarms, under the table and the id.
//
// Plaintext, version 1: version (u8 = 1), the serialized samkoer.v1.Alarm.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_ALARM_TABLE_H_
#define SAMKOER_STORAGE_ALARM_TABLE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "samkoer/v1/alarms.pb.h"

namespace samkoer::storage {

// The bytes of an alarm's id.
inline constexpr std::size_t kAlarmIdBytes = 8;

// `id` must have 8 bytes.
std::string AlarmKey(std::string_view id);

std::string EncodeAlarm(const samkoer::v1::Alarm& alarm);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<samkoer::v1::Alarm> DecodeAlarm(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ALARM_TABLE_H_
