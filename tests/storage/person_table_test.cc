#include "storage/person_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredPerson P(std::uint8_t slot) {
  StoredPerson person;
  person.slot = slot;
  person.person_key.fill(slot);
  person.data_key = TestKey(static_cast<std::uint8_t>(slot + 2));
  return person;
}

crypto::SecretBuffer Copy(std::string_view bytes) {
  return crypto::SecretBuffer(crypto::AsBytes(bytes));
}

TEST(PersonTableTest, PersonsComeBack) {
  const std::vector<StoredPerson> persons = {P(0), P(5), P(63)};
  const auto decoded = ValueOf(DecodePersonBlock(EncodePersonBlock(persons)));
  ASSERT_EQ(decoded.size(), 3u);
  EXPECT_EQ(decoded[2].slot, 63);
  EXPECT_EQ(decoded[2].person_key, P(63).person_key);
  EXPECT_TRUE(decoded[2].data_key == P(63).data_key);
}

TEST(PersonTableTest, APersonTakes49Bytes) {
  const std::vector<StoredPerson> persons = {P(0), P(5)};
  EXPECT_EQ(EncodePersonBlock(persons).size(), 2u + 2 * 49);
}

TEST(PersonTableTest, DamageIsDataLoss) {
  const std::vector<StoredPerson> persons = {P(4), P(5)};
  const crypto::SecretBuffer good = EncodePersonBlock(persons);
  const std::string bytes(crypto::AsText(good.Expose()));
  for (const std::size_t n : {0u, 1u, 2u, 60u, 99u}) {
    EXPECT_TRUE(
        absl::IsDataLoss(DecodePersonBlock(Copy(bytes.substr(0, n))).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodePersonBlock(Copy(bytes + "x")).status()));
  const std::vector<StoredPerson> twice = {P(5), P(5)};
  EXPECT_TRUE(
      absl::IsDataLoss(DecodePersonBlock(EncodePersonBlock(twice)).status()));
  const std::vector<StoredPerson> high = {P(64)};
  EXPECT_TRUE(
      absl::IsDataLoss(DecodePersonBlock(EncodePersonBlock(high)).status()));
  const std::vector<StoredPerson> none;
  EXPECT_TRUE(
      absl::IsDataLoss(DecodePersonBlock(EncodePersonBlock(none)).status()));
}

TEST(PersonTableTest, AnUnknownVersionIsRefused) {
  const std::vector<StoredPerson> persons = {P(4)};
  crypto::SecretBuffer bytes = EncodePersonBlock(persons);
  bytes.ExposeMutable()[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodePersonBlock(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
