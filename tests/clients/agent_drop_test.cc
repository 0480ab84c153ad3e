#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "clients/agent/drop_files.h"
#include "clients/agent/drop_runner.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

namespace fs = std::filesystem;

absl::Time At(int seconds) { return absl::FromUnixSeconds(1000 + seconds); }

using Names = std::vector<std::string>;

TEST(QuietFiles, AFileIsCompleteWhenItHasNotChangedForAWhile) {
  QuietFiles quiet(absl::Seconds(60));
  EXPECT_EQ(quiet.Observe({{"a", {5, 1, 7}}}, At(0)), Names{});
  EXPECT_EQ(quiet.Observe({{"a", {5, 1, 7}}}, At(59)), Names{});
  EXPECT_EQ(quiet.Observe({{"a", {5, 1, 7}}}, At(60)), Names{"a"});
}

TEST(QuietFiles, EachChangeBeginsTheWaitAnew) {
  QuietFiles quiet(absl::Seconds(60));
  quiet.Observe({{"a", {5, 1, 7}}}, At(0));
  EXPECT_EQ(quiet.Observe({{"a", {6, 1, 7}}}, At(60)), Names{});
  EXPECT_EQ(quiet.Observe({{"a", {6, 2, 7}}}, At(119)), Names{});
  EXPECT_EQ(quiet.Observe({{"a", {6, 2, 8}}}, At(178)), Names{});
  EXPECT_EQ(quiet.Observe({}, At(237)), Names{});
  EXPECT_EQ(quiet.Observe({{"a", {6, 2, 8}}}, At(238)), Names{});
  EXPECT_EQ(quiet.Observe({{"a", {6, 2, 8}}}, At(298)), Names{"a"});
}

TEST(QuietFiles, TheOldestFirstAndEmptyOnesNever) {
  QuietFiles quiet(absl::ZeroDuration());
  EXPECT_EQ(quiet.Observe(
                {{"a", {5, 1, 9}}, {"b", {5, 2, 7}}, {"c", {0, 3, 1}}}, At(0)),
            (Names{"b", "a"}));
}

TEST(IsDropName, TransfersThatGoOnAreNotTaken) {
  EXPECT_TRUE(IsDropName("sager.csv", "*.csv"));
  EXPECT_FALSE(IsDropName("sager.xlsx", "*.csv"));
  for (const char* name : {".sager.csv", "sager.csv.part", "sager.csv.filepart",
                           "sager.tmp", "sager.csv.reason.txt", ""}) {
    EXPECT_FALSE(IsDropName(name, "*")) << name;
  }
}

TEST(MoveIntoFolder, NothingIsReplaced) {
  const TempDir dir;
  for (const char* expected : {"/a", "/a.2", "/a.3"}) {
    std::ofstream(dir.File("a")) << expected;
    const auto to = MoveIntoFolder(dir.File("a"), dir.File("til"), "a");
    ASSERT_TRUE(to.ok()) << to.status();
    EXPECT_EQ(*to, dir.File("til") + expected);
    EXPECT_FALSE(fs::exists(dir.File("a")));
  }
  EXPECT_TRUE(absl::IsNotFound(
      MoveIntoFolder(dir.File("a"), dir.File("til"), "a").status()));
}

// A file that cannot be taken away, for root either.
TEST(MoveIntoFolder, WhatCannotBeRemovedIsNotCopiedAgainAndAgain) {
  const TempDir dir;
  const auto moved = MoveIntoFolder("/proc/version", dir.File("til"), "a");
  EXPECT_TRUE(absl::IsPermissionDenied(moved.status())) << moved.status();
  EXPECT_NE(clients::HintOf(moved.status()).find("ReadWritePaths="),
            std::string::npos);
  EXPECT_TRUE(fs::is_empty(dir.File("til")));
}

TEST(RemoveOlder, FilesThatWerePutThereLongAgo) {
  const TempDir dir;
  std::ofstream(dir.File("a")) << "x";
  RemoveOlder(dir.path(), absl::Now() + absl::Hours(24 * 29), 30);
  EXPECT_TRUE(fs::exists(dir.File("a")));
  RemoveOlder(dir.path(), absl::Now() + absl::Hours(24 * 31), 30);
  EXPECT_FALSE(fs::exists(dir.File("a")));
}

TEST(SeenFiles, AreRememberedAndADamagedListIsAnError) {
  const TempDir dir;
  const std::string a(64, 'a'), b(64, 'b');
  {
    auto seen = SeenFiles::Load(dir.path());
    ASSERT_TRUE(seen.ok()) << seen.status();
    EXPECT_EQ(seen->DayOf(a), "");
    EXPECT_FALSE(seen->IsLast(a));
    ASSERT_TRUE(seen->Add(a, "2026-11-01").ok());
    ASSERT_TRUE(seen->Add(b, "2026-11-02").ok());
  }
  const auto seen = SeenFiles::Load(dir.path());
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->DayOf(a), "2026-11-01");
  EXPECT_FALSE(seen->IsLast(a));
  EXPECT_TRUE(seen->IsLast(b));
  std::ofstream(dir.File("drop.seen"), std::ios::app) << "aaa";
  EXPECT_TRUE(absl::IsDataLoss(SeenFiles::Load(dir.path()).status()));
}

class DropRunnerTest : public ::testing::Test {
 protected:
  DropRunnerTest() {
    fs::create_directory(dir_.File("ind"));
    Configure("");
  }

  void Configure(const std::string& more) {
    auto config = ParseConfig(
        Replaced(kSampleConfig, "source_file: eksport.csv\n",
                 "drop: {folder: ind, quiet_seconds: 60" + more + "}\n"),
        dir_.File("a.yaml"));
    ASSERT_TRUE(config.ok()) << config.status();
    config_ = *std::move(config);
    runner_ = std::make_unique<DropRunner>(
        config_, [this](const std::string& path) -> absl::StatusOr<Summary> {
          std::ifstream in(path);
          std::stringstream text;
          text << in.rdbuf();
          pushed_.push_back(text.str());
          if (!answer_.ok()) return answer_;
          return Summary{};
        });
  }

  void Drop(const std::string& name, const std::string& text) {
    std::ofstream(dir_.File("ind/" + name)) << text;
  }
  // A first look, and one when it has been quiet.
  DropRound TakeOne() {
    EXPECT_TRUE(Look().name.empty());
    now_ += 60;
    return Look();
  }
  DropRound Look() {
    auto round = runner_->Round(At(now_), "2026-11-02");
    EXPECT_TRUE(round.ok()) << round.status();
    return round.ok() ? *std::move(round) : DropRound{};
  }
  std::string Read(const std::string& name) {
    std::ifstream in(dir_.File(name));
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

  TempDir dir_;
  Config config_;
  absl::Status answer_;
  std::vector<std::string> pushed_;
  std::unique_ptr<DropRunner> runner_;
  int now_ = 0;
};

TEST_F(DropRunnerTest, ACompleteFileIsPushedAndArchived) {
  Drop("sager.csv", "et");
  Drop("sager2.csv.part", "halvt");
  const DropRound round = TakeOne();
  EXPECT_EQ(round.name, "sager.csv");
  ASSERT_TRUE(round.result && round.result->ok());
  EXPECT_EQ(pushed_, Names{"et"});
  EXPECT_EQ(Read("state/archive/sager.csv"), "et");
  EXPECT_FALSE(fs::exists(dir_.File("ind/sager.csv")));
  EXPECT_TRUE(fs::exists(dir_.File("ind/sager2.csv.part")));
  EXPECT_TRUE(Look().name.empty());
}

TEST_F(DropRunnerTest, AFileThatIsAtFaultIsRefusedWithTheReason) {
  Drop("sager.csv", "et");
  answer_ =
      clients::WithHint(absl::InvalidArgumentError("no header"), "write one");
  const DropRound round = TakeOne();
  EXPECT_FALSE(round.refused.ok());
  EXPECT_EQ(Read("state/refused/sager.csv"), "et");
  EXPECT_EQ(Read("state/refused/sager.csv.reason.txt"),
            "no header\nhint: write one\n");
  // Mended, it may come again under the same name and with the same bytes.
  answer_ = absl::OkStatus();
  Drop("sager.csv", "et");
  EXPECT_TRUE(TakeOne().refused.ok());
}

TEST_F(DropRunnerTest, WhatMayPassKeepsTheFileForTheNextRound) {
  Drop("sager.csv", "et");
  answer_ = absl::UnavailableError("the matcher is away");
  const DropRound round = TakeOne();
  EXPECT_TRUE(round.refused.ok());
  EXPECT_TRUE(absl::IsUnavailable(round.result->status()));
  EXPECT_TRUE(fs::exists(dir_.File("state/reading/sager.csv")));
  answer_ = absl::OkStatus();
  // It need not be quiet again, also not for a new process.
  Configure("");
  EXPECT_EQ(Look().name, "sager.csv");
  EXPECT_EQ(pushed_, (Names{"et", "et"}));
  EXPECT_TRUE(fs::exists(dir_.File("state/archive/sager.csv")));
}

TEST_F(DropRunnerTest, WhatWasReadIsNotReadAgain) {
  Drop("1.csv", "et");
  TakeOne();
  Drop("2.csv", "to");
  TakeOne();
  // An old snapshot under a new name would turn time back.
  Drop("3.csv", "et");
  const DropRound old = TakeOne();
  EXPECT_EQ(old.refused.message(), "the file was read already, on 2026-11-02");
  EXPECT_TRUE(fs::exists(dir_.File("state/refused/3.csv.reason.txt")));
  // The newest one again changes nothing, and says that it still holds.
  Drop("4.csv", "to");
  EXPECT_TRUE(TakeOne().refused.ok());
  EXPECT_EQ(pushed_, (Names{"et", "to", "to"}));
}

// Of a person in whose file the case system put its export.
TEST_F(DropRunnerTest, ANumberInAFilesNameStandsNowhere) {
  Drop("020402-4104.csv", "et");
  answer_ = absl::InvalidArgumentError("no header");
  const DropRound round = TakeOne();
  EXPECT_EQ(round.name, "unnamed.csv");
  EXPECT_EQ(Read("state/refused/unnamed.csv"), "et");
  EXPECT_EQ(HashFile(dir_.File("020402-4104")).status().message().find("0204"),
            std::string::npos);
}

TEST_F(DropRunnerTest, ADeltaIsNeverReadTwice) {
  Configure(", delta: true");
  Drop("1.csv", "et");
  TakeOne();
  Drop("2.csv", "et");
  EXPECT_FALSE(TakeOne().refused.ok());
  EXPECT_EQ(pushed_, Names{"et"});
}

// An archive on another disk, which takes no more: a limit on the size of files
// stands for it, as it holds for root and needs no disk.
TEST_F(DropRunnerTest, AFullArchiveKeepsTheFileAndLosesNothing) {
  const std::string elsewhere =
      "/dev/shm/samkoer-archive-" + std::to_string(::getpid());
  std::error_code error;
  fs::create_directory(elsewhere, error);
  struct stat here {
  }, there{};
  if (::stat(dir_.path().c_str(), &here) != 0 ||
      ::stat(elsewhere.c_str(), &there) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "/dev/shm is no other file system here";
  }
  const absl::Cleanup remove = [&] { fs::remove_all(elsewhere, error); };
  for (const bool delta : {false, true}) {
    pushed_.clear();
    fs::remove_all(elsewhere + "/a", error);
    Configure(absl::StrCat(", archive_folder: ", elsewhere, "/a",
                           delta ? ", delta: true" : ""));
    const std::string text(5000, delta ? 'd' : 's');
    Drop("1.csv", text);
    EXPECT_TRUE(Look().name.empty());
    now_ += 60;
    {
      const rlimit small{1000, RLIM_INFINITY},
          any{RLIM_INFINITY, RLIM_INFINITY};
      const auto handler = std::signal(SIGXFSZ, SIG_IGN);
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
      const auto round = runner_->Round(At(now_), "2026-11-02");
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &any), 0);
      std::signal(SIGXFSZ, handler);
      EXPECT_TRUE(absl::IsResourceExhausted(round.status())) << round.status();
      EXPECT_NE(round.status().message().find(elsewhere), std::string::npos);
      EXPECT_NE(clients::HintOf(round.status()), "");
    }
    EXPECT_EQ(Read("state/reading/1.csv"), text);
    EXPECT_TRUE(fs::is_empty(elsewhere + "/a"));
    // With room again it is archived, as what it is: read, and not refused.
    EXPECT_TRUE(Look().refused.ok());
    EXPECT_TRUE(fs::is_empty(dir_.File("state/reading")));
    EXPECT_TRUE(fs::exists(elsewhere + "/a/1.csv"));
    EXPECT_FALSE(fs::exists(dir_.File("state/refused")));
    // Once more to no effect, if it is a snapshot; a delta never.
    EXPECT_EQ(pushed_.size(), delta ? 1u : 2u);
  }
}

// For the one who delivered it to mend; an older file must not be read after a
// newer one.
TEST_F(DropRunnerTest, WhatMayNotBeReadStaysInTheFolderAndWhatFollowsWaits) {
  Drop("1.csv", "et");
  const std::string first = dir_.File("ind/1.csv");
  fs::last_write_time(first,
                      fs::last_write_time(first) - std::chrono::hours(1));
  Drop("2.csv", "to");
  ASSERT_EQ(::chmod(first.c_str(), 0), 0);
  const bool root = ::geteuid() == 0;  // which may read everything
  const absl::Cleanup back = [&] {
    if (root) {
      EXPECT_EQ(::seteuid(0), 0);
    }
  };
  if (root) {
    for (const std::string& path :
         {dir_.path(), dir_.File("ind"), first, dir_.File("ind/2.csv")}) {
      ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
    }
    ASSERT_EQ(::seteuid(65534), 0);
  }
  EXPECT_TRUE(Look().name.empty());
  now_ += 60;
  for (int twice = 0; twice < 2; ++twice) {
    const auto round = runner_->Round(At(now_), "2026-11-02");
    ASSERT_TRUE(absl::IsPermissionDenied(round.status())) << round.status();
    EXPECT_NE(clients::View(round.status().message()).find(first),
              std::string::npos)
        << round.status();
    EXPECT_NE(clients::HintOf(round.status()).find("files after it wait"),
              std::string::npos);
  }
  EXPECT_TRUE(fs::exists(first));
  EXPECT_TRUE(pushed_.empty());
  ASSERT_EQ(::chmod(first.c_str(), 0600), 0);
  EXPECT_EQ(Look().name, "1.csv");
  EXPECT_EQ(Look().name, "2.csv");
  EXPECT_EQ(pushed_, (Names{"et", "to"}));
}

TEST_F(DropRunnerTest, LinksAreNotFollowed) {
  std::ofstream(dir_.File("udenfor")) << "et";
  fs::create_symlink(dir_.File("udenfor"), dir_.File("ind/link.csv"));
  EXPECT_TRUE(TakeOne().name.empty());
}

TEST_F(DropRunnerTest, AFolderThatIsMissingIsNamed) {
  fs::remove(dir_.File("ind"));
  const auto round = runner_->Round(At(0), "2026-11-02");
  EXPECT_TRUE(absl::IsNotFound(round.status())) << round.status();
}

TEST(ShownName, ANameThatHoldsANumberIsNotShown) {
  EXPECT_EQ(ShownName("sager.csv"), "sager.csv");
  EXPECT_EQ(ShownName("020402-4104.csv"), "a file whose name is not shown");
}

}  // namespace
}  // namespace samkoer::agent
