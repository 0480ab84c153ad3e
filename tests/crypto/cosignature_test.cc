#include "crypto/cosignature.h"

#include <gtest/gtest.h>

#include "crypto/signed_note.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

// The checkpoint and its log's signature are the example of
// c2sp.org/tlog-cosignature, which does not give the witness's key. So key and
// cosignature are by another implementation, over the same text and time, with
// the seed 00 01 02 ... 1f: Python's hashlib and the Ed25519 of the package
// `cryptography`.
constexpr char kText[] =
    "example.com/behind-the-sofa\n20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
constexpr char kLogLine[] =
    "\xe2\x80\x94 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
constexpr char kSpecLine[] =
    "\xe2\x80\x94 witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1n"
    "PZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
constexpr std::uint64_t kTime = 1679315147;
constexpr char kLine[] =
    "\xe2\x80\x94 witness.example.com/w1 "
    "oAWfEQAAAABkGFDLBuRDazBLVac2NE+Y+IjbjQOcXLfF9CSDZVUIoS83rE1nFZsVE8YiWV6Ngr"
    "7lV8H6bdoBQGP/l73euDMQ9k+bBQ==\n";
constexpr char kVerifierKey[] =
    "witness.example.com/w1+a0059f11+"
    "BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

std::string Note(const std::string& lines) {
  return std::string(kText) + "\n" + lines;
}

CosignatureSigner Signer(const std::string& name = "witness.example.com/w1") {
  std::string seed;
  for (char c = 0; c < 32; ++c) seed.push_back(c);
  return *CosignatureSigner::FromSeed(name, SecretFrom<32>(seed));
}

TEST(CosignatureTest, TheVectorIsMadeBitByBit) {
  const CosignatureSigner signer = Signer();
  EXPECT_EQ(signer.VerifierKey(), kVerifierKey);
  EXPECT_EQ(signer.Cosign(kText, kTime), kLine);
}

TEST(CosignatureTest, TheVectorIsVerifiedAmongOtherLines) {
  const auto verifier = CosignatureVerifier::Parse(kVerifierKey);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  // The specification's own line names another key of the same witness.
  const auto cosigned =
      verifier->Verify(Note(std::string(kLogLine) + kSpecLine + kLine));
  ASSERT_TRUE(cosigned.ok()) << cosigned.status();
  EXPECT_EQ(cosigned->text, kText);
  EXPECT_EQ(cosigned->unix_seconds, kTime);
  EXPECT_EQ(cosigned->line, kLine);
}

TEST(CosignatureTest, TheSpecificationsLineHasOurForm) {
  const std::string note = Note(kSpecLine);
  const auto parsed = ParseNote(note);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->signatures.at(0).signature.size(), 72u);
  EXPECT_EQ(parsed->signatures.at(0).signature.substr(0, 8),
            std::string("\0\0\0\0\x64\x18\x50\xcb", 8));
}

TEST(CosignatureTest, EveryChangedBitIsRefused) {
  const CosignatureVerifier verifier =
      *CosignatureVerifier::Parse(kVerifierKey);
  const std::string good = Note(kLine);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string changed = good;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(verifier.Verify(changed).ok()) << bit;
  }
}

TEST(CosignatureTest, WithoutALineOfThisWitnessThereIsNone) {
  const CosignatureVerifier verifier =
      *CosignatureVerifier::Parse(kVerifierKey);
  EXPECT_EQ(verifier.Verify(Note(kLogLine)).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(verifier.Verify(kText).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(CosignatureTest, TheNewestCosignatureCounts) {
  const CosignatureVerifier verifier =
      *CosignatureVerifier::Parse(kVerifierKey);
  const CosignatureSigner signer = Signer();
  for (const auto& [first, second] :
       {std::pair{kTime, kTime + 5}, {kTime + 5, kTime}}) {
    const auto cosigned = verifier.Verify(
        Note(signer.Cosign(kText, first) + signer.Cosign(kText, second)));
    ASSERT_TRUE(cosigned.ok()) << cosigned.status();
    EXPECT_EQ(cosigned->unix_seconds, kTime + 5);
  }
}

TEST(CosignatureTest, AnOrdinarySignatureOfTheSameKeyIsNoCosignature) {
  std::string seed;
  for (char c = 0; c < 32; ++c) seed.push_back(c);
  const auto plain =
      NoteSigner::FromSeed("witness.example.com/w1", SecretFrom<32>(seed));
  ASSERT_TRUE(plain.ok());
  const CosignatureVerifier verifier =
      *CosignatureVerifier::Parse(kVerifierKey);
  EXPECT_EQ(verifier.Verify(plain->Sign(kText)).status().code(),
            StatusCode::kNotFound);
  EXPECT_FALSE(CosignatureVerifier::Parse(plain->VerifierKey()).ok());
  const auto as_log = NoteVerifier::Parse(plain->VerifierKey());
  EXPECT_FALSE(as_log->Verify(Note(kLine)).ok());
}

TEST(CosignatureTest, NamesThatNotesDoNotTakeAreRefused) {
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a+b"),
        std::string("a\nb"), std::string(256, 'a')}) {
    EXPECT_EQ(
        CosignatureSigner::FromSeed(name, SecretArray<32>()).status().code(),
        StatusCode::kInvalidArgument)
        << name;
  }
}

}  // namespace
}  // namespace samkoer::crypto
