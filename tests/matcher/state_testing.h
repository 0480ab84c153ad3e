// A loop state on an empty store, for tests of its parts without a loop.
#ifndef SAMKOER_TESTS_MATCHER_STATE_TESTING_H_
#define SAMKOER_TESTS_MATCHER_STATE_TESTING_H_

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matcher/block_writer.h"
#include "matcher/match_step.h"
#include "matcher/policy_change.h"
#include "matcher/record_changes.h"
#include "proto/canonical_record.h"
#include "storage/record_content.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"
#include "tests/storage/memory_engine.h"

namespace samkoer::matcher {

class StateFixture : public testing::Test {
 protected:
  StateFixture() {
    state_.store = &engine_;
    state_.sealer = &sealer_;
    state_.threads = 2;
    state_.match_key = storage::TestKey(42);
    state_.day = D("2026-11-22");
    tx_.set_now(absl::FromUnixSeconds(1'800'000'000));
    tx_.set_write(
        [this](absl::AnyInvocable<void()> durable) {
          Write();
          if (durable != nullptr) durable();
          return absl::OkStatus();
        },
        [] { return absl::OkStatus(); });
    SAMKOER_EXPECT_OK(ChangePolicy(
        state_, tx_,
        std::make_shared<const CompiledPolicy>(Compiled(ExamplePolicy()))));
    Write();
  }

  // Makes the transaction durable, as the loop does.
  void Write() {
    WriteDirtyBlocks(state_, tx_);
    SAMKOER_ASSERT_OK(engine_.Write(tx_.writes().Take()));
    leaves_.insert(leaves_.end(), tx_.leaves().begin(), tx_.leaves().end());
    tx_.leaves().clear();
  }

  std::uint16_t DepartmentNo(std::string_view id) {
    return *state_.departments.Find(id);
  }
  crypto::Hash16 PersonKeyOf(std::string_view person) {
    return crypto::PersonKey(state_.match_key, "ungeindsats", 4,
                             crypto::AsBytes(PseudonymOf(person)));
  }
  PersonNo PersonOf(std::string_view person) {
    return state_.index.FindPerson(PersonKeyOf(person));
  }
  crypto::Hash16 CaseIdOf(std::string_view department, std::string_view ref) {
    return crypto::CaseId(crypto::DigestKey(state_.match_key, department), ref);
  }
  // As an intake would stage it. Lives as long as the fixture.
  storage::StagedRecord Staged(std::string_view department,
                               std::string_view person,
                               const samkoer::v1::CaseRecord& record) {
    std::string& canonical = canonical_.emplace_back();
    proto::CanonicalRecord(record, canonical);
    storage::StagedRecord staged;
    staged.case_id = CaseIdOf(department, record.case_ref());
    staged.fingerprint =
        crypto::Fingerprint(crypto::DigestKey(state_.match_key, department),
                            crypto::AsBytes(canonical));
    staged.person_key = PersonKeyOf(person);
    staged.canonical_tail =
        std::string_view(canonical).substr(storage::kCanonicalHeadBytes);
    return staged;
  }
  void Upsert(RecordChanges& changes, std::string_view department,
              std::string_view person, const samkoer::v1::CaseRecord& record) {
    const storage::StagedRecord staged = Staged(department, person, record);
    const PersonNo number = state_.index.FindPerson(staged.person_key);
    const RecordNo existing =
        number == kNone ? kNone
                        : state_.index.FindRecord(staged.case_id, number);
    SAMKOER_EXPECT_OK(
        changes.Upsert(DepartmentNo(department), staged, existing, number));
  }
  void UpsertFamily(RecordChanges& changes, std::string_view person,
                    std::string_view ref) {
    Upsert(changes, "family", person,
           MakeRecord(person, ref, "Rådgivning", samkoer::v1::DOMAIN_FAMILY));
  }
  void UpsertJobs(RecordChanges& changes, std::string_view person,
                  std::string_view ref) {
    Upsert(
        changes, "jobs", person,
        MakeRecord(person, ref, "Team Unge", samkoer::v1::DOMAIN_EMPLOYMENT));
  }
  MatchCounts Finish(RecordChanges& changes) {
    return storage::ValueOf(FinishChanges(state_, tx_, changes, ""));
  }
  // One command: persons "p<first>" to "p<last>", each in two departments, so
  // that each has an alert. Not written yet.
  void AddPersons(int first, int last) {
    RecordChanges changes(state_, tx_);
    for (int n = first; n <= last; ++n) {
      const std::string number = std::to_string(n);
      UpsertFamily(changes, "p" + number, "F-" + number);
      UpsertJobs(changes, "p" + number, "J-" + number);
    }
    Finish(changes);
  }

  storage::MemoryEngine engine_;
  storage::ValueSealer sealer_ = storage::TestSealer();
  LoopState state_;
  Transaction tx_{engine_};
  std::vector<samkoer::v1::AuditLeaf> leaves_;
  std::deque<std::string> canonical_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_STATE_TESTING_H_
