// The fixture of the tests of intake: an installation, and helpers to push.
#ifndef SAMKOER_TESTS_MATCHER_INTAKE_FIXTURE_H_
#define SAMKOER_TESTS_MATCHER_INTAKE_FIXTURE_H_

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/key_layout.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {

inline samkoer::v1::CaseRecord Family(std::string_view person,
                                      std::string_view ref) {
  return MakeRecord(person, ref, "Rådgivning", samkoer::v1::DOMAIN_FAMILY);
}
inline samkoer::v1::CaseRecord Jobs(std::string_view person,
                                    std::string_view ref) {
  return MakeRecord(person, ref, "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT);
}
inline std::vector<samkoer::v1::CaseRecord> ManyFamily(int count) {
  std::vector<samkoer::v1::CaseRecord> records;
  for (int i = 0; i < count; ++i) {
    records.push_back(
        Family("p" + std::to_string(i), "F-" + std::to_string(i)));
  }
  return records;
}

class MatcherIntakeTest : public testing::Test {
 protected:
  MatcherIntakeTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  std::uint64_t Held() { return in_.matcher().Stats().records_held; }
  std::size_t Staged() {
    std::size_t count = 0;
    SAMKOER_EXPECT_OK(in_.store().Scan(
        storage::TablePrefix(storage::Table::kStagedBatch), "",
        [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }
  absl::StatusOr<samkoer::v1::BatchReceipt> Send(
      PushSession& session, const samkoer::v1::RecordBatch& batch) {
    std::promise<absl::StatusOr<samkoer::v1::BatchReceipt>> done;
    session.SubmitBatch(
        batch, [&](auto receipt) { done.set_value(std::move(receipt)); });
    return done.get_future().get();
  }
  std::unique_ptr<PushSession> MustBegin(const PushPlan& plan) {
    return storage::ValueOf(in_.matcher().BeginPush(
        Installation::Department(plan.department), in_.Begin(plan)));
  }

  Installation in_{ExamplePolicy()};
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_INTAKE_FIXTURE_H_
