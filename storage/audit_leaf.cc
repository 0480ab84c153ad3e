#include "storage/audit_leaf.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "storage/audit_log.h"

namespace samkoer::storage {
namespace {

absl::Status Bad(absl::string_view field, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("audit leaf: ", field, " ", what));
}

bool EmptyOr(const std::string& bytes, std::size_t size) {
  return bytes.empty() || bytes.size() == size;
}

}  // namespace

absl::Status ValidateLeaf(const samkoer::v1::AuditLeaf& leaf) {
  if (leaf.version() != 1) return Bad("version", "is not 1");
  if (!leaf.has_time()) return Bad("time", "is missing");
  if (leaf.actor().empty()) return Bad("actor", "is empty");
  if (leaf.purpose().empty()) return Bad("purpose", "is empty");
  if (leaf.action() == samkoer::v1::AUDIT_ACTION_UNSPECIFIED ||
      !samkoer::v1::AuditAction_IsValid(leaf.action())) {
    return Bad("action", "is not a known one");
  }
  if (!EmptyOr(leaf.actor_certificate(), 32)) {
    return Bad("actor_certificate", "is not 32 bytes");
  }
  if (!EmptyOr(leaf.digest(), 32)) return Bad("digest", "is not 32 bytes");
  if (!EmptyOr(leaf.push_id(), 16)) return Bad("push_id", "is not 16 bytes");
  if (leaf.reason().size() > 500) return Bad("reason", "is over 500 bytes");
  if (leaf.detail().size() > 200) return Bad("detail", "is over 200 bytes");
  if (leaf.subjects_size() > static_cast<int>(kMaxLeafSubjects)) {
    return Bad("subjects", absl::StrCat("are more than ", kMaxLeafSubjects));
  }
  for (int i = 0; i < leaf.subjects_size(); ++i) {
    if (leaf.subjects(i).size() != 16) {
      return Bad("subjects", "are not all 16 bytes");
    }
    if (i > 0 && leaf.subjects(i - 1) >= leaf.subjects(i)) {
      return Bad("subjects", "are not strictly ascending");
    }
  }
  if (leaf.ByteSizeLong() > kMaxLeafBytes) {
    return Bad("the whole", absl::StrCat("is over ", kMaxLeafBytes, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace samkoer::storage
