#include "storage/store_kind.h"

#include <gtest/gtest.h>

namespace samkoer::storage {
namespace {

TEST(StoreKind, OriginNamesMunicipalityAndProgram) {
  EXPECT_EQ(LogOrigin("testby", StoreKind::kMatcher), "samkoer/testby/matcher");
  EXPECT_EQ(LogOrigin("testby", StoreKind::kKeyd), "samkoer/testby/keyd");
}

TEST(StoreKind, MunicipalityNamesThatCertificatesCanCarryAreAccepted) {
  for (const char* name : {"aarhus", "Testby-2", "a", "x.y_z"}) {
    EXPECT_TRUE(IsMunicipalityName(name)) << name;
  }
  EXPECT_TRUE(IsMunicipalityName(std::string(64, 'a')));
}

TEST(StoreKind, NamesThatWouldBreakOriginsAreRefused) {
  for (const char* name : {"", "a b", "a/b", "a+b", "k\xc3\xb8ge", "a\n"}) {
    EXPECT_FALSE(IsMunicipalityName(name)) << name;
  }
  EXPECT_FALSE(IsMunicipalityName(std::string(65, 'a')));
}

}  // namespace
}  // namespace samkoer::storage
