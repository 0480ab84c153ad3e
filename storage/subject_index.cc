#include "storage/subject_index.h"

#include "storage/index_hash.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr int kMaxIndexedSubjects = 64;

}  // namespace

std::vector<std::string> SubjectIndexKeysOf(const crypto::HashKey& index_key,
                                            const samkoer::v1::AuditLeaf& leaf,
                                            std::uint64_t index) {
  if (leaf.action() == samkoer::v1::AUDIT_ACTION_ALERTS_MATCHED &&
      leaf.subjects_size() > kMaxIndexedSubjects) {
    return {
        SubjectIndexKey(IndexHash(index_key, kManySubjectsLabel, {}), index)};
  }
  std::vector<std::string> keys;
  for (const std::string& subject : leaf.subjects()) {
    keys.push_back(SubjectIndexKey(
        IndexHash(index_key, kSubjectLabel, crypto::AsBytes(subject)), index));
  }
  return keys;
}

}  // namespace samkoer::storage
