#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <sstream>

#include "clients/audit/erase_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_key_service.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kNumber = "2311045672";  // fails modulus 11

class FakeRights final : public v1::Rights::Service {
 public:
  FakeRights() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Rights::NewStub(server_->InProcessChannel({}));
  }
  ~FakeRights() override { server_->Shutdown(); }

  grpc::Status ErasePerson(grpc::ServerContext*,
                           const v1::ErasePersonRequest* request,
                           v1::ErasePersonResponse* response) override {
    erasures.push_back(*request);
    if (request->epoch() == refused_epoch) return Refusal();
    if (request->epoch() == known_epoch) {
      response->set_records(3);
      response->set_alerts(1);
      response->set_departments(2);
    }
    response->set_leaf_index(100 + request->epoch());
    return grpc::Status::OK;
  }
  grpc::Status LiftObjection(grpc::ServerContext*,
                             const v1::LiftObjectionRequest* request,
                             v1::LiftObjectionResponse* response) override {
    lifts.push_back(*request);
    if (request->epoch() == refused_epoch) return Refusal();
    response->set_lifted(request->epoch() == known_epoch);
    response->set_leaf_index(200 + request->epoch());
    return grpc::Status::OK;
  }
  static grpc::Status Refusal() {
    return {grpc::StatusCode::FAILED_PRECONDITION, "the epoch is not live"};
  }

  std::uint32_t known_epoch = 1, refused_epoch = 0;
  std::vector<v1::ErasePersonRequest> erasures;
  std::vector<v1::LiftObjectionRequest> lifts;
  std::unique_ptr<v1::Rights::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class EraseCommandTest : public testing::Test {
 protected:
  AuditOutput Output() {
    out_.str("");
    return {out_, out_, format_, {language_, absl::UTCTimeZone()}, false};
  }
  absl::Status Erase() {
    return ErasePerson(
        *matcher_.stub, keyd_.channel(), ParseCpr(kNumber), options_,
        [this](const std::string& question) {
          asked_ = question;
          return answer_;
        },
        Output());
  }
  absl::Status Lift() {
    return LiftObjection(*matcher_.stub, keyd_.channel(), ParseCpr(kNumber),
                         options_, Output());
  }

  FakeRights matcher_;
  FakeKeyService keyd_;
  EraseOptions options_{"journalnummer 43", {"ungeindsats", {}}, false};
  OutputFormat format_ = OutputFormat::kHuman;
  Language language_ = Language::kDanish;
  bool answer_ = true;
  std::string asked_;
  std::ostringstream out_;
};

TEST_F(EraseCommandTest, AsksTheMatcherWithTheOprfOutputOnly) {
  ASSERT_TRUE(Erase().ok());
  ASSERT_EQ(matcher_.erasures.size(), 1u);
  const auto& request = matcher_.erasures[0];
  EXPECT_EQ(request.pseudonym(), PseudonymUnder(1, kNumber));
  EXPECT_EQ(request.epoch(), 1u);
  EXPECT_EQ(request.self_test().size(), 32u);
  EXPECT_EQ(request.reason(), "journalnummer 43");
  EXPECT_FALSE(request.objection());
  EXPECT_EQ(keyd_.seen.find(kNumber), std::string::npos);
  EXPECT_THAT(asked_, HasSubstr("kan ikke fortrydes"));
}

TEST_F(EraseCommandTest, SaysWhatWentWhoIsToldAndWhereItStands) {
  ASSERT_TRUE(Erase().ok());
  EXPECT_THAT(out_.str(), HasSubstr("Slettet: 3 sager og 1 advis."));
  EXPECT_THAT(out_.str(), HasSubstr("2 afdelinger får at vide"));
  EXPECT_THAT(out_.str(), HasSubstr("sikkerhedskopier"));
  EXPECT_THAT(out_.str(), HasSubstr("indgang 101"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("Indsigelsen")));
  options_.objection = true;
  language_ = Language::kEnglish;
  ASSERT_TRUE(Erase().ok());
  EXPECT_TRUE(matcher_.erasures.back().objection());
  EXPECT_THAT(out_.str(), HasSubstr("Erased: 3 records and 1 alert."));
  EXPECT_THAT(out_.str(), HasSubstr("not taken in again"));
  format_ = OutputFormat::kJson;
  ASSERT_TRUE(Erase().ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"records\": \"3\""));
  EXPECT_THAT(out_.str(), HasSubstr("{\n \"objection\": true,\n"));
}

TEST_F(EraseCommandTest, WithoutAYesNothingIsAsked) {
  answer_ = false;
  EXPECT_TRUE(absl::IsCancelled(Erase()));
  EXPECT_TRUE(matcher_.erasures.empty());
  EXPECT_EQ(keyd_.seen, "");
}

TEST_F(EraseCommandTest, TheQuestionSaysWhatIsHeldBeforeAnythingIsErased) {
  FakeLog look_ups{TestSigner("log")};
  look_ups.look_up = [](const v1::LookUpPersonRequest& request,
                        v1::LookUpPersonResponse& held) {
    EXPECT_EQ(request.reason(), "journalnummer 43");
    if (request.epoch() != 1) return grpc::Status::OK;
    held.set_known(true);
    for (const std::uint32_t month : {200411u, 200411u, 200412u}) {
      v1::HeldRecord& record = *held.add_records();
      record.set_department_name(month == 200411u ? "Familie" : "Job");
      record.set_birth_month(month);
    }
    held.mutable_alert()->set_alert_id("A-7K3M-9QXD");
    held.mutable_alert()->set_state(v1::ALERT_STATE_CLOSED);
    return grpc::Status::OK;
  };
  keyd_.epochs = {1, 2};
  keyd_.quota = 4;  // each number is evaluated once
  answer_ = false;
  const auto erase = [&] {
    return ErasePerson(
        *matcher_.stub, keyd_.channel(), ParseCpr(kNumber), options_,
        [this](const std::string& question) {
          asked_ = question;
          return answer_;
        },
        Output(), look_ups.stub.get());
  };
  EXPECT_TRUE(absl::IsCancelled(erase()));
  EXPECT_TRUE(matcher_.erasures.empty());
  EXPECT_EQ(look_ups.lookups.size(), 2u);
  for (const char* words :
       {"Familie: 2 sager", "Job: 1 sag\n", "Født 11-2004", "Født 12-2004",
        "ikke enige om fødselsmåneden", "Advis A-7K3M-9QXD, ", "slet"}) {
    EXPECT_THAT(asked_, HasSubstr(words));
  }
  answer_ = true;
  keyd_.quota = 4;
  EXPECT_TRUE(erase().ok());
  EXPECT_EQ(matcher_.erasures.size(), 2u);
  EXPECT_THAT(WhatIsHeld({}, Language::kDanish), HasSubstr("intet"));
}

TEST_F(EraseCommandTest, TheQuestionNamesTheObjectionThatIsRegistered) {
  ASSERT_TRUE(Erase().ok());
  EXPECT_THAT(asked_, Not(HasSubstr("indsigelse")));
  options_.objection = true;
  ASSERT_TRUE(Erase().ok());
  EXPECT_THAT(asked_, HasSubstr("indsigelse registreres"));
}

TEST_F(EraseCommandTest, AnObjectionThatStandsIsSomethingRegistered) {
  v1::LookUpPersonResponse held[1];
  held[0].set_objection(true);
  const std::string text = WhatIsHeld(held, Language::kDanish);
  EXPECT_THAT(text, HasSubstr("en indsigelse er registreret"));
  EXPECT_THAT(text, Not(HasSubstr("intet registreret")));
  held[0].add_records()->set_department_name("Familie");
  EXPECT_THAT(WhatIsHeld(held, Language::kDanish), HasSubstr("En indsigelse"));
}

TEST_F(EraseCommandTest, EveryLiveEpochIsErased) {
  keyd_.epochs = {1, 2};
  for (const std::uint32_t known : {1u, 2u}) {
    matcher_.known_epoch = known;
    matcher_.erasures.clear();
    ASSERT_TRUE(Erase().ok());
    ASSERT_EQ(matcher_.erasures.size(), 2u);
    EXPECT_THAT(out_.str(), HasSubstr("3 sager"));
    EXPECT_THAT(out_.str(),
                HasSubstr("indgang " + std::to_string(100 + known)));
  }
}

TEST_F(EraseCommandTest, ARefusedEpochNeverLooksLikeAnUnknownPerson) {
  keyd_.epochs = {1, 2};
  matcher_.refused_epoch = 2;
  EXPECT_TRUE(Erase().ok());
  EXPECT_TRUE(Lift().ok());
  matcher_.known_epoch = 7;
  EXPECT_TRUE(absl::IsFailedPrecondition(Erase()));
  EXPECT_EQ(out_.str(), "");
  EXPECT_TRUE(absl::IsFailedPrecondition(Lift()));
}

TEST_F(EraseCommandTest, APersonWhoIsNotKnownIsSaidToBe) {
  matcher_.known_epoch = 7;
  ASSERT_TRUE(Erase().ok());
  EXPECT_THAT(out_.str(), HasSubstr("havde ingen oplysninger"));
  EXPECT_THAT(out_.str(), HasSubstr("indgang 101"));
}

TEST_F(EraseCommandTest, AnObjectionIsLifted) {
  ASSERT_TRUE(Lift().ok());
  ASSERT_EQ(matcher_.lifts.size(), 1u);
  EXPECT_EQ(matcher_.lifts[0].pseudonym(), PseudonymUnder(1, kNumber));
  EXPECT_EQ(matcher_.lifts[0].reason(), "journalnummer 43");
  EXPECT_THAT(out_.str(), HasSubstr("Indsigelsen er ophævet"));
  matcher_.known_epoch = 7;
  ASSERT_TRUE(Lift().ok());
  EXPECT_THAT(out_.str(), HasSubstr("Der var ingen indsigelse"));
  EXPECT_THAT(out_.str(), HasSubstr("intet er ændret"));
}

TEST_F(EraseCommandTest, AReasonIsDemandedFirst) {
  options_.reason = "om 231104-5672";
  EXPECT_TRUE(absl::IsInvalidArgument(Erase()));
  EXPECT_TRUE(absl::IsInvalidArgument(Lift()));
  options_.reason = " ";
  EXPECT_TRUE(absl::IsInvalidArgument(Erase()));
  EXPECT_TRUE(matcher_.erasures.empty());
  EXPECT_TRUE(matcher_.lifts.empty());
}

TEST(ConfirmErasure, AScriptMustSayThatItIsMeant) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const auto refused = ConfirmErasure(false, Language::kDanish, pipe_ends[0]);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_THAT(HintOf(refused.status()), HasSubstr("--yes"));
  const auto meant = ConfirmErasure(true, Language::kDanish, pipe_ends[0]);
  ASSERT_TRUE(meant.ok());
  EXPECT_TRUE((*meant)("?"));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

}  // namespace
}  // namespace samkoer::clients
