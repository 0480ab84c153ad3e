#include "storage/department_registry.h"

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
  std::uint16_t Add(DepartmentRegistry& registry, std::string_view id) {
    std::vector<DepartmentRegistry::NewEntry> entries;
    const auto number = ValueOf(registry.FindOrAdd(id, sealer_, entries));
    WriteBatch batch;
    for (auto& entry : entries) batch.Put(entry.key, entry.value);
    if (!batch.empty()) SAMKOER_EXPECT_OK(engine_.Write(batch));
    return number;
  }

  MemoryEngine engine_;
  ValueSealer sealer_ = TestSealer();
};

TEST_F(DepartmentRegistryTest, NumbersAreGivenInOrderAndKept) {
  DepartmentRegistry registry = Load();
  EXPECT_EQ(Add(registry, "family"), 0);
  EXPECT_EQ(Add(registry, "jobs"), 1);
  EXPECT_EQ(Add(registry, "family"), 0);
  EXPECT_EQ(registry.Find("jobs"), 1);
  EXPECT_EQ(registry.Find("schools"), std::nullopt);
  const DepartmentRegistry again = Load();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again.id(1), "jobs");
  EXPECT_EQ(again.Find("family"), 0);
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

TEST_F(DepartmentRegistryTest, AnotherKeyIsDataLoss) {
  DepartmentRegistry registry = Load();
  Add(registry, "family");
  EXPECT_TRUE(absl::IsDataLoss(
      DepartmentRegistry::Load(engine_, TestSealer(9)).status()));
}

TEST_F(DepartmentRegistryTest, AnUnknownVersionIsRefused) {
  WriteBatch batch;
  const std::string key = NumberKey(Table::kDepartment, 0);
  batch.Put(key, sealer_.Seal(key, std::string_view("\x02")));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      DepartmentRegistry::Load(engine_, sealer_).status()));
}

}  // namespace
}  // namespace samkoer::storage
