#include "storage/policy_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredPolicy Example() {
  StoredPolicy policy;
  policy.policy.set_municipality("testby");
  policy.policy.set_version(7);
  policy.policy.add_departments()->set_id("family");
  policy.text = "municipality: testby\n";
  return policy;
}

TEST(PolicyTableTest, PolicyAndTextComeBack) {
  const StoredPolicy policy = ValueOf(DecodePolicy(EncodePolicy(Example())));
  EXPECT_EQ(PolicyBytes(policy.policy), PolicyBytes(Example().policy));
  EXPECT_EQ(policy.text, "municipality: testby\n");
}

TEST(PolicyTableTest, OtherContentsAreOtherBytes) {
  samkoer::v1::Policy other = Example().policy;
  other.mutable_departments(0)->set_name("Familie");
  EXPECT_NE(PolicyBytes(other), PolicyBytes(Example().policy));
}

TEST(PolicyTableTest, DamageIsDataLoss) {
  const std::string bytes = EncodePolicy(Example());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodePolicy(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
  std::string not_a_policy = bytes;
  not_a_policy[5] = '\x07';  // a tag with a wire type that does not exist
  EXPECT_TRUE(absl::IsDataLoss(DecodePolicy(not_a_policy).status()));
}

TEST(PolicyTableTest, AnUnknownVersionIsRefused) {
  std::string bytes = EncodePolicy(Example());
  bytes[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodePolicy(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
