#include "storage/department_registry.h"

#include "storage/coding.h"
#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

class DepartmentRegistryTest : public testing::Test {
 protected:
  DepartmentRegistry Load() {
    return ValueOf(DepartmentRegistry::Load(engine_, sealer_));
  }
  // Adds, writes what must be written, and counts that.
  std::uint16_t Add(DepartmentRegistry& registry, std::string_view id,
                    const std::vector<std::string>& units = {}) {
    std::vector<DepartmentRegistry::Entry> entries;
    const auto number = ValueOf(registry.Add(id, units, sealer_, entries));
    WriteBatch batch;
    for (auto& entry : entries) batch.Put(entry.key, entry.value);
    if (!batch.empty()) SAMKOER_EXPECT_OK(engine_.Write(batch));
    written_ += entries.size();
    return number;
  }

  void AddTexts(DepartmentRegistry& registry, std::uint16_t department,
                const std::vector<std::string>& texts) {
    std::vector<DepartmentRegistry::Entry> entries;
    registry.AddTexts(department, texts, sealer_, entries);
    WriteBatch batch;
    for (auto& entry : entries) batch.Put(entry.key, entry.value);
    if (!batch.empty()) SAMKOER_EXPECT_OK(engine_.Write(batch));
    written_ += entries.size();
  }

  MemoryEngine engine_;
  ValueSealer sealer_ = TestSealer();
  std::size_t written_ = 0;
};

TEST_F(DepartmentRegistryTest, NumbersAreGivenInOrderAndKept) {
  DepartmentRegistry registry = Load();
  EXPECT_EQ(Add(registry, "family", {"a", "b"}), 0);
  EXPECT_EQ(Add(registry, "jobs", {"a"}), 1);
  EXPECT_EQ(Add(registry, "family", {"c", "b"}), 0);
  EXPECT_EQ(registry.Find("jobs"), 1);
  EXPECT_EQ(registry.Find("schools"), std::nullopt);
  const DepartmentRegistry again = Load();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again.id(1), "jobs");
  EXPECT_EQ(again.Find("family"), 0);
  EXPECT_THAT(again.units(0), testing::ElementsAre("a", "b", "c"));
  EXPECT_EQ(again.FindUnit(0, "c"), 2);
  EXPECT_EQ(again.FindUnit(1, "a"), 0);
  EXPECT_EQ(again.FindUnit(1, "b"), std::nullopt);
}

TEST_F(DepartmentRegistryTest, WhatIsKnownIsNotWrittenAgain) {
  DepartmentRegistry registry = Load();
  Add(registry, "family", {"a", "b"});
  EXPECT_EQ(written_, 1u);
  Add(registry, "family", {"b"});
  EXPECT_EQ(written_, 1u);
  Add(registry, "family", {"c"});
  EXPECT_EQ(written_, 2u);
}

TEST_F(DepartmentRegistryTest, SharedTextsAreNumberedAndKept) {
  DepartmentRegistry registry = Load();
  Add(registry, "family", {"a"});
  Add(registry, "jobs", {"a"});
  AddTexts(registry, 0, {"Team 1", "Team 2"});
  AddTexts(registry, 0, {"Team 3", "Team 1"});
  EXPECT_EQ(written_, 4u);
  AddTexts(registry, 0, {"Team 2"});
  EXPECT_EQ(written_, 4u);
  // A later unit does not cost the texts.
  Add(registry, "family", {"b"});
  const DepartmentRegistry again = Load();
  EXPECT_THAT(again.texts(0),
              testing::ElementsAre("Team 1", "Team 2", "Team 3"));
  EXPECT_THAT(again.units(0), testing::ElementsAre("a", "b"));
  EXPECT_THAT(again.texts(1), testing::IsEmpty());
  EXPECT_EQ(again.FindText(0, "Team 3"), 2);
  EXPECT_EQ(again.FindText(0, "a"), std::nullopt);
  EXPECT_EQ(again.FindText(1, "Team 1"), std::nullopt);
}

TEST_F(DepartmentRegistryTest, TextsBeyondTheLimitGetNoNumber) {
  DepartmentRegistry registry = Load();
  Add(registry, "family");
  std::vector<std::string> texts;
  for (std::size_t n = 0; n < DepartmentRegistry::kMaxTexts + 5; ++n) {
    texts.push_back("team " + std::to_string(n));
  }
  AddTexts(registry, 0, texts);
  EXPECT_EQ(Load().texts(0).size(), DepartmentRegistry::kMaxTexts);
  EXPECT_EQ(registry.FindText(0, texts.back()), std::nullopt);
}

TEST_F(DepartmentRegistryTest, ATextTwiceIsDataLoss) {
  std::string bytes("\x02", 1);
  PutString16(bytes, "family");
  PutU16(bytes, 0);
  PutU16(bytes, 2);
  PutString16(bytes, "text");
  PutString16(bytes, "text");
  const std::string key = NumberKey(Table::kDepartment, 0);
  WriteBatch batch;
  batch.Put(key, sealer_.Seal(key, bytes));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_TRUE(
      absl::IsDataLoss(DepartmentRegistry::Load(engine_, sealer_).status()));
}

TEST_F(DepartmentRegistryTest, AGapIsDataLoss) {
  DepartmentRegistry registry = Load();
  Add(registry, "family");
  Add(registry, "jobs");
  WriteBatch batch;
  batch.Delete(NumberKey(Table::kDepartment, 0));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_TRUE(
      absl::IsDataLoss(DepartmentRegistry::Load(engine_, sealer_).status()));
}

TEST_F(DepartmentRegistryTest, AUnitTwiceIsDataLoss) {
  std::string bytes("\x01", 1);
  PutString16(bytes, "family");
  PutU16(bytes, 2);
  PutString16(bytes, "a");
  PutString16(bytes, "a");
  const std::string key = NumberKey(Table::kDepartment, 0);
  WriteBatch batch;
  batch.Put(key, sealer_.Seal(key, bytes));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_TRUE(
      absl::IsDataLoss(DepartmentRegistry::Load(engine_, sealer_).status()));
}

TEST_F(DepartmentRegistryTest, AnotherKeyIsDataLoss) {
  DepartmentRegistry registry = Load();
  Add(registry, "family");
  EXPECT_TRUE(absl::IsDataLoss(
      DepartmentRegistry::Load(engine_, TestSealer(9)).status()));
}

TEST_F(DepartmentRegistryTest, AnUnknownVersionIsRefused) {
  WriteBatch batch;
  const std::string key = NumberKey(Table::kDepartment, 0);
  batch.Put(key, sealer_.Seal(key, std::string_view("\x03")));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      DepartmentRegistry::Load(engine_, sealer_).status()));
}

}  // namespace
}  // namespace samkoer::storage
