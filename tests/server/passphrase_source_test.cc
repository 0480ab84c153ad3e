#include "server/passphrase_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "support/test_pki.h"

namespace samkoer::server {
namespace {

std::string TextOf(const PassphraseSource& source) {
  const auto read = source.Read();
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? std::string(crypto::AsText(read->Expose())) : "";
}

TEST(PassphraseSource, AFileIsReadAgainEachTime) {
  testing::TestDirectory folder;
  const std::string path = folder.Write("passphrase", "the first passphrase");
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
  const auto source = PassphraseSource::Open("file:" + path);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(TextOf(**source), "the first passphrase");
  folder.Write("passphrase", "the second passphrase");
  EXPECT_EQ(TextOf(**source), "the second passphrase");
  std::filesystem::remove(path);
  EXPECT_FALSE((*source)->Read().ok());
}

TEST(PassphraseSource, WhatCameFromADescriptorIsKept) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "from a descriptor", 17), 17);
  ::close(ends[1]);
  const auto source = PassphraseSource::Open("fd:" + std::to_string(ends[0]));
  ASSERT_TRUE(source.ok()) << source.status();
  ::close(ends[0]);
  EXPECT_EQ(TextOf(**source), "from a descriptor");
  EXPECT_EQ(TextOf(**source), "from a descriptor");
}

TEST(PassphraseSource, ABadDescriptorIsAnErrorAtOnce) {
  EXPECT_FALSE(PassphraseSource::Open("fd:9999").ok());
}

}  // namespace
}  // namespace samkoer::server
