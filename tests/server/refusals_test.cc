#include "server/refusals.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

RefusalReport Refusal(const std::string& actor,
                      const std::string& method = "/samkoer.v1.Alerts/Follow") {
  RefusalReport report;
  report.actor = actor;
  report.method = method;
  report.code = absl::StatusCode::kPermissionDenied;
  report.count = 1;
  return report;
}

TEST(RefusalWindow, AFloodOfEqualRefusalsGivesTwoLeavesAWindow) {
  RefusalWindow window;
  std::vector<RefusalReport> due;
  const absl::Time start = absl::UnixEpoch();
  for (int i = 0; i < 100000; ++i) window.Add(Refusal("a"), start, due);
  window.Collect(start + kRefusalWindow - absl::Seconds(1), false, due);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].count, 1u);
  window.Collect(start + kRefusalWindow, false, due);
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[1].count, 99999u);
  EXPECT_EQ(due[1].actor, "a");
}

TEST(RefusalWindow, DifferentCallersMethodsAndCodesAreToldApart) {
  RefusalWindow window;
  std::vector<RefusalReport> due;
  window.Add(Refusal("a"), absl::UnixEpoch(), due);
  window.Add(Refusal("b"), absl::UnixEpoch(), due);
  window.Add(Refusal("a", "/samkoer.v1.Alerts/GetAlert"), absl::UnixEpoch(),
             due);
  RefusalReport other_code = Refusal("a");
  other_code.code = absl::StatusCode::kInvalidArgument;
  window.Add(other_code, absl::UnixEpoch(), due);
  EXPECT_EQ(due.size(), 4u);
}

TEST(RefusalWindow, ManyDifferentCallersShareOneLeafInTheEnd) {
  RefusalWindow window;
  std::vector<RefusalReport> due;
  for (std::size_t i = 0; i < 10 * kMaxDistinctRefusals; ++i) {
    window.Add(Refusal("caller " + std::to_string(i)), absl::UnixEpoch(), due);
  }
  EXPECT_EQ(due.size(), kMaxDistinctRefusals + 1);
  EXPECT_EQ(due.back().actor, "others");
}

TEST(RefusalWindow, AllThatIsLeftComesOutAtTheEnd) {
  RefusalWindow window;
  std::vector<RefusalReport> due;
  window.Add(Refusal("a"), absl::UnixEpoch(), due);
  window.Add(Refusal("a"), absl::UnixEpoch(), due);
  window.Collect(absl::UnixEpoch(), true, due);
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[1].count, 1u);
  window.Collect(absl::UnixEpoch(), true, due);
  EXPECT_EQ(due.size(), 2u);
}

TEST(RefusalRecorder, StopWritesWhatIsLeft) {
  std::vector<RefusalReport> written;
  absl::Mutex mutex;
  RefusalRecorder recorder([&](const RefusalReport& report) {
    absl::MutexLock lock(&mutex);
    written.push_back(report);
    return absl::OkStatus();
  });
  for (int i = 0; i < 5; ++i) recorder.Record(Refusal("a"));
  recorder.Stop();
  recorder.Record(Refusal("late"));
  recorder.Stop();
  std::uint64_t sum = 0;
  for (const RefusalReport& report : written) sum += report.count;
  EXPECT_EQ(sum, 5u);
  EXPECT_EQ(written.size(), 2u);
}

}  // namespace
}  // namespace samkoer::server
