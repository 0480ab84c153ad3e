#include "storage/backup_set.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

class BackupSetTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(crypto::InitializeProcess());
    fs::create_directory(copy_);
    Put("000007.sst", std::string(100000, 'a'));
    Put("000009.sst", std::string(70000, 'b'));
    Put("CURRENT", "MANIFEST-000005\n");
  }

  void Put(const std::string& name, const std::string& text) {
    std::ofstream(copy_ + "/" + name, std::ios::binary) << text;
  }
  static std::string Read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file),
            std::istreambuf_iterator<char>()};
  }
  static std::map<std::string, std::string> Contents(const std::string& path) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::directory_iterator(path)) {
      contents[entry.path().filename()] = Read(entry.path());
    }
    return contents;
  }

  BackupRequest Request() {
    BackupRequest request{.folder = set_,
                          .copy = copy_,
                          .key = key_.Public(),
                          .head = {},
                          .keep = keep_,
                          .before_manifest = {},
                          .progress = {}};
    request.head.origin = signer_.name();
    request.head.program = "1.2.0";
    request.head.made_seconds = now_;
    request.head.log_size = 2;
    request.head.keks = keks_;
    return request;
  }
  absl::StatusOr<BackupResult> Backup() {
    now_ += 3600;
    return WriteBackup(Request(), signer_);
  }
  std::vector<ListedBackup> All() {
    return ValueOf(ListBackups(set_, verifier_));
  }
  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    for (const ListedBackup& backup : All()) ids.push_back(backup.id);
    return ids;
  }
  absl::StatusOr<ListedBackup> Find(const std::string& id = "") {
    return FindBackup(set_, id, verifier_, absl::FromUnixSeconds(now_));
  }
  absl::Status Restore(const std::string& id = "") {
    const auto found = Find(id);
    if (!found.ok()) return found.status();
    if (auto s = CheckBackup(set_, *found->manifest, nullptr); !s.ok())
      return s;
    fs::remove_all(to_);
    return RestoreFiles(set_, *found->manifest, key_, to_, nullptr);
  }
  std::size_t Files() { return Contents(set_ + "/files").size(); }

  TempDir folder_;
  const std::string copy_ = folder_ / "copy";
  const std::string set_ = folder_ / "set";
  const std::string to_ = folder_ / "restored";
  crypto::DecryptionKey key_ = crypto::DecryptionKey::Random();
  const crypto::NoteSigner signer_ = TestSigner();
  const crypto::NoteVerifier verifier_ =
      ValueOf(crypto::NoteVerifier::Parse(signer_.VerifierKey()));
  std::int64_t now_ = 1700000000;
  std::uint32_t keep_ = 10;
  std::vector<std::uint32_t> keks_ = {1};
};

TEST_F(BackupSetTest, WhatIsRestoredIsWhatWasBackedUp) {
  const auto made = Backup();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->id, "20231114T231320Z");
  EXPECT_EQ(made->files, 3u);
  EXPECT_EQ(made->bytes, 170016u);
  EXPECT_EQ(made->new_files, 3u);
  EXPECT_GT(made->new_bytes, 170016u);
  SAMKOER_ASSERT_OK(Restore());
  EXPECT_EQ(Contents(to_), Contents(copy_));
  EXPECT_EQ(fs::status(to_).permissions(), fs::perms::owner_all);
}

TEST_F(BackupSetTest, AFileThatTheSetHasIsNotWrittenAgain) {
  ASSERT_TRUE(Backup().ok());
  Put("000011.sst", "new");
  Put("CURRENT", "MANIFEST-000010\n");
  fs::remove(copy_ + "/000007.sst");
  const auto second = Backup();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->files, 3u);
  EXPECT_EQ(second->new_files, 2u);
  EXPECT_LT(second->new_bytes, 1000u);
  // The same name with other contents is another file.
  Put("000011.sst", "other");
  EXPECT_EQ(ValueOf(Backup()).new_files, 1u);
  for (const std::string& id : Ids()) SAMKOER_EXPECT_OK(Restore(id));
  SAMKOER_ASSERT_OK(Restore(Ids()[1]));
  EXPECT_EQ(Contents(to_).at("000011.sst"), "new");
}

TEST_F(BackupSetTest, OlderBackupsGoWithTheFilesThatNobodyNames) {
  keep_ = 2;
  ASSERT_TRUE(Backup().ok());
  for (int i = 0; i < 4; ++i) {
    Put("000020.sst", std::string(1000, static_cast<char>('c' + i)));
    ASSERT_TRUE(Backup().ok());
  }
  EXPECT_EQ(Ids().size(), 2u);
  EXPECT_EQ(Ids().back(), "20231115T031320Z");
  EXPECT_EQ(Files(), 5u);
  for (const std::string& id : Ids()) SAMKOER_EXPECT_OK(Restore(id));
}

TEST_F(BackupSetTest, WhatNobodyCanOpenAnyMoreGoes) {
  ASSERT_TRUE(Backup().ok());
  keks_ = {1, 2};
  ASSERT_TRUE(Backup().ok());
  EXPECT_EQ(Ids().size(), 2u);
  keks_ = {2};  // the first key is destroyed
  EXPECT_EQ(ValueOf(Backup()).removed, 2u);
  EXPECT_EQ(Ids().size(), 1u);
}

TEST_F(BackupSetTest, AFlippedByteAnywhereInTheSetIsFound) {
  Put("000007.sst", "a");  // small, as many bytes are tried
  Put("000009.sst", "b");
  ASSERT_TRUE(Backup().ok());
  for (const auto& entry : fs::recursive_directory_iterator(set_)) {
    if (!entry.is_regular_file()) continue;
    const std::string whole = Read(entry.path());
    // Every byte of an encrypted file is tried in encrypted_file_test.cc.
    for (std::size_t at = 0; at < whole.size(); at += 7) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      std::ofstream(entry.path(), std::ios::binary) << changed;
      const absl::Status status = Restore();
      ASSERT_TRUE(absl::IsDataLoss(status) || absl::IsUnauthenticated(status) ||
                  absl::IsInvalidArgument(status))
          << entry.path() << " " << at << " " << status;
      // With the private key alone, too.
      const auto found = Find();
      if (!found.ok()) continue;
      EXPECT_FALSE(
          RestoreFiles(set_, *found->manifest, key_, to_, nullptr).ok());
      EXPECT_FALSE(fs::exists(to_));
    }
    std::ofstream(entry.path(), std::ios::binary) << whole;
  }
  SAMKOER_EXPECT_OK(Restore());
}

TEST_F(BackupSetTest, AMissingFileIsNamed) {
  ASSERT_TRUE(Backup().ok());
  const auto backup = ValueOf(Find());
  fs::remove(set_ + "/files/" + backup.manifest->files[1].StoredName());
  const absl::Status status = Restore();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_NE(Message(status).find("000009.sst"), std::string::npos);
}

TEST_F(BackupSetTest, TheWrongKeyOpensNothingAndLeavesNothing) {
  ASSERT_TRUE(Backup().ok());
  const auto backup = ValueOf(Find());
  const absl::Status status = RestoreFiles(
      set_, *backup.manifest, crypto::DecryptionKey::Random(), to_, nullptr);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_FALSE(fs::exists(to_));
}

TEST_F(BackupSetTest, AManifestOfAnotherKeyOrNameIsNotTaken) {
  ASSERT_TRUE(Backup().ok());
  const auto other = ValueOf(
      crypto::NoteVerifier::Parse(TestSigner(/*fill=*/9).VerifierKey()));
  EXPECT_TRUE(absl::IsUnauthenticated(
      FindBackup(set_, "", other, absl::InfiniteFuture()).status()));
  fs::rename(set_ + "/" + Ids()[0] + ".backup",
             set_ + "/20991231T000000Z.backup");
  EXPECT_TRUE(absl::IsDataLoss(Find().status()));
}

TEST_F(BackupSetTest, WhatAnotherStoreOrADamagedBackupNamesStays) {
  keep_ = 1;
  ASSERT_TRUE(Backup().ok());
  const std::string damaged = set_ + "/" + Ids()[0] + ".backup";
  std::ofstream(damaged, std::ios::app) << "x";
  Put("000007.sst", "other");
  ASSERT_TRUE(Backup().ok());
  EXPECT_TRUE(fs::exists(damaged));
  // All that it may have named; nothing of it is taken over.
  EXPECT_EQ(Files(), 6u);
}

TEST_F(BackupSetTest, WhatACrashLeftIsRemovedAndNeverTaken) {
  ASSERT_TRUE(Backup().ok());
  std::ofstream(set_ + "/new-manifest") << "half";
  std::ofstream(set_ + "/files/new-file") << "half";
  EXPECT_EQ(Ids().size(), 1u);
  ASSERT_TRUE(Backup().ok());
  EXPECT_FALSE(fs::exists(set_ + "/new-manifest"));
  EXPECT_FALSE(fs::exists(set_ + "/files/new-file"));
}

TEST_F(BackupSetTest, ABackupThatEndsEarlyIsNotThere) {
  BackupRequest request = Request();
  request.before_manifest = [] { return absl::AbortedError("a rotation"); };
  EXPECT_TRUE(absl::IsAborted(WriteBackup(request, signer_).status()));
  EXPECT_TRUE(Ids().empty());
  EXPECT_TRUE(absl::IsNotFound(Restore()));
  request.before_manifest = {};
  std::uint64_t total = 0;
  request.progress = [&](std::uint64_t done, std::uint64_t of) {
    total = of;
    return done < 100000;
  };
  EXPECT_TRUE(absl::IsCancelled(WriteBackup(request, signer_).status()));
  EXPECT_EQ(total, 340032u);  // each is read twice
  EXPECT_TRUE(Ids().empty());
  ASSERT_TRUE(Backup().ok());
}

TEST_F(BackupSetTest, TwoInOneSecondHaveTwoNames) {
  ASSERT_TRUE(WriteBackup(Request(), signer_).ok());
  ASSERT_TRUE(WriteBackup(Request(), signer_).ok());
  EXPECT_EQ(Ids(),
            (std::vector<std::string>{"20231114T221320Z", "20231114T221321Z"}));
}

TEST_F(BackupSetTest, OfTwoThatWriteOneIsRefused) {
  ASSERT_TRUE(Backup().ok());
  const int fd = ::open((set_ + "/lock").c_str(), O_RDWR);
  ASSERT_EQ(::flock(fd, LOCK_EX | LOCK_NB), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(Backup().status()));
  ::close(fd);
  EXPECT_TRUE(Backup().ok());
}

TEST_F(BackupSetTest, AFolderWithoutParentIsRefusedAndNoneIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(ListBackups(set_, verifier_).status()));
  BackupRequest request = Request();
  request.folder = folder_ / "a/b";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(WriteBackup(request, signer_).status()));
}

// Its private key is lost, or somebody else has it.
TEST_F(BackupSetTest, ANewBackupKeyOpensAllOfTheNextBackup) {
  ASSERT_TRUE(Backup().ok());
  const crypto::DecryptionKey old = key_;
  key_ = crypto::DecryptionKey::Random();
  EXPECT_EQ(ValueOf(Backup()).new_files, 3u);
  SAMKOER_EXPECT_OK(Restore());
  EXPECT_EQ(Contents(to_), Contents(copy_));
  EXPECT_EQ(ValueOf(Backup()).new_files, 0u);
  // The older one is still its own key's.
  const absl::Status status = Restore(Ids()[0]);
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_NE(Message(status).find(old.Public().Text()), std::string::npos);
  key_ = old;
  SAMKOER_EXPECT_OK(Restore(Ids()[0]));
}

// Who may write to the folder has put a file there whose name says that it is
// one of the store's, and whose hash is in its name, too.
TEST_F(BackupSetTest, AFileThatNoManifestNamesIsNeverTaken) {
  ASSERT_TRUE(Backup().ok());
  const std::string true_name = Find()->manifest->files[0].StoredName();
  const std::string garbage(fs::file_size(set_ + "/files/" + true_name), 'g');
  std::ofstream(folder_ / "garbage", std::ios::binary) << garbage;
  BackupFile planted = Find()->manifest->files[0];
  planted.stored = ValueOf(crypto::HashFile(folder_ / "garbage", nullptr)).hash;
  const std::string name = planted.StoredName();
  for (const bool alone : {false, true}) {
    fs::copy_file(folder_ / "garbage", set_ + "/files/" + name);
    if (alone) fs::remove(set_ + "/files/" + true_name);
    ASSERT_TRUE(Backup().ok());
    EXPECT_NE(Find()->manifest->files[0].stored, planted.stored);
    EXPECT_FALSE(fs::exists(set_ + "/files/" + name));
    SAMKOER_EXPECT_OK(Restore());
  }
}

TEST_F(BackupSetTest, AFileThatIsCutShortIsWrittenAgain) {
  ASSERT_TRUE(Backup().ok());
  const std::string name = Find()->manifest->files[1].StoredName();
  fs::resize_file(set_ + "/files/" + name, 1000);
  EXPECT_EQ(ValueOf(Backup()).new_files, 1u);
  SAMKOER_EXPECT_OK(Restore());
}

// They may fill the disk, and then nothing that can be restored would be made.
TEST_F(BackupSetTest, WhatNobodyCanOpenGoesBeforeTheNewOneNeedsItsRoom) {
  ASSERT_TRUE(Backup().ok());
  ASSERT_TRUE(Backup().ok());
  for (const char* name : {"000007.sst", "000009.sst"})
    Put(name, "sealed anew");
  keks_ = {2};
  BackupRequest request = Request();
  request.before_manifest = [&] {
    EXPECT_TRUE(Ids().empty());
    EXPECT_EQ(Files(), 3u);  // the new ones
    return absl::OkStatus();
  };
  EXPECT_EQ(ValueOf(WriteBackup(request, signer_)).removed, 2u);
  SAMKOER_EXPECT_OK(Restore());
}

TEST_F(BackupSetTest, AFewerNumberToKeepMakesRoomForTheNextOne) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Backup().ok());
  keep_ = 2;
  BackupRequest request = Request();
  request.head.made_seconds = now_ += 3600;
  request.before_manifest = [&] {
    EXPECT_EQ(Ids().size(), 2u);  // never fewer before the new one is there
    return absl::OkStatus();
  };
  EXPECT_EQ(ValueOf(WriteBackup(request, signer_)).removed, 3u);
  EXPECT_EQ(Ids().size(), 2u);
}

TEST_F(BackupSetTest, ABackupOfAWrongClockIsNotTheNewest) {
  now_ += 100 * 86400;
  ASSERT_TRUE(Backup().ok());
  const std::string future = Ids()[0];
  now_ -= 100 * 86400 + 3600;
  EXPECT_TRUE(absl::IsNotFound(Find().status()));
  EXPECT_NE(Message(Find().status()).find("--backup"), std::string::npos);
  EXPECT_TRUE(Find(future).ok());
  const auto second = Backup();
  EXPECT_EQ(Find()->id, second->id);
  // Of two one goes, and it is not the one that was made last.
  keep_ = 2;
  ASSERT_TRUE(Backup().ok());
  EXPECT_EQ(Ids().front(), second->id);
  EXPECT_EQ(Ids().size(), 2u);
  EXPECT_NE(Ids().back(), future);
}

TEST_F(BackupSetTest, AnAttemptThatFailsLeavesNoFiles) {
  ASSERT_TRUE(Backup().ok());
  Put("000011.sst", "new");
  BackupRequest request = Request();
  request.before_manifest = [&] {
    EXPECT_EQ(Files(), 4u);
    return absl::ResourceExhaustedError("full");
  };
  EXPECT_FALSE(WriteBackup(request, signer_).ok());
  EXPECT_EQ(Files(), 3u);
  EXPECT_EQ(Ids().size(), 1u);
}

// The room that was there when it began is gone: a limit on the size of files
// stands for the full disk, as it holds for root and needs no disk.
TEST_F(BackupSetTest, ADiskThatFillsUpMeanwhileLeavesTheOlderBackupsWhole) {
  ASSERT_TRUE(Backup().ok());
  const auto before = Contents(set_ + "/files");
  Put("000007.sst", std::string(100000, 'c'));
  Put("000011.sst", "small");
  const rlimit small{70000, RLIM_INFINITY}, any{RLIM_INFINITY, RLIM_INFINITY};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto full = Backup();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &any), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(absl::IsResourceExhausted(full.status())) << full.status();
  EXPECT_NE(Message(full.status()).find(set_), std::string::npos);
  EXPECT_EQ(Contents(set_ + "/files"), before);
  EXPECT_EQ(Ids().size(), 1u);
  SAMKOER_EXPECT_OK(Restore());

  EXPECT_EQ(ValueOf(Backup()).new_files, 2u);
  SAMKOER_EXPECT_OK(Restore());
  EXPECT_EQ(Contents(to_), Contents(copy_));
}

TEST_F(BackupSetTest, APipeInAManifestsPlaceIsRefusedAndNotWaitedFor) {
  ASSERT_TRUE(Backup().ok());
  ASSERT_EQ(::mkfifo((set_ + "/20990101T000000Z.backup").c_str(), 0600), 0);
  const auto all = All();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].manifest.ok());
  EXPECT_FALSE(all[1].manifest.ok());
}

}  // namespace
}  // namespace samkoer::storage
