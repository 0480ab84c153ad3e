#include "storage/key_layout.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace samkoer::storage {
namespace {

constexpr Table kTables[] = {
    Table::kAlert,        Table::kStagedBatch, Table::kConference,
    Table::kDepartment,   Table::kFeed,        Table::kProposal,
    Table::kAuditTile,    Table::kInquiry,     Table::kPersonBlock,
    Table::kAuditLeaf,    Table::kMeta,        Table::kNotice,
    Table::kObjection,    Table::kPolicy,      Table::kQuota,
    Table::kSegment,      Table::kPush,        Table::kAlarm,
    Table::kSubjectIndex, Table::kMonth};

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

TEST(KeyLayout, TagsOfStoredTablesNeverChange) {
  std::string tags;
  for (const Table table : kTables) tags += TablePrefix(table);
  EXPECT_EQ(tags, "ABCDFGHIKLMNOPQSTWXY");
}

TEST(KeyLayout, EveryTableIsFoundByItsTag) {
  for (const Table table : kTables) {
    EXPECT_EQ(TableOf(TablePrefix(table)), table);
    EXPECT_EQ(TableOf(TablePrefix(table) + "more"), table);
  }
  EXPECT_EQ(TableOf(""), std::nullopt);
  EXPECT_EQ(TableOf("z"), std::nullopt);
}

TEST(KeyLayout, NumberKeyIsTagAndBigEndianNumber) {
  EXPECT_EQ(NumberKey(Table::kFeed, 0x0102030405060708),
            std::string("F\x01\x02\x03\x04\x05\x06\x07\x08", 9));
}

TEST(KeyLayout, KeysSortAsTheirNumbers) {
  const std::uint64_t numbers[] = {0,     1,          255,        256,
                                   65535, 4294967295, 1ULL << 63, kMax};
  for (std::size_t i = 1; i < std::size(numbers); ++i) {
    const std::uint64_t a = numbers[i - 1], b = numbers[i];
    EXPECT_LT(NumberKey(Table::kAlert, a), NumberKey(Table::kAlert, b));
    EXPECT_LT(StagedBatchKey(7, a), StagedBatchKey(7, b));
    EXPECT_LT(StagedBatchKey(a, kMax), StagedBatchKey(b, 0));
    EXPECT_LT(AuditTileKey(0, a), AuditTileKey(0, b));
    EXPECT_LT(SubjectIndexKey({}, a), SubjectIndexKey({}, b));
  }
  EXPECT_LT(AuditTileKey(0, kMax), AuditTileKey(1, 0));
}

TEST(KeyLayout, NumbersComeBack) {
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{77}, kMax}) {
    EXPECT_EQ(ParseNumberKey(Table::kSegment, NumberKey(Table::kSegment, n)),
              n);
    EXPECT_EQ(ParseSubjectIndexKey(SubjectIndexKey({9}, n)), n);
    EXPECT_EQ(ParseObjectionKey(ObjectionKey({9})), crypto::Hash16{9});
    const auto batch = ParseStagedBatchKey(StagedBatchKey(n, n ^ 5));
    ASSERT_TRUE(batch.has_value());
    EXPECT_EQ(batch->push, n);
    EXPECT_EQ(batch->batch, n ^ 5);
  }
}

TEST(KeyLayout, KeysOfOtherTablesOrLengthsAreNotParsed) {
  const std::string key = NumberKey(Table::kSegment, 1);
  EXPECT_EQ(ParseNumberKey(Table::kAlert, key), std::nullopt);
  EXPECT_EQ(ParseNumberKey(Table::kSegment, key + "x"), std::nullopt);
  EXPECT_EQ(ParseNumberKey(Table::kSegment, key.substr(0, 8)), std::nullopt);
  EXPECT_EQ(ParseNumberKey(Table::kSegment, ""), std::nullopt);
  EXPECT_FALSE(ParseStagedBatchKey(StagedBatchPrefix(1)).has_value());
  EXPECT_EQ(ParseSubjectIndexKey(SubjectIndexPrefix({})), std::nullopt);
  EXPECT_EQ(ParseSubjectIndexKey(QuotaKey({})), std::nullopt);
  EXPECT_EQ(ParseObjectionKey(QuotaKey({})), std::nullopt);
  EXPECT_EQ(ParseObjectionKey(TablePrefix(Table::kObjection)), std::nullopt);
}

TEST(KeyLayout, PrefixesHoldTheirKeysOnly) {
  EXPECT_TRUE(StagedBatchKey(3, 9).starts_with(StagedBatchPrefix(3)));
  EXPECT_FALSE(StagedBatchKey(4, 9).starts_with(StagedBatchPrefix(3)));
  EXPECT_TRUE(NoticeKey(3, {1}).starts_with(NoticePrefix(3)));
  EXPECT_FALSE(NoticeKey(4, {1}).starts_with(NoticePrefix(3)));
  EXPECT_TRUE(SubjectIndexKey({1}, 9).starts_with(SubjectIndexPrefix({1})));
  EXPECT_FALSE(SubjectIndexKey({2}, 9).starts_with(SubjectIndexPrefix({1})));
}

TEST(KeyLayout, LengthsAreThoseOfTheFormat) {
  EXPECT_EQ(NumberKey(Table::kPush, 1).size(), 9u);
  EXPECT_EQ(StagedBatchKey(1, 1).size(), 17u);
  EXPECT_EQ(AuditTileKey(1, 1).size(), 10u);
  EXPECT_EQ(QuotaKey({}).size(), 17u);
  EXPECT_EQ(SubjectIndexKey({}, 1).size(), 25u);
  EXPECT_EQ(NoticeKey(1, {}).size(), 25u);
  EXPECT_EQ(ObjectionKey({}).size(), 17u);
  EXPECT_EQ(MetaKey("store"), "Mstore");
}

TEST(KeyLayout, EveryValueIsSealedButTheIdentityAndEmptyOnes) {
  for (const Table table : kTables) {
    EXPECT_TRUE(IsSealed(NumberKey(table, 1), "value"));
    EXPECT_FALSE(IsSealed(NumberKey(table, 1), ""));
  }
  EXPECT_FALSE(IsSealed(MetaKey("store"), "value"));
  EXPECT_TRUE(IsSealed(MetaKey("secrets"), "value"));
}

}  // namespace
}  // namespace samkoer::storage
