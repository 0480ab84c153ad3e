// The part of the facade for citizens' rights and departments' notices. What an
// erasure does: erase_test.cc.
#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::Message;
using storage::ValueOf;
using testing::HasSubstr;

class MatcherRightsTest : public MatcherIntakeTest {
 protected:
  MatcherRightsTest() {
    in_.MustSnapshot("family", {Family("a", "F-1"), Family("a", "F-2")});
    in_.MustErase("a");
  }
  absl::StatusOr<samkoer::v1::AcknowledgeNoticesResponse> Acknowledge(
      const std::vector<std::string>& ids,
      std::string_view department = "family") {
    samkoer::v1::AcknowledgeNoticesRequest request;
    for (const std::string& id : ids) request.add_notice_ids(id);
    return in_.matcher().AcknowledgeNotices(
        Installation::Department(department), request);
  }
  std::vector<std::string> Ids() {
    const auto list =
        ValueOf(in_.matcher().ListNotices(Installation::Department("family")));
    std::vector<std::string> ids;
    for (const auto& notice : list.notices()) {
      ids.push_back(notice.notice_id());
    }
    return ids;
  }
};

TEST_F(MatcherRightsTest, ADepartmentOutsideThePolicyIsNotPermitted) {
  const Caller stranger = Installation::Department("stranger");
  EXPECT_TRUE(
      absl::IsPermissionDenied(in_.matcher().ListNotices(stranger).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(
      Acknowledge({std::string(16, 'x')}, "stranger").status()));
}

TEST_F(MatcherRightsTest, IdsAreCheckedBeforeAnythingIsDeleted) {
  const std::vector<std::string> ids = Ids();
  ASSERT_EQ(ids.size(), 2u);
  const auto refused = [&](const std::vector<std::string>& list,
                           const char* message) {
    const absl::Status status = Acknowledge(list).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(Message(status), HasSubstr(message));
  };
  refused({}, "1 to 1,000");
  refused(std::vector<std::string>(1001, ids[0]), "1 to 1,000");
  refused({ids[0], "short"}, "number 1");
  EXPECT_EQ(Ids(), ids);
}

TEST_F(MatcherRightsTest, ListingAndAcknowledgingStandInTheLog) {
  using samkoer::v1::AUDIT_ACTION_NOTICES_ACKNOWLEDGED;
  using samkoer::v1::AUDIT_ACTION_NOTICES_READ;
  const std::vector<std::string> ids = Ids();
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_NOTICES_READ), 1u);
  EXPECT_EQ(ValueOf(Acknowledge({ids[0]})).deleted(), 1u);
  // Safe to repeat.
  EXPECT_EQ(ValueOf(Acknowledge({ids[0]})).deleted(), 0u);
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_NOTICES_ACKNOWLEDGED), 2u);
  EXPECT_EQ(Ids(), (std::vector<std::string>{ids[1]}));
}

}  // namespace
}  // namespace samkoer::matcher
