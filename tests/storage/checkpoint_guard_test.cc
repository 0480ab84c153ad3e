#include "storage/checkpoint_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "storage/atomic_file.h"
#include "storage/key_layout.h"
#include "storage/restored_mark.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using testing::HasSubstr;

// A store with its log; the outside checkpoint lies elsewhere.
struct Store {
  explicit Store(const ValueSealer& sealer) : log(OpenLog(engine, sealer)) {}
  void Append(int count, std::uint64_t salt = 0) {
    for (int i = 0; i < count; ++i) {
      WriteBatch batch;
      SAMKOER_ASSERT_OK(
          log->Append(batch, std::vector{TestLeaf(salt + log->size())})
              .status());
      SAMKOER_ASSERT_OK(engine.Write(batch));
      log->Committed();
    }
  }
  MemoryEngine engine;
  std::unique_ptr<AuditLog> log;
};

class CheckpointGuardTest : public testing::Test {
 protected:
  absl::Status Check(const Store& store) {
    return CheckCheckpoint(path_, *store.log, store.engine);
  }
  std::unique_ptr<CheckpointGuard> Start(const Store& store) {
    return ValueOf(CheckpointGuard::Start(path_, *store.log, store.engine));
  }
  // Puts the log's present checkpoint outside, as a guard would have.
  void Publish(const Store& store) {
    SAMKOER_ASSERT_OK(
        WriteFileAtomically(path_, store.log->SignedCheckpoint()));
  }
  std::uint64_t SizeOnDisk() {
    const auto verifier =
        ValueOf(crypto::NoteVerifier::Parse(TestSigner().VerifierKey()));
    const auto text =
        ValueOf(verifier.Verify(ValueOf(ReadSmallFile(path_, 9999))));
    return ValueOf(crypto::Checkpoint::Parse(text)).size;
  }
  absl::Status Declare(Store& store, Loss* told = nullptr) {
    return DeclareLoss(path_, *store.log, store.engine, [&](const Loss& loss) {
      if (told != nullptr) *told = loss;
      store.Append(1);
      return absl::OkStatus();
    });
  }

  const ValueSealer sealer_ = TestSealer();
  TempDir dir_;
  const std::string path_ = dir_ / "checkpoint";
};

TEST_F(CheckpointGuardTest, NewLogMakesItsFile) {
  Store store(sealer_);
  Start(store);
  EXPECT_EQ(SizeOnDisk(), 0u);
}

TEST_F(CheckpointGuardTest, StoreThatWasJustMadeMayStillLackItsFile) {
  Store store(sealer_);
  store.Append(1);
  SAMKOER_EXPECT_OK(Check(store));
}

TEST_F(CheckpointGuardTest, MissingFileOfAnOlderLogIsRefused) {
  Store store(sealer_);
  store.Append(2);
  const auto status = Check(store);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("no checkpoint"));
  EXPECT_THAT(Message(status), HasSubstr("--declare-loss"));
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(CheckpointGuardTest, NewestCheckpointIsOnDiskAfterFlushAndAtTheEnd) {
  Store store(sealer_);
  auto guard = Start(store);
  store.Append(5);
  guard->Notify();
  SAMKOER_ASSERT_OK(guard->Flush());
  EXPECT_EQ(SizeOnDisk(), 5u);
  store.Append(2);
  guard.reset();  // without Notify
  EXPECT_EQ(SizeOnDisk(), 7u);
  SAMKOER_EXPECT_OK(Check(store));
}

TEST_F(CheckpointGuardTest, NotifyIsEnough) {
  Store store(sealer_);
  const auto guard = Start(store);
  store.Append(3);
  guard->Notify();
  for (int i = 0; i < 10000 && SizeOnDisk() != 3; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(SizeOnDisk(), 3u);
}

TEST_F(CheckpointGuardTest, ManyNotificationsAreOneWrite) {
  Store store(sealer_);
  const auto guard = Start(store);
  for (int i = 0; i < 1000; ++i) {
    store.Append(1);
    guard->Notify();
  }
  SAMKOER_ASSERT_OK(guard->Flush());
  EXPECT_EQ(SizeOnDisk(), 1000u);
}

TEST_F(CheckpointGuardTest, FlushFromManyThreadsReturns) {
  Store store(sealer_);
  const auto guard = Start(store);
  store.Append(10);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { SAMKOER_EXPECT_OK(guard->Flush()); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(SizeOnDisk(), 10u);
}

TEST_F(CheckpointGuardTest, WriteErrorIsKeptAndTold) {
  Store store(sealer_);
  const auto guard = Start(store);
  fs::create_directory(path_ + ".tmp");  // where the new file would grow
  store.Append(1);
  EXPECT_FALSE(guard->Flush().ok());
  EXPECT_FALSE(guard->status().ok());
  fs::remove(path_ + ".tmp");
  store.Append(1);
  guard->Notify();
  EXPECT_FALSE(guard->Flush().ok());  // for good
}

TEST_F(CheckpointGuardTest, OlderStoreIsRefused) {
  Store store(sealer_), backup(sealer_);
  backup.Append(5);
  store.Append(9);
  Publish(store);
  const auto status = Check(backup);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("the store ends at leaf 5"));
  EXPECT_THAT(Message(status), HasSubstr("says 9"));
  EXPECT_THAT(Message(status), HasSubstr("--declare-loss"));
  EXPECT_FALSE(CheckpointGuard::Start(path_, *backup.log, backup.engine).ok());
  EXPECT_EQ(SizeOnDisk(), 9u);  // untouched
}

TEST_F(CheckpointGuardTest, EmptyStoreBesideACheckpointIsRefused) {
  Store store(sealer_), empty(sealer_);
  store.Append(1);
  Publish(store);
  EXPECT_EQ(Check(empty).code(), StatusCode::kFailedPrecondition);
}

TEST_F(CheckpointGuardTest, NewerStoreIsAccepted) {
  Store store(sealer_);
  store.Append(300);
  Publish(store);
  store.Append(400);
  SAMKOER_EXPECT_OK(Check(store));
  Start(store);
  EXPECT_EQ(SizeOnDisk(), 700u);
}

TEST_F(CheckpointGuardTest, OtherHistoryOfEqualOrGreaterSizeIsRefused) {
  Store store(sealer_), other(sealer_);
  store.Append(5);
  Publish(store);
  other.Append(5, 1000);
  EXPECT_EQ(Check(other).code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(Check(other)), HasSubstr("another store"));
  other.Append(5);
  EXPECT_EQ(Check(other).code(), StatusCode::kFailedPrecondition);
}

TEST_F(CheckpointGuardTest, CheckpointOfAnotherKeyIsRefused) {
  Store store(sealer_);
  store.Append(2);
  SAMKOER_ASSERT_OK(WriteFileAtomically(
      path_, TestSigner(9).Sign(store.log->checkpoint().Format())));
  EXPECT_EQ(Check(store).code(), StatusCode::kUnauthenticated);
}

TEST_F(CheckpointGuardTest, ChangedCheckpointIsRefused) {
  Store store(sealer_);
  store.Append(5);
  std::string note = store.log->SignedCheckpoint();
  note.replace(note.find("\n5\n"), 3, "\n4\n");
  SAMKOER_ASSERT_OK(WriteFileAtomically(path_, note));
  EXPECT_EQ(Check(store).code(), StatusCode::kUnauthenticated);
}

TEST_F(CheckpointGuardTest, MalformedOrHugeFileIsRefused) {
  Store store(sealer_);
  store.Append(5);
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string(100000, 'x')}) {
    SAMKOER_ASSERT_OK(WriteFileAtomically(path_, bad));
    EXPECT_EQ(Check(store).code(), StatusCode::kDataLoss) << bad.size();
  }
}

TEST_F(CheckpointGuardTest, CheckpointOfAnotherLogIsRefused) {
  Store store(sealer_);
  store.Append(5);
  auto foreign = store.log->checkpoint();
  foreign.origin = "samkoer/naboby/matcher";
  SAMKOER_ASSERT_OK(
      WriteFileAtomically(path_, TestSigner().Sign(foreign.Format())));
  EXPECT_EQ(Check(store).code(), StatusCode::kFailedPrecondition);
}

TEST_F(CheckpointGuardTest, DeclaredLossIsToldAndThenAccepted) {
  Store store(sealer_), backup(sealer_);
  backup.Append(5);
  store.Append(9);
  Publish(store);
  Loss loss;
  SAMKOER_ASSERT_OK(Declare(backup, &loss));
  EXPECT_EQ(loss.checkpoint_size, 9u);
  EXPECT_EQ(loss.store_size, 5u);
  EXPECT_EQ(SizeOnDisk(), 6u);
  EXPECT_TRUE(fs::exists(path_ + ".lost-9"));  // the evidence stays
  SAMKOER_EXPECT_OK(Check(backup));
}

TEST_F(CheckpointGuardTest, LossCanBeDeclaredAgainAfterACrashBetween) {
  Store store(sealer_), backup(sealer_);
  backup.Append(5);
  store.Append(9);
  Publish(store);
  backup.Append(1);  // the leaf was written, the file was not
  SAMKOER_ASSERT_OK(Declare(backup));
  EXPECT_EQ(SizeOnDisk(), 7u);
}

TEST_F(CheckpointGuardTest, EvidenceOfTwoLossesIsKept) {
  for (int round = 0; round < 2; ++round) {
    Store store(sealer_), backup(sealer_);
    store.Append(9);
    fs::remove(path_);
    Publish(store);
    backup.Append(5);
    SAMKOER_ASSERT_OK(Declare(backup));
  }
  EXPECT_TRUE(fs::exists(path_ + ".lost-9"));
  EXPECT_TRUE(fs::exists(path_ + ".lost-9-2"));
}

TEST_F(CheckpointGuardTest, MissingFileCanBeDeclaredLost) {
  Store store(sealer_);
  store.Append(5);
  Loss loss;
  SAMKOER_ASSERT_OK(Declare(store, &loss));
  EXPECT_EQ(loss.checkpoint_size, 0u);
  EXPECT_EQ(SizeOnDisk(), 6u);
}

TEST_F(CheckpointGuardTest, NoLossNoDeclaration) {
  Store store(sealer_);
  store.Append(5);
  Publish(store);
  EXPECT_EQ(Declare(store).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(store.log->size(), 5u);
}

TEST_F(CheckpointGuardTest, LossThatCouldNotBeToldIsNotAccepted) {
  Store store(sealer_), backup(sealer_);
  backup.Append(5);
  store.Append(9);
  Publish(store);
  EXPECT_EQ(DeclareLoss(path_, *backup.log, backup.engine,
                        [](const Loss&) {
                          return absl::InternalError("the disk failed");
                        })
                .code(),
            StatusCode::kInternal);
  EXPECT_EQ(SizeOnDisk(), 9u);
  EXPECT_FALSE(Check(backup).ok());
}

TEST(CheckpointGuardOnDisk, StoreRestoredFromAnOlderCopyIsRefused) {
  TempDir dir;
  const ValueSealer sealer = TestSealer();
  const std::string path = dir / "checkpoint";
  const auto work = [&](int count) {
    const auto engine = OpenStore(dir / "store");
    const auto log = OpenLog(*engine, sealer);
    auto guard = CheckpointGuard::Start(path, *log, *engine);
    if (!guard.ok()) return guard.status();
    for (int i = 0; i < count; ++i) {
      WriteBatch batch;
      SAMKOER_EXPECT_OK(
          log->Append(batch, std::vector{TestLeaf(log->size())}).status());
      SAMKOER_EXPECT_OK(engine->Write(batch));
      log->Committed();
      (*guard)->Notify();
    }
    return absl::OkStatus();
  };
  SAMKOER_ASSERT_OK(work(3));
  fs::copy(dir / "store", dir / "backup");
  SAMKOER_ASSERT_OK(work(3));
  SAMKOER_ASSERT_OK(work(0));
  fs::remove_all(dir / "store");
  fs::rename(dir / "backup", dir / "store");
  const auto status = work(1);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("ends at leaf 3"));
}

// The checkpoint was lost with the store; what an officer or a witness has kept
// is older than the backup, or as old, and the server went on after it.
TEST_F(CheckpointGuardTest, ARunningServersBackupIsALossWhateverTheCheckpoint) {
  for (const int later : {0, 3}) {
    Store backup(sealer_);
    backup.Append(5);
    fs::remove(path_);
    Publish(backup);
    backup.Append(later);
    SAMKOER_EXPECT_OK(Check(backup));
    SAMKOER_ASSERT_OK(
        WriteRestoredMark(backup.engine, sealer_, RestoredMark::kRunning));
    const auto status = Check(backup);
    EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition) << status;
    EXPECT_THAT(Message(status), HasSubstr("--declare-loss"));
    EXPECT_FALSE(
        CheckpointGuard::Start(path_, *backup.log, backup.engine).ok());
    Loss told;
    SAMKOER_ASSERT_OK(Declare(backup, &told));
    EXPECT_EQ(told.checkpoint_size, 5u);
    EXPECT_EQ(told.store_size, 5u + later);
    SAMKOER_ASSERT_OK(ClearRestoredMark(backup.engine));
    SAMKOER_EXPECT_OK(Check(backup));
  }
}

TEST_F(CheckpointGuardTest,
       AStoppedServersBackupMayGoOnWhereTheCheckpointEnds) {
  Store moved(sealer_);
  moved.Append(5);
  Publish(moved);
  SAMKOER_ASSERT_OK(
      WriteRestoredMark(moved.engine, sealer_, RestoredMark::kStopped));
  SAMKOER_EXPECT_OK(Check(moved));
  EXPECT_EQ(Declare(moved).code(), StatusCode::kFailedPrecondition);
  moved.Append(1);  // as if the checkpoint were an older one
  const auto status = Check(moved);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(status), HasSubstr("newest checkpoint"));
  SAMKOER_EXPECT_OK(Declare(moved));
}

}  // namespace
}  // namespace samkoer::storage
