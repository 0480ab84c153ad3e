#include "storage/failpoint.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace samkoer::storage {
namespace {

// Each statement runs in a process of its own, which reads the environment
// afresh: the "threadsafe" style starts the test program again.
class FailpointDeathTest : public testing::Test {
 protected:
  FailpointDeathTest() { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
  void PassThrice(const char* armed) {
    ::setenv("SAMKOER_FAILPOINT", armed, 1);
    for (int i = 0; i < 3; ++i) PassFailpoint("stage.prepared");
    ::exit(0);
  }
};

TEST_F(FailpointDeathTest, KillsAtTheGivenCount) {
  EXPECT_EXIT(PassThrice("stage.prepared:3"), testing::KilledBySignal(SIGKILL),
              "");
}

TEST_F(FailpointDeathTest, ANameAloneMeansTheFirstTime) {
  EXPECT_EXIT(PassThrice("stage.prepared"), testing::KilledBySignal(SIGKILL),
              "");
}

TEST_F(FailpointDeathTest, LetsPassWhatIsNotNamedOrNotYetDue) {
  EXPECT_EXIT(PassThrice("stage.prepared:4"), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(PassThrice("loop.before-write:1"), testing::ExitedWithCode(0),
              "");
  EXPECT_EXIT(PassThrice(""), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace samkoer::storage
