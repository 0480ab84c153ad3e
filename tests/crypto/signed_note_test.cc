#include "crypto/signed_note.h"

#include <gtest/gtest.h>

#include "crypto/base64.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

// The example of golang.org/x/mod/sumdb/note.
constexpr char kGoText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kGoSignature[] =
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n";
constexpr char kGoVerifierKey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kGoTypedSeed[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

const std::string& GoNote() {
  static const std::string note = std::string(kGoText) + "\n" + kGoSignature;
  return note;
}

NoteSigner SignerOf(const std::string& name) {
  return *NoteSigner::FromSeed(name, SecretArray<32>::Random());
}

NoteVerifier VerifierOf(const NoteSigner& signer) {
  return *NoteVerifier::Parse(signer.VerifierKey());
}

std::string SignatureLineOf(const NoteSigner& signer, const std::string& text) {
  return signer.Sign(text).substr(text.size() + 1);
}

TEST(SignedNote, PublishedExampleIsSignedBitByBit) {
  const std::string seed = DecodeBase64(kGoTypedSeed)->substr(1);
  const auto signer =
      NoteSigner::FromSeed("PeterNeumann", SecretFrom<32>(seed));
  ASSERT_TRUE(signer.ok()) << signer.status();
  EXPECT_EQ(signer->VerifierKey(), kGoVerifierKey);
  EXPECT_EQ(signer->Sign(kGoText), GoNote());
}

TEST(SignedNote, PublishedExamplesVerify) {
  const auto go = NoteVerifier::Parse(kGoVerifierKey);
  ASSERT_TRUE(go.ok()) << go.status();
  EXPECT_EQ(go->name(), "PeterNeumann");
  const auto text = go->Verify(GoNote());
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, kGoText);
  // The example of c2sp.org/signed-note.
  const auto c2sp = NoteVerifier::Parse(
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  ASSERT_TRUE(c2sp.ok()) << c2sp.status();
  EXPECT_TRUE(c2sp->Verify("This is an example message.\n\n"
                           "\xe2\x80\x94 example.com/foo "
                           "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7"
                           "Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")
                  .ok());
}

TEST(SignedNote, EveryChangedBitIsRefused) {
  const NoteVerifier verifier = *NoteVerifier::Parse(kGoVerifierKey);
  for (std::size_t bit = 0; bit < GoNote().size() * 8; ++bit) {
    std::string changed = GoNote();
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verifier.Verify(changed).ok()) << bit;
  }
}

TEST(SignedNote, SignaturesOfOtherKeysAreIgnored) {
  const NoteSigner log = SignerOf("log"), witness = SignerOf("witness");
  const std::string note =
      witness.Sign("text\n") + SignatureLineOf(log, "text\n");
  for (const NoteSigner* const signer : {&log, &witness}) {
    const auto text = VerifierOf(*signer).Verify(note);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*text, "text\n");
  }
  EXPECT_EQ(VerifierOf(SignerOf("stranger")).Verify(note).status().code(),
            StatusCode::kUnauthenticated);
}

TEST(SignedNote, AnotherKeyOfTheSameNameIsRefused) {
  const NoteSigner log = SignerOf("log"), impostor = SignerOf("log");
  EXPECT_EQ(VerifierOf(log).Verify(impostor.Sign("text\n")).status().code(),
            StatusCode::kUnauthenticated);
}

TEST(SignedNote, SignatureForAnotherTextIsRefused) {
  const NoteSigner log = SignerOf("log");
  EXPECT_EQ(VerifierOf(log)
                .Verify("other\n\n" + SignatureLineOf(log, "text\n"))
                .status()
                .code(),
            StatusCode::kUnauthenticated);
}

TEST(SignedNote, GoodSignatureDoesNotSaveABadOneOfTheSameKey) {
  const NoteSigner log = SignerOf("log");
  const std::string good = SignatureLineOf(log, "text\n");
  const std::string bad = SignatureLineOf(log, "other\n");
  const NoteVerifier verifier = VerifierOf(log);
  EXPECT_TRUE(verifier.Verify("text\n\n" + good + good).ok());
  EXPECT_EQ(verifier.Verify("text\n\n" + good + bad).status().code(),
            StatusCode::kUnauthenticated);
  EXPECT_EQ(verifier.Verify("text\n\n" + bad + good).status().code(),
            StatusCode::kUnauthenticated);
}

TEST(SignedNote, SignatureOfAnotherLengthIsRefused) {
  const NoteSigner log = SignerOf("log");
  const std::string line = SignatureLineOf(log, "text\n");
  const std::string prefix = line.substr(0, line.rfind(' ') + 1);
  std::string bytes = *DecodeBase64(
      line.substr(prefix.size(), line.size() - prefix.size() - 1));
  bytes.pop_back();
  EXPECT_EQ(
      VerifierOf(log)
          .Verify("text\n\n" + prefix + EncodeBase64(AsBytes(bytes)) + "\n")
          .status()
          .code(),
      StatusCode::kUnauthenticated);
}

TEST(SignedNote, MalformedNoteIsAnInvalidArgument) {
  EXPECT_EQ(VerifierOf(SignerOf("log")).Verify("no note").status().code(),
            StatusCode::kInvalidArgument);
}

TEST(SignedNote, TextWithEmptyLinesIsWhole) {
  const NoteSigner log = SignerOf("log");
  const auto text = VerifierOf(log).Verify(log.Sign("one\n\ntwo\n"));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, "one\n\ntwo\n");
}

TEST(NoteSigner, BadNamesAreRefused) {
  for (const char* const name : {"", "a b", "a+b", "a\nb"}) {
    EXPECT_EQ(NoteSigner::FromSeed(name, SecretArray<32>()).status().code(),
              StatusCode::kInvalidArgument);
  }
}

TEST(NoteVerifier, MalformedKeysAreRefused) {
  const std::string good = kGoVerifierKey;
  for (const std::string& key : {
           std::string(),
           std::string("PeterNeumann"),
           std::string("PeterNeumann+c74f20a3"),
           good.substr(12),                  // no name
           "X" + good,                       // the hash is another name's
           good.substr(0, good.size() - 4),  // a short key
           good + "AAAA",                    // a long one
           good + "\n",                      //
           std::string(" ") + good,          //
           "PeterNeumann+C74F20A3" + good.substr(21),
           "PeterNeumann+00000000" + good.substr(21),
           "PeterNeumann+c74f20a3+" +
               EncodeBase64(AsBytes("\x04" + std::string(32, 'k'))),
           std::string("PeterNeumann+c74f20a3+"),
       }) {
    EXPECT_EQ(NoteVerifier::Parse(key).status().code(),
              StatusCode::kInvalidArgument)
        << key;
  }
}

}  // namespace
}  // namespace samkoer::crypto
