// Which keys lead from the subjects of a leaf to it (FORMAT.md, Subject index).
//
// Thread safety: pure.
#ifndef SAMKOER_STORAGE_SUBJECT_INDEX_H_
#define SAMKOER_STORAGE_SUBJECT_INDEX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/keyed_hash.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::storage {

// One label of IndexHash for a subject's own leaves, one for the leaves about
// many subjects, which are listed under nothing.
inline constexpr char kSubjectLabel[] = "subject";
inline constexpr char kManySubjectsLabel[] = "many-subjects";

// The keys of one leaf; their values are empty. A leaf that the matcher writes
// about its own matches of more than 64 subjects has one key for all: one a
// subject would cost more than the leaf, and they are a few a night. Leaves
// that people cause would be too many to search.
std::vector<std::string> SubjectIndexKeysOf(const crypto::HashKey& index_key,
                                            const samkoer::v1::AuditLeaf& leaf,
                                            std::uint64_t index);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_SUBJECT_INDEX_H_
