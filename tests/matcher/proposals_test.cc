#include "matcher/proposals.h"

#include <random>

#include "gmock/gmock.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Proposal;
using samkoer::v1::PROPOSAL_STATE_APPROVED;
using samkoer::v1::PROPOSAL_STATE_OPEN;
using samkoer::v1::PROPOSAL_STATE_OVERTAKEN;
using samkoer::v1::PROPOSAL_STATE_REJECTED;
using samkoer::v1::ProposalContent;
using testing::ElementsAre;

constexpr char kOperator[] = "samkoer://viborg/operator/drift";
constexpr char kOfficer[] = "samkoer://viborg/privacy-officer/anna";
constexpr char kOtherOfficer[] = "samkoer://viborg/privacy-officer/bo";

Proposal Open(std::uint64_t number, const std::string& proposer = kOperator) {
  Proposal head;
  head.set_number(number);
  head.set_proposer(proposer);
  head.set_digest("digest " + std::to_string(number));
  head.set_state(PROPOSAL_STATE_OPEN);
  return head;
}

class ProposalBookTest : public testing::Test {
 protected:
  absl::Status Approve(std::uint64_t number, const char* who) {
    return book_.CheckApproval(number, who, "digest " + std::to_string(number));
  }
  samkoer::v1::ProposalState StateOf(std::uint64_t number) {
    return book_.entries().at(number).head.state();
  }
  std::vector<std::uint64_t> Decide(std::uint64_t number,
                                    samkoer::v1::ProposalState state) {
    return book_.Decide(number, {state, kOfficer, {}, "hvorfor"});
  }

  ProposalBook book_;
};

TEST(ThingOfTest, NamesWhatIsProposedAbout) {
  ProposalContent content;
  EXPECT_EQ(ThingOf(content), "");
  content.set_policy("x");
  EXPECT_EQ(ThingOf(content), "policy");
  content.mutable_department()->set_department("job");
  EXPECT_EQ(ThingOf(content), "department job");
  content.mutable_quota()->set_subject("department");
  EXPECT_EQ(ThingOf(content), "quota department");
  content.mutable_loss();
  EXPECT_EQ(ThingOf(content), "loss");
}

TEST(RoleOfTest, AProcessHasNeitherRoleNorPerson) {
  EXPECT_EQ(RoleOf(kOfficer), "privacy-officer");
  EXPECT_EQ(PersonOf(kOfficer), "anna");
  for (const char* uri : {"matcher", "", "samkoer://", "samkoer://viborg"}) {
    EXPECT_EQ(RoleOf(uri), "") << uri;
  }
  EXPECT_EQ(PersonOf("matcher"), "");
}

TEST(CheckProposerTest, OnlySwitchesMayComeFromAnOfficer) {
  ProposalContent policy, department;
  policy.set_policy("x");
  department.mutable_department();
  EXPECT_TRUE(CheckProposer(kOperator, policy).ok());
  EXPECT_TRUE(CheckProposer(kOperator, department).ok());
  EXPECT_TRUE(CheckProposer(kOfficer, department).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(CheckProposer(kOfficer, policy)));
  EXPECT_TRUE(absl::IsPermissionDenied(
      CheckProposer("samkoer://viborg/department/job", department)));
}

TEST_F(ProposalBookTest, AnOfficerApprovesWhatWasReadAndOnlyOnce) {
  book_.Add(Open(1), "policy");
  EXPECT_TRUE(absl::IsNotFound(Approve(2, kOfficer)));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(book_.CheckApproval(1, kOfficer, "another")));
  ASSERT_TRUE(Approve(1, kOfficer).ok());
  EXPECT_THAT(Decide(1, PROPOSAL_STATE_APPROVED), ElementsAre(1));
  EXPECT_EQ(book_.entries().at(1).head.decided_by(), kOfficer);
  EXPECT_EQ(book_.entries().at(1).head.decision_reason(), "hvorfor");
  EXPECT_TRUE(absl::IsFailedPrecondition(Approve(1, kOfficer)));
  EXPECT_TRUE(absl::IsFailedPrecondition(book_.CheckRejection(1, kOfficer)));
}

TEST_F(ProposalBookTest, NobodyApprovesWhatTheyProposedThemselves) {
  book_.Add(Open(1, kOperator), "policy");
  // The same person's other certificate.
  EXPECT_TRUE(absl::IsPermissionDenied(
      Approve(1, "samkoer://viborg/privacy-officer/drift")));
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(1, kOperator)));
  book_.Add(Open(2, kOfficer), "department job");
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(2, kOfficer)));
  EXPECT_TRUE(Approve(2, kOtherOfficer).ok());
  // Taking it back needs no second person.
  EXPECT_TRUE(book_.CheckRejection(1, kOperator).ok());
  EXPECT_TRUE(book_.CheckRejection(2, kOfficer).ok());
}

TEST_F(ProposalBookTest, AnOperatorApprovesAnOfficersSwitchAndNothingElse) {
  constexpr char kOther[] = "samkoer://viborg/operator/vagt";
  book_.Add(Open(1, kOperator), "policy");
  book_.Add(Open(2, kOperator), "department job");
  book_.Add(Open(3, kOfficer), "department job");
  book_.Add(Open(4, "matcher"), "policy");
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(1, kOther)));
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(2, kOther)));
  EXPECT_TRUE(Approve(3, kOther).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(4, kOther)));
  EXPECT_TRUE(Approve(4, kOfficer).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(
      book_.CheckRejection(1, "samkoer://viborg/operator/vagt")));
  for (std::uint64_t n = 1; n <= 4; ++n) {
    EXPECT_TRUE(absl::IsPermissionDenied(
        Approve(n, "samkoer://viborg/coordinator/eva")));
  }
}

TEST_F(ProposalBookTest, AnApprovalOvertakesTheOpenOnesOfTheSameThing) {
  book_.Add(Open(1), "policy");
  book_.Add(Open(2), "policy");
  book_.Add(Open(3), "department job");
  book_.Add(Open(4), "policy");
  Decide(1, PROPOSAL_STATE_REJECTED);
  EXPECT_THAT(Decide(2, PROPOSAL_STATE_APPROVED), ElementsAre(2, 4));
  EXPECT_EQ(StateOf(1), PROPOSAL_STATE_REJECTED);
  EXPECT_EQ(StateOf(3), PROPOSAL_STATE_OPEN);
  EXPECT_EQ(StateOf(4), PROPOSAL_STATE_OVERTAKEN);
  EXPECT_TRUE(absl::IsFailedPrecondition(Approve(4, kOfficer)));
}

TEST_F(ProposalBookTest, AHundredMayBeOpen) {
  for (std::uint64_t n = 1; n <= kMaxOpenProposals; ++n) {
    ASSERT_EQ(*book_.NextNumber(), n);
    book_.Add(Open(n), "policy");
  }
  EXPECT_TRUE(absl::IsResourceExhausted(book_.NextNumber().status()));
  Decide(7, PROPOSAL_STATE_REJECTED);
  EXPECT_EQ(*book_.NextNumber(), kMaxOpenProposals + 1);
}

// Random proposals, attempts and decisions against a list with a state each.
TEST_F(ProposalBookTest, NothingIsEverDecidedTwiceOrByItsProposer) {
  std::mt19937_64 rng(storage::TestSeed());
  const std::vector<std::string> people = {
      kOperator,
      kOfficer,
      kOtherOfficer,
      "matcher",
      "samkoer://viborg/operator/anna",
      "samkoer://viborg/privacy-officer/drift",
      "samkoer://viborg/coordinator/bo"};
  const std::vector<std::string> things = {"policy", "department a",
                                           "department b"};
  struct Model {
    std::string proposer, thing;
    samkoer::v1::ProposalState state = PROPOSAL_STATE_OPEN;
  };
  std::vector<Model> model;
  const auto role = [](const std::string& uri) {
    return uri.find("operator") != uri.npos          ? 1
           : uri.find("privacy-officer") != uri.npos ? 2
                                                     : 0;
  };
  const auto name = [](const std::string& uri) {
    return uri.substr(uri.rfind('/') + 1);
  };
  for (int step = 0; step < 3000; ++step) {
    const std::string& who = people[rng() % people.size()];
    if (model.size() < 80 && rng() % 3 == 0) {
      model.push_back({who, things[rng() % things.size()]});
      book_.Add(Open(model.size(), who), model.back().thing);
      continue;
    }
    if (model.empty()) continue;
    const std::uint64_t number = 1 + rng() % model.size();
    Model& one = model[number - 1];
    const bool own = name(one.proposer) == name(who) && who != "matcher";
    const bool decides =
        role(who) == 2 ||
        (role(who) == 1 && one.thing != "policy" && role(one.proposer) == 2);
    const bool open = one.state == PROPOSAL_STATE_OPEN;
    if (rng() % 2 == 0) {
      const bool may = open && decides && !own;
      ASSERT_EQ(Approve(number, who.c_str()).ok(), may) << step;
      if (!may) continue;
      Decide(number, PROPOSAL_STATE_APPROVED);
      for (Model& other : model) {
        if (other.thing == one.thing && other.state == PROPOSAL_STATE_OPEN) {
          other.state = PROPOSAL_STATE_OVERTAKEN;
        }
      }
      one.state = PROPOSAL_STATE_APPROVED;
    } else {
      const bool may = open && (decides || own);
      ASSERT_EQ(book_.CheckRejection(number, who).ok(), may) << step;
      if (!may) continue;
      Decide(number, PROPOSAL_STATE_REJECTED);
      one.state = PROPOSAL_STATE_REJECTED;
    }
    for (std::size_t i = 0; i < model.size(); ++i) {
      ASSERT_EQ(StateOf(i + 1), model[i].state) << step << " " << i;
    }
  }
}

}  // namespace
}  // namespace samkoer::matcher
