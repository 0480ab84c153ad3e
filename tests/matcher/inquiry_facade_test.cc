#include "matcher/inquiry_facade.h"

#include <gtest/gtest.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

class InquiryFacadeTest : public MatcherIntakeTest {};

TEST_F(InquiryFacadeTest, AQuestionIsOnlyAnsweredForOnceItIsDurable) {
  samkoer::v1::AskRequest request;
  request.set_request_id(std::string(16, 'a'));
  request.set_kind(samkoer::v1::INQUIRY_KIND_DROPOUT);
  request.set_text("Hvem følger op?");
  const Caller department = Installation::Department("family");
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  EXPECT_FALSE(InquiryFacade(in_.matcher()).Ask(department, request).ok());
  in_.Restart();
  InquiryFacade inquiries(in_.matcher());
  EXPECT_EQ(storage::ValueOf(inquiries.ListInquiries(department, true, {}))
                .inquiries_size(),
            0);
  const auto asked = storage::ValueOf(inquiries.Ask(department, request));
  samkoer::v1::AnswerRequest answer;
  answer.add_inquiry_ids(asked.inquiry().inquiry_id());
  answer.set_text("Ungeenheden.");
  SAMKOER_EXPECT_OK(
      inquiries.Answer(Installation::Coordinator(), answer).status());
}

}  // namespace
}  // namespace samkoer::matcher
