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
            "wanted are 'CPR', 'Sagsnr', 'PrimærStatus'; the file has 'CPR', "
            "'Sag', 'PrimærStatus'");
}

TEST(ColumnLayout, AColumnThatStandsTwice) {
  const std::vector<std::string> header = {"CPR", "CPR", "Sagsnr",
                                           "PrimærStatus"};
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  ASSERT_FALSE(layout.ok());
  EXPECT_EQ(layout.status().message(),
            "the header has more than one column 'CPR'");
  EXPECT_NE(clients::HintOf(layout.status()).find("the file has 'CPR', 'CPR'"),
            std::string::npos);
}

// All that an error of this first line shows.
std::string Shown(const std::vector<std::string>& header) {
  const auto layout = ColumnLayout::Match(Names(), header, kNulls);
  EXPECT_FALSE(layout.ok());
  return std::string(layout.status().message()) + "\n" +
         clients::HintOf(layout.status());
}

TEST(ColumnLayout, AFileWithoutHeaderDoesNotShowItsFirstRow) {
  const std::vector<std::string> rows[] = {
      {std::string(kCprA), "Asta Rømer"},
      // A placeholder, a replacement number, another form, a case number.
      {"000000-0000", "Asta Rømer", "S-1"},
      {"02 04 05 12 34", "Asta Rømer", "S-1"},
      {"020405A123", "Asta Rømer", "S-123456"},
      {"Asta Rømer", "12 34 56 78"},
      {"Asta Rømer", "asta@example.org"},
      // Not one number in it, or one of our words among it.
      {"Asta Rømer", "Familie", "åben"},
      {"Asta Rømer", "S-123456", "CPR"},
      {"Asta Rømer " + std::string(60, 'x'), "CPR"},
      {"Asta Rømer;0204051234;S-1"},
  };
  for (const auto& row : rows) {
    const std::string shown = Shown(row);
    EXPECT_EQ(shown.find("Asta"), std::string::npos) << shown;
    for (const char* part : {"0204", "02 04", "123456", "12 34", "example.org",
                             "000000", "Familie"}) {
      EXPECT_EQ(shown.find(part), std::string::npos) << shown;
    }
    EXPECT_NE(shown.find("wanted are 'CPR', 'Sagsnr', 'PrimærStatus'"),
              std::string::npos)
        << shown;
    EXPECT_NE(shown.find("first line has " + std::to_string(row.size())),
              std::string::npos)
        << shown;
  }
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
