#include <gtest/gtest.h>

#include <limits>

#include "crypto/merkle.h"
#include "crypto/signed_note.h"

namespace samkoer::crypto {
namespace {

constexpr char kRoot[] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

TEST(Checkpoint, EmptyTreeHasTheTextOfTheSpecification) {
  const Checkpoint checkpoint{"samkoer/egholm", 0, EmptyRoot()};
  EXPECT_EQ(
      checkpoint.Format(),
      "samkoer/egholm\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST(Checkpoint, WhatWasFormattedIsParsed) {
  for (const std::uint64_t size :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{20852163},
        std::numeric_limits<std::uint64_t>::max()}) {
    const Checkpoint checkpoint{"example.com/log", size,
                                Sha256(AsBytes("any root"))};
    const auto parsed = Checkpoint::Parse(checkpoint.Format());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, checkpoint);
  }
}

TEST(Checkpoint, ExtensionLinesAreIgnored) {
  const auto parsed = Checkpoint::Parse(std::string("log\n5\n") + kRoot +
                                        "\nanything\nmore of it\n");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->size, 5u);
}

TEST(Checkpoint, MalformedTextsAreRefused) {
  const std::string root = kRoot;
  for (const std::string& text : {
           std::string(),                                //
           std::string("log"),                           //
           std::string("log\n"),                         //
           "\n5\n" + root + "\n",                        // no origin
           "log\n\n" + root + "\n",                      // no size
           "log\n05\n" + root + "\n",                    // leading zero
           "log\n+5\n" + root + "\n",                    //
           "log\n-5\n" + root + "\n",                    //
           "log\n 5\n" + root + "\n",                    //
           "log\n5 \n" + root + "\n",                    //
           "log\n0x5\n" + root + "\n",                   //
           "log\n18446744073709551616\n" + root + "\n",  // 2^64
           "log\n5\n" + root,                            // no newline
           "log\n5\n" + root.substr(4) + "\n",           // 29 bytes
           "log\n5\nAAAA" + root + "\n",                 // 35 bytes
           "log\n5\n" + root.substr(0, 43) + "\n",       // no padding
           "log\n5\n" + root + " \n",                    //
           std::string("log\n5\n\n"),                    //
           "log\n5\n" + root + "\n\n",                   // empty extension
           "log\n5\n" + root + "\nextension",            // no newline
           "log\r\n5\r\n" + root + "\r\n",               //
       }) {
    EXPECT_EQ(Checkpoint::Parse(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace samkoer::crypto
