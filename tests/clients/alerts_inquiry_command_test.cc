#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "clients/alerts/inquiry_command.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class FakeInquiries final : public v1::Inquiries::Service {
 public:
  FakeInquiries() {
    inquiry.set_inquiry_id("F-7K3M-9QXD");
    inquiry.set_kind(v1::INQUIRY_KIND_DROPOUT);
    inquiry.set_department("jobs");
    inquiry.set_department_name("Jobcenter");
    inquiry.set_text("Hvem følger op?");
    inquiry.mutable_asked()->set_seconds(1'796'112'000);
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Inquiries::NewStub(server_->InProcessChannel({}));
  }
  ~FakeInquiries() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }
  grpc::Status ListInquiries(grpc::ServerContext*,
                             const v1::ListInquiriesRequest* request,
                             v1::ListInquiriesResponse* response) override {
    lists.push_back(*request);
    *response->add_inquiries() = inquiry;
    if (request->page_token().empty()) response->set_next_page_token("1");
    return grpc::Status::OK;
  }
  grpc::Status Answer(grpc::ServerContext*, const v1::AnswerRequest* request,
                      v1::AnswerResponse* response) override {
    answers.push_back(*request);
    inquiry.set_answer(request->text());
    inquiry.mutable_answered()->set_seconds(1'796'112'060);
    *response->add_inquiries() = inquiry;
    return grpc::Status::OK;
  }

  grpc::Status DeleteInquiry(grpc::ServerContext*,
                             const v1::DeleteInquiryRequest* request,
                             v1::DeleteInquiryResponse* response) override {
    deletions.push_back(*request);
    inquiry.clear_text();
    inquiry.clear_answer();
    inquiry.mutable_deleted()->set_seconds(1'796'112'120);
    *response->mutable_inquiry() = inquiry;
    return grpc::Status::OK;
  }

  v1::Inquiry inquiry;
  std::vector<v1::DeleteInquiryRequest> deletions;
  std::vector<v1::ListInquiriesRequest> lists;
  std::vector<v1::AnswerRequest> answers;
  std::unique_ptr<v1::Inquiries::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class InquiryCommandTest : public testing::Test {
 protected:
  absl::Status Do(std::string_view command,
                  OutputFormat format = OutputFormat::kHuman) {
    out_.str("");
    const AlertsOutput output{out_, notices_, format, {}};
    return RunInquiries(*server_.stub, command, args_, output);
  }

  FakeInquiries server_;
  InquiryArguments args_;
  std::ostringstream out_, notices_;
};

TEST_F(InquiryCommandTest, QuestionsAreListedPageByPage) {
  args_.answered = true;
  ASSERT_TRUE(Do("list").ok());
  EXPECT_EQ(server_.lists.size(), 2u);
  EXPECT_TRUE(server_.lists[1].include_answered());
  EXPECT_THAT(
      out_.str(),
      HasSubstr("F-7K3M-9QXD  01-12-2026 08:00  Jobcenter  frafald uden "
                "for målgruppen\n  Hvem følger op?\n"));
  ASSERT_TRUE(Do("list", OutputFormat::kJson).ok());
  EXPECT_EQ(out_.str().front(), '[');
}

TEST_F(InquiryCommandTest, OneAnswerGoesToAllThatWereNamed) {
  args_.ids = {"F-7K3M-9QXD", "f00000001"};
  args_.text = "Ungeenheden.";
  ASSERT_TRUE(Do("answer").ok());
  EXPECT_THAT(server_.answers[0].inquiry_ids(),
              ElementsAre("F-7K3M-9QXD", "f00000001"));
  EXPECT_THAT(out_.str(), HasSubstr("Svar 01-12-2026 08:01: Ungeenheden."));
}

TEST_F(InquiryCommandTest, NothingThatIsNoIdOrHoldsACprNumberLeaves) {
  args_.ids = {"010203-1234"};
  args_.text = "ja";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("answer")));
  args_.ids = {"F-7K3M-9QXD"};
  args_.text = "om 010203-1234";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("answer")));
  args_.text = std::string(2001, 'x');
  EXPECT_TRUE(absl::IsInvalidArgument(Do("answer")));
  EXPECT_TRUE(server_.answers.empty());
}

TEST_F(InquiryCommandTest, AQuestionsWordsAreDeletedForAReason) {
  args_.ids = {"F-7K3M-9QXD"};
  EXPECT_TRUE(absl::IsInvalidArgument(Do("delete")));
  args_.reason = "nævner 010203-1234";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("delete")));
  EXPECT_TRUE(server_.deletions.empty());
  args_.reason = "nævner en person";
  ASSERT_TRUE(Do("delete").ok());
  EXPECT_EQ(server_.deletions[0].inquiry_id(), "F-7K3M-9QXD");
  EXPECT_EQ(server_.deletions[0].reason(), "nævner en person");
  EXPECT_THAT(
      out_.str(),
      HasSubstr("Teksten er slettet af koordinatoren 01-12-2026 08:02\n"));
}

TEST_F(InquiryCommandTest, WhatPeopleWroteCannotMoveTheCursor) {
  server_.inquiry.set_text("\x1b[2J");
  ASSERT_TRUE(Do("list").ok());
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
  EXPECT_EQ(InquiryText({}, {}), "Ingen spørgsmål.\n");
}

}  // namespace
}  // namespace samkoer::clients
