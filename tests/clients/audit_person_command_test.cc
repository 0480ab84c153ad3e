#include <sstream>

#include "clients/audit/person_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_key_service.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kNumber = "2311045672";  // fails modulus 11
class PersonTest : public testing::Test {
 protected:
  absl::Status LookUp(std::string_view typed,
                      const std::string& reason = "Anmodning om indsigt",
                      OutputFormat format = OutputFormat::kHuman) {
    return LookUpPerson(*matcher_.stub, keyd_.channel(), ParseCpr(typed),
                        {reason, "ungeindsats", keys_},
                        {out_, out_, format, {}, false});
  }
  static std::string Pseudonym(std::uint32_t epoch) {
    return PseudonymUnder(epoch, kNumber);
  }
  static v1::LookUpPersonResponse Held() {
    v1::LookUpPersonResponse held;
    held.set_known(true);
    held.set_subject_id(std::string(16, '\x0f'));
    v1::HeldRecord* record = held.add_records();
    record->set_department("familieafdelingen");
    record->mutable_participant()->set_department_name("Familieafdelingen");
    record->mutable_participant()->set_unit("Myndighed");
    record->mutable_participant()->set_domain(v1::DOMAIN_FAMILY);
    record->mutable_participant()->set_case_ref("F-17\x1b[2J");
    record->mutable_participant()->set_since_month(202503);
    record->set_status(v1::CASE_STATUS_CLOSED);
    record->set_closed_month(202609);
    record->set_birth_month(200411);
    v1::AccessRecord* access = held.add_accesses();
    access->set_leaf_index(88);
    access->set_actor("samkoer://viborg/coordinator/anna");
    access->set_action("AUDIT_ACTION_ALERTS_READ");
    return held;
  }

  FakeLog matcher_{TestSigner("log")};
  FakeKeyService keyd_;
  std::vector<PinnedOprfKey> keys_;
  std::ostringstream out_;
};

TEST_F(PersonTest, AsksTheMatcherWithTheOprfOutputOnly) {
  ASSERT_TRUE(LookUp(kNumber).ok());
  ASSERT_EQ(matcher_.lookups.size(), 1u);
  const v1::LookUpPersonRequest& asked = matcher_.lookups[0];
  EXPECT_EQ(asked.pseudonym(), Pseudonym(1));
  EXPECT_EQ(asked.epoch(), 1u);
  EXPECT_EQ(asked.self_test().size(), 32u);
  EXPECT_EQ(asked.reason(), "Anmodning om indsigt");
  EXPECT_THAT(asked.SerializeAsString(), Not(HasSubstr(std::string(kNumber))));
  EXPECT_THAT(keyd_.seen, Not(HasSubstr(std::string(kNumber))));
  EXPECT_THAT(out_.str(), HasSubstr("ingen oplysninger"));
}

TEST_F(PersonTest, ShowsWhatIsHeldAndWhoHasSeenIt) {
  matcher_.look_up = [](const auto&, v1::LookUpPersonResponse& response) {
    response = Held();
    return grpc::Status::OK;
  };
  ASSERT_TRUE(LookUp(kNumber).ok());
  const std::string page = out_.str();
  EXPECT_THAT(page, HasSubstr("Familieafdelingen"));
  EXPECT_THAT(page, HasSubstr("lukket 09-2026"));
  EXPECT_THAT(page, HasSubstr("fødselsmåned 11-2004"));
  EXPECT_THAT(page, HasSubstr("Advis læst"));
  EXPECT_THAT(page, HasSubstr("0f0f0f0f"));
  EXPECT_THAT(page, HasSubstr("Intet advis."));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr(std::string(kNumber))));
}

TEST_F(PersonTest, SaysWhenTheListOfAccessesIsCut) {
  bool cut = false;
  matcher_.look_up = [&](const auto&, v1::LookUpPersonResponse& response) {
    response = Held();
    response.set_accesses_cut(cut);
    return grpc::Status::OK;
  };
  ASSERT_TRUE(LookUp(kNumber).ok());
  EXPECT_THAT(out_.str(), Not(HasSubstr("afkortet")));
  cut = true;
  ASSERT_TRUE(LookUp(kNumber).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Listen er afkortet: de ældste opslag "
                                    "mangler"));
  EXPECT_THAT(out_.str(), HasSubstr("--subject 0f0f0f0f"));
  ASSERT_TRUE(LookUp(kNumber, "Anmodning", OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"accesses_cut\": true"));
}

TEST_F(PersonTest, JsonIsTheAnswerItself) {
  matcher_.look_up = [](const auto&, v1::LookUpPersonResponse& response) {
    response = Held();
    return grpc::Status::OK;
  };
  ASSERT_TRUE(LookUp(kNumber, "Anmodning", OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"subject_id\""));
  EXPECT_THAT(out_.str(), HasSubstr("\"closed_month\": 202609"));
}

TEST_F(PersonTest, DuringARotationBothEpochsAreAsked) {
  keyd_.epochs = {1, 2};
  matcher_.look_up = [](const v1::LookUpPersonRequest& request,
                        v1::LookUpPersonResponse& response) {
    if (request.pseudonym() == Pseudonym(1)) response = Held();
    return grpc::Status::OK;
  };
  ASSERT_TRUE(LookUp(kNumber).ok());
  ASSERT_EQ(matcher_.lookups.size(), 2u);
  EXPECT_EQ(matcher_.lookups[0].epoch(), 2u);
  EXPECT_THAT(out_.str(), HasSubstr("Familieafdelingen"));
}

TEST_F(PersonTest, ARefusedEpochNeverLooksLikeAnUnknownPerson) {
  keyd_.epochs = {1, 2};
  matcher_.look_up = [](const v1::LookUpPersonRequest& request,
                        v1::LookUpPersonResponse&) {
    if (request.epoch() == 1) return grpc::Status::OK;
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION,
                        "the epoch is not live");
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(LookUp(kNumber)));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(PersonTest, AKeyOtherThanThePinnedOneIsRefused) {
  PinnedOprfKey other;
  other.epoch = 1;
  other.public_key = Key(9).public_key;
  keys_ = {other};
  EXPECT_TRUE(absl::IsFailedPrecondition(LookUp(kNumber)));
  EXPECT_TRUE(matcher_.lookups.empty());
}

TEST_F(PersonTest, EveryEpochIsAskedThoughTheFirstKnowsThePerson) {
  keyd_.epochs = {1, 2};
  matcher_.look_up = [](const v1::LookUpPersonRequest& request,
                        v1::LookUpPersonResponse& response) {
    if (request.pseudonym() == Pseudonym(2)) response = Held();
    return grpc::Status::OK;
  };
  ASSERT_TRUE(LookUp(kNumber).ok());
  EXPECT_EQ(matcher_.lookups.size(), 2u);
  EXPECT_THAT(out_.str(), HasSubstr("Familieafdelingen"));
}

TEST_F(PersonTest, AQuotaThatDoesNotCoverAllOfItIsNotTouched) {
  for (const std::vector<std::uint32_t>& epochs :
       {std::vector<std::uint32_t>{1}, std::vector<std::uint32_t>{1, 2}}) {
    keyd_.epochs = epochs;
    keyd_.quota = 2 * epochs.size() - 1;
    for (int again = 0; again < 3; ++again) {
      const absl::Status refused = LookUp(kNumber);
      EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
      EXPECT_THAT(std::string(refused.message()),
                  HasSubstr("koster " + std::to_string(2 * epochs.size()) +
                            "; det gør den om 76 sekunder"));
      EXPECT_THAT(HintOf(refused), HasSubstr("intet er brugt"));
      EXPECT_EQ(keyd_.quota, 2 * epochs.size() - 1);
    }
    EXPECT_EQ(keyd_.seen, "");
    EXPECT_TRUE(matcher_.lookups.empty());
    keyd_.quota = 2 * epochs.size();
    EXPECT_TRUE(LookUp(kNumber).ok());
    EXPECT_EQ(keyd_.quota, 0u);
    keyd_.seen.clear();
    matcher_.lookups.clear();
  }
}

TEST(WaitTextTest, SaysItInWordsRoundedUp) {
  const auto da = [](const std::string& seconds) {
    return WaitText("the quota covers 0 of 2 evaluations; it will in " +
                        seconds + " seconds of the service's running time",
                    Language::kDanish);
  };
  EXPECT_EQ(da("0"), "om 2 sekunder");
  EXPECT_EQ(da("20"), "om 21 sekunder");
  EXPECT_EQ(da("89"), "om 2 minutter");
  EXPECT_EQ(da("5398"), "om 90 minutter");
  EXPECT_EQ(da("5399"), "om 2 timer");
  EXPECT_EQ(da("172799"), "om 2 dage");
  EXPECT_EQ(WaitText("it will in 60 seconds", Language::kEnglish),
            "in 61 seconds");
  EXPECT_EQ(WaitText("; it never will", Language::kDanish), "");
}

TEST_F(PersonTest, ThePaddingIsNotShown) {
  matcher_.look_up = [](const auto&, v1::LookUpPersonResponse& response) {
    response.set_padding(std::string(16000, '\0'));
    return grpc::Status::OK;
  };
  ASSERT_TRUE(LookUp(kNumber, "Anmodning", OutputFormat::kJson).ok());
  EXPECT_LT(out_.str().size(), 1000u);
}

TEST_F(PersonTest, AReasonIsDemandedAndMustNotHoldANumber) {
  EXPECT_TRUE(absl::IsInvalidArgument(LookUp(kNumber, "")));
  EXPECT_TRUE(absl::IsInvalidArgument(LookUp(kNumber, "  \t")));
  EXPECT_TRUE(absl::IsInvalidArgument(LookUp(kNumber, std::string(501, 'x'))));
  EXPECT_TRUE(absl::IsInvalidArgument(LookUp(kNumber, "om 231104-5672")));
  EXPECT_TRUE(matcher_.lookups.empty());
}

}  // namespace
}  // namespace samkoer::clients
