#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "clients/agent/pseudonym_cache.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kPurpose = "ungeindsats";

crypto::OprfOutput Output(std::uint8_t first) {
  crypto::OprfOutput output;
  output.ExposeMutable()[0] = first;
  output.ExposeMutable()[63] = 7;
  return output;
}

std::string Slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void Spill(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

class PseudonymCacheTest : public ::testing::Test {
 protected:
  PseudonymCacheTest() { element_[3] = 9; }

  absl::StatusOr<std::unique_ptr<PseudonymCache>> TryOpen() {
    return PseudonymCache::Open(dir_.path(), keys_, kPurpose, 3, element_);
  }
  std::unique_ptr<PseudonymCache> Open() {
    auto cache = TryOpen();
    EXPECT_TRUE(cache.ok()) << cache.status();
    return cache.ok() ? *std::move(cache) : nullptr;
  }
  // One frame of `count` entries "FIRST-0", "FIRST-1", ...
  void Fill(PseudonymCache& cache, const std::string& first, int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) {
      names.push_back(first + "-" + std::to_string(i));
    }
    const std::vector<std::string_view> inputs(names.begin(), names.end());
    std::vector<crypto::OprfOutput> outputs;
    for (int i = 0; i < count; ++i) {
      outputs.push_back(Output(static_cast<std::uint8_t>(i)));
    }
    ASSERT_TRUE(cache.Append(inputs, outputs).ok());
  }
  int FirstByte(const PseudonymCache& cache, std::string_view input) {
    const auto found = cache.Find(input);
    return found ? (*found)[0] : -1;
  }

  TempDir dir_;
  CacheKeys keys_ = CacheKeys::Derive(crypto::SecretArray<32>::Random());
  crypto::Element element_{};
};

TEST_F(PseudonymCacheTest, WhatWasAppendedIsFoundAfterReopening) {
  {
    const auto cache = Open();
    Fill(*cache, "a", 2500);
    Fill(*cache, "b", 1);
    EXPECT_EQ(FirstByte(*cache, "a-77"), 77);
  }
  const auto cache = Open();
  EXPECT_EQ(cache->size(), 2501u);
  EXPECT_EQ(FirstByte(*cache, "a-77"), 77);
  EXPECT_EQ(FirstByte(*cache, "b-0"), 0);
  EXPECT_EQ((*cache->Find("b-0"))[63], 7);
  EXPECT_EQ(FirstByte(*cache, "c-0"), -1);
}

TEST_F(PseudonymCacheTest, TheFileShowsNeitherInputsNorOutputs) {
  const auto cache = Open();
  const std::string_view input = "0204024104";
  const std::vector<crypto::OprfOutput> outputs = {Output(1)};
  ASSERT_TRUE(cache->Append({&input, 1}, outputs).ok());
  const std::string bytes = Slurp(cache->path());
  EXPECT_EQ(bytes.find(input), std::string::npos);
  EXPECT_EQ(bytes.find(crypto::AsText(outputs[0].Expose())), std::string::npos);
  EXPECT_EQ(bytes.find(crypto::AsText(CacheIndex(keys_, input))),
            std::string::npos);
  EXPECT_EQ(
      std::filesystem::status(cache->path()).permissions(),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(PseudonymCacheTest, ACrashInTheMiddleOfAnAppendLosesThatFrameAlone) {
  std::string path;
  {
    const auto cache = Open();
    Fill(*cache, "a", 10);
    path = cache->path();
  }
  const std::string before = Slurp(path);
  {
    const auto cache = Open();
    Fill(*cache, "b", 10);
  }
  const std::string whole = Slurp(path);
  for (std::size_t cut = before.size(); cut < whole.size(); cut += 149) {
    Spill(path, whole.substr(0, cut));
    const auto cache = Open();
    ASSERT_NE(cache, nullptr) << cut;
    EXPECT_EQ(cache->size(), 10u) << cut;
    // And goes on.
    Fill(*cache, "c", 1);
    EXPECT_EQ(Open()->size(), 11u) << cut;
  }
  // A tail that the disk left as zeros.
  Spill(path, before + std::string(500, '\0'));
  EXPECT_EQ(Open()->size(), 10u);
}

TEST_F(PseudonymCacheTest, DamageBeforeTheEndIsRefused) {
  std::string path;
  {
    const auto cache = Open();
    Fill(*cache, "a", 1000);
    Fill(*cache, "b", 1000);
    Fill(*cache, "c", 1000);
    path = cache->path();
  }
  std::string bytes = Slurp(path);
  bytes[500] = static_cast<char>(bytes[500] ^ 1);
  Spill(path, bytes);
  const auto cache = TryOpen();
  EXPECT_TRUE(absl::IsDataLoss(cache.status())) << cache.status();
  EXPECT_NE(clients::HintOf(cache.status()).find("cache clear"),
            std::string::npos);
}

TEST_F(PseudonymCacheTest, FramesCannotChangePlaces) {
  std::string path, header, first, second;
  {
    const auto cache = Open();
    path = cache->path();
    header = Slurp(path);
    Fill(*cache, "a", 1000);
    first = Slurp(path).substr(header.size());
    Fill(*cache, "b", 1000);
    second = Slurp(path).substr(header.size() + first.size());
  }
  Spill(path, header + second + first);
  EXPECT_TRUE(absl::IsDataLoss(TryOpen().status()));
}

TEST_F(PseudonymCacheTest, AnotherCacheKeyIsRefused) {
  {
    const auto cache = Open();
    Fill(*cache, "a", 1);
  }
  keys_ = CacheKeys::Derive(crypto::SecretArray<32>::Random());
  const auto cache = TryOpen();
  EXPECT_TRUE(absl::IsUnauthenticated(cache.status())) << cache.status();
}

TEST_F(PseudonymCacheTest, AnotherKeyOfTheKeyServiceIsRefused) {
  {
    const auto cache = Open();
    Fill(*cache, "a", 1);
  }
  element_[3] = 10;
  EXPECT_TRUE(absl::IsFailedPrecondition(TryOpen().status()));
}

TEST_F(PseudonymCacheTest, AnUnknownVersionIsRefused) {
  const std::string path = Open()->path();
  std::string bytes = Slurp(path);
  bytes[18] = 2;
  Spill(path, bytes);
  EXPECT_TRUE(absl::IsFailedPrecondition(TryOpen().status()));
  Spill(path, "something else");
  EXPECT_TRUE(absl::IsDataLoss(TryOpen().status()));
}

TEST_F(PseudonymCacheTest, KeepOnlyForgetsTheOthersOnDiskToo) {
  {
    const auto cache = Open();
    Fill(*cache, "a", 1500);
    const std::vector<std::string_view> keep = {"a-7", "a-1400", "unknown"};
    ASSERT_TRUE(cache->KeepOnly(keep).ok());
    EXPECT_EQ(cache->size(), 2u);
    EXPECT_EQ(FirstByte(*cache, "a-7"), 7);
    EXPECT_EQ(FirstByte(*cache, "a-8"), -1);
    Fill(*cache, "b", 3);
  }
  const auto cache = Open();
  EXPECT_EQ(cache->size(), 5u);
  EXPECT_EQ(FirstByte(*cache, "a-7"), 7);
}

TEST_F(PseudonymCacheTest, ListedAndCleared) {
  {
    const auto cache = Open();
    Fill(*cache, "a", 1234);
  }
  Spill(CacheKeyPath(dir_.path()), "key");
  const auto files = ListCaches(dir_.path());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].entries, 1234u);
  ASSERT_TRUE(ClearCaches(dir_.path()).ok());
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
  EXPECT_TRUE(ClearCaches(dir_.path()).ok());
  EXPECT_TRUE(ListCaches("/nonexistent").empty());
}

TEST(OpenCacheKeys, AreMadeOnceAndNeedTheirPassphrase) {
  const TempDir dir;
  const std::string path = dir.File("cache.key");
  const crypto::SecretBuffer right(crypto::AsBytes("the right passphrase"));
  const crypto::SecretBuffer wrong(crypto::AsBytes("the wrong passphrase"));
  const auto first =
      OpenCacheKeys(path, right, crypto::SealStrength::kInteractive);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second =
      OpenCacheKeys(path, right, crypto::SealStrength::kInteractive);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->seal, second->seal);
  EXPECT_EQ(first->index, second->index);
  EXPECT_FALSE(first->seal == crypto::SealKey(first->index.Expose()));
  const auto refused =
      OpenCacheKeys(path, wrong, crypto::SealStrength::kInteractive);
  EXPECT_TRUE(absl::IsUnauthenticated(refused.status())) << refused.status();
  EXPECT_FALSE(clients::HintOf(refused.status()).empty());
}

}  // namespace
}  // namespace samkoer::agent
