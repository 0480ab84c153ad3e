#include "matcher/notices.h"

#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::NOTICE_KIND_ERASED;
using samkoer::v1::NOTICE_KIND_OBJECTION;
using storage::ValueOf;

class NoticesTest : public StateFixture {
 protected:
  void Put(std::string_view department, std::string_view case_ref,
           samkoer::v1::NoticeKind kind = NOTICE_KIND_ERASED) {
    PutNotice(state_, tx_, DepartmentNo(department), case_ref, kind);
    Write();
  }
  void After(absl::Duration time) { tx_.set_now(tx_.now() + time); }
  std::vector<KeyedNotice> Read(std::string_view department) {
    return ValueOf(ReadNotices(engine_, sealer_, DepartmentNo(department)));
  }
  std::vector<std::string> CasesOf(std::string_view department) {
    std::vector<std::string> cases;
    for (const auto& found : Read(department)) {
      cases.push_back(found.notice.case_ref);
    }
    return cases;
  }
};

using Cases = std::vector<std::string>;

TEST_F(NoticesTest, ADepartmentHasItsOwnOldestFirst) {
  Put("family", "F-9");
  After(absl::Seconds(1));
  Put("family", "F-1", NOTICE_KIND_OBJECTION);
  Put("jobs", "F-9");
  EXPECT_EQ(CasesOf("family"), (Cases{"F-9", "F-1"}));
  EXPECT_EQ(Read("family")[1].notice.kind, NOTICE_KIND_OBJECTION);
  EXPECT_EQ(Read("family")[0].notice.time_micros + 1'000'000,
            Read("family")[1].notice.time_micros);
  EXPECT_EQ(CasesOf("jobs"), (Cases{"F-9"}));
  EXPECT_TRUE(CasesOf("social").empty());
}

TEST_F(NoticesTest, ALaterNoticeOfTheSameCaseTakesItsPlace) {
  Put("family", "F-1");
  const crypto::Hash16 first = Read("family")[0].notice.notice_id;
  Put("family", "F-1", NOTICE_KIND_OBJECTION);
  ASSERT_EQ(Read("family").size(), 1u);
  EXPECT_NE(Read("family")[0].notice.notice_id, first);
  EXPECT_EQ(Read("family")[0].notice.kind, NOTICE_KIND_OBJECTION);
}

TEST_F(NoticesTest, ACaseThatComesAgainAfterAnObjectionIsToldOnce) {
  const auto note = [&] {
    SAMKOER_EXPECT_OK(
        NoteObjectedCase(state_, tx_, DepartmentNo("family"), "F-1"));
  };
  Put("family", "F-1");
  note();  // not written yet, and again in the same command
  note();
  Write();
  ASSERT_EQ(Read("family").size(), 1u);
  const crypto::Hash16 id = Read("family")[0].notice.notice_id;
  EXPECT_EQ(Read("family")[0].notice.kind, NOTICE_KIND_OBJECTION);
  note();
  Write();
  EXPECT_EQ(Read("family")[0].notice.notice_id, id);
}

TEST_F(NoticesTest, WhatIsAcknowledgedGoesAndOnlyFromItsOwnDepartment) {
  Put("family", "F-1");
  Put("family", "F-2");
  Put("jobs", "J-1");
  const std::vector<crypto::Hash16> ids = {Read("family")[0].notice.notice_id,
                                           Read("jobs")[0].notice.notice_id,
                                           crypto::Hash16{}};
  EXPECT_EQ(ValueOf(DeleteNotices(state_, tx_, DepartmentNo("family"), ids)),
            1u);
  // Twice in one group of commands.
  EXPECT_EQ(ValueOf(DeleteNotices(state_, tx_, DepartmentNo("family"), ids)),
            0u);
  Write();
  EXPECT_EQ(CasesOf("family").size(), 1u);
  EXPECT_EQ(CasesOf("jobs").size(), 1u);
}

TEST_F(NoticesTest, ANoticeThatWasReplacedMeanwhileIsNotAcknowledged) {
  Put("family", "F-1");
  const std::vector<crypto::Hash16> ids = {Read("family")[0].notice.notice_id};
  PutNotice(state_, tx_, DepartmentNo("family"), "F-1", NOTICE_KIND_OBJECTION);
  EXPECT_EQ(ValueOf(DeleteNotices(state_, tx_, DepartmentNo("family"), ids)),
            0u);
  Write();
  EXPECT_EQ(CasesOf("family").size(), 1u);
}

TEST_F(NoticesTest, WhatNobodyAcknowledgesGoesAfterThirtyDays) {
  Put("family", "F-1");
  After(kNoticeKept);
  Put("jobs", "J-1");
  EXPECT_EQ(ValueOf(DeleteOldNotices(state_, tx_)), 0u);
  After(absl::Seconds(1));
  EXPECT_EQ(ValueOf(DeleteOldNotices(state_, tx_)), 1u);
  Write();
  EXPECT_TRUE(CasesOf("family").empty());
  EXPECT_EQ(CasesOf("jobs").size(), 1u);
}

TEST_F(NoticesTest, NoCaseReferenceStandsInTheOpen) {
  Put("family", "F-4711");
  SAMKOER_EXPECT_OK(
      engine_.Scan("", "", [&](std::string_view key, std::string_view value) {
        EXPECT_EQ(key.find("F-4711"), std::string_view::npos);
        EXPECT_EQ(value.find("F-4711"), std::string_view::npos);
        return true;
      }));
}

}  // namespace
}  // namespace samkoer::matcher
