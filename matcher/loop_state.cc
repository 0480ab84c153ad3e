#include "matcher/loop_state.h"

#include <algorithm>

namespace samkoer::matcher {

samkoer::v1::AuditLeaf LoopState::MakeLeaf(
    absl::Time time, std::string_view actor, std::string_view certificate,
    samkoer::v1::AuditAction action) const {
  samkoer::v1::AuditLeaf leaf;
  leaf.set_version(1);
  *leaf.mutable_time() = ToProto(time);
  leaf.set_actor(std::string(actor));
  leaf.set_actor_certificate(std::string(certificate));
  leaf.set_action(action);
  leaf.set_purpose(purpose);
  return leaf;
}

void AddCount(samkoer::v1::AuditLeaf& leaf, std::string_view name,
              std::uint64_t value) {
  samkoer::v1::AuditCount* count = leaf.add_counts();
  count->set_name(std::string(name));
  count->set_value(value);
}

void SetSubjects(samkoer::v1::AuditLeaf& leaf,
                 std::vector<crypto::Hash16> subjects) {
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  leaf.clear_subjects();
  leaf.mutable_subjects()->Reserve(static_cast<int>(subjects.size()));
  for (const crypto::Hash16& subject : subjects) {
    leaf.add_subjects(subject.data(), subject.size());
  }
}

std::int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }

std::uint32_t ToSeconds(absl::Time time) {
  return static_cast<std::uint32_t>(absl::ToUnixSeconds(time));
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  const std::int64_t micros = absl::ToUnixMicros(time);
  std::int64_t seconds = micros / 1000000;
  std::int64_t rest = micros % 1000000;
  if (rest < 0) {
    rest += 1000000;
    --seconds;
  }
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<std::int32_t>(rest * 1000));
  return proto;
}

}  // namespace samkoer::matcher
