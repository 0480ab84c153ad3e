#include "storage/alarm_table.h"

#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr char kVersion = 1;

}  // namespace

std::string AlarmKey(std::string_view id) {
  return TablePrefix(Table::kAlarm).append(id);
}

std::string EncodeAlarm(const samkoer::v1::Alarm& alarm) {
  return std::string(1, kVersion) + alarm.SerializeAsString();
}

absl::StatusOr<samkoer::v1::Alarm> DecodeAlarm(std::string_view plaintext) {
  if (!plaintext.empty() && plaintext[0] != kVersion) {
    return absl::FailedPreconditionError(
        "an alarm has an unknown version; use a newer program");
  }
  samkoer::v1::Alarm alarm;
  if (plaintext.empty() ||
      !alarm.ParseFromArray(plaintext.data() + 1,
                            static_cast<int>(plaintext.size() - 1)) ||
      alarm.alarm_id().size() != kAlarmIdBytes || alarm.kind() == 0) {
    return absl::DataLossError("an alarm is malformed");
  }
  return alarm;
}

}  // namespace samkoer::storage
