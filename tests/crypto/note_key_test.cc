#include "crypto/note_key.h"

#include <gtest/gtest.h>

namespace samkoer::crypto {
namespace {

// Made with Python's hashlib and base64 from the public key of RFC 8032's seed
// 00 01 02 ... 1f.
constexpr char kWitnessKey[] =
    "witness.example.com/w1+a0059f11+"
    "BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
// The example of golang.org/x/mod/sumdb/note.
constexpr char kLogKey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

TEST(NoteKeyTest, AKeyIsWrittenAsItWasRead) {
  const auto witness = ParseNoteKey(kWitnessKey, NoteKeyType::kCosignatureV1);
  ASSERT_TRUE(witness.ok()) << witness.status();
  EXPECT_EQ(witness->name, "witness.example.com/w1");
  EXPECT_EQ(FormatNoteKey(*witness, NoteKeyType::kCosignatureV1), kWitnessKey);
  const auto log = ParseNoteKey(kLogKey, NoteKeyType::kEd25519);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(FormatNoteKey(*log, NoteKeyType::kEd25519), kLogKey);
}

TEST(NoteKeyTest, TheTypeIsPartOfTheHash) {
  const auto key = ParseNoteKey(kWitnessKey, NoteKeyType::kCosignatureV1);
  ASSERT_TRUE(key.ok());
  EXPECT_NE(MakeNoteKey(key->name, NoteKeyType::kEd25519, key->public_key).hash,
            key->hash);
}

TEST(NoteKeyTest, AKeyOfAnotherTypeIsRefused) {
  EXPECT_EQ(ParseNoteKey(kWitnessKey, NoteKeyType::kEd25519).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseNoteKey(kLogKey, NoteKeyType::kCosignatureV1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(NoteKeyTest, EveryOtherSpellingIsRefused) {
  const std::string good = kWitnessKey;
  for (const std::string& bad :
       {std::string(), std::string("w1"), std::string("w1+a0059f11"),
        good.substr(0, good.size() - 1), good + "=", good + "\n",
        "+" + good.substr(good.find('+') + 1),
        "w 1+" + good.substr(good.find('+') + 1),
        "w2+" + good.substr(good.find('+') + 1),
        "witness.example.com/w1+A0059F11" + good.substr(31)}) {
    EXPECT_FALSE(ParseNoteKey(bad, NoteKeyType::kCosignatureV1).ok()) << bad;
  }
}

TEST(NoteKeyTest, ASignatureLineIsOneThatNotesTake) {
  const auto key = ParseNoteKey(kWitnessKey, NoteKeyType::kCosignatureV1);
  const std::string note =
      "text\n\n" + NoteSignatureLine(*key, std::string(72, 's'));
  const auto parsed = ParseNote(note);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->signatures.at(0).name, key->name);
  EXPECT_EQ(parsed->signatures.at(0).key_hash, key->hash);
  EXPECT_EQ(parsed->signatures.at(0).signature, std::string(72, 's'));
}

}  // namespace
}  // namespace samkoer::crypto
