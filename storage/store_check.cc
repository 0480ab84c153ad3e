#include "storage/store_check.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crypto/merkle.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/audit_leaf.h"
#include "storage/audit_tiles.h"
#include "storage/key_layout.h"
#include "storage/subject_index.h"

namespace samkoer::storage {
namespace {

// How many values between two looks at the progress.
constexpr std::uint64_t kTell = 256;
// As a tile of the tree.
constexpr std::size_t kGroup = 256;
constexpr std::size_t kTileBytes = 256 * sizeof(crypto::Hash32);

struct TableShape {
  std::size_t key_bytes;  // 0: any
  bool matcher;
  bool keyd;
};

TableShape ShapeOf(Table table) {
  switch (table) {
    case Table::kAlert:
    case Table::kConference:
    case Table::kDepartment:
    case Table::kFeed:
    case Table::kInquiry:
    case Table::kMonth:
    case Table::kPersonBlock:
    case Table::kPolicy:
    case Table::kPush:
    case Table::kSegment:
      return {9, true, false};
    case Table::kAuditLeaf:
    case Table::kProposal:
    case Table::kAlarm:
      return {9, true, true};
    case Table::kStagedBatch:
    case Table::kObjection:
      return {17, true, false};
    case Table::kQuota:
      return {17, false, true};
    case Table::kAuditTile:
      return {10, true, true};
    case Table::kMeta:
      return {0, true, true};
    case Table::kNotice:
      return {25, true, false};
    case Table::kSubjectIndex:
      return {25, true, true};
  }
  return {0, false, false};
}

// A key says nothing of anybody (key_layout.h).
std::string PlaceOf(std::string_view key) {
  if (key.empty()) return "the empty key";
  std::string hex;
  for (const char byte : key.substr(1, 40)) {
    absl::StrAppendFormat(&hex, "%02x", static_cast<std::uint8_t>(byte));
  }
  return absl::StrCat("table ", std::string(1, key[0]), ", key ", hex);
}

// What may be told of one value's fault, grouped where it may be in every row.
class ValueFaults {
 public:
  void Look(const CheckedStore& store, std::string_view key,
            std::string_view value, Findings& findings) {
    const auto table = TableOf(key);
    const TableShape shape = table ? ShapeOf(*table) : TableShape{};
    if (!table ||
        !(store.kind == StoreKind::kMatcher ? shape.matcher : shape.keyd)) {
      ++unknown_[key.empty() ? '\0' : key[0]];
      return;
    }
    if (shape.key_bytes != 0 && key.size() != shape.key_bytes) {
      findings.Add(PlaceOf(key), "the key is malformed");
      return;
    }
    if (!IsSealed(key, value)) {
      const bool identity = key == MetaKey(kIdentityWord);
      const bool index = *table == Table::kSubjectIndex;
      if (identity ? value.empty() : !index) {
        findings.Add(PlaceOf(key), "the value is empty");
      }
      return;
    }
    if (*table == Table::kSubjectIndex) {
      findings.Add(PlaceOf(key), "the value should be empty");
      return;
    }
    const auto opened = store.sealer.OpenSecret(key, value);
    if (opened.ok()) return;
    const auto generation = ValueSealer::GenerationOf(key, value);
    if (absl::IsFailedPrecondition(opened.status()) && generation.ok()) {
      ++generations_[*generation];
    } else {
      findings.Add(PlaceOf(key), "the value does not open");
    }
  }

  void Tell(Findings& findings) const {
    for (const auto& [tag, count] : unknown_) {
      findings.Add(
          absl::StrFormat("table 0x%02x", static_cast<std::uint8_t>(tag)),
          absl::StrCat(count,
                       " values of a table that this store does not "
                       "have"),
          "a newer program wrote them: use that one; otherwise restore the "
          "newest backup");
    }
    for (const auto& [generation, count] : generations_) {
      findings.Add(absl::StrCat("key-encryption key ", generation),
                   absl::StrCat(count,
                                " values are sealed under it, and the "
                                "keyring does not have it"),
                   "put the keyring back that belongs to this store");
    }
  }

 private:
  std::map<char, std::uint64_t> unknown_;
  std::map<std::uint32_t, std::uint64_t> generations_;
};

class LogCheck {
 public:
  LogCheck(const CheckedStore& store, Findings& findings)
      : store_(store), findings_(findings) {}

  absl::Status Run() {
    absl::Status status;
    const absl::Status scanned = store_.reader.Scan(
        TablePrefix(Table::kAuditLeaf), "",
        [&](std::string_view key, std::string_view value) {
          const auto index = ParseNumberKey(Table::kAuditLeaf, key);
          if (!index) return true;  // CheckValues tells of it
          if (*index != next_) {
            Hole(*index);
            return false;
          }
          TakeIn(key, value);
          if (hashes_.size() == kGroup) status = Flush();
          return status.ok();
        });
    if (!scanned.ok()) return scanned;
    if (!status.ok()) return status;
    if (status = Flush(); !status.ok()) return status;
    // Behind a hole nothing can be said.
    if (hole_) return absl::OkStatus();
    CompareFilling();
    if (status = CountTiles(); !status.ok()) return status;
    return CountIndex();
  }

 private:
  void Hole(std::uint64_t found) {
    hole_ = true;
    findings_.Add(absl::StrCat("audit leaf ", next_),
                  absl::StrCat("is missing; the next one is ", found));
  }

  void TakeIn(std::string_view key, std::string_view value) {
    const std::uint64_t index = next_++;
    const std::string place = absl::StrCat("audit leaf ", index);
    const auto bytes = store_.sealer.Open(key, value);
    if (!bytes.ok()) {
      unread_ = true;
      hashes_.emplace_back();  // the tree is then another, which is told once
      findings_.Add(place, "does not open");
      return;
    }
    hashes_.push_back(crypto::LeafHash(crypto::AsBytes(*bytes)));
    samkoer::v1::AuditLeaf leaf;
    if (!leaf.ParseFromString(*bytes)) {
      findings_.Add(place, "is no leaf");
      return;
    }
    if (absl::Status valid = ValidateLeaf(leaf); !valid.ok()) {
      findings_.Add(place, std::string(valid.message()),
                    "report it: the program that wrote it was wrong");
    }
    std::set<std::string> keys;
    for (std::string& subject :
         SubjectIndexKeysOf(store_.index_key, leaf, index)) {
      keys.insert(std::move(subject));
    }
    for (const std::string& subject : keys) {
      if (store_.reader.Get(subject).ok()) ++indexed_;
    }
  }

  // Builds the tree on, and compares each tile that it writes.
  absl::Status Flush() {
    if (!hashes_.empty() && !unread_) {
      WriteBatch tiles;
      edge_.Append(hashes_, store_.sealer, tiles);
      for (const WriteBatch::Operation& tile : tiles.operations()) {
        if (tile.value) Compare(tile.key, *tile.value);
      }
    }
    hashes_.clear();
    if (store_.progress && !store_.progress(next_, 0)) {
      return absl::CancelledError("the check was ended");
    }
    return absl::OkStatus();
  }

  std::optional<std::string> Stored(const std::string& key) {
    const auto value = store_.reader.Get(key);
    const auto stored =
        value.ok() ? store_.sealer.Open(key, *value) : value.status();
    if (stored.ok()) return *stored;
    return std::nullopt;
  }

  void Compare(const std::string& key, const std::string& sealed) {
    const auto wanted = store_.sealer.Open(key, sealed);
    if (!wanted.ok()) return;
    if (filling_.insert_or_assign(key, *wanted).second) ++tiles_;
    if (wanted->size() < kTileBytes) return;
    filling_.erase(key);
    Judge(key, *wanted);
  }

  void CompareFilling() {
    for (const auto& [key, wanted] : filling_) Judge(key, wanted);
  }

  void Judge(const std::string& key, const std::string& wanted) {
    if (unread_ || Stored(key) == wanted) return;
    findings_.Add(PlaceOf(key),
                  "the tile of the audit log's tree is not that of its leaves");
  }

  absl::Status CountTiles() {
    std::uint64_t tiles = 0;
    const absl::Status scanned = store_.reader.Scan(
        TablePrefix(Table::kAuditTile), "",
        [&](std::string_view, std::string_view) { return ++tiles != 0; });
    if (scanned.ok() && !unread_ && tiles > tiles_) {
      findings_.Add("audit log",
                    absl::StrCat("the tree has ", tiles, " tiles, its ", next_,
                                 " leaves need ", tiles_,
                                 ": leaves at the end are missing"));
    }
    return scanned;
  }

  absl::Status CountIndex() {
    std::uint64_t entries = 0;
    const absl::Status scanned = store_.reader.Scan(
        TablePrefix(Table::kSubjectIndex), "",
        [&](std::string_view, std::string_view) { return ++entries != 0; });
    if (scanned.ok() && !unread_ && entries != indexed_) {
      findings_.Add("subject index",
                    absl::StrCat(entries - indexed_, " of ", entries,
                                 " entries lead to no leaf that names the "
                                 "subject"));
    }
    return scanned;
  }

  const CheckedStore& store_;
  Findings& findings_;
  std::uint64_t next_ = 0;
  bool hole_ = false;
  bool unread_ = false;
  std::vector<crypto::Hash32> hashes_;
  TileEdge edge_;
  std::map<std::string, std::string> filling_;  // the last tile of each level
  std::uint64_t tiles_ = 0;
  std::uint64_t indexed_ = 0;
};

}  // namespace

absl::StatusOr<std::uint64_t> CheckValues(const CheckedStore& store,
                                          Findings& findings) {
  ValueFaults faults;
  std::uint64_t values = 0;
  bool ended = false;
  const absl::Status scanned = store.reader.Scan(
      "", "", [&](std::string_view key, std::string_view value) {
        faults.Look(store, key, value, findings);
        ended = ++values % kTell == 0 && store.progress &&
                !store.progress(values, 0);
        return !ended;
      });
  if (!scanned.ok()) return scanned;
  if (ended) return absl::CancelledError("the check was ended");
  faults.Tell(findings);
  return values;
}

absl::Status CheckLog(const CheckedStore& store, Findings& findings) {
  return LogCheck(store, findings).Run();
}

}  // namespace samkoer::storage
