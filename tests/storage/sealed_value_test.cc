#include "storage/sealed_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "storage/key_layout.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::Not;

const std::string& Key() {
  static const std::string key = NumberKey(Table::kAlert, 7);
  return key;
}

TEST(SealedValue, OpensWhatItSealed) {
  const ValueSealer sealer = TestSealer();
  for (const std::string plain : {"", "x", "en hemmelighed"}) {
    const std::string value = sealer.Seal(Key(), plain);
    EXPECT_EQ(value.size(), plain.size() + kSealedValueOverheadBytes);
    EXPECT_EQ(ValueOf(sealer.Open(Key(), value)), plain);
    const auto secret = ValueOf(sealer.OpenSecret(Key(), value));
    EXPECT_EQ(crypto::AsText(secret.Expose()), plain);
  }
}

TEST(SealedValue, HeaderIsVersionAndGeneration) {
  const auto sealer =
      ValueOf(ValueSealer::Create({{0x01020304, TestKey(1)}}, 0x01020304));
  const std::string value = sealer.Seal(Key(), "x");
  EXPECT_EQ(value.substr(0, 5), std::string("\x01\x04\x03\x02\x01", 5));
  EXPECT_EQ(ValueOf(ValueSealer::GenerationOf(Key(), value)), 0x01020304u);
}

TEST(SealedValue, EqualValuesAreSealedDifferently) {
  const ValueSealer sealer = TestSealer();
  EXPECT_NE(sealer.Seal(Key(), "same"), sealer.Seal(Key(), "same"));
}

TEST(SealedValue, NoncesOfManyThreadsNeverRepeat) {
  const ValueSealer sealer = TestSealer();
  std::vector<std::vector<std::string>> nonces(4);
  std::vector<std::thread> threads;
  for (auto& mine : nonces) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        mine.push_back(sealer.Seal(Key(), "x").substr(5, 24));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : nonces) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 2000u);
}

TEST(SealedValue, ValueMovedToAnotherKeyIsRefused) {
  const ValueSealer sealer = TestSealer();
  const std::string value = sealer.Seal(Key(), "alarm 7");
  for (const std::string& other :
       {NumberKey(Table::kAlert, 8), NumberKey(Table::kFeed, 7)}) {
    EXPECT_EQ(sealer.Open(other, value).status().code(), StatusCode::kDataLoss);
    EXPECT_EQ(sealer.OpenSecret(other, value).status().code(),
              StatusCode::kDataLoss);
  }
}

TEST(SealedValue, WrongKeyIsRefused) {
  const std::string value = TestSealer(1).Seal(Key(), "x");
  EXPECT_EQ(TestSealer(9).Open(Key(), value).status().code(),
            StatusCode::kDataLoss);
}

TEST(SealedValue, EveryTruncationIsRefused) {
  const ValueSealer sealer = TestSealer();
  const std::string value = sealer.Seal(Key(), "kort");
  for (std::size_t size = 0; size < value.size(); ++size) {
    EXPECT_EQ(sealer.Open(Key(), value.substr(0, size)).status().code(),
              StatusCode::kDataLoss)
        << size;
  }
}

TEST(SealedValue, EveryChangedByteIsRefused) {
  const ValueSealer sealer = TestSealer();
  const std::string value = sealer.Seal(Key(), "kort");
  for (std::size_t at = 0; at < value.size(); ++at) {
    std::string changed = value;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    const auto code = sealer.Open(Key(), changed).status().code();
    EXPECT_EQ(code,
              at < 5 ? StatusCode::kFailedPrecondition : StatusCode::kDataLoss)
        << at;
  }
}

TEST(SealedValue, UnknownVersionIsRefusedByNumber) {
  std::string value = TestSealer().Seal(Key(), "x");
  value[0] = 2;
  const auto status = TestSealer().Open(Key(), value).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("format version 2"));
}

TEST(SealedValue, MissingGenerationIsNamed) {
  const auto newer =
      ValueOf(ValueSealer::Create({{1, TestKey(1)}, {2, TestKey(2)}}, 2));
  const std::string value = newer.Seal(Key(), "x");
  const auto status = TestSealer().Open(Key(), value).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("generation 2"));
}

TEST(SealedValue, OlderGenerationsStillOpen) {
  const std::string value = TestSealer().Seal(Key(), "x");
  const auto newer =
      ValueOf(ValueSealer::Create({{1, TestKey(1)}, {2, TestKey(2)}}, 2));
  EXPECT_EQ(ValueOf(newer.Open(Key(), value)), "x");
}

TEST(SealedValue, SealerWithoutItsCurrentKeyIsRefused) {
  EXPECT_EQ(ValueSealer::Create({{1, TestKey(1)}}, 2).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(SealedValue, ErrorsNameTheTableAndNotTheKey) {
  const std::string secret_key = QuotaKey({'h', 'e', 'm', 'l', 'i', 'g'});
  const auto status = TestSealer().Open(secret_key, "").status();
  EXPECT_THAT(Message(status), HasSubstr("table 'Q'"));
  EXPECT_THAT(Message(status), Not(HasSubstr("hemlig")));
}

TEST(SealedValue, ReplacedKeysSealAnewAndOpenWhatTheySealedBefore) {
  ValueSealer sealer = TestSealer(1);
  const std::string old = sealer.Seal(Key(), "kort");
  EXPECT_EQ(ValueOf(sealer.Reseal(Key(), old)), std::nullopt);
  SAMKOER_ASSERT_OK(sealer.Replace({{1, TestKey(1)}, {2, TestKey(9)}}, 2));
  EXPECT_EQ(sealer.current_generation(), 2u);
  EXPECT_EQ(ValueOf(sealer.Open(Key(), old)), "kort");
  const auto again = ValueOf(sealer.Reseal(Key(), old));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(ValueOf(ValueSealer::GenerationOf(Key(), *again)), 2u);
  EXPECT_EQ(ValueOf(sealer.Open(Key(), *again)), "kort");
  EXPECT_EQ(ValueOf(sealer.Reseal(Key(), *again)), std::nullopt);
}

TEST(SealedValue, WithoutTheOlderKeyNeitherOpensNorIsSealedAgain) {
  ValueSealer sealer = TestSealer(1);
  const std::string old = sealer.Seal(Key(), "kort");
  SAMKOER_ASSERT_OK(sealer.Replace({{2, TestKey(9)}}, 2));
  for (const auto& status :
       {sealer.Open(Key(), old).status(), sealer.Reseal(Key(), old).status()}) {
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(Message(status), HasSubstr("generation 1"));
  }
}

TEST(SealedValue, KeysAreReplacedOnlyByOnesThatHoldTheCurrent) {
  ValueSealer sealer = TestSealer(1);
  EXPECT_EQ(sealer.Replace({{1, TestKey(1)}}, 2).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(sealer.current_generation(), 1u);
  EXPECT_TRUE(sealer.Holds(1, TestKey(1)));
  EXPECT_FALSE(sealer.Holds(1, TestKey(2)));
  EXPECT_FALSE(sealer.Holds(2, TestKey(1)));
}

TEST(SealedValue, KeysAreReplacedWhileOthersSealAndOpen) {
  ValueSealer sealer = TestSealer(1);
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        const std::string value = sealer.Seal(Key(), "kort");
        EXPECT_EQ(ValueOf(sealer.Open(Key(), value)), "kort");
      }
    });
  }
  std::map<std::uint32_t, crypto::SealKey> keys = {{1, TestKey(1)}};
  for (std::uint32_t generation = 2; generation < 40; ++generation) {
    keys.emplace(generation, TestKey(static_cast<std::uint8_t>(generation)));
    SAMKOER_ASSERT_OK(sealer.Replace(keys, generation));
  }
  stop = true;
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace samkoer::storage
