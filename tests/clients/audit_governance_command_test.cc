#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "clients/audit/change_command.h"
#include "clients/audit/governance_command.h"
#include "crypto/keyed_hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

std::string Yaml(int version, int age_below) {
  return "municipality: viborg\npurpose: ungeindsats\nversion: " +
         std::to_string(version) +
         "\nrules:\n  - {id: unge, text: To., age_from: 15, age_below: " +
         std::to_string(age_below) +
         ", at_least: 2, count: AUTHORITY_DEPARTMENTS}\n";
}

class FakeGovernance final : public v1::Governance::Service {
 public:
  FakeGovernance() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Governance::NewStub(server_->InProcessChannel({}));
    answer.mutable_in_force()->set_policy(Yaml(1, 25));
    v1::Proposal& proposal = *answer.mutable_proposal();
    proposal.set_number(2);
    proposal.set_policy_version(2);
    proposal.set_proposer("samkoer://viborg/operator/drift");
    proposal.set_reason("bredere");
    proposal.set_state(v1::PROPOSAL_STATE_OPEN);
    proposal.mutable_content()->set_policy(Yaml(2, 30));
    const auto digest =
        crypto::Sha256(crypto::AsBytes(proposal.content().SerializeAsString()));
    proposal.set_digest(std::string(crypto::AsText(digest)));
    answer.mutable_effect()->set_more(12);
    answer.mutable_effect()->set_fewer_withheld(true);
  }
  ~FakeGovernance() override { server_->Shutdown(); }

  grpc::Status Propose(grpc::ServerContext*, const v1::ProposeRequest* request,
                       v1::ProposeResponse* response) override {
    proposed = *request;
    *response->mutable_proposal() = answer.proposal();
    return error;
  }
  grpc::Status ListProposals(grpc::ServerContext*,
                             const v1::ListProposalsRequest*,
                             v1::ListProposalsResponse* response) override {
    for (int i = 3; i > 0; --i) {
      v1::Proposal& proposal = *response->add_proposals();
      proposal = answer.proposal();
      if (proposal.policy_version() != 0) proposal.clear_content();
      proposal.set_number(static_cast<std::uint64_t>(i));
      proposal.set_state(i == 1 ? v1::PROPOSAL_STATE_APPROVED
                                : v1::PROPOSAL_STATE_OPEN);
    }
    return error;
  }
  grpc::Status GetProposal(grpc::ServerContext*, const v1::GetProposalRequest*,
                           v1::GetProposalResponse* response) override {
    *response = answer;
    return error;
  }
  grpc::Status Approve(grpc::ServerContext*, const v1::ApproveRequest* request,
                       v1::ApproveResponse* response) override {
    approved = *request;
    *response->mutable_proposal() = answer.proposal();
    response->set_leaf_index(77);
    return error;
  }
  grpc::Status Reject(grpc::ServerContext*, const v1::RejectRequest* request,
                      v1::RejectResponse* response) override {
    rejected = *request;
    *response->mutable_proposal() = answer.proposal();
    return error;
  }

  // The same proposal about something else.
  void Propose(const v1::ProposalContent& content) {
    v1::Proposal& proposal = *answer.mutable_proposal();
    proposal.set_policy_version(0);
    *proposal.mutable_content() = content;
    const auto digest =
        crypto::Sha256(crypto::AsBytes(content.SerializeAsString()));
    proposal.set_digest(std::string(crypto::AsText(digest)));
    answer.clear_in_force();
  }

  v1::GetProposalResponse answer;
  v1::ProposeRequest proposed;
  v1::ApproveRequest approved;
  v1::RejectRequest rejected;
  grpc::Status error;
  std::unique_ptr<v1::Governance::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class GovernanceCommandTest : public testing::Test {
 protected:
  AuditOutput Output(OutputFormat format = OutputFormat::kHuman) {
    out_.str("");
    return {
        out_, out_, format, {Language::kDanish, absl::UTCTimeZone()}, false};
  }
  absl::Status Approve(const std::string& digest, bool answer,
                       const std::string& reason = "læst") {
    return ApproveProposal(
        *server_.stub, {2, digest, reason},
        [&](const std::string&) {
          asked_ = true;
          return answer;
        },
        Output());
  }
  std::string Digest() const {
    return absl::BytesToHexString(server_.answer.proposal().digest());
  }

  FakeGovernance server_;
  std::ostringstream out_;
  bool asked_ = false;
};

TEST_F(GovernanceCommandTest, TheDiffIsWordsAndCounts) {
  ASSERT_TRUE(
      PrintProposal(*server_.stub, 2, ProposalView::kDiff, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Reglen unge: alderen ændres"));
  EXPECT_THAT(out_.str(), HasSubstr("Flere unge omfattes: 12\n"));
  EXPECT_THAT(out_.str(),
              HasSubstr("Færre unge omfattes: få eller ingen (skjult)\n"));
  EXPECT_THAT(out_.str(), HasSubstr("digest " + Digest()));
  ASSERT_TRUE(
      PrintProposal(*server_.stub, 2, ProposalView::kText, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("age_below: 30"));
}

TEST_F(GovernanceCommandTest, AServerThatShowsAnotherTextIsCaught) {
  server_.answer.mutable_proposal()->mutable_content()->set_policy(Yaml(2, 26));
  EXPECT_TRUE(absl::IsDataLoss(
      PrintProposal(*server_.stub, 2, ProposalView::kDiff, Output())));
  EXPECT_TRUE(absl::IsDataLoss(Approve("", true)));
  EXPECT_EQ(server_.approved.number(), 0u);
}

TEST_F(GovernanceCommandTest, WhatTheCheckRefusesIsNeitherAskedNorApproved) {
  std::vector<std::string> checked;
  const auto approve = [&](absl::Status first, absl::Status then) {
    checked.clear();
    const auto check = [&](const v1::ProposalContent& in_force) {
      checked.push_back(in_force.policy());
      return checked.size() == 1 ? first : then;
    };
    return ApproveProposal(
        *server_.stub, {2, "", "læst", check},
        [&](const std::string&) { return asked_ = true; }, Output());
  };
  const absl::Status lie = absl::DataLossError("another policy is in force");
  EXPECT_TRUE(absl::IsDataLoss(approve(lie, absl::OkStatus())));
  EXPECT_FALSE(asked_);
  EXPECT_EQ(server_.approved.number(), 0u);
  server_.answer.mutable_proposal()->set_state(v1::PROPOSAL_STATE_OVERTAKEN);
  EXPECT_TRUE(absl::IsFailedPrecondition(approve(lie, absl::OkStatus())));
  server_.answer.mutable_proposal()->set_state(v1::PROPOSAL_STATE_OPEN);
  // A server that says so, and does not write it.
  EXPECT_TRUE(absl::IsDataLoss(approve(absl::OkStatus(), lie)));
  EXPECT_EQ(server_.approved.number(), 2u);
  EXPECT_TRUE(approve(absl::OkStatus(), absl::OkStatus()).ok());
  ASSERT_EQ(checked.size(), 2u);
  EXPECT_EQ(checked[0], server_.answer.in_force().policy());
  EXPECT_EQ(checked[1], server_.answer.proposal().content().policy());
}

TEST_F(GovernanceCommandTest, ADiffWithAnotherPolicyThanTheLogsIsNotShown) {
  const auto status = PrintProposal(
      *server_.stub, 2, ProposalView::kDiff, Output(), {},
      [](const v1::ProposalContent&) { return absl::DataLossError("lie"); });
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(GovernanceCommandTest, ApprovesWhatWasShownAfterAYes) {
  EXPECT_TRUE(absl::IsCancelled(Approve("", false)));
  EXPECT_TRUE(asked_);
  EXPECT_THAT(out_.str(), HasSubstr("Flere unge omfattes: 12"));
  EXPECT_EQ(server_.approved.number(), 0u);
  ASSERT_TRUE(Approve("", true).ok());
  EXPECT_EQ(server_.approved.digest(), server_.answer.proposal().digest());
  EXPECT_EQ(server_.approved.reason(), "læst");
  EXPECT_THAT(out_.str(), HasSubstr("indgang i loggen: 77"));
}

TEST_F(GovernanceCommandTest, WhatIsDecidedIsNotAskedAboutAgain) {
  v1::Proposal& proposal = *server_.answer.mutable_proposal();
  proposal.set_state(v1::PROPOSAL_STATE_APPROVED);
  proposal.set_decided_by("samkoer://viborg/privacy-officer/peter");
  proposal.mutable_decided()->set_seconds(1'800'000'000);
  for (const std::string& digest : {std::string(), Digest()}) {
    const absl::Status decided = Approve(digest, true);
    EXPECT_TRUE(absl::IsFailedPrecondition(decided));
    EXPECT_EQ(decided.message(),
              "forslag 2 er afgjort: godkendt 15-01-2027 08:00 af "
              "samkoer://viborg/privacy-officer/peter");
    EXPECT_THAT(HintOf(decided), HasSubstr("samkoer-audit policy show 2"));
  }
  proposal.set_state(v1::PROPOSAL_STATE_OVERTAKEN);
  EXPECT_THAT(std::string(Approve("", true).message()),
              HasSubstr("forslag 2 er overhalet"));
  EXPECT_FALSE(asked_);
  EXPECT_EQ(server_.approved.number(), 0u);
}

TEST_F(GovernanceCommandTest, NobodyIsAskedAboutTheOwnProposal) {
  const auto approve = [&](const std::string& own, const std::string& digest) {
    asked_ = false;
    return ApproveProposal(
        *server_.stub, {2, digest, "læst", {}, own},
        [&](const std::string&) { return asked_ = true; }, Output());
  };
  // Under whatever role.
  const absl::Status own =
      approve("samkoer://viborg/privacy-officer/drift", "");
  EXPECT_TRUE(absl::IsPermissionDenied(own));
  EXPECT_THAT(std::string(own.message()),
              HasSubstr("en anden person skal godkende"));
  EXPECT_THAT(HintOf(own), HasSubstr("samkoer-audit policy reject 2"));
  EXPECT_FALSE(asked_);
  EXPECT_EQ(server_.approved.number(), 0u);
  // The server is asked, and raises its alarm.
  EXPECT_TRUE(approve("samkoer://viborg/operator/drift", Digest()).ok());
  EXPECT_EQ(server_.approved.number(), 2u);
  EXPECT_TRUE(approve("samkoer://viborg/privacy-officer/peter", "").ok());
  EXPECT_TRUE(asked_);
  EXPECT_TRUE(approve("", "").ok());
}

TEST_F(GovernanceCommandTest, ADecidedPolicyIsNotComparedWithItself) {
  server_.answer.mutable_proposal()->set_state(v1::PROPOSAL_STATE_APPROVED);
  *server_.answer.mutable_in_force() = server_.answer.proposal().content();
  ASSERT_TRUE(
      PrintProposal(*server_.stub, 2, ProposalView::kDiff, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Forslag 2: politik version 2, godkendt"));
  EXPECT_THAT(out_.str(), HasSubstr("Forslaget er afgjort; ændringer vises kun "
                                    "for åbne forslag. Teksten: samkoer-audit "
                                    "policy show 2\n"));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("Intet ændres")));
  ASSERT_TRUE(
      PrintProposal(*server_.stub, 2, ProposalView::kText, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("age_below: 30"));
}

TEST_F(GovernanceCommandTest, ADigestMustBeTheOneThatWasRead) {
  EXPECT_TRUE(absl::IsFailedPrecondition(Approve(std::string(64, 'a'), true)));
  EXPECT_EQ(server_.approved.number(), 0u);
  ASSERT_TRUE(Approve(Digest(), false).ok());
  EXPECT_FALSE(asked_);
  EXPECT_EQ(server_.approved.number(), 2u);
}

TEST_F(GovernanceCommandTest, AReasonIsNeededAndHoldsNoCprNumber) {
  EXPECT_TRUE(absl::IsInvalidArgument(Approve(Digest(), true, "")));
  EXPECT_TRUE(
      absl::IsInvalidArgument(Approve(Digest(), true, "om 231104-5672")));
  EXPECT_TRUE(
      absl::IsInvalidArgument(RejectProposal(*server_.stub, 2, "", Output())));
}

TEST_F(GovernanceCommandTest, AFileIsCheckedBeforeItIsSent) {
  const TestDirectory dir;
  std::ofstream(dir.file("good.yaml")) << Yaml(2, 30);
  std::ofstream(dir.file("bad.yaml")) << "municipality: viborg\nage: 7\n";
  ASSERT_TRUE(
      ProposePolicy(*server_.stub, dir.file("good.yaml"), "bredere", Output())
          .ok());
  EXPECT_EQ(server_.proposed.content().policy(), Yaml(2, 30));
  EXPECT_THAT(out_.str(), HasSubstr("samkoer-audit policy approve 2"));
  const absl::Status bad =
      ProposePolicy(*server_.stub, dir.file("bad.yaml"), "bredere", Output());
  EXPECT_TRUE(absl::IsInvalidArgument(bad));
  EXPECT_THAT(std::string(bad.message()), HasSubstr("bad.yaml:2"));
}

TEST_F(GovernanceCommandTest, HistoryIsWhatCameInForce) {
  ASSERT_TRUE(
      PrintProposals(*server_.stub, Proposals::kInForce, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Forslag 1: politik version 2, godkendt"));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("Forslag 2")));
  ASSERT_TRUE(PrintProposals(*server_.stub, Proposals::kAll, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Forslag 3"));
}

TEST_F(GovernanceCommandTest, ASwitchIsShownInWordsWithHowItStands) {
  v1::ProposalContent content;
  content.mutable_department()->set_department("job\x1b");
  content.mutable_department()->set_suspended(true);
  content.mutable_department()->set_records(v1::SUSPENDED_RECORDS_DO_NOT_COUNT);
  server_.Propose(content);
  server_.answer.mutable_in_force()->mutable_department()->set_department(
      "job\x1b");
  const Matter departments{ChangeKind::kDepartment};
  ASSERT_TRUE(PrintProposal(*server_.stub, 2, ProposalView::kDiff, Output(),
                            departments)
                  .ok());
  EXPECT_THAT(out_.str(), HasSubstr("Forslag 2: sluk for afdelingen job"));
  EXPECT_THAT(out_.str(), HasSubstr("dens sager tæller ikke, åbent"));
  EXPECT_THAT(out_.str(), HasSubstr("Nu: afdelingen er tændt"));
  EXPECT_THAT(out_.str(), HasSubstr("Færre unge omfattes: få eller ingen"));
  EXPECT_EQ(out_.str().find('\x1b'), std::string::npos);

  // The one of the three that is approved is in force.
  ASSERT_TRUE(PrintChanges(*server_.stub, departments, Output()).ok());
  EXPECT_THAT(out_.str(),
              HasSubstr("Slukket:\n  job\\u{1B}: dens sager tæller ikke ("));
  EXPECT_THAT(out_.str(), HasSubstr("Venter på godkendelse:\nForslag 3"));
  EXPECT_THAT(out_.str(), HasSubstr("Afgjort:\nForslag 1"));
  content.mutable_department()->set_suspended(false);
  server_.Propose(content);
  ASSERT_TRUE(PrintChanges(*server_.stub, departments, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Ingen afdelinger er slukket"));
}

TEST_F(GovernanceCommandTest, AProposalOfAnotherKindIsNotDecidedByMistake) {
  v1::ProposalContent content;
  content.mutable_quota()->set_subject("department");
  content.mutable_quota()->set_burst(500);
  content.mutable_quota()->set_per_day(20);
  server_.Propose(content);
  const absl::Status mistaken = Approve(Digest(), true);
  EXPECT_TRUE(absl::IsInvalidArgument(mistaken));
  EXPECT_THAT(std::string(mistaken.message()),
              HasSubstr("kvote for department: 500 på én gang, 20 om dagen"));
  EXPECT_THAT(HintOf(mistaken), HasSubstr("samkoer-audit quota"));
  EXPECT_TRUE(absl::IsInvalidArgument(
      RejectProposal(*server_.stub, 2, "nej", Output())));
  EXPECT_EQ(server_.approved.number(), 0u);
  EXPECT_EQ(server_.rejected.number(), 0u);
  EXPECT_TRUE(RejectProposal(*server_.stub, 2, "nej", Output(),
                             {ChangeKind::kQuota, Peer::kKeyService})
                  .ok());
  EXPECT_EQ(server_.rejected.number(), 2u);
}

TEST_F(GovernanceCommandTest, WhatIsProposedIsWhatWasTyped) {
  ASSERT_TRUE(ProposeSuspension(*server_.stub, "job", "do-not-count",
                                "mistanke", Output())
                  .ok());
  const v1::DepartmentSwitch& off = server_.proposed.content().department();
  EXPECT_EQ(off.department(), "job");
  EXPECT_TRUE(off.suspended());
  EXPECT_EQ(off.records(), v1::SUSPENDED_RECORDS_DO_NOT_COUNT);
  EXPECT_THAT(out_.str(), HasSubstr("samkoer-audit department approve 2"));
  ASSERT_TRUE(
      ProposeResumption(*server_.stub, "job", "mistanke", Output()).ok());
  EXPECT_FALSE(server_.proposed.content().department().suspended());
  EXPECT_EQ(server_.proposed.content().department().records(),
            v1::SUSPENDED_RECORDS_UNSPECIFIED);
}

TEST(ConfirmApprovalTest, WithoutATerminalOrADigestNothingIsApproved) {
  const int fd = open("/dev/null", O_RDONLY);
  EXPECT_TRUE(absl::IsInvalidArgument(
      ConfirmApproval("", Language::kDanish, fd).status()));
  EXPECT_TRUE(ConfirmApproval("ab", Language::kDanish, fd).ok());
  close(fd);
}

}  // namespace
}  // namespace samkoer::clients
