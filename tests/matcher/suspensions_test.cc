#include "matcher/suspensions.h"

#include "gmock/gmock.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DepartmentSwitch;
using samkoer::v1::SUSPENDED_RECORDS_COUNT;
using samkoer::v1::SUSPENDED_RECORDS_DO_NOT_COUNT;
using testing::ElementsAre;
using testing::IsEmpty;

DepartmentSwitch Off(const std::string& department,
                     samkoer::v1::SuspendedRecords records) {
  DepartmentSwitch change;
  change.set_department(department);
  change.set_suspended(true);
  change.set_records(records);
  return change;
}
DepartmentSwitch On(const std::string& department) {
  DepartmentSwitch change;
  change.set_department(department);
  return change;
}

TEST(Suspensions, TheLastSwitchOfADepartmentHolds) {
  Suspensions suspensions;
  EXPECT_TRUE(suspensions.CheckOn("family").ok());
  suspensions.Apply(Off("jobs", SUSPENDED_RECORDS_COUNT));
  suspensions.Apply(Off("family", SUSPENDED_RECORDS_DO_NOT_COUNT));
  EXPECT_TRUE(absl::IsPermissionDenied(suspensions.CheckOn("family")));
  EXPECT_TRUE(suspensions.CheckOn("social").ok());
  EXPECT_TRUE(suspensions.IsLeftOut("family"));
  EXPECT_FALSE(suspensions.IsLeftOut("jobs"));
  EXPECT_FALSE(suspensions.IsLeftOut("social"));
  EXPECT_THAT(suspensions.Departments(), ElementsAre("family", "jobs"));

  suspensions.Apply(Off("family", SUSPENDED_RECORDS_COUNT));
  EXPECT_TRUE(suspensions.IsOff("family"));
  EXPECT_FALSE(suspensions.IsLeftOut("family"));
  suspensions.Apply(On("family"));
  suspensions.Apply(On("jobs"));
  EXPECT_FALSE(suspensions.IsOff("family"));
  EXPECT_THAT(suspensions.Departments(), IsEmpty());
}

TEST(Suspensions, OneStandsAsASwitchWouldPutIt) {
  Suspensions suspensions;
  const DepartmentSwitch off = Off("family", SUSPENDED_RECORDS_DO_NOT_COUNT);
  EXPECT_EQ(suspensions.Of("family").SerializeAsString(),
            On("family").SerializeAsString());
  suspensions.Apply(off);
  EXPECT_EQ(suspensions.Of("family").SerializeAsString(),
            off.SerializeAsString());
}

TEST(CheckSwitchContent, ASuspensionSaysWhatBecomesOfTheRecordsAndOthersDoNot) {
  EXPECT_TRUE(CheckSwitchContent(Off("a", SUSPENDED_RECORDS_COUNT)).ok());
  EXPECT_TRUE(CheckSwitchContent(On("a")).ok());
  DepartmentSwitch on_with_records = On("a");
  on_with_records.set_records(SUSPENDED_RECORDS_COUNT);
  for (const DepartmentSwitch& wrong :
       {On(""), Off("a", samkoer::v1::SUSPENDED_RECORDS_UNSPECIFIED),
        on_with_records}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckSwitchContent(wrong)))
        << wrong.ShortDebugString();
  }
}

}  // namespace
}  // namespace samkoer::matcher
