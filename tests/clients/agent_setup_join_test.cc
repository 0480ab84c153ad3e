#include <gtest/gtest.h>

#include "clients/agent/file_source.h"
#include "clients/agent/setup_join.h"

namespace samkoer::agent {
namespace {

class Rows final : public RowSource {
 public:
  explicit Rows(std::string_view text) : text_(text) {}
  absl::Status Read(const RowSink& sink, const ReadProgress&) override {
    v1::CsvDialect dialect;
    dialect.set_delimiter(";");
    return ReadTextRows(text_, "t", dialect, sink);
  }

 private:
  std::string_view text_;
};

std::string Joined(std::string_view source, std::string_view file) {
  Rows a(source), b(file);
  const auto left = SampleTable::Read(a), right = SampleTable::Read(b);
  EXPECT_TRUE(left.ok() && right.ok()) << left.status() << right.status();
  const auto found = FindJoin(*left, *right);
  return found ? found->key + "=" + found->file_key : "(none)";
}

constexpr std::string_view kCases =
    "SagId;BorgerId;Status\nA1;7;Åben\nA2;8;Åben\nA3;7;Lukket\n";

TEST(FindJoin, ByTheValuesWhateverTheNames) {
  EXPECT_EQ(Joined(kCases, "Id;Navn\n7;x\n8;y\n9;z\n"), "BorgerId=Id");
  EXPECT_EQ(Joined(kCases, "borgerid;Navn\n7;x\n8;y\n9;z\n"),
            "BorgerId=borgerid");
}

TEST(FindJoin, AColumnWithRepeatedValuesIsNoKey) {
  EXPECT_EQ(Joined(kCases, "BorgerId;Navn\n7;x\n7;y\n8;z\n"), "(none)");
}

TEST(FindJoin, ValuesThatAreMostlyMissingDoNotFit) {
  EXPECT_EQ(Joined(kCases, "Id;Navn\n7;x\n9;y\n"), "(none)");
}

TEST(FindJoin, TwoPairsThatFitAreLeftToAPerson) {
  EXPECT_EQ(Joined("A;B\n1;2\n2;1\n", "C;Navn\n1;x\n2;y\n"), "(none)");
  // A name decides nothing.
  EXPECT_EQ(Joined("A;B\n11;12\n12;11\n", "b;Navn\n11;x\n12;y\n"), "(none)");
  // Nor does a pair that fits if another fits half.
  EXPECT_EQ(Joined("A;B\n11;12\n12;77\n", "A;Navn\n11;x\n12;y\n"), "(none)");
}

TEST(FindJoin, TwoFilesThatBothCountFromOneAreLeftToAPerson) {
  // Each case would get the CPR number of whoever has its row's number.
  std::string cases = "Id;BorgerId;Sagsnr\n", alone = "Id;Sagsnr\n";
  std::string persons = "Id;CPR\n";
  for (int i = 1; i <= 50; ++i) {
    const std::string id = std::to_string(i);
    cases += id + ";" + std::to_string(80 - i) + ";S-" + id + "\n";
    alone += id + ";S-" + id + "\n";
  }
  for (int i = 1; i <= 80; ++i) persons += std::to_string(i) + ";x\n";
  EXPECT_EQ(Joined(cases, persons), "(none)");
  // Without a second pair, too.
  EXPECT_EQ(Joined(alone, persons), "(none)");
}

}  // namespace
}  // namespace samkoer::agent
