#include "storage/rocksdb_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/key_layout.h"
#include "storage/read_only_store.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using testing::HasSubstr;

WriteBatch One(std::string key, std::string value) {
  WriteBatch batch;
  batch.Put(std::move(key), std::move(value));
  return batch;
}

// The only file in `directory` that ends in `suffix`.
std::string OnlyFile(const std::string& directory, std::string_view suffix) {
  std::string found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (!entry.path().string().ends_with(suffix)) continue;
    EXPECT_EQ(found, "") << "more than one";
    found = entry.path();
  }
  EXPECT_NE(found, "");
  return found;
}

TEST(RocksDbEngine, MissingStoreIsAnErrorAndNotAnEmptyStore) {
  TempDir dir;
  const auto missing = OpenRocksDb(dir / "none", {}).status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
  EXPECT_THAT(Message(missing), HasSubstr("none"));
  EXPECT_FALSE(fs::exists(dir / "none"));
  EXPECT_EQ(OpenRocksDb(dir.path(), {}).status().code(), StatusCode::kNotFound);
}

TEST(RocksDbEngine, DirectoryIsTheOwnersAlone) {
  TempDir dir;
  fs::create_directory(dir / "store");
  ASSERT_EQ(::chmod((dir / "store").c_str(), 0755), 0);
  OpenStore(dir / "store");
  struct stat info;
  ASSERT_EQ(::stat((dir / "store").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(RocksDbEngine, SecondOpeningIsRefusedWithARemedy) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  const auto second = OpenRocksDb(dir / "store", {}).status();
  EXPECT_EQ(second.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(second), HasSubstr("open in another process"));
  SAMKOER_EXPECT_OK(engine->Write(One("a", "1")));  // the first is unharmed
  engine.reset();
  EXPECT_TRUE(OpenRocksDb(dir / "store", {}).ok());
}

TEST(RocksDbEngine, PathThatIsAFileIsRefused) {
  TempDir dir;
  std::ofstream(dir / "file") << "x";
  EXPECT_FALSE(OpenRocksDb(dir / "file", {}).ok());
}

TEST(RocksDbEngine, AcknowledgedWritesSurviveAProcessThatIsKilled) {
  TempDir dir;
  OpenStore(dir / "store").reset();
  int acknowledged[2];
  ASSERT_EQ(::pipe(acknowledged), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto engine = OpenStore(dir / "store");
    for (std::uint64_t n = 0; n < 1000; ++n) {
      WriteBatch batch;
      batch.Put(NumberKey(Table::kAlert, n), "alert");
      batch.Put(NumberKey(Table::kFeed, n), "feed");
      if (!engine->Write(batch).ok()) ::_exit(1);
      if (::write(acknowledged[1], &n, sizeof n) != sizeof n) ::_exit(1);
    }
    ::pause();
  }
  ::close(acknowledged[1]);
  std::uint64_t last = 0;
  while (last < 20) {
    ASSERT_EQ(::read(acknowledged[0], &last, sizeof last),
              static_cast<ssize_t>(sizeof last));
  }
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  for (std::uint64_t n; ::read(acknowledged[0], &n, sizeof n) == sizeof n;) {
    last = n;
  }
  ::close(acknowledged[0]);

  const auto engine = OpenStore(dir / "store");
  for (std::uint64_t n = 0; n <= last; ++n) {
    EXPECT_TRUE(engine->Get(NumberKey(Table::kAlert, n)).ok()) << n;
  }
  for (std::uint64_t n = 0; n < 1000; ++n) {  // no batch is half there
    EXPECT_EQ(engine->Get(NumberKey(Table::kAlert, n)).ok(),
              engine->Get(NumberKey(Table::kFeed, n)).ok())
        << n;
  }
}

TEST(RocksDbEngine, TornTailOfTheLogTakesWholeBatchesOnly) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  WriteBatch second;
  for (int i = 0; i < 10; ++i) second.Put("b" + std::to_string(i), "x");
  SAMKOER_ASSERT_OK(engine->Write(One("a", "1")));
  const std::string log = OnlyFile(dir / "store", ".log");
  const auto after_first = fs::file_size(log);
  SAMKOER_ASSERT_OK(engine->Write(second));
  const auto after_second = fs::file_size(log);
  // What a power loss may leave: the store's files with a shorter log.
  for (auto size = after_first; size < after_second; size += 7) {
    TempDir copy;
    fs::copy(dir / "store", copy / "store");
    fs::resize_file(copy / "store/" + fs::path(log).filename().string(), size);
    const auto reopened = OpenStore(copy / "store");
    EXPECT_TRUE(reopened->Get("a").ok()) << size;
    for (int i = 0; i < 10; ++i) {
      EXPECT_FALSE(reopened->Get("b" + std::to_string(i)).ok()) << size;
    }
  }
}

TEST(RocksDbEngine, DamagedTableIsReportedAndNeverRead) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  SAMKOER_ASSERT_OK(engine->Write(One("a", std::string(50000, 'x'))));
  SAMKOER_ASSERT_OK(engine->Compact());
  engine.reset();
  const std::string table = OnlyFile(dir / "store", ".sst");
  std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(20000);
  file.put('!');
  file.close();
  const auto reopened = OpenRocksDb(dir / "store", {});
  const auto status =
      reopened.ok() ? (*reopened)->Get("a").status() : reopened.status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status;
}

TEST(RocksDbEngine, MissingTableIsDataLossWithARemedy) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  SAMKOER_ASSERT_OK(engine->Write(One("a", "1")));
  SAMKOER_ASSERT_OK(engine->Compact());
  engine.reset();
  fs::remove(OnlyFile(dir / "store", ".sst"));
  const auto status = OpenRocksDb(dir / "store", {}).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status;
  EXPECT_THAT(Message(status), HasSubstr("backup"));
}

TEST(RocksDbEngine, BatchOfMoreThanAHundredMebibytesIsOneWrite) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  WriteBatch batch;
  for (std::uint64_t n = 0; n < 110; ++n) {
    batch.Put(NumberKey(Table::kSegment, n),
              std::string(std::size_t{1} << 20, static_cast<char>(n)));
  }
  SAMKOER_ASSERT_OK(engine->Write(batch));
  engine.reset();
  engine = OpenStore(dir / "store");
  for (std::uint64_t n = 0; n < 110; ++n) {
    const auto value = ValueOf(engine->Get(NumberKey(Table::kSegment, n)));
    ASSERT_EQ(value.size(), std::size_t{1} << 20);
    ASSERT_EQ(value[n], static_cast<char>(n));
  }
}

TEST(RocksDbEngine, AfterAWriteErrorEveryWriteFailsAndNothingIsLost) {
  TempDir dir;
  const pid_t child = ::fork();  // the limit on file sizes is a process's own
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    auto engine = OpenStore(dir / "store");
    if (!engine->Write(One("kept", "1")).ok()) ::_exit(1);
    const rlimit small{1 << 20, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto first = engine->Write(One("big", std::string(8 << 20, 'x')));
    if (first.ok()) ::_exit(2);
    const rlimit large{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &large);
    if (engine->Write(One("later", "1")) != first) ::_exit(3);
    if (engine->Compact() != first) ::_exit(4);
    if (!engine->Get("kept").ok()) ::_exit(5);
    engine.reset();  // does not end the process
    ::_exit(0);
  }
  int outcome = 0;
  ASSERT_EQ(::waitpid(child, &outcome, 0), child);
  ASSERT_TRUE(WIFEXITED(outcome));
  EXPECT_EQ(WEXITSTATUS(outcome), 0);
  const auto engine = OpenStore(dir / "store");
  EXPECT_TRUE(engine->Get("kept").ok());
  EXPECT_FALSE(engine->Get("big").ok());
  EXPECT_FALSE(engine->Get("later").ok());
  SAMKOER_EXPECT_OK(engine->Write(One("later", "2")));
}

TEST(RocksDbEngine, CompactionTakesDeletedValuesOutOfTheFiles) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  const std::string secret = "et-ord-som-skal-vaek";
  SAMKOER_ASSERT_OK(engine->Write(One("a", secret)));
  SAMKOER_ASSERT_OK(engine->Write(One("b", "bliver")));
  SAMKOER_ASSERT_OK(engine->Compact());
  WriteBatch erase;
  erase.Delete("a");
  SAMKOER_ASSERT_OK(engine->Write(erase));
  SAMKOER_ASSERT_OK(engine->Compact());
  engine.reset();
  for (const auto& entry : fs::directory_iterator(dir / "store")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(all.find(secret), std::string::npos) << entry.path();
  }
}

// Whether any file of the store holds these bytes.
bool InAnyFile(const std::string& store, const std::string& bytes) {
  for (const auto& entry : fs::directory_iterator(store)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    if (all.find(bytes) != std::string::npos) return true;
  }
  return false;
}

TEST(RocksDbEngine, CompactionTakesOverwrittenValuesOutWhileTheStoreIsOpen) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  const std::string older = "det-foerste-ord", old = "det-andet-ord";
  SAMKOER_ASSERT_OK(engine->Write(One("a", older)));
  SAMKOER_ASSERT_OK(engine->Compact());
  SAMKOER_ASSERT_OK(engine->Write(One("a", old)));
  EXPECT_TRUE(InAnyFile(dir / "store", older));
  EXPECT_TRUE(InAnyFile(dir / "store", old));  // in the log of writes
  SAMKOER_ASSERT_OK(engine->Write(One("a", "nu")));
  SAMKOER_ASSERT_OK(engine->Compact());
  EXPECT_FALSE(InAnyFile(dir / "store", older));
  EXPECT_FALSE(InAnyFile(dir / "store", old));
  EXPECT_EQ(ValueOf(engine->Get("a")), "nu");
}

TEST(RocksDbEngine, CompactionDoesNotSayDoneWhileASnapshotSeesOlderValues) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  SAMKOER_ASSERT_OK(engine->Write(One("a", "det-gamle-ord")));
  auto snapshot = engine->Snapshot();
  SAMKOER_ASSERT_OK(engine->Write(One("a", "nu")));
  EXPECT_EQ(engine->Compact().code(), StatusCode::kUnavailable);
  EXPECT_EQ(ValueOf(snapshot->Get("a")), "det-gamle-ord");
  snapshot.reset();
  // One that sees nothing older does not stand in the way.
  snapshot = engine->Snapshot();
  SAMKOER_EXPECT_OK(engine->Compact());
  EXPECT_FALSE(InAnyFile(dir / "store", "det-gamle-ord"));
}

TEST(RocksDbEngine,
     CompactionRightAfterOpeningIsDoneWhateverTheEngineHasBegun) {
  // Every opening makes a file of level 0; at the fourth the engine begins to
  // merge them by itself.
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(round);
    TempDir dir;
    for (int opening = 0; opening < 4; ++opening) {
      auto engine = OpenStore(dir / "store");
      SAMKOER_ASSERT_OK(engine->Write(
          One("k" + std::to_string(opening), std::string(1 << 20, 'x'))));
      SAMKOER_ASSERT_OK(
          engine->Write(One("a", opening < 3 ? "det-gamle-ord" : "nu")));
    }
    auto engine = OpenStore(dir / "store");
    SAMKOER_ASSERT_OK(engine->Compact());
    EXPECT_FALSE(InAnyFile(dir / "store", "det-gamle-ord"));
  }
}

TEST(RocksDbEngine, WritesGoOnWhileItCompacts) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  for (int i = 0; i < 40; ++i) {
    SAMKOER_ASSERT_OK(
        engine->Write(One("k" + std::to_string(i), std::string(1 << 20, 'x'))));
  }
  std::atomic<bool> done = false;
  std::thread compaction([&] {
    SAMKOER_EXPECT_OK(engine->Compact());
    done = true;
  });
  int written = 0;
  while (!done) {
    SAMKOER_EXPECT_OK(engine->Write(One("n", std::to_string(++written))));
  }
  compaction.join();
  EXPECT_EQ(ValueOf(engine->Get("n")), std::to_string(written));
}

TEST(RocksDbEngine, CompactionIsStoppedForTheEndOfTheProcess) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  SAMKOER_ASSERT_OK(engine->Write(One("a", "1")));
  engine->StopCompacting();
  EXPECT_EQ(engine->Compact().code(), StatusCode::kCancelled);
  SAMKOER_EXPECT_OK(engine->Write(One("a", "2")));
}

TEST(RocksDbEngine, InfoLogPrintsNoKeys) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  for (int i = 0; i < 3; ++i) {
    SAMKOER_ASSERT_OK(engine->Write(One("NOEGLE" + std::to_string(i), "x")));
    SAMKOER_ASSERT_OK(engine->Compact());
  }
  engine.reset();
  std::ifstream file(dir / "store/LOG");
  const std::string log((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(log, "");
  EXPECT_EQ(log.find("NOEGLE"), std::string::npos);
  EXPECT_EQ(log.find("4E4F45474C45"), std::string::npos);  // in hex
  // The lines that would print keys, were there more of them.
  EXPECT_EQ(log.find("anual compaction"), std::string::npos);
}

TEST(RocksDbEngine, DiskBytesCountTheLogAndTheTables) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  const auto before = ValueOf(engine->DiskBytes());
  SAMKOER_ASSERT_OK(engine->Write(One("a", std::string(1 << 20, 'x'))));
  EXPECT_GE(ValueOf(engine->DiskBytes()), before + (1 << 20));
  SAMKOER_ASSERT_OK(engine->Compact());
  EXPECT_GE(ValueOf(engine->DiskBytes()), std::uint64_t{1} << 20);
}

TEST(RocksDbEngine, ACopyHoldsWhatWasWrittenBeforeAndOpensAsAStore) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  StoreCopier* const copier = CopierOf(*engine);
  ASSERT_NE(copier, nullptr);
  SAMKOER_ASSERT_OK(engine->Write(One("a", "1")));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int n = 0; !stop; ++n) {
      SAMKOER_EXPECT_OK(engine->Write(One("n", std::to_string(n))));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const std::string copy = dir / ("copy" + std::to_string(i));
    SAMKOER_ASSERT_OK(engine->Write(One("a", std::to_string(i))));
    SAMKOER_ASSERT_OK(copier->CopyTo(copy));
    EXPECT_EQ(ValueOf(OpenStore(copy)->Get("a")), std::to_string(i));
  }
  stop = true;
  writer.join();
  EXPECT_TRUE(absl::IsAlreadyExists(copier->CopyTo(dir / "copy0")));
}

// `doctor`, perhaps run by somebody else than the store's owner.
TEST(RocksDbEngine, OpenedToReadOnlyNothingIsWritten) {
  TempDir dir;
  {
    const auto engine = OpenStore(dir / "store");
    SAMKOER_ASSERT_OK(engine->Write(One("a", "1")));  // in the log only
  }
  const auto files = [&] {
    std::map<std::string,
             std::pair<std::string, std::filesystem::file_time_type>>
        found;
    for (const auto& entry :
         std::filesystem::directory_iterator(dir / "store")) {
      std::ifstream file(entry.path(), std::ios::binary);
      found[entry.path()] = {
          std::string((std::istreambuf_iterator<char>(file)), {}),
          entry.last_write_time()};
    }
    return found;
  };
  std::filesystem::permissions(
      dir / "store",
      std::filesystem::perms::owner_all | std::filesystem::perms::group_read);
  const auto before = files();
  {
    const auto engine = ValueOf(OpenRocksDbReadOnly(dir / "store"));
    EXPECT_EQ(ValueOf(engine->Get("a")), "1");
    EXPECT_FALSE(engine->Write(One("a", "2")).ok());
  }
  EXPECT_EQ(files(), before);
  EXPECT_NE(std::filesystem::status(dir / "store").permissions() &
                std::filesystem::perms::group_read,
            std::filesystem::perms::none);
  // Not beside a server.
  const auto server = OpenStore(dir / "store");
  EXPECT_TRUE(
      absl::IsFailedPrecondition(OpenRocksDbReadOnly(dir / "store").status()));
  EXPECT_TRUE(absl::IsNotFound(OpenRocksDbReadOnly(dir / "none").status()));
  EXPECT_FALSE(std::filesystem::exists(dir / "none"));
}

TEST(RocksDbEngine, ReadersAndTheWriterDoNotDisturbEachOther) {
  TempDir dir;
  auto engine = OpenStore(dir / "store");
  SAMKOER_ASSERT_OK(engine->Write(One("n", "0")));
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    int last = 0;
    while (!stop) {
      const int now = std::stoi(ValueOf(engine->Snapshot()->Get("n")));
      EXPECT_GE(now, last);
      last = now;
    }
  });
  for (int n = 1; n <= 100; ++n) {
    SAMKOER_EXPECT_OK(engine->Write(One("n", std::to_string(n))));
  }
  stop = true;
  reader.join();
}

}  // namespace
}  // namespace samkoer::storage
