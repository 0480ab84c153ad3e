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

TEST(PersonTableTest, WhatARotationAddsComesBack) {
  std::vector<StoredPerson> persons = {P(0), P(5), P(63)};
  persons[1].epoch = 0x0203;
  persons[1].paired = true;
  persons[2].previous_key.emplace().fill(9);
  const crypto::SecretBuffer bytes = EncodePersonBlock(persons);
  EXPECT_EQ(bytes.size(), 2u + 3 * 51 + 16);
  const auto decoded = ValueOf(DecodePersonBlock(bytes));
  ASSERT_EQ(decoded.size(), 3u);
  EXPECT_EQ(decoded[0].epoch, 0);
  EXPECT_FALSE(decoded[0].paired);
  EXPECT_EQ(decoded[1].slot, 5);
  EXPECT_EQ(decoded[1].epoch, 0x0203);
  EXPECT_TRUE(decoded[1].paired);
  EXPECT_FALSE(decoded[1].previous_key);
  EXPECT_EQ(decoded[2].slot, 63);
  EXPECT_EQ(decoded[2].previous_key, persons[2].previous_key);
  EXPECT_TRUE(decoded[2].data_key == P(63).data_key);
  const std::string text(crypto::AsText(bytes.Expose()));
  for (std::size_t n = 0; n < text.size(); ++n) {
    EXPECT_TRUE(
        absl::IsDataLoss(DecodePersonBlock(Copy(text.substr(0, n))).status()))
        << n;
  }
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
  bytes.ExposeMutable()[0] = 3;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodePersonBlock(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
