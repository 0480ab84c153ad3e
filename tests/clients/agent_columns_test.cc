#include <gtest/gtest.h>

#include <vector>

#include "clients/agent/columns.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

v1::ColumnMap Names() {
  v1::ColumnMap names;
  names.set_cpr("CPR");
  names.set_case_ref("Sagsnr");
  names.set_status("PrimærStatus");
  return names;
}

const std::vector<std::string> kNulls = {"NULL"};

TEST(ColumnLayout, FindsColumnsExactlyFirstThenForgivingly) {
  const std::vector<std::string> header = {" sagsnr ", "cpr", "CPR",
                                           "PRIMÆRSTATUS"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  ASSERT_TRUE(layout.ok()) << layout.status();
  const std::vector<std::string> row = {"S-1", "falsk", "x", "NULL"};
  RowView view;
  ASSERT_TRUE(layout->Read(row, view));
  EXPECT_EQ(view[Column::kCpr], "x");
  EXPECT_EQ(view[Column::kCaseRef], "S-1");
  EXPECT_EQ(view[Column::kStatus], "");
  EXPECT_EQ(view[Column::kUnit], "");
}

TEST(ColumnLayout, AMissingColumnListsWhatIsThere) {
  const std::vector<std::string> header = {"CPR", "Sag", "PrimærStatus"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  ASSERT_FALSE(layout.ok());
  EXPECT_EQ(layout.status().message(), "the header has no column 'Sagsnr'");
  EXPECT_EQ(clients::HintOf(layout.status()),
            "the file has: 'CPR', 'Sag', 'PrimærStatus'");
}

TEST(ColumnLayout, AColumnThatStandsTwice) {
  const std::vector<std::string> header = {"CPR", "CPR", "Sagsnr",
                                           "PrimærStatus"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  ASSERT_FALSE(layout.ok());
  EXPECT_EQ(layout.status().message(),
            "the header has more than one column 'CPR'");
}

TEST(ColumnLayout, AFileWithoutHeaderDoesNotShowItsFirstRow) {
  const std::vector<std::string> header = {std::string(kCprA), "Asta Rømer"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  ASSERT_FALSE(layout.ok());
  const std::string all =
      std::string(layout.status().message()) + clients::HintOf(layout.status());
  EXPECT_EQ(all.find("Asta"), std::string::npos);
  EXPECT_EQ(all.find("0204"), std::string::npos);
  EXPECT_NE(all.find("header"), std::string::npos);
}

TEST(ColumnLayout, OneColumnHintsAtTheDelimiter) {
  const std::vector<std::string> header = {"CPR,Sagsnr,PrimærStatus"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  EXPECT_NE(clients::HintOf(layout.status()).find("delimiter"),
            std::string::npos);
}

TEST(ColumnLayout, RowsOfAnotherWidth) {
  const std::vector<std::string> header = {"CPR", "Sagsnr", "PrimærStatus"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  RowView view;
  const std::vector<std::string> shorter = {"x", "S-1"};
  EXPECT_FALSE(layout->Read(shorter, view));
  const std::vector<std::string> longer = {"x", "S-1", "a", "b"};
  EXPECT_FALSE(layout->Read(longer, view));
  const std::vector<std::string> trailing = {"x", "S-1", "a", " "};
  EXPECT_TRUE(layout->Read(trailing, view));
}

}  // namespace
}  // namespace samkoer::agent
