#include "clients/common/csv_writer.h"

#include <gtest/gtest.h>

namespace samkoer::clients {
namespace {

TEST(CsvLine, EveryCellIsQuotedAndQuotesAreDoubled) {
  EXPECT_EQ(CsvLine({"S-1", "Team \"Ung\"; øst", ""}),
            "\"S-1\";\"Team \"\"Ung\"\"; øst\";\"\"\r\n");
}

TEST(CsvLine, NoCellIsTheBeginningOfAFormula) {
  EXPECT_EQ(CsvLine({"=1+1", "+45", "-1", "@a", "\tx", "a=1"}),
            "\"'=1+1\";\"'+45\";\"'-1\";\"'@a\";\"'\tx\";\"a=1\"\r\n");
}

}  // namespace
}  // namespace samkoer::clients
