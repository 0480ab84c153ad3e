#include "server/witness_watch.h"

#include <gmock/gmock.h>

#include <array>

#include "server/keyd_witness_writer.h"
#include "server/limits.h"
#include "server/metrics.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

using ::testing::HasSubstr;

crypto::CosignatureSigner WitnessOf(const std::string& name, char seed) {
  std::array<std::uint8_t, 32> bytes;
  bytes.fill(static_cast<std::uint8_t>(seed));
  return *crypto::CosignatureSigner::FromSeed(
      name, crypto::SecretArray<32>(std::span<const std::uint8_t, 32>(bytes)));
}

// Hears of what raises alarms on the way to the store.
class Listener final : public WitnessWriter {
 public:
  explicit Listener(WitnessWriter& to) : to_(to) {}
  absl::Status Keep(const Identity* who,
                    const storage::WitnessChange& change) override {
    if (change.late_hours != 0) {
      late.push_back(change.late_hours);
      EXPECT_EQ(change.allowed_hours, 24u);
    }
    return to_.Keep(who, change);
  }
  std::vector<std::uint32_t> late;

 private:
  WitnessWriter& to_;
};

// On the key service's store, whose writer is the smaller one.
class WitnessWatchTest : public KeydFixture {
 protected:
  void SetUp() override {
    Open();
    StartWatch();
  }
  void TearDown() override {
    watch_.reset();
    Close();
  }
  void StartWatch() {
    alarms_ = *KeydAlarms::Load(config_, *store_, *metrics_, absl::Now());
    writer_ = std::make_unique<KeydWitnessWriter>(*ledger_, *alarms_);
    listener_ = std::make_unique<Listener>(*writer_);
    WitnessWatch::Options options;
    for (const auto& [who, signer] :
         {std::pair{&first_, &w1_}, {&second_, &w2_}}) {
      options.witnesses.emplace(
          who->uri, *crypto::CosignatureVerifier::Parse(signer->VerifierKey()));
    }
    options.hours = hours_;
    options.now = [this] { return now_; };
    auto watch = WitnessWatch::Start(
        {*store_->engine, store_->sealer, *store_->log, *listener_, *metrics_},
        std::move(options));
    ASSERT_TRUE(watch.ok()) << watch.status();
    watch_ = *std::move(watch);
  }
  void Restart() {
    watch_.reset();
    Close();
    Open();
    StartWatch();
  }
  // Makes the log longer.
  void Grow(int leaves = 1) {
    for (int i = 0; i < leaves; ++i) {
      const absl::Status recorded = ledger_->Record(
          ProcessLeaf(v1::AUDIT_ACTION_STARTED, absl::Now(), "test"));
      ASSERT_TRUE(recorded.ok()) << recorded;
    }
  }
  static std::string TextOf(const std::string& note) {
    return note.substr(0, note.find("\n\n") + 1);
  }
  std::string Cosigned(const crypto::CosignatureSigner& signer,
                       const std::string& note, absl::Time time) {
    return note + signer.Cosign(TextOf(note), static_cast<std::uint64_t>(
                                                  absl::ToUnixSeconds(time)));
  }
  absl::Status Add(const std::string& note) {
    return watch_->Add(first_, note).status();
  }
  absl::Status CosignNow() {
    return Add(Cosigned(w1_, store_->log->SignedCheckpoint(), now_));
  }

  const Identity first_ = Caller("witness", "one");
  const Identity second_ = Caller("witness", "two");
  const crypto::CosignatureSigner w1_ = WitnessOf("nabo.example/w1", 1);
  const crypto::CosignatureSigner w2_ = WitnessOf("nabo.example/w2", 2);
  std::uint32_t hours_ = 24;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::unique_ptr<Metrics> metrics_ = *Metrics::Create("");
  std::unique_ptr<KeydAlarms> alarms_;
  std::unique_ptr<KeydWitnessWriter> writer_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<WitnessWatch> watch_;
};

TEST_F(WitnessWatchTest, ACosignatureIsKeptAndShownWithTheLogsOwn) {
  EXPECT_EQ(watch_->CosignedNote(), "");
  const std::string note = Cosigned(w1_, store_->log->SignedCheckpoint(), now_);
  const auto answer = watch_->Add(first_, note);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->fresh_until().seconds(),
            absl::ToUnixSeconds(now_ + absl::Hours(24)));
  EXPECT_EQ(watch_->CosignedNote(), note);
  Restart();
  EXPECT_EQ(watch_->CosignedNote(), note);
}

TEST_F(WitnessWatchTest, LinesOfOthersArePassedOver) {
  const std::string note = Cosigned(w1_, store_->log->SignedCheckpoint(), now_);
  ASSERT_TRUE(Add(Cosigned(w2_, note, now_)).ok());
  EXPECT_EQ(watch_->CosignedNote(), note);
}

TEST_F(WitnessWatchTest, ALineThatOnlyBearsTheLogsNameIsNotKeptForIt) {
  const std::string note = Cosigned(w1_, store_->log->SignedCheckpoint(), now_);
  // Its own line, copied under the log's name with another key's hash.
  const std::size_t lines = note.find("\n\n") + 2;
  const std::string name = TextOf(note).substr(0, note.find('\n'));
  crypto::NoteKey other;
  other.name = name;
  other.hash = {1, 2, 3, 4};
  const std::string forged =
      note.substr(0, lines) +
      crypto::NoteSignatureLine(other, std::string(64, 'x')) +
      note.substr(lines);
  ASSERT_TRUE(Add(forged).ok());
  EXPECT_EQ(watch_->CosignedNote(), note);
}

TEST_F(WitnessWatchTest, TwoWitnessesOfOneCheckpointStandTogether) {
  const std::string note = store_->log->SignedCheckpoint();
  ASSERT_TRUE(Add(Cosigned(w1_, note, now_)).ok());
  // The first one's leaf has made the log longer; the old checkpoint counts.
  ASSERT_TRUE(watch_->Add(second_, Cosigned(w2_, note, now_)).ok());
  EXPECT_EQ(watch_->CosignedNote(),
            Cosigned(w2_, Cosigned(w1_, note, now_), now_));
}

TEST_F(WitnessWatchTest, AnOlderCheckpointDoesNotReplaceANewerOne) {
  const std::string old = store_->log->SignedCheckpoint();
  Grow();
  const std::string newer =
      Cosigned(w1_, store_->log->SignedCheckpoint(), now_);
  ASSERT_TRUE(Add(newer).ok());
  ASSERT_TRUE(watch_->Add(second_, Cosigned(w2_, old, now_)).ok());
  EXPECT_EQ(watch_->CosignedNote(), newer);
}

TEST_F(WitnessWatchTest, WhoIsNotConfiguredIsNotPermitted) {
  const std::string note = Cosigned(w1_, store_->log->SignedCheckpoint(), now_);
  EXPECT_TRUE(absl::IsPermissionDenied(
      watch_->Add(Caller("witness", "three"), note).status()));
  EXPECT_EQ(watch_->CosignedNote(), "");
}

TEST_F(WitnessWatchTest, WhatIsNoCosignatureOfThisWitnessIsRefused) {
  const std::string note = store_->log->SignedCheckpoint();
  const auto other_log = crypto::NoteSigner::FromSeed(
      store_->log->checkpoint().origin, crypto::SecretArray<32>());
  const std::string bad[] = {
      "", note, Cosigned(w2_, note, now_), std::string(5000, 'x'),
      Cosigned(WitnessOf("nabo.example/w1", 3), note, now_),
      // Not signed by this log.
      Cosigned(w1_, other_log->Sign(TextOf(note)), now_),
      TextOf(note) + "\n" +
          w1_.Cosign(TextOf(note),
                     static_cast<std::uint64_t>(absl::ToUnixSeconds(now_))),
      // From a clock that is ahead.
      Cosigned(w1_, note, now_ + absl::Minutes(6))};
  for (const std::string& text : bad) {
    EXPECT_TRUE(absl::IsInvalidArgument(Add(text))) << text << Add(text);
  }
  EXPECT_EQ(watch_->CosignedNote(), "");
  EXPECT_TRUE(Add(Cosigned(w1_, note, now_ + absl::Minutes(4))).ok());
}

TEST_F(WitnessWatchTest, ACheckpointOfAnotherHistoryIsRefused) {
  // What this log signed before it was put back: longer, or with other leaves.
  const auto signer = keyring_.Signer();
  ASSERT_TRUE(signer.ok());
  crypto::Checkpoint foreign = store_->log->checkpoint();
  foreign.size += 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Add(Cosigned(w1_, signer->Sign(foreign.Format()), now_))));
  foreign = store_->log->checkpoint();
  foreign.root[0] ^= 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Add(Cosigned(w1_, signer->Sign(foreign.Format()), now_))));
  foreign.size = 0;
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Add(Cosigned(w1_, signer->Sign(foreign.Format()), now_))));
}

TEST_F(WitnessWatchTest, TheLogDoesNotChaseItself) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(CosignNow().ok());
    now_ += absl::Hours(1);
  }
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_COSIGNED), 1u);
  const std::uint64_t size = store_->log->size();
  ASSERT_TRUE(CosignNow().ok());
  EXPECT_EQ(store_->log->size(), size);
  now_ += absl::Hours(5);
  ASSERT_TRUE(CosignNow().ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_COSIGNED), 2u);
  Restart();
  ASSERT_TRUE(CosignNow().ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_COSIGNED), 2u);
}

TEST_F(WitnessWatchTest, WithoutACosignatureChangesAreRefusedInTime) {
  now_ += absl::Hours(24) - absl::Seconds(1);
  watch_->Look();
  EXPECT_TRUE(watch_->CheckChange().ok());
  now_ += absl::Seconds(1);
  const absl::Status refused = watch_->CheckChange();
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("no witness has"));
  watch_->Look();
  watch_->Look();
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_WITNESS_OVERDUE), 1u);
  EXPECT_THAT(metrics_->Text(), HasSubstr("samkoer_witness_overdue 1"));
}

TEST_F(WitnessWatchTest, FromHalfTheTimeOnItIsToldOnceAnHour) {
  now_ += absl::Hours(12) - absl::Seconds(1);
  watch_->Look();
  EXPECT_THAT(listener_->late, ::testing::IsEmpty());
  now_ += absl::Seconds(1);
  watch_->Look();
  watch_->Look();
  now_ += absl::Hours(1);
  watch_->Look();
  EXPECT_THAT(listener_->late, ::testing::ElementsAre(12, 13));
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_WITNESS_OVERDUE), 0u);
  now_ += absl::Hours(11);
  watch_->Look();
  EXPECT_THAT(listener_->late, ::testing::ElementsAre(12, 13, 24));
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_WITNESS_OVERDUE), 1u);
  // Another time it begins anew.
  ASSERT_TRUE(CosignNow().ok());
  watch_->Look();
  now_ += absl::Hours(12);
  watch_->Look();
  EXPECT_THAT(listener_->late, ::testing::ElementsAre(12, 13, 24, 12));
}

TEST_F(WitnessWatchTest, ARestartNeitherForgetsNorBeginsToCountAnew) {
  now_ += absl::Hours(20);
  Restart();
  now_ += absl::Hours(5);
  EXPECT_FALSE(watch_->CheckChange().ok());
  watch_->Look();
  Restart();
  EXPECT_FALSE(watch_->CheckChange().ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_WITNESS_OVERDUE), 1u);
}

TEST_F(WitnessWatchTest, ACosignatureOpensTheDoorAgain) {
  now_ += absl::Hours(25);
  watch_->Look();
  ASSERT_TRUE(CosignNow().ok());
  EXPECT_TRUE(watch_->CheckChange().ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_WITNESS_BACK), 1u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_COSIGNED), 1u);
  const auto leaves = Leaves();
  EXPECT_EQ(leaves.back().action(), v1::AUDIT_ACTION_WITNESS_BACK);
  EXPECT_EQ(leaves.back().actor(), first_.uri);
  Restart();
  EXPECT_TRUE(watch_->CheckChange().ok());
}

TEST_F(WitnessWatchTest, AnOldCosignatureSentAgainDoesNotCount) {
  const std::string old = Cosigned(w1_, store_->log->SignedCheckpoint(), now_);
  ASSERT_TRUE(Add(old).ok());
  now_ += absl::Hours(25);
  watch_->Look();
  EXPECT_TRUE(Add(old).ok()) << "safe to repeat";
  EXPECT_FALSE(watch_->CheckChange().ok());
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_WITNESS_BACK), 0u);
}

TEST_F(WitnessWatchTest, AClockAheadBuysNoTime) {
  ASSERT_TRUE(Add(Cosigned(w1_, store_->log->SignedCheckpoint(),
                           now_ + absl::Minutes(4)))
                  .ok());
  now_ += absl::Hours(24);
  EXPECT_FALSE(watch_->CheckChange().ok());
}

TEST_F(WitnessWatchTest, WithoutALimitNothingIsRefusedAndTheLogSaysSo) {
  now_ += absl::Hours(25);
  watch_->Look();
  hours_ = 0;
  Restart();
  EXPECT_TRUE(watch_->CheckChange().ok());
  const auto leaves = Leaves();
  ASSERT_EQ(leaves.back().action(), v1::AUDIT_ACTION_WITNESS_BACK);
  EXPECT_THAT(leaves.back().detail(), HasSubstr("witness_hours"));
  now_ += absl::Hours(10'000);
  watch_->Look();
  EXPECT_TRUE(watch_->CheckChange().ok());
}

}  // namespace
}  // namespace samkoer::server
