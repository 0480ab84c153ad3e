#include "matcher/inquiries.h"

#include <gmock/gmock.h>

#include "matcher/inquiry_facade.h"
#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many names
using storage::ValueOf;

class InquiriesTest : public MatcherIntakeTest {
 protected:
  InquiryFacade inquiries() { return InquiryFacade(in_.matcher()); }
  static AskRequest Question(const std::string& text, char request_id = 'a') {
    AskRequest request;
    request.set_request_id(std::string(16, request_id));
    request.set_kind(INQUIRY_KIND_TARGET_GROUP);
    request.set_text(text);
    return request;
  }
  absl::StatusOr<AskResponse> TryAsk(const AskRequest& request,
                                     std::string_view department = "family") {
    return inquiries().Ask(Installation::Department(department), request);
  }
  // A new question; its id.
  std::string Ask(const std::string& text,
                  std::string_view department = "family") {
    AskRequest request = Question(text);
    request.set_request_id(in_.NewPushId());
    return ValueOf(TryAsk(request, department)).inquiry().inquiry_id();
  }
  absl::StatusOr<AnswerResponse> Answer(const std::vector<std::string>& ids,
                                        const std::string& text = "ja") {
    AnswerRequest request;
    request.mutable_inquiry_ids()->Assign(ids.begin(), ids.end());
    request.set_text(text);
    return inquiries().Answer(Installation::Coordinator(), request);
  }
  absl::StatusOr<Inquiry> Delete(const std::string& id,
                                 const std::string& reason = "et navn") {
    DeleteInquiryRequest request;
    request.set_inquiry_id(id);
    request.set_reason(reason);
    auto deleted =
        inquiries().DeleteInquiry(Installation::Coordinator(), request);
    if (!deleted.ok()) return deleted.status();
    return deleted->inquiry();
  }
  // Whether the words stand anywhere in the opened store.
  bool Holds(std::string_view words) {
    bool found = false;
    SAMKOER_EXPECT_OK(in_.store().Scan(
        "", "", [&](std::string_view key, std::string_view value) {
          const auto plaintext = in_.sealer().Open(key, value);
          found |=
              plaintext.ok() && plaintext->find(words) != std::string::npos;
          return true;
        }));
    return found;
  }
  ListInquiriesResponse Own(std::string_view department, bool answered = true) {
    ListInquiriesRequest request;
    request.set_include_answered(answered);
    return ValueOf(inquiries().ListInquiries(
        Installation::Department(department), /*own_only=*/true, request));
  }
  ListInquiriesResponse All(ListInquiriesRequest request = {}) {
    return ValueOf(inquiries().ListInquiries(Installation::Coordinator(),
                                             /*own_only=*/false, request));
  }
};

TEST_F(InquiriesTest, AQuestionIsAnsweredAndOnlyItsDepartmentSeesIt) {
  const std::string id = Ask("Hører en EGU-elev til?");
  EXPECT_EQ(id.substr(0, 2), "F-");
  ASSERT_EQ(All().inquiries_size(), 1);
  EXPECT_EQ(All().inquiries(0).department_name(), "Familieafdelingen");
  EXPECT_EQ(Own("jobs").inquiries_size(), 0);
  const auto answered = ValueOf(Answer({id}, "Ja, hvis under 30."));
  EXPECT_EQ(answered.inquiries(0).answer(), "Ja, hvis under 30.");
  EXPECT_EQ(All().inquiries_size(), 0);
  EXPECT_EQ(Own("family", false).inquiries_size(), 0);
  ASSERT_EQ(Own("family").inquiries_size(), 1);
  in_.Restart();
  EXPECT_EQ(Own("family").inquiries(0).answer(), "Ja, hvis under 30.");
  // Nothing of it is matched.
  EXPECT_TRUE(in_.AllAlerts().empty());
}

TEST_F(InquiriesTest, AskingAgainIsTheSameQuestion) {
  const auto first = ValueOf(TryAsk(Question("x")));
  const auto again = ValueOf(TryAsk(Question("x")));
  EXPECT_EQ(first.inquiry().inquiry_id(), again.inquiry().inquiry_id());
  EXPECT_EQ(All().inquiries_size(), 1);
  EXPECT_TRUE(absl::IsAlreadyExists(TryAsk(Question("y")).status()));
  // Another department may have drawn the same number.
  SAMKOER_EXPECT_OK(TryAsk(Question("y"), "jobs").status());
}

TEST_F(InquiriesTest, WhatNamesAPersonOrIsNoQuestionIsRefused) {
  for (const auto& spoil :
       {+[](AskRequest& r) { r.set_text("om 010203-1234"); },
        +[](AskRequest& r) { r.clear_text(); },
        +[](AskRequest& r) { r.set_text(std::string(2001, 'x')); },
        +[](AskRequest& r) { r.set_text("\x01"); },
        +[](AskRequest& r) { r.clear_kind(); },
        +[](AskRequest& r) { r.set_request_id("short"); }}) {
    AskRequest wrong = Question("x");
    spoil(wrong);
    EXPECT_TRUE(absl::IsInvalidArgument(TryAsk(wrong).status()));
  }
  EXPECT_TRUE(
      absl::IsPermissionDenied(TryAsk(Question("x"), "nobody").status()));
  const std::string id = Ask("linje\nlinje");
  EXPECT_TRUE(absl::IsInvalidArgument(Answer({id}, "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Answer({id}, "010203-1234").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Answer({}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Answer({id, id}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      Answer(std::vector<std::string>(51, id)).status()));
  EXPECT_EQ(All().inquiries_size(), 1);
}

TEST_F(InquiriesTest, OneJointAnswerIsForAllOrNone) {
  const std::string a = Ask("a"), b = Ask("b", "jobs"), c = Ask("c");
  EXPECT_TRUE(absl::IsNotFound(Answer({a, "F-0000-0000"}).status()));
  EXPECT_TRUE(absl::IsNotFound(Answer({a, "K" + b.substr(1)}).status()));
  EXPECT_EQ(All().inquiries_size(), 3);
  const auto answered = ValueOf(Answer({b, a}));
  EXPECT_EQ(answered.inquiries(0).inquiry_id(), b);
  EXPECT_EQ(answered.inquiries(1).inquiry_id(), a);
  EXPECT_TRUE(absl::IsFailedPrecondition(Answer({c, a}).status()));
  ASSERT_EQ(All().inquiries_size(), 1);
  EXPECT_EQ(All().inquiries(0).inquiry_id(), c);
}

TEST_F(InquiriesTest, PagesGoByTheirTime) {
  std::vector<std::string> asked, listed;
  for (int i = 0; i < 7; ++i) asked.push_back(Ask(std::to_string(i)));
  ListInquiriesRequest request;
  request.set_page_size(3);
  do {
    const auto page = All(request);
    for (const auto& inquiry : page.inquiries()) {
      listed.push_back(inquiry.inquiry_id());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, asked);
  request.set_page_token("x");
  EXPECT_TRUE(absl::IsInvalidArgument(
      inquiries()
          .ListInquiries(Installation::Coordinator(), false, request)
          .status()));
}

TEST_F(InquiriesTest, ADepartmentMayWaitForSoManyAnswersOnly) {
  std::string first;
  for (std::size_t i = 0; i < kMaxUnanswered; ++i) {
    const std::string id = Ask(std::to_string(i));
    if (first.empty()) first = id;
  }
  EXPECT_TRUE(absl::IsResourceExhausted(TryAsk(Question("x")).status()));
  SAMKOER_EXPECT_OK(TryAsk(Question("x"), "jobs").status());
  SAMKOER_ASSERT_OK(Answer({first}).status());
  SAMKOER_EXPECT_OK(TryAsk(Question("x")).status());
}

TEST_F(InquiriesTest, TheLogTellsOfEachAndNotOfTheirWords) {
  const std::string id = Ask("hemmeligt");
  SAMKOER_ASSERT_OK(Answer({id}, "fortroligt").status());
  All();
  const auto leaves = in_.Leaves();
  EXPECT_EQ(leaves[leaves.size() - 3].action(), AUDIT_ACTION_INQUIRY_ASKED);
  EXPECT_EQ(leaves[leaves.size() - 2].action(), AUDIT_ACTION_INQUIRY_ANSWERED);
  EXPECT_EQ(leaves[leaves.size() - 1].action(), AUDIT_ACTION_INQUIRIES_READ);
  for (const auto& leaf : leaves) {
    EXPECT_EQ(leaf.DebugString().find("hemmeligt"), std::string::npos);
    EXPECT_EQ(leaf.DebugString().find("fortroligt"), std::string::npos);
  }
}

TEST_F(InquiriesTest, AQuestionsWordsAreDeletedAndItsDepartmentIsTold) {
  const std::string id = Ask("om Ida hos tandlægen"), other = Ask("b", "jobs");
  SAMKOER_ASSERT_OK(Answer({id}, "Ida hører til").status());
  ASSERT_TRUE(Holds("Ida"));
  const Inquiry left = ValueOf(Delete(id, "nævner en person"));
  EXPECT_EQ(left.inquiry_id(), id);
  EXPECT_TRUE(left.has_deleted());
  EXPECT_FALSE(Holds("Ida"));
  in_.Restart();
  ASSERT_EQ(Own("family").inquiries_size(), 1);
  EXPECT_EQ(Own("family").inquiries(0).text(), "");
  EXPECT_EQ(Own("family").inquiries(0).answer(), "");
  EXPECT_TRUE(Own("family").inquiries(0).has_deleted());
  EXPECT_EQ(All().inquiries_size(), 1);
  const auto leaf = [&] {
    for (const auto& found : in_.Leaves()) {
      if (found.action() == AUDIT_ACTION_INQUIRY_DELETED) return found;
    }
    return AuditLeaf();
  }();
  EXPECT_EQ(leaf.detail(), id);
  EXPECT_EQ(leaf.reason(), "nævner en person");
}

TEST_F(InquiriesTest, ADeletionNeedsAReasonAndAQuestion) {
  const std::string id = Ask("a");
  EXPECT_TRUE(absl::IsInvalidArgument(Delete(id, "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Delete(id, "010203-1234").status()));
  EXPECT_TRUE(absl::IsNotFound(Delete("F-0000-0000").status()));
  EXPECT_TRUE(absl::IsNotFound(Delete("nonsense").status()));
  EXPECT_EQ(All().inquiries(0).text(), "a");
  SAMKOER_ASSERT_OK(Delete(id).status());
  EXPECT_TRUE(absl::IsFailedPrecondition(Delete(id).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(Answer({id}).status()));
}

TEST_F(InquiriesTest, WhatWasDeletedIsNotTakenInAgain) {
  const std::string id =
      ValueOf(TryAsk(Question("om Ida"))).inquiry().inquiry_id();
  SAMKOER_ASSERT_OK(Delete(id).status());
  const auto again = ValueOf(TryAsk(Question("om Ida"))).inquiry();
  EXPECT_EQ(again.inquiry_id(), id);
  EXPECT_TRUE(again.has_deleted());
  EXPECT_FALSE(Holds("Ida"));
}

TEST_F(InquiriesTest, AskingAgainStandsInTheLogToo) {
  const auto first = ValueOf(TryAsk(Question("x")));
  SAMKOER_ASSERT_OK(TryAsk(Question("x")).status());
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_INQUIRY_ASKED), 2u);
  EXPECT_EQ(in_.Leaves().back().detail(),
            "again " + first.inquiry().inquiry_id());
}

TEST_F(InquiriesTest, WhatIsLeftOfADeletedOneGoesAfterAYear) {
  SAMKOER_ASSERT_OK(Delete(Ask("a")).status());
  in_.SetDay("2027-11-20");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Own("family").inquiries_size(), 1);
  in_.SetDay("2027-11-24");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Own("family").inquiries_size(), 0);
}

TEST_F(InquiriesTest, AnswersGoAfterAYearAndQuestionsAfterTwo) {
  const std::string answered = Ask("a");
  Ask("b");
  SAMKOER_ASSERT_OK(Answer({answered}).status());
  in_.SetDay("2027-11-20");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Own("family").inquiries_size(), 2);
  in_.SetDay("2027-11-24");
  SAMKOER_ASSERT_OK(in_.Sweep());
  ASSERT_EQ(Own("family").inquiries_size(), 1);
  EXPECT_EQ(Own("family").inquiries(0).text(), "b");
  in_.SetDay("2028-11-24");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Own("family").inquiries_size(), 0);
}

}  // namespace
}  // namespace samkoer::matcher
