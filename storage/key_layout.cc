#include "storage/key_layout.h"

#include <algorithm>

namespace samkoer::storage {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kHashBytes = 16;

void PutBigEndian(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

std::uint64_t BigEndianAt(std::string_view key, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + kNumberBytes; ++i) {
    value = value << 8 | static_cast<std::uint8_t>(key[i]);
  }
  return value;
}

bool IsKeyOf(Table table, std::string_view key, std::size_t size) {
  return key.size() == size && key.front() == static_cast<char>(table);
}

}  // namespace

std::string TablePrefix(Table table) {
  return std::string(1, static_cast<char>(table));
}

std::optional<Table> TableOf(std::string_view key) {
  if (key.empty()) return std::nullopt;
  switch (const auto table = static_cast<Table>(key.front())) {
    case Table::kAlert:
    case Table::kStagedBatch:
    case Table::kConference:
    case Table::kDepartment:
    case Table::kFeed:
    case Table::kProposal:
    case Table::kAuditTile:
    case Table::kInquiry:
    case Table::kPersonBlock:
    case Table::kAuditLeaf:
    case Table::kMeta:
    case Table::kNotice:
    case Table::kObjection:
    case Table::kPolicy:
    case Table::kQuota:
    case Table::kSegment:
    case Table::kPush:
    case Table::kAlarm:
    case Table::kSubjectIndex:
    case Table::kMonth:
      return table;
  }
  return std::nullopt;
}

std::string NumberKey(Table table, std::uint64_t number) {
  std::string key = TablePrefix(table);
  PutBigEndian(key, number);
  return key;
}

std::optional<std::uint64_t> ParseNumberKey(Table table, std::string_view key) {
  if (!IsKeyOf(table, key, 1 + kNumberBytes)) return std::nullopt;
  return BigEndianAt(key, 1);
}

std::string StagedBatchPrefix(std::uint64_t push) {
  return NumberKey(Table::kStagedBatch, push);
}

std::string StagedBatchKey(std::uint64_t push, std::uint64_t batch) {
  std::string key = StagedBatchPrefix(push);
  PutBigEndian(key, batch);
  return key;
}

std::optional<StagedBatchNumbers> ParseStagedBatchKey(std::string_view key) {
  if (!IsKeyOf(Table::kStagedBatch, key, 1 + 2 * kNumberBytes)) {
    return std::nullopt;
  }
  return StagedBatchNumbers{BigEndianAt(key, 1),
                            BigEndianAt(key, 1 + kNumberBytes)};
}

std::string AuditTileKey(std::uint8_t level, std::uint64_t index) {
  std::string key = TablePrefix(Table::kAuditTile);
  key.push_back(static_cast<char>(level));
  PutBigEndian(key, index);
  return key;
}

std::string MetaKey(std::string_view word) {
  return TablePrefix(Table::kMeta).append(word);
}

bool IsSealed(std::string_view key, std::string_view value) {
  return !value.empty() && key != MetaKey(kIdentityWord);
}

std::string QuotaKey(const crypto::Hash16& subject_hash) {
  return TablePrefix(Table::kQuota).append(crypto::AsText(subject_hash));
}

std::string NoticePrefix(std::uint64_t department) {
  return NumberKey(Table::kNotice, department);
}

std::string NoticeKey(std::uint64_t department,
                      const crypto::Hash16& case_hash) {
  return NoticePrefix(department).append(crypto::AsText(case_hash));
}

std::string ObjectionKey(const crypto::Hash16& person_hash) {
  return TablePrefix(Table::kObjection).append(crypto::AsText(person_hash));
}

std::optional<crypto::Hash16> ParseObjectionKey(std::string_view key) {
  if (!IsKeyOf(Table::kObjection, key, 1 + kHashBytes)) return std::nullopt;
  crypto::Hash16 hash;
  std::copy(key.begin() + 1, key.end(), hash.begin());
  return hash;
}

std::string SubjectIndexPrefix(const crypto::Hash16& subject_hash) {
  return TablePrefix(Table::kSubjectIndex).append(crypto::AsText(subject_hash));
}

std::string SubjectIndexKey(const crypto::Hash16& subject_hash,
                            std::uint64_t leaf_index) {
  std::string key = SubjectIndexPrefix(subject_hash);
  PutBigEndian(key, leaf_index);
  return key;
}

std::optional<std::uint64_t> ParseSubjectIndexKey(std::string_view key) {
  constexpr std::size_t kSize = 1 + kHashBytes + kNumberBytes;
  if (!IsKeyOf(Table::kSubjectIndex, key, kSize)) return std::nullopt;
  return BigEndianAt(key, 1 + kHashBytes);
}

}  // namespace samkoer::storage
