#include "crypto/envelope.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

const SealKey& Key() {
  static const SealKey key = SealKey::Random();
  return key;
}

TEST(Envelope, SealedValueOpens) {
  for (const std::string& plaintext :
       {std::string(), std::string("x"), std::string(100'000, 'y')}) {
    const std::string sealed =
        Seal(Key(), AsBytes("table/1"), AsBytes(plaintext));
    EXPECT_EQ(sealed.size(), plaintext.size() + kSealOverheadBytes);
    const auto opened = Open(Key(), AsBytes("table/1"), AsBytes(sealed));
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(*opened, plaintext);
    const auto secret = OpenSecret(Key(), AsBytes("table/1"), AsBytes(sealed));
    ASSERT_TRUE(secret.ok()) << secret.status();
    EXPECT_EQ(AsText(secret->Expose()), plaintext);
  }
}

TEST(Envelope, SealToAppends) {
  NonceSource nonces;
  std::string out = "before";
  SealTo(Key(), AsBytes("ad"), AsBytes("value"), nonces, out);
  EXPECT_EQ(out.substr(0, 6), "before");
  const auto opened = Open(Key(), AsBytes("ad"), AsBytes(out).subspan(6));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, "value");
}

TEST(Envelope, AKnownNonceIsNotStored) {
  Nonce nonce{1, 2, 3};
  std::string sealed = "before";
  SealAt(Key(), nonce, AsBytes("ad"), AsBytes("value"), sealed);
  ASSERT_EQ(sealed.size(), 6 + 5 + kTagBytes);
  const Bytes value = AsBytes(sealed).subspan(6);
  std::string out = "kept ";
  ASSERT_TRUE(OpenAt(Key(), nonce, AsBytes("ad"), value, out).ok());
  EXPECT_EQ(out, "kept value");
  // It is Open's format without its first 24 bytes.
  std::string whole(AsText(nonce));
  whole += AsText(value);
  const auto opened = Open(Key(), AsBytes("ad"), AsBytes(whole));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, "value");
  // Another nonce, other data, too short: nothing is appended.
  Nonce other = nonce;
  other[23] = 1;
  for (const absl::Status& status :
       {OpenAt(Key(), other, AsBytes("ad"), value, out),
        OpenAt(Key(), nonce, AsBytes("aD"), value, out),
        OpenAt(Key(), nonce, AsBytes("ad"), value.first(15), out)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(out, "kept value");
}

TEST(Envelope, EveryChangedBitIsRefused) {
  const std::string sealed = Seal(Key(), AsBytes("ad"), AsBytes("value"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(Open(Key(), AsBytes("ad"), AsBytes(changed)).status().code(),
              absl::StatusCode::kDataLoss)
        << bit;
  }
}

TEST(Envelope, ValueMovedToAnotherPlaceIsRefused) {
  const std::string sealed = Seal(Key(), AsBytes("table/1"), AsBytes("value"));
  for (const char* const other : {"table/2", "table/", "", "table/11"}) {
    EXPECT_EQ(Open(Key(), AsBytes(other), AsBytes(sealed)).status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(
        OpenSecret(Key(), AsBytes(other), AsBytes(sealed)).status().code(),
        absl::StatusCode::kDataLoss);
  }
}

TEST(Envelope, AnotherKeyIsRefused) {
  const std::string sealed = Seal(Key(), AsBytes("ad"), AsBytes("value"));
  EXPECT_EQ(
      Open(SealKey::Random(), AsBytes("ad"), AsBytes(sealed)).status().code(),
      absl::StatusCode::kDataLoss);
}

TEST(Envelope, EveryShorterValueIsRefused) {
  const std::string sealed = Seal(Key(), AsBytes("ad"), AsBytes("value"));
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    const Bytes cut = AsBytes(sealed).first(length);
    EXPECT_EQ(Open(Key(), AsBytes("ad"), cut).status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(OpenSecret(Key(), AsBytes("ad"), cut).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

TEST(Envelope, MessagesHoldNothingOfTheValue) {
  std::string sealed = Seal(Key(), AsBytes("place"), AsBytes("content"));
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  const std::string message(
      Open(Key(), AsBytes("place"), AsBytes(sealed)).status().message());
  EXPECT_EQ(message.find("content"), std::string::npos);
  EXPECT_EQ(message.find("place"), std::string::npos);
}

// draft-irtf-cfrg-xchacha-03, A.3.1: the layout is nonce, ciphertext, tag.
TEST(Envelope, PublishedVectorOpens) {
  const std::string sealed =
      FromHex("404142434445464748494a4b4c4d4e4f5051525354555657") +
      FromHex(
          "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
          "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
          "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
          "21f9664c97637da9768812f615c68b13b52e") +
      FromHex("c0875924c1c7987947deafd8780acf49");
  const auto opened =
      Open(SecretFrom<32>(FromHex("808182838485868788898a8b8c8d8e8f"
                                  "909192939495969798999a9b9c9d9e9f")),
           AsBytes(FromHex("50515253c0c1c2c3c4c5c6c7")), AsBytes(sealed));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened,
            "Ladies and Gentlemen of the class of '99: If I could offer you "
            "only one tip for the future, sunscreen would be it.");
}

TEST(NonceSource, NoncesDoNotRepeatAcrossRefills) {
  NonceSource nonces;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(seen.emplace(AsText(nonces.Next())).second) << i;
  }
}

}  // namespace
}  // namespace samkoer::crypto
