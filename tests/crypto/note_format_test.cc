#include "crypto/note_format.h"

#include <gtest/gtest.h>

namespace samkoer::crypto {
namespace {

constexpr char kLine[] = "\xe2\x80\x94 key AAAAAAAAAAAA\n";

TEST(ParseNote, TextAndSignaturesComeApart) {
  const std::string note = std::string("one\n\ntwo\n\n") + kLine +
                           "\xe2\x80\x94 k\xc3\xb8 AQIDBAU=\n";
  const auto parsed = ParseNote(note);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->text, "one\n\ntwo\n");
  ASSERT_EQ(parsed->signatures.size(), 2u);
  EXPECT_EQ(parsed->signatures[0].name, "key");
  EXPECT_EQ(parsed->signatures[1].name, "k\xc3\xb8");
  EXPECT_EQ(parsed->signatures[1].key_hash,
            (std::array<std::uint8_t, 4>{1, 2, 3, 4}));
  EXPECT_EQ(parsed->signatures[1].signature, "\x05");
}

TEST(ParseNote, MalformedNotesAreRefused) {
  const std::string line = kLine;
  for (const std::string& note : {
           std::string(),
           std::string("text\n"),
           "text\n" + line,                                 // no empty line
           std::string("text\n\n"),                         // no signature
           "text\n\n" + line.substr(0, line.size() - 1),    // no newline
           "text\n\n" + line + "stray\n",                   //
           "text\n\n" + line + "\n",                        // empty line after
           "text\n\n- key AAAAAAAAAAAA\n" + std::string(),  // no em dash
           std::string("text\n\n\xe2\x80\x94 key\n"),
           std::string("text\n\n\xe2\x80\x94  AAAAAAAAAAAA\n"),
           std::string("text\n\n\xe2\x80\x94 a+b AAAAAAAAAAAA\n"),
           std::string("text\n\n\xe2\x80\x94 key AAAA\n"),      // 3 bytes
           std::string("text\n\n\xe2\x80\x94 key AAAAAA==\n"),  // no signature
           std::string("text\n\n\xe2\x80\x94 key AAAAAAAAAAA\n"),
           std::string("text\n\n\xe2\x80\x94 key AAAA AAAAAAAA\n"),
           "te\txt\n\n" + line,
           "te\rxt\n\n" + line,
           "te" + std::string(1, '\0') + "xt\n\n" + line,
           "te\xff\n\n" + line,              // never in UTF-8
           "te\xc3\n\n" + line,              // cut short
           "te\xc0\xaf\n\n" + line,          // overlong
           "te\xe0\x80\xaf\n\n" + line,      // overlong
           "te\xed\xa0\x80\n\n" + line,      // a surrogate
           "te\xf4\x90\x80\x80\n\n" + line,  // beyond Unicode
           "te\xf8\x88\x80\x80\x80\n\n" + line,
       }) {
    EXPECT_EQ(ParseNote(note).status().code(),
              absl::StatusCode::kInvalidArgument)
        << note;
  }
}

TEST(ParseNote, TextInOtherAlphabetsIsTaken) {
  EXPECT_TRUE(ParseNote(std::string("Samk\xc3\xb8r \xe2\x82\xac "
                                    "\xf0\x9f\x94\x91\n\n") +
                        kLine)
                  .ok());
}

TEST(ParseNote, LengthAndNumberOfSignaturesAreLimited) {
  std::string note = "text\n\n";
  for (std::size_t i = 0; i < kMaxNoteSignatures; ++i) note += kLine;
  EXPECT_TRUE(ParseNote(note).ok());
  note += kLine;
  EXPECT_FALSE(ParseNote(note).ok());

  const std::string ending = std::string("\n\n") + kLine;
  std::string longest(kMaxNoteBytes - ending.size(), 'x');
  EXPECT_TRUE(ParseNote(longest + ending).ok());
  EXPECT_FALSE(ParseNote(longest + "x" + ending).ok());
}

TEST(IsNoteKeyName, OnlyVisibleAsciiWithoutPlus) {
  EXPECT_TRUE(IsNoteKeyName("samkoer.example/egholm"));
  EXPECT_TRUE(IsNoteKeyName(std::string(255, 'n')));
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a+b"),
        std::string("a\n"), std::string("a\x7f"), std::string("\xc3\xb8"),
        std::string(256, 'n')}) {
    EXPECT_FALSE(IsNoteKeyName(name)) << name;
  }
}

}  // namespace
}  // namespace samkoer::crypto
