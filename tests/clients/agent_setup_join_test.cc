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
  // The same name decides.
  EXPECT_EQ(Joined("A;B\n1;2\n2;1\n", "b;Navn\n1;x\n2;y\n"), "B=b");
}

}  // namespace
}  // namespace samkoer::agent
