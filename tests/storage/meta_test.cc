#include "storage/meta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

const StoreIdentity kOurs{StoreKind::kMatcher, "testby", "ungeindsats"};

class MetaTest : public testing::Test {
 protected:
  StoreMeta Make(const StoreIdentity& identity = kOurs) {
    WriteBatch batch;
    StoreMeta meta = ValueOf(StageNewMeta(batch, sealer_, identity));
    SAMKOER_EXPECT_OK(engine_.Write(batch));
    return meta;
  }
  absl::Status Load(const StoreIdentity& expected = kOurs) {
    return LoadMeta(engine_, sealer_, expected).status();
  }
  void Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    SAMKOER_EXPECT_OK(engine_.Write(batch));
  }

  const ValueSealer sealer_ = TestSealer();
  MemoryEngine engine_;
};

TEST_F(MetaTest, EmptyStoreIsToldFromADamagedOne) {
  EXPECT_EQ(Load().code(), StatusCode::kNotFound);
  Put(NumberKey(Table::kAlert, 1), "x");
  EXPECT_EQ(Load().code(), StatusCode::kDataLoss);
}

TEST_F(MetaTest, StoreIsRecognisedWithItsIndexKey) {
  const StoreMeta made = Make();
  const auto loaded = ValueOf(LoadMeta(engine_, sealer_, kOurs));
  EXPECT_EQ(loaded.identity, kOurs);
  EXPECT_TRUE(loaded.index_key == made.index_key);
}

TEST_F(MetaTest, IdentityHasTheBytesOfTheFormatsExample) {
  Make();
  EXPECT_EQ(ValueOf(engine_.Get("Mstore")),
            std::string("\x01\0\0\0\x01\x06\0testby\x0b\0ungeindsats", 26));
  EXPECT_EQ(ValueOf(engine_.Get("Msecrets")).size(), 109u);
}

TEST_F(MetaTest, EveryStoreHasAnIndexKeyOfItsOwn) {
  const StoreMeta one = Make(), two = Make();
  EXPECT_FALSE(one.index_key == two.index_key);
}

TEST_F(MetaTest, OtherKindMunicipalityOrPurposeIsRefused) {
  Make();
  StoreIdentity other = kOurs;
  other.kind = StoreKind::kKeyd;
  EXPECT_THAT(Message(Load(other)), HasSubstr("kind is \"matcher\""));
  EXPECT_EQ(Load(other).code(), StatusCode::kFailedPrecondition);
  other = kOurs;
  other.municipality = "naboby";
  EXPECT_THAT(Message(Load(other)), HasSubstr("not \"naboby\""));
  other = kOurs;
  other.purpose = "andet";
  EXPECT_THAT(Message(Load(other)), HasSubstr("purpose is \"ungeindsats\""));
}

TEST_F(MetaTest, NewerFormatIsRefusedBeforeAnythingElseIsRead) {
  Make();
  std::string value = ValueOf(engine_.Get(MetaKey("store")));
  value[0] = 2;
  value.resize(4);  // what follows may have another shape
  Put(MetaKey("store"), value);
  const auto status = Load();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("format version 2"));
}

TEST_F(MetaTest, TruncatedIdentityIsRefused) {
  Make();
  const std::string value = ValueOf(engine_.Get(MetaKey("store")));
  for (std::size_t size = 0; size < value.size(); ++size) {
    Put(MetaKey("store"), value.substr(0, size));
    EXPECT_EQ(Load().code(), StatusCode::kDataLoss) << size;
  }
}

TEST_F(MetaTest, IdentityChangedAfterwardsIsRefused) {
  Make();
  const std::string secrets = ValueOf(engine_.Get(MetaKey("secrets")));
  StoreIdentity other = kOurs;
  other.municipality = "naboby";
  Make(other);                       // naboby's identity ...
  Put(MetaKey("secrets"), secrets);  // ... with our secrets
  EXPECT_EQ(Load(other).code(), StatusCode::kDataLoss);
}

TEST_F(MetaTest, WrongKeyringIsRefused) {
  Make();
  EXPECT_EQ(LoadMeta(engine_, TestSealer(9), kOurs).status().code(),
            StatusCode::kDataLoss);
}

TEST_F(MetaTest, LostSecretsAreRefused) {
  Make();
  WriteBatch batch;
  batch.Delete(MetaKey("secrets"));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_EQ(Load().code(), StatusCode::kDataLoss);
}

TEST_F(MetaTest, BadNamesAreRefusedAndNothingIsStaged) {
  WriteBatch batch;
  for (const StoreIdentity& bad :
       {StoreIdentity{StoreKind::kMatcher, "", "x"},
        StoreIdentity{StoreKind::kMatcher, "a/b", "x"},
        StoreIdentity{StoreKind::kMatcher, "a", std::string(65, 'x')},
        StoreIdentity{StoreKind::kMatcher, "a", "x\ny"}}) {
    EXPECT_EQ(StageNewMeta(batch, sealer_, bad).status().code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(batch.empty());
}

}  // namespace
}  // namespace samkoer::storage
