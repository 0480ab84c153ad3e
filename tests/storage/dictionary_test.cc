#include "storage/dictionary.h"

#include <random>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

constexpr std::string_view kSample =
    "Familie og rådgivning; Åbne sager i 2 myndighedsafdelinger: Jobcenter";

std::string Packed(const Dictionary& dictionary, std::string_view text) {
  std::string out = "before";
  dictionary.Pack(text, out);
  EXPECT_EQ(out.substr(0, 6), "before");
  return out.substr(6);
}

TEST(DictionaryTest, EveryTextComesBack) {
  const Dictionary dictionary(1, std::string(kSample));
  std::mt19937 random(7);
  for (const std::size_t size : {0, 1, 2, 17, 300, 5000, 300'000}) {
    std::string noise(size, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    std::string likeness;
    while (likeness.size() < size) likeness.append(kSample);
    for (const std::string& text : {noise, likeness, std::string(size, 'a')}) {
      EXPECT_EQ(ValueOf(dictionary.Unpack(Packed(dictionary, text))), text);
    }
  }
}

TEST(DictionaryTest, WhatTheDictionarySaysTakesNextToNothing) {
  const Dictionary dictionary(1, std::string(kSample));
  const Dictionary none(2, "");
  EXPECT_LT(Packed(dictionary, kSample).size(), 20u);
  EXPECT_GT(Packed(none, kSample).size(), 50u);
}

TEST(DictionaryTest, AnotherThreadUnpacksToo) {
  const Dictionary dictionary(1, std::string(kSample));
  const std::string packed = Packed(dictionary, "Jobcenter");
  const Dictionary again(1, std::string(kSample));
  EXPECT_EQ(ValueOf(again.Unpack(packed)), "Jobcenter");
}

TEST(DictionaryTest, EveryTruncationIsDataLoss) {
  const Dictionary dictionary(1, std::string(kSample));
  const std::string packed =
      Packed(dictionary, "Jobcenter Vest; Familie og noget, som ikke er der");
  for (std::size_t n = 0; n < packed.size(); ++n) {
    EXPECT_TRUE(
        absl::IsDataLoss(dictionary.Unpack(packed.substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(dictionary.Unpack(packed + "x").status()));
}

TEST(DictionaryTest, AFrameThatClaimsTooMuchIsDataLossAndTakesNoMemory) {
  // One segment, a content size of 8 bytes: 2^62.
  const std::string claim("\xe0\0\0\0\0\0\0\0\x40\x01\0\0", 12);
  EXPECT_TRUE(absl::IsDataLoss(Dictionary(1, "sample").Unpack(claim).status()));
}

TEST(DictionaryTest, ItIsStoredUnderItsNumber) {
  EXPECT_EQ(DictionaryKey(12), "Mfeed-dictionary/12");
  EXPECT_EQ(ValueOf(DecodeDictionary(EncodeDictionary("sample"))), "sample");
  EXPECT_EQ(EncodeDictionary("sample"), "\x01sample");
  EXPECT_TRUE(
      absl::IsFailedPrecondition(DecodeDictionary("\x02sample").status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeDictionary("").status()));
}

}  // namespace
}  // namespace samkoer::storage
