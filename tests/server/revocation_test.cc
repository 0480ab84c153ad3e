#include "server/revocation.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <string>

#include "support/test_pki.h"

namespace samkoer::server {
namespace {

std::string Digits(char digit) { return std::string(64, digit); }

crypto::Hash32 Fingerprint(std::uint8_t byte) {
  crypto::Hash32 hash;
  hash.fill(byte);
  return hash;
}

TEST(ParseRevocationList, CommentsEmptyLinesAndColonsAreAccepted) {
  std::string with_colons;
  for (int i = 0; i < 32; ++i) with_colons += i == 0 ? "22" : ":22";
  const auto list = ParseRevocationList(
      "# lost laptop\n\n  " + Digits('1') + "  # familie\r\n" + with_colons,
      "revoked.txt");
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->size(), 2u);
  EXPECT_TRUE(list->contains(std::string(32, '\x11')));
  EXPECT_TRUE(list->contains(std::string(32, '\x22')));
}

TEST(ParseRevocationList, CapitalsAndSmallLettersAreTheSame) {
  const auto list =
      ParseRevocationList(Digits('A') + "\n" + Digits('a'), "revoked.txt");
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->size(), 1u);
}

TEST(ParseRevocationList, ABrokenLineNamesItsNumber) {
  for (const std::string& bad :
       {std::string(63, 'a'), std::string(65, 'a'), Digits('g'),
        Digits('a') + " " + Digits('b'), std::string("familie")}) {
    const auto list =
        ParseRevocationList("# one\n" + bad + "\n", "revoked.txt");
    EXPECT_EQ(list.status().code(), absl::StatusCode::kInvalidArgument) << bad;
    EXPECT_TRUE(std::string(list.status().message())
                    .starts_with("revoked.txt:2: not a SHA-256 fingerprint"))
        << list.status();
  }
}

TEST(RevocationList, AnEmptyPathRevokesNobody) {
  const auto list = RevocationList::Load("");
  ASSERT_TRUE(list.ok());
  EXPECT_FALSE((*list)->IsRevoked(Fingerprint(0)));
  EXPECT_EQ((*list)->ReloadIfChanged().value(), false);
}

TEST(RevocationList, AMissingFileStopsTheStart) {
  EXPECT_EQ(RevocationList::Load("/nonexistent/revoked").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(RevocationList, AChangedFileIsReadAgain) {
  const testing::TestDirectory directory;
  const std::string path = directory.Write("revoked", "# none\n");
  const auto list = RevocationList::Load(path);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ((*list)->ReloadIfChanged().value(), false);
  EXPECT_FALSE((*list)->IsRevoked(Fingerprint(0x11)));
  directory.Write("revoked", Digits('1'));
  EXPECT_EQ((*list)->ReloadIfChanged().value(), true);
  EXPECT_TRUE((*list)->IsRevoked(Fingerprint(0x11)));
  EXPECT_EQ((*list)->ReloadIfChanged().value(), false);
}

TEST(RevocationList, AFileReplacedByRenameIsReadAgain) {
  const testing::TestDirectory directory;
  const std::string path = directory.Write("revoked", Digits('1'));
  const auto list = RevocationList::Load(path);
  ASSERT_TRUE(list.ok());
  const std::string next = directory.Write("next", Digits('2'));
  ASSERT_EQ(std::rename(next.c_str(), path.c_str()), 0);
  EXPECT_EQ((*list)->ReloadIfChanged().value(), true);
  EXPECT_FALSE((*list)->IsRevoked(Fingerprint(0x11)));
  EXPECT_TRUE((*list)->IsRevoked(Fingerprint(0x22)));
}

TEST(RevocationList, ABrokenOrVanishedFileLeavesTheOldListInForce) {
  const testing::TestDirectory directory;
  const std::string path = directory.Write("revoked", Digits('1'));
  const auto list = RevocationList::Load(path);
  ASSERT_TRUE(list.ok());
  directory.Write("revoked", "half a li");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ((*list)->ReloadIfChanged().status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE((*list)->IsRevoked(Fingerprint(0x11)));
  }
  ASSERT_EQ(std::remove(path.c_str()), 0);
  EXPECT_EQ((*list)->ReloadIfChanged().status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE((*list)->IsRevoked(Fingerprint(0x11)));
}

}  // namespace
}  // namespace samkoer::server
