#include "server/quota_office.h"

#include <gmock/gmock.h>

#include "server/keyd_kek_writer.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Identity Operator(const std::string& name = "drift") {
  return Caller("operator", name);
}
Identity Officer(const std::string& name = "anna") {
  return Caller("privacy-officer", name);
}

class QuotaOfficeTest : public KeydFixture {
 protected:
  QuotaOfficeTest() {
    config_.clear_quotas();
    AddQuota("department", 100, 24);
    AddQuota("privacy-officer", 10, 5);
  }
  ~QuotaOfficeTest() override { office_.reset(); }

  // What waits after the start.
  std::map<std::uint64_t, v1::QuotaConfig> Start() {
    office_.reset();
    Close();
    Open();
    ledger_->SetQuotas(QuotaTable({}));
    auto office = QuotaOffice::Open(*store_, *ledger_, "viborg",
                                    [] { return absl::Now(); });
    EXPECT_TRUE(office.ok()) << office.status();
    office_ = *std::move(office);
    auto waiting =
        office_->TakeFile({config_.quotas().begin(), config_.quotas().end()});
    EXPECT_TRUE(waiting.ok()) << waiting.status();
    return *waiting;
  }
  static v1::ProposalContent Quota(const std::string& subject,
                                   std::uint64_t burst, std::uint64_t per_day) {
    v1::ProposalContent content;
    content.mutable_quota()->set_subject(subject);
    content.mutable_quota()->set_burst(burst);
    content.mutable_quota()->set_per_day(per_day);
    return content;
  }
  absl::StatusOr<v1::ProposeResponse> Propose(
      const v1::ProposalContent& content, const Identity& who = Operator()) {
    v1::ProposeRequest request;
    *request.mutable_content() = content;
    request.set_reason("afdelingen er vokset");
    return office_->desk().Propose(who, request);
  }
  v1::GetProposalResponse Get(std::uint64_t number) {
    v1::GetProposalRequest request;
    request.set_number(number);
    auto shown = office_->desk().GetProposal(Officer(), request);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return *shown;
  }
  absl::Status Approve(std::uint64_t number, const Identity& who = Officer()) {
    v1::ApproveRequest request;
    request.set_number(number);
    request.set_digest(Get(number).proposal().digest());
    request.set_reason("enig");
    return office_->desk().Approve(who, request).status();
  }
  std::vector<std::string> InForce() {
    std::vector<std::string> lines;
    for (const auto& [subject, quota] : office_->in_force()) {
      lines.push_back(subject + " " + std::to_string(quota.burst()) + " " +
                      std::to_string(quota.per_day()));
    }
    return lines;
  }
  std::vector<std::string> ActionsAndDetails(v1::AuditAction action) {
    std::vector<std::string> details;
    for (const v1::AuditLeaf& leaf : Leaves()) {
      if (leaf.action() == action) {
        details.push_back(leaf.actor() + " " + leaf.detail());
      }
    }
    return details;
  }

  std::unique_ptr<QuotaOffice> office_;
};

TEST_F(QuotaOfficeTest, TheFirstStartTakesTheFileAndTellsTheLog) {
  EXPECT_THAT(Start(), IsEmpty());
  EXPECT_THAT(InForce(),
              ElementsAre("department 100 24", "privacy-officer 10 5"));
  EXPECT_THAT(ActionsAndDetails(v1::AUDIT_ACTION_QUOTA_CHANGED),
              ElementsAre("keyd department", "keyd privacy-officer"));
  EXPECT_EQ(Available(), 100u);
  Start();
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_QUOTA_CHANGED), 2u);
}

TEST_F(QuotaOfficeTest, AnApprovedRaiseHoldsAtOnceAndAfterARestart) {
  Start();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 100).ok());
  const auto proposed = Propose(Quota("department", 150, 48));
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  const std::uint64_t number = proposed->proposal().number();
  EXPECT_EQ(Available(), 0u);
  EXPECT_EQ(Get(number).in_force().quota().burst(), 100u);
  EXPECT_EQ(Approve(number, Operator()).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Approve(number, Officer("drift")).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Available(), 0u);
  // The alarm on it counts this leaf; the first refusal was for the role.
  EXPECT_THAT(ActionsAndDetails(v1::AUDIT_ACTION_REFUSED),
              Contains(HasSubstr("Governance.Approve own-approval")));
  ASSERT_TRUE(Approve(number).ok());
  EXPECT_EQ(Available(), 50u);
  EXPECT_THAT(ActionsAndDetails(v1::AUDIT_ACTION_QUOTA_CHANGED).back(),
              HasSubstr("privacy-officer/anna department"));
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_PROPOSAL_APPROVED), 1u);
  now_ns_ += kDayNs / 48;
  EXPECT_EQ(Available(), 51u);
  // The file still says 100, as it did when this was approved.
  EXPECT_THAT(Start(), IsEmpty());
  EXPECT_THAT(InForce(),
              ElementsAre("department 150 48", "privacy-officer 10 5"));
  EXPECT_EQ(Available(), 51u);
}

TEST_F(QuotaOfficeTest, WhatARaiseAddsIsAlsoThereForWhoAsksLater) {
  Start();
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 100).ok());
  Start();  // the level is in the store alone
  ASSERT_TRUE(
      Approve(Propose(Quota("department", 130, 24))->proposal().number()).ok());
  EXPECT_EQ(Available(), 30u);
  ASSERT_TRUE(ledger_->Debit(Caller(), key(), 30).ok());
  Start();
  EXPECT_EQ(Available(), 0u);
}

TEST_F(QuotaOfficeTest, ALowerNumberInTheFileHoldsAndAHigherOneWaits) {
  Start();
  config_.mutable_quotas(0)->set_burst(40);
  config_.mutable_quotas(1)->set_per_day(50);
  const auto waiting = Start();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting.begin()->second.subject(), "privacy-officer");
  EXPECT_THAT(InForce(),
              ElementsAre("department 40 24", "privacy-officer 10 5"));
  EXPECT_EQ(Available(), 40u);
  EXPECT_EQ(Get(waiting.begin()->first).proposal().proposer(), "keyd");
  // The same proposal, however often it starts.
  EXPECT_EQ(Start().begin()->first, waiting.begin()->first);
  ASSERT_TRUE(Approve(waiting.begin()->first).ok());
  EXPECT_THAT(Start(), IsEmpty());
  EXPECT_THAT(InForce(),
              ElementsAre("department 40 24", "privacy-officer 10 50"));
}

TEST_F(QuotaOfficeTest, AFileThatIsPutBackTakesItsProposalBack) {
  Start();
  config_.mutable_quotas(0)->set_burst(1000);
  const auto waiting = Start();
  ASSERT_EQ(waiting.size(), 1u);
  config_.mutable_quotas(0)->set_burst(100);
  EXPECT_THAT(Start(), IsEmpty());
  EXPECT_EQ(Get(waiting.begin()->first).proposal().state(),
            v1::PROPOSAL_STATE_REJECTED);
}

TEST_F(QuotaOfficeTest, ASubjectThatLeavesTheFileGetsNothingAndANewOneWaits) {
  Start();
  const std::string uri = "samkoer://viborg/department/job";
  AddQuota(uri, 500, 10);
  config_.mutable_quotas()->DeleteSubrange(1, 1);
  const auto waiting = Start();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(Available(Officer()), 0u);
  const Identity job = Caller("department", "job");
  EXPECT_EQ(Available(job), 100u);
  ASSERT_TRUE(Approve(waiting.begin()->first).ok());
  EXPECT_EQ(Available(job), 500u);
  EXPECT_EQ(Available(), 100u);
  // One of its own that is lower than its role's needs nobody.
  AddQuota("samkoer://viborg/department/lille", 5, 1);
  EXPECT_THAT(Start(), IsEmpty());
  EXPECT_EQ(Available(Caller("department", "lille")), 5u);
}

TEST_F(QuotaOfficeTest, WhatIsNoQuotaOfThisTownIsRefused) {
  Start();
  v1::ProposalContent policy;
  policy.set_policy("version: 2");
  EXPECT_EQ(Propose(policy).status().code(),
            absl::StatusCode::kFailedPrecondition);
  v1::ProposalContent loss;
  loss.mutable_loss()->set_store_size(1);
  EXPECT_EQ(Propose(loss).status().code(), absl::StatusCode::kInvalidArgument);
  for (const char* subject :
       {"", "operator", "familie", "samkoer://aarhus/department/familie"}) {
    EXPECT_EQ(Propose(Quota(subject, 1, 1)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << subject;
  }
  EXPECT_EQ(Propose(Quota("department", 100, 24)).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Propose(Quota("department", 200, 24), Officer()).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_PROPOSED), 0u);
}

TEST_F(QuotaOfficeTest, ReadsAreLoggedAndShowNewestFirst) {
  Start();
  Propose(Quota("department", 200, 24)).value();
  Propose(Quota("department", 300, 24)).value();
  v1::ListProposalsRequest request;
  const auto all = office_->desk().ListProposals(Officer(), request);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->proposals_size(), 4);
  EXPECT_EQ(all->proposals(0).content().quota().burst(), 300u);
  request.set_open_only(true);
  request.set_below(4);
  const auto open = office_->desk().ListProposals(Officer(), request);
  ASSERT_EQ(open->proposals_size(), 1);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_PROPOSALS_READ), 2u);
  ASSERT_TRUE(Approve(4).ok());
  EXPECT_EQ(Get(3).proposal().state(), v1::PROPOSAL_STATE_OVERTAKEN);
  EXPECT_EQ(Approve(3).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(QuotaOfficeTest, AnApprovalSurvivesAResealInTheSameWrite) {
  Start();
  const std::uint64_t number =
      Propose(Quota("department", 200, 24))->proposal().number();
  const std::string digest = Get(number).proposal().digest();
  KeydKekWriter kek(*store_, *ledger_);
  std::vector<std::string> keys;
  ASSERT_TRUE(store_->engine
                  ->Scan("G", "",
                         [&](std::string_view stored, std::string_view) {
                           keys.emplace_back(stored);
                           return true;
                         })
                  .ok());
  v1::ApproveRequest request;
  request.set_number(number);
  request.set_digest(digest);
  request.set_reason("enig");
  std::thread reseal([&] {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(kek.Reseal(keys).ok());
  });
  EXPECT_TRUE(office_->desk().Approve(Officer(), request).ok());
  reseal.join();
  Start();
  EXPECT_EQ(Get(number).proposal().state(), v1::PROPOSAL_STATE_APPROVED);
  EXPECT_EQ(Available(), 200u);
}

}  // namespace
}  // namespace samkoer::server
