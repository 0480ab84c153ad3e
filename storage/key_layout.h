// The one place for the keys of the store: a table's tag (1 byte), then numbers
// of fixed width, big-endian, so that the engine's order is the numbers' order.
// FORMAT.md has the values. No key holds anything personal: only numbers that
// the store gave out itself, fixed words, and keyed hashes (index_hash.h).
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_KEY_LAYOUT_H_
#define SAMKOER_STORAGE_KEY_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keyed_hash.h"

namespace samkoer::storage {

// The tags stand in stores and never change.
enum class Table : char {
  kAlert = 'A',         // alert number u64
  kStagedBatch = 'B',   // push number u64, batch number u64
  kConference = 'C',    // conference id u64
  kDepartment = 'D',    // department number u64
  kFeed = 'F',          // sequence number u64
  kProposal = 'G',      // proposal number u64
  kAuditTile = 'H',     // tile level u8, tile index u64
  kInquiry = 'I',       // inquiry id u64
  kPersonBlock = 'K',   // block number u64
  kAuditLeaf = 'L',     // leaf index u64
  kMeta = 'M',          // a word
  kNotice = 'N',        // department number u64, keyed hash (16) of the case
                        // reference
  kObjection = 'O',     // keyed hash (16) of the person key
  kPolicy = 'P',        // policy version u64
  kQuota = 'Q',         // keyed hash (16) of the subject
  kSegment = 'S',       // segment number u64
  kPush = 'T',          // push number u64
  kAlarm = 'W',         // alarm id (8, random)
  kSubjectIndex = 'X',  // keyed hash (16) of the subject id, leaf index u64
  kMonth = 'Y',         // year * 12 + month - 1, u64
};

// The prefix under which Scan finds the whole table.
std::string TablePrefix(Table table);
// The table of a key; none if the tag is unknown or the key is empty.
std::optional<Table> TableOf(std::string_view key);

// Whether a value is a sealed one: all are but the store's identity, and the
// empty ones of tables whose keys say everything.
bool IsSealed(std::string_view key, std::string_view value);

// Keys of the tables whose key is one number: kAlert, kConference, kDepartment,
// kFeed, kInquiry, kMonth, kPersonBlock, kAuditLeaf, kPolicy, kProposal,
// kSegment, kPush. 9 bytes.
std::string NumberKey(Table table, std::uint64_t number);
// The number of such a key; none unless the key is exactly of that table.
std::optional<std::uint64_t> ParseNumberKey(Table table, std::string_view key);

// 17 bytes. StagedBatchPrefix finds all batches of one push.
std::string StagedBatchKey(std::uint64_t push, std::uint64_t batch);
std::string StagedBatchPrefix(std::uint64_t push);
struct StagedBatchNumbers {
  std::uint64_t push = 0;
  std::uint64_t batch = 0;
};
std::optional<StagedBatchNumbers> ParseStagedBatchKey(std::string_view key);

// 10 bytes.
std::string AuditTileKey(std::uint8_t level, std::uint64_t index);

// 'M' and the word.
std::string MetaKey(std::string_view word);
// The word of the store's identity, the one meta value that is not sealed.
inline constexpr std::string_view kIdentityWord = "store";

// 17 bytes.
std::string QuotaKey(const crypto::Hash16& subject_hash);

// 25 bytes. NoticePrefix finds all notices of one department.
std::string NoticeKey(std::uint64_t department,
                      const crypto::Hash16& case_hash);
std::string NoticePrefix(std::uint64_t department);

// 17 bytes.
std::string ObjectionKey(const crypto::Hash16& person_hash);
// The hash; none unless the key is one of this table.
std::optional<crypto::Hash16> ParseObjectionKey(std::string_view key);

// 25 bytes. SubjectIndexPrefix finds all entries of one subject.
std::string SubjectIndexKey(const crypto::Hash16& subject_hash,
                            std::uint64_t leaf_index);
std::string SubjectIndexPrefix(const crypto::Hash16& subject_hash);
// The leaf index; none unless the key is one of this table.
std::optional<std::uint64_t> ParseSubjectIndexKey(std::string_view key);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_KEY_LAYOUT_H_
