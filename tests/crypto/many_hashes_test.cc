#include "crypto/many_hashes.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

namespace samkoer::crypto {

class ManyHashesTest : public testing::Test {
 protected:
  // Each message by itself, and all at once.
  void ExpectSame(const ManyHashes& many,
                  const std::vector<std::string>& messages) {
    const std::vector<std::string_view> views(messages.begin(), messages.end());
    std::vector<Hash16> hashes(views.size());
    many.Hash(views, hashes);
    for (std::size_t i = 0; i < views.size(); ++i) {
      Hash16 alone;
      many.HashOne(views[i], alone);
      EXPECT_EQ(hashes[i], alone)
          << i << " of " << views.size() << ", " << views[i].size() << " bytes";
    }
  }
  std::string Noise(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }
  HashKey Key() {
    const std::string bytes = Noise(32);
    return HashKey(AsBytes(bytes).first<32>());
  }

  void SetUp() override {
    const char* given = std::getenv("SAMKOER_SEED");
    const unsigned seed = given ? static_cast<unsigned>(std::atoi(given))
                                : std::random_device()();
    std::cout << "SAMKOER_SEED=" << seed << "\n";
    random_.seed(seed);
  }
  std::mt19937 random_;
};

namespace {

TEST_F(ManyHashesTest, TheyAreTheHashesOfKeyedHash) {
  const HashKey key = Key();
  std::vector<std::string> texts;
  for (int i = 0; i < 9; ++i) texts.push_back(Noise(64));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<Hash16> ids(9), fingerprints(9), persons(9);
  ManyHashes::CaseIds(key).Hash(views, ids);
  ManyHashes::Fingerprints(key).Hash(views, fingerprints);
  ManyHashes::PersonKeys(key, "ungeindsats", 0x01020304).Hash(views, persons);
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(ids[i], CaseId(key, views[i]));
    EXPECT_EQ(fingerprints[i], Fingerprint(key, AsBytes(views[i])));
    EXPECT_EQ(persons[i],
              PersonKey(key, "ungeindsats", 0x01020304, AsBytes(views[i])));
  }
}

TEST_F(ManyHashesTest, EveryLengthAroundABlocksEdgeComesOutRight) {
  const ManyHashes one_byte = ManyHashes::Fingerprints(Key());
  // A prefix of 127 bytes is as long as it may be.
  const ManyHashes longest =
      ManyHashes::PersonKeys(Key(), std::string(127 - 18 - 1 - 4, 'p'), 1);
  for (std::size_t size = 0; size < 400; ++size) {
    const std::vector<std::string> equal(4, Noise(size));
    ExpectSame(one_byte, equal);
    ExpectSame(longest, equal);
  }
}

TEST_F(ManyHashesTest, APrefixThatFillsABlockIsLeftToLibsodium) {
  const std::string purpose(400, 'p');
  const HashKey key = Key();
  const std::vector<std::string> texts(5, Noise(64));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  for (const std::size_t size : {104, 105, 106, 400}) {
    const std::string_view part = std::string_view(purpose).substr(0, size);
    std::vector<Hash16> hashes(5);
    ManyHashes::PersonKeys(key, part, 1).Hash(views, hashes);
    for (const Hash16& hash : hashes) {
      EXPECT_EQ(hash, PersonKey(key, part, 1, AsBytes(texts[0])));
    }
  }
}

TEST_F(ManyHashesTest, LanesOfDifferentLengthsDoNotDisturbOneAnother) {
  for (int round = 0; round < 300; ++round) {
    const ManyHashes many = round % 2 == 0
                                ? ManyHashes::Fingerprints(Key())
                                : ManyHashes::PersonKeys(Key(), "purpose", 7);
    std::vector<std::string> messages(random_() % 12);
    for (std::string& message : messages) message = Noise(random_() % 900);
    ExpectSame(many, messages);
  }
}

TEST_F(ManyHashesTest, NoMessagesAreNoHashes) {
  ManyHashes::CaseIds(Key()).Hash({}, {});
}

}  // namespace
}  // namespace samkoer::crypto
