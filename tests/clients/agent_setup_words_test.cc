#include <gtest/gtest.h>

#include "clients/agent/setup_words.h"

namespace samkoer::agent {
namespace {

TEST(NameRank, KnowsNamesHoweverTheyAreWritten) {
  for (const char* name : {"CPR", "Cprnr.", "cpr-nummer", "CPR nr.",
                           "Personnummer", "Borgerens_CPR"}) {
    EXPECT_GT(NameRank(Column::kCpr, name), 0) << name;
  }
  EXPECT_GT(NameRank(Column::kOpened, "ÅBNET"), 0);
  EXPECT_EQ(NameRank(Column::kCpr, "Navn"), 0);
  EXPECT_LT(NameRank(Column::kCaseRef, "SagId"),
            NameRank(Column::kCaseRef, "BorgerId"));
  EXPECT_TRUE(IsKnownName("PrimærAnsvarlig"));
  EXPECT_FALSE(IsKnownName("Asta Rømer"));
}

TEST(NamesSomebodyElse, ParentsAndCaseworkers) {
  for (const char* name : {"Mors CPR", "CPR_far", "Forælder1Cpr", "VærgeCPR",
                           "Sagsbehandler CPR"}) {
    EXPECT_TRUE(NamesSomebodyElse(name)) << name;
  }
  EXPECT_FALSE(NamesSomebodyElse("Barnets CPR"));
}

TEST(UsualStatus, OpenClosedAndUnknown) {
  EXPECT_EQ(UsualStatus("IGANGVÆRENDE"), v1::CASE_STATUS_OPEN);
  EXPECT_EQ(UsualStatus(" Ophørt "), v1::CASE_STATUS_CLOSED);
  EXPECT_EQ(UsualStatus("ja"), v1::CASE_STATUS_UNSPECIFIED);
}

TEST(FindUsualDomain, OnlyWhatAllMunicipalitiesDoAlike) {
  EXPECT_EQ(FindUsualDomain("27.24.03")->domain, v1::DOMAIN_FAMILY);
  EXPECT_EQ(FindUsualDomain("34.10.10")->prefix, "34.");
  EXPECT_FALSE(FindUsualDomain("27.48.12"));
  EXPECT_FALSE(FindUsualDomain("27.54.01"));
  EXPECT_FALSE(FindUsualDomain("00.01.00"));
}

TEST(IsKle, CodesAndWhatLooksLikeThem) {
  for (const char* text :
       {"27.24", "27.24.03", "27.24.00-G01", "27.24.00-Ø12"}) {
    EXPECT_TRUE(IsKle(text)) << text;
  }
  for (const char* text : {"", "27", "27.24.03  Asta", "32.21.20-G01-10129-25",
                           "01.02.2026", "2724.03", "27.24.0", "27.24.00-G0"}) {
    EXPECT_FALSE(IsKle(text)) << text;
  }
}

TEST(IsShowableWord, NeitherNumbersNorNamesOfPeople) {
  for (const char* text : {"Under udredning", "AKTIV", "Åben", "27.24"}) {
    EXPECT_TRUE(IsShowableWord(text)) << text;
  }
  for (const char* text :
       {"020402-4104", "Ida Kjær", "Øjvind Åse", "kjær, ida 12345678", "a@b.dk",
        "", "a\nb",
        "en meget lang tekst, som ingen status nogensinde har haft"}) {
    EXPECT_FALSE(IsShowableWord(text)) << text;
  }
}

}  // namespace
}  // namespace samkoer::agent
