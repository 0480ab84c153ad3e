// The facade as privacy officers see it.
#include <gmock/gmock.h>

#include "crypto/merkle.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using storage::Message;
using storage::ValueOf;
using testing::HasSubstr;

class MatcherAuditTest : public testing::Test {
 protected:
  MatcherAuditTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  void MakeAlert() {
    auto record = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
    record.set_consent(samkoer::v1::CONSENT_GIVEN);
    record.mutable_plan()->set_exists(true);
    record.mutable_plan()->set_owner_unit("Ungeenheden");
    in_.MustSnapshot("family", {record});
    in_.MustSnapshot("jobs",
                     {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT)});
  }
  samkoer::v1::HeldRecord HeldOfFamily() {
    const auto found = in_.LookUp(PseudonymOf("a"));
    for (const auto& held : found.records()) {
      if (held.department() == "family") return held;
    }
    ADD_FAILURE() << "nothing is held of family";
    return {};
  }
  samkoer::v1::LookUpPersonRequest Request() {
    samkoer::v1::LookUpPersonRequest request;
    request.set_pseudonym(PseudonymOf("a"));
    request.set_epoch(Installation::kEpoch);
    request.set_self_test(Installation::SelfTest());
    request.set_reason("anmodning om indsigt");
    return request;
  }
  absl::Status LookUpStatus(const samkoer::v1::LookUpPersonRequest& request) {
    return in_.matcher()
        .LookUpPerson(Installation::Officer(), request)
        .status();
  }

  Installation in_{ExamplePolicy()};
};

TEST_F(MatcherAuditTest, ALookUpShowsRecordsAlertAndWhoHasSeenThem) {
  MakeAlert();
  in_.ActiveAlerts();
  in_.Feed();
  const auto found =
      ValueOf(in_.matcher().LookUpPerson(Installation::Officer(), Request()));
  EXPECT_TRUE(found.known());
  EXPECT_EQ(found.subject_id().size(), 16u);
  EXPECT_EQ(Cases(found.alert()), "family F-1, jobs J-1");
  ASSERT_EQ(found.records_size(), 2);
  for (const auto& held : found.records()) {
    EXPECT_EQ(held.birth_month(), 200603u);
    EXPECT_EQ(held.received().seconds() / 86400,
              found.alert().created().seconds() / 86400);
    if (held.department() != "family") continue;
    EXPECT_EQ(held.participant().department_name(), "Familieafdelingen");
    EXPECT_EQ(held.participant().case_ref(), "F-1");
    EXPECT_EQ(held.consent(), samkoer::v1::CONSENT_GIVEN);
    EXPECT_EQ(held.plan().owner_unit(), "Ungeenheden");
  }
  std::vector<std::string> actions;
  for (const auto& access : found.accesses()) {
    actions.push_back(access.action());
  }
  EXPECT_THAT(actions, testing::ElementsAre("AUDIT_ACTION_ALERTS_READ",
                                            "AUDIT_ACTION_FEED_READ",
                                            "AUDIT_ACTION_PERSON_LOOKED_UP"));
  EXPECT_EQ(found.accesses(2).reason(), "anmodning om indsigt");
  EXPECT_EQ(found.accesses(2).actor(), Installation::Officer().uri);
  const auto leaf = in_.Leaves().at(found.accesses(2).leaf_index());
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP);
}

TEST_F(MatcherAuditTest, SinceWhenARecordIsHeldOutlastsItsChanges) {
  MakeAlert();
  const std::int64_t first = HeldOfFamily().received().seconds();
  EXPECT_FALSE(HeldOfFamily().has_changed());
  in_.SetDay("2026-12-24");
  SAMKOER_ASSERT_OK(in_.Sweep());
  auto record = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
  record.set_contact("another");
  in_.MustDelta("family", {record});
  EXPECT_EQ(HeldOfFamily().received().seconds(), first);
  EXPECT_EQ(HeldOfFamily().changed().seconds() / 86400 - first / 86400, 32);
  in_.SetDay("2026-12-26");
  SAMKOER_ASSERT_OK(in_.Sweep());
  in_.Restart();
  record.set_contact("a third");
  in_.MustSnapshot("family", {record});
  EXPECT_EQ(HeldOfFamily().received().seconds(), first);
  EXPECT_EQ(HeldOfFamily().changed().seconds() / 86400 - first / 86400, 34);
  // Taken back and sent again it is held anew.
  in_.MustDelta("family", {}, {"F-1"});
  in_.MustDelta("family", {record});
  EXPECT_EQ(HeldOfFamily().received().seconds() / 86400 - first / 86400, 34);
  EXPECT_FALSE(HeldOfFamily().has_changed());
}

TEST_F(MatcherAuditTest, AnAnswerThatLacksTheOldestAccessesSaysSo) {
  MakeAlert();
  samkoer::v1::GetAlertRequest request;
  request.set_alert_id(in_.ActiveAlerts()[0].alert_id());
  const std::size_t named = in_.Leaves().size();
  // The push that made the alert and the list name the person, too: 2 leaves.
  for (int i = 0; i < 9997; ++i) {
    SAMKOER_ASSERT_OK(
        in_.matcher().GetAlert(Installation::Coordinator(), request).status());
  }
  auto found =
      ValueOf(in_.matcher().LookUpPerson(Installation::Officer(), Request()));
  EXPECT_FALSE(found.accesses_cut());
  EXPECT_EQ(found.accesses(0).leaf_index(), named - 1);
  found =
      ValueOf(in_.matcher().LookUpPerson(Installation::Officer(), Request()));
  EXPECT_TRUE(found.accesses_cut());
  EXPECT_EQ(found.accesses_size(), 10000);
  EXPECT_EQ(found.accesses(0).leaf_index(), named - 1);
}

TEST_F(MatcherAuditTest, AnUnknownPersonIsAnAnswerThatHoldsNothingAndALeaf) {
  const auto found =
      ValueOf(in_.matcher().LookUpPerson(Installation::Officer(), Request()));
  EXPECT_FALSE(found.known());
  EXPECT_EQ(found.records_size(), 0);
  const auto leaf = in_.Leaves().back();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP);
  EXPECT_EQ(leaf.reason(), "anmodning om indsigt");
  ASSERT_EQ(leaf.subjects_size(), 1);
  EXPECT_EQ(leaf.subjects(0), found.subject_id());
}

TEST_F(MatcherAuditTest, ALookUpWithoutCauseIsRefused) {
  auto request = Request();
  request.clear_reason();
  EXPECT_TRUE(absl::IsInvalidArgument(LookUpStatus(request)));
  request.set_reason(std::string(501, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument(LookUpStatus(request)));
  request.set_reason("om 150405-1231");
  EXPECT_THAT(Message(LookUpStatus(request)), HasSubstr("CPR"));
  request.set_reason("\xff");
  EXPECT_TRUE(absl::IsInvalidArgument(LookUpStatus(request)));
  request = Request();
  request.set_pseudonym("short");
  EXPECT_TRUE(absl::IsInvalidArgument(LookUpStatus(request)));
  request = Request();
  request.set_epoch(9);
  EXPECT_TRUE(absl::IsFailedPrecondition(LookUpStatus(request)));
  request = Request();
  request.set_self_test("x");
  EXPECT_TRUE(absl::IsFailedPrecondition(LookUpStatus(request)));
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP), 0u);
}

TEST_F(MatcherAuditTest, LeavesAreReadInPagesAndTheReadingIsALeaf) {
  MakeAlert();
  const std::size_t size = in_.Leaves().size();
  std::vector<std::string> read;
  std::uint64_t next = 0;
  SAMKOER_ASSERT_OK(in_.matcher().ReadLeaves(
      Installation::Officer(), {}, [&](const samkoer::v1::LeafBatch& page) {
        EXPECT_EQ(page.start(), next);
        next += page.leaves_size();
        read.insert(read.end(), page.leaves().begin(), page.leaves().end());
        return true;
      }));
  EXPECT_EQ(read.size(), size);
  const auto last = in_.Leaves().back();
  EXPECT_EQ(last.action(), samkoer::v1::AUDIT_ACTION_LOG_READ);
  EXPECT_EQ(in_.Leaves().size(), size + 1);
  samkoer::v1::ReadLeavesRequest request;
  request.set_start(size + 5);
  EXPECT_TRUE(absl::IsOutOfRange(in_.matcher().ReadLeaves(
      Installation::Officer(), request, [](const auto&) { return true; })));
}

TEST_F(MatcherAuditTest, APageHasAtMostAThousandLeaves) {
  for (int i = 0; i < 1500; ++i) {
    in_.matcher().RecordRefusal(Installation::Officer(), "Audit.ReadLeaves",
                                "PERMISSION_DENIED");
  }
  // A look-up waits for everything before it.
  in_.LookUp(PseudonymOf("a"));
  std::vector<int> pages;
  SAMKOER_ASSERT_OK(in_.matcher().ReadLeaves(
      Installation::Officer(), {}, [&](const samkoer::v1::LeafBatch& page) {
        pages.push_back(page.leaves_size());
        return true;
      }));
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[0], 1000);
  int calls = 0;
  SAMKOER_ASSERT_OK(in_.matcher().ReadLeaves(
      Installation::Officer(), {},
      [&](const samkoer::v1::LeafBatch&) { return ++calls > 9; }));
  EXPECT_EQ(calls, 1);
}

TEST_F(MatcherAuditTest, ASlowReaderOfTheLogHoldsNoScanOpen) {
  MakeAlert();
  for (int i = 0; i < 2500; ++i) {
    in_.matcher().RecordRefusal(Installation::Officer(), "Rpc", "CODE");
  }
  in_.ActiveAlerts();
  std::size_t pages = 0;
  SAMKOER_ASSERT_OK(in_.matcher().ReadLeaves(
      Installation::Officer(), {}, [&](const samkoer::v1::LeafBatch&) {
        EXPECT_EQ(in_.scans_running(), 0) << "page " << pages;
        return ++pages > 0;
      }));
  EXPECT_EQ(pages, 3u);
}

TEST_F(MatcherAuditTest, ARefusalIsALeafWithRpcAndCode) {
  in_.matcher().RecordRefusal(Installation::Department("jobs"),
                              "Alerts.ListAlerts", "PERMISSION_DENIED");
  in_.LookUp(PseudonymOf("a"));
  const auto leaves = in_.Leaves();
  const auto& leaf = leaves[leaves.size() - 2];
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_REFUSED);
  EXPECT_EQ(leaf.detail(), "Alerts.ListAlerts PERMISSION_DENIED");
  EXPECT_EQ(leaf.actor(), "samkoer://viborg/department/jobs");
}

TEST_F(MatcherAuditTest, ProofsHoldAgainstTheCheckpoints) {
  const std::uint64_t first = in_.audit().size();
  const auto first_root = ValueOf(in_.audit().RootAt(in_.store(), first));
  MakeAlert();
  const std::uint64_t second = in_.audit().size();
  const auto second_root = ValueOf(in_.audit().RootAt(in_.store(), second));
  samkoer::v1::GetConsistencyProofRequest request;
  request.set_first_size(first);
  request.set_second_size(second);
  const auto response =
      ValueOf(in_.matcher().ConsistencyProof(Installation::Officer(), request));
  std::vector<crypto::Hash32> proof;
  for (const std::string& hash : response.hashes()) {
    std::copy_n(hash.begin(), 32, proof.emplace_back().begin());
  }
  SAMKOER_EXPECT_OK(
      crypto::VerifyConsistency(first, second, first_root, second_root, proof));
  samkoer::v1::GetInclusionProofRequest inclusion;
  inclusion.set_index(1);
  inclusion.set_tree_size(second);
  const auto included =
      ValueOf(in_.matcher().InclusionProof(Installation::Officer(), inclusion));
  proof.clear();
  for (const std::string& hash : included.hashes()) {
    std::copy_n(hash.begin(), 32, proof.emplace_back().begin());
  }
  const auto leaf = in_.Leaves()[1].SerializeAsString();
  SAMKOER_EXPECT_OK(crypto::VerifyInclusion(
      1, second, crypto::LeafHash(crypto::AsBytes(leaf)), proof, second_root));
  request.set_second_size(second + 1000);
  EXPECT_TRUE(
      absl::IsOutOfRange(in_.matcher()
                             .ConsistencyProof(Installation::Officer(), request)
                             .status()));
  EXPECT_THAT(ValueOf(in_.matcher().GetCheckpoint()).signed_note(),
              HasSubstr("samkoer/testby/matcher"));
}

TEST_F(MatcherAuditTest, StartAndStopAndKeysAreLeaves) {
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_STARTED), 1u);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_PINNED), 1u);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_POLICY_APPLIED), 1u);
  in_.Restart();
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_STARTED), 2u);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_STOPPED), 1u);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_KEY_PINNED), 1u);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_POLICY_APPLIED), 1u);
}

TEST_F(MatcherAuditTest, AnotherKeyUnderTheStoresEpochIsRefused) {
  MakeAlert();
  in_.Close();
  // As if the store had been made under a key of the same epoch, since lost.
  const std::string key = storage::MetaKey(storage::kMatcherStateWord);
  auto state = ValueOf(storage::DecodeMatcherState(
      ValueOf(in_.sealer().Open(key, ValueOf(in_.store().Get(key))))));
  const crypto::Hash32 right = state.pinned_keys;
  const auto put = [&] {
    storage::WriteBatch batch;
    batch.Put(key, in_.sealer().Seal(key, storage::EncodeMatcherState(state)));
    SAMKOER_EXPECT_OK(in_.store().Write(batch));
  };
  state.pinned_keys[0] ^= 1;
  put();
  const absl::Status refused = in_.Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(Message(refused), HasSubstr("epoch 4"));
  state.pinned_keys = right;
  put();
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
}

}  // namespace
}  // namespace samkoer::matcher
