#include "server/backup_mailbox.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/storage/store_testing.h"

namespace samkoer::server {
namespace {

class BackupMailboxTest : public ::testing::Test {
 protected:
  // Waits for the request, answers with `states`, the token filled in.
  void Serve(std::vector<BackupAnswer> states) {
    std::optional<std::string> token;
    while (!(token = TakeBackupRequest(folder_.path()))) {
      std::this_thread::yield();
    }
    for (BackupAnswer& answer : states) {
      answer.token = *token;
      ASSERT_TRUE(AnswerBackupRequest(folder_.path(), answer).ok());
    }
  }

  const storage::TempDir folder_;
};

TEST_F(BackupMailboxTest, AnAnswerIsReadAsItWasWritten) {
  BackupAnswer answer;
  answer.token = std::string(32, 'a');
  answer.done = 7;
  answer.total = 9;
  EXPECT_EQ(answer.Text(), std::string(32, 'a') + " running 7 9\n");
  auto read = BackupAnswer::Parse(answer.Text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->total, 9u);
  answer.state = BackupAnswer::State::kDone;
  answer.result = {"20260131T020000Z", 1, 2, 3, 4, 5};
  read = BackupAnswer::Parse(answer.Text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->result.id, "20260131T020000Z");
  EXPECT_EQ(read->result.removed, 5u);
  answer.state = BackupAnswer::State::kFailed;
  answer.error = absl::ResourceExhaustedError("no room\non the disk");
  read = BackupAnswer::Parse(answer.Text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->error, absl::ResourceExhaustedError("no room on the disk"));
}

TEST_F(BackupMailboxTest, NothingElseIsAnAnswer) {
  const std::string token(32, 'a');
  for (const std::string& text :
       {std::string(), token, token + " running 7 9", token + " running 7\n",
        token + " running x 9\n", token + " done id 1 2 3 4\n",
        token + " failed 0 fine\n", token + " other 1 2\n",
        std::string("short running 7 9\n")}) {
    EXPECT_FALSE(BackupAnswer::Parse(text)) << text;
  }
}

TEST_F(BackupMailboxTest, ARequestIsTakenOnceAndMustBeOne) {
  EXPECT_FALSE(TakeBackupRequest(folder_.path()));
  std::ofstream(folder_ / "backup-request") << std::string(32, 'f');
  EXPECT_EQ(TakeBackupRequest(folder_.path()), std::string(32, 'f'));
  EXPECT_FALSE(TakeBackupRequest(folder_.path()));
  std::ofstream(folder_ / "backup-request") << "please";
  EXPECT_FALSE(TakeBackupRequest(folder_.path()));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "backup-request"));
}

TEST_F(BackupMailboxTest, WhoAsksHearsTheEnd) {
  // Left by an earlier request: another token.
  std::ofstream(folder_ / "backup-answer")
      << std::string(32, 'a') + " failed 13 old\n";
  BackupAnswer running, done;
  done.state = BackupAnswer::State::kDone;
  done.result.id = "20260131T020000Z";
  std::thread server([&] { Serve({running, done}); });
  const auto result =
      AskForBackup(folder_.path(), absl::InfiniteDuration(), nullptr);
  server.join();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->id, "20260131T020000Z");
}

TEST_F(BackupMailboxTest, WhoAsksHearsTheServersError) {
  BackupAnswer failed;
  failed.state = BackupAnswer::State::kFailed;
  failed.error = absl::ResourceExhaustedError("no room");
  std::thread server([&] { Serve({failed}); });
  const auto result =
      AskForBackup(folder_.path(), absl::InfiniteDuration(), nullptr);
  server.join();
  EXPECT_EQ(result.status(), failed.error);
}

TEST_F(BackupMailboxTest, ARequestThatNobodyTakesIsWithdrawn) {
  const auto result =
      AskForBackup(folder_.path(), absl::ZeroDuration(), nullptr);
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "backup-request"));
}

}  // namespace
}  // namespace samkoer::server
