#include "server/backup_mailbox.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "crypto/absl_view.h"
#include "crypto/secret.h"
#include "storage/atomic_file.h"

namespace samkoer::server {
namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr absl::Duration kLook = absl::Milliseconds(100);
// After so long without a word it is looked whether the server still runs.
constexpr absl::Duration kSilence = absl::Seconds(2);

std::string RequestPath(const std::string& data_dir) {
  return data_dir + "/backup-request";
}
std::string AnswerPath(const std::string& data_dir) {
  return data_dir + "/backup-answer";
}

// Whether a process has the store open (storage/rocksdb_engine.h).
bool IsOpen(const std::string& data_dir) {
  const int fd =
      ::open((data_dir + "/samkoer.lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return held;
}

bool IsToken(std::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// The numbers of words; false if one is none, or they are not as many.
template <typename... Numbers>
bool Read(const std::vector<std::string>& words, std::size_t from,
          Numbers&... numbers) {
  if (words.size() != from + sizeof...(numbers)) return false;
  std::size_t at = from;
  return (absl::SimpleAtoi(words[at++], &numbers) && ...);
}

}  // namespace

std::string BackupAnswer::Text() const {
  switch (state) {
    case State::kRunning:
      return absl::StrCat(token, " running ", done, " ", total, "\n");
    case State::kDone:
      return absl::StrCat(token, " done ", result.id, " ", result.files, " ",
                          result.bytes, " ", result.new_files, " ",
                          result.new_bytes, " ", result.removed, "\n");
    case State::kFailed:
      break;
  }
  return absl::StrCat(
      token, " failed ", error.raw_code(), " ",
      absl::StrReplaceAll(error.message().substr(0, kMaxBytes / 2),
                          {{"\n", " "}}),
      "\n");
}

std::optional<BackupAnswer> BackupAnswer::Parse(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  const std::vector<std::string> words =
      absl::StrSplit(crypto::AbslView(text), ' ');
  if (words.size() < 3 || !IsToken(words[0])) return std::nullopt;
  BackupAnswer answer;
  answer.token = words[0];
  if (words[1] == "running") {
    if (!Read(words, 2, answer.done, answer.total)) return std::nullopt;
    return answer;
  }
  if (words[1] == "done") {
    storage::BackupResult& result = answer.result;
    answer.state = State::kDone;
    result.id = words[2];
    if (!Read(words, 3, result.files, result.bytes, result.new_files,
              result.new_bytes, result.removed)) {
      return std::nullopt;
    }
    return answer;
  }
  int code = 0;
  if (words[1] != "failed" || !absl::SimpleAtoi(words[2], &code)) {
    return std::nullopt;
  }
  answer.state = State::kFailed;
  answer.error = absl::Status(
      static_cast<absl::StatusCode>(code),
      absl::StrJoin(std::vector(words.begin() + 3, words.end()), " "));
  if (answer.error.ok()) return std::nullopt;
  return answer;
}

std::optional<std::string> TakeBackupRequest(const std::string& data_dir) {
  const std::string path = RequestPath(data_dir);
  if (::access(path.c_str(), F_OK) != 0) return std::nullopt;
  auto token = storage::ReadSmallFile(path, kMaxBytes);
  ::unlink(path.c_str());
  if (!token.ok() || !IsToken(*token)) return std::nullopt;
  // A copy: the compiler takes the move for one out of bounds.
  return std::optional<std::string>(*token);
}

absl::Status AnswerBackupRequest(const std::string& data_dir,
                                 const BackupAnswer& answer) {
  return storage::WriteFileAtomically(AnswerPath(data_dir), answer.Text());
}

absl::StatusOr<storage::BackupResult> AskForBackup(
    const std::string& data_dir, absl::Duration patience,
    const storage::BackupProgress& running) {
  const auto random = crypto::SecretArray<16>::Random();
  const std::string token =
      absl::BytesToHexString(crypto::AbslView(crypto::AsText(random.Expose())));
  const std::string request = RequestPath(data_dir);
  const absl::Status asked = storage::WriteFileAtomically(request, token);
  if (!asked.ok()) return asked;
  absl::Time until = absl::Now() + patience;
  bool taken = false;
  std::string last;
  while (true) {
    const auto text = storage::ReadSmallFile(AnswerPath(data_dir), kMaxBytes);
    const auto answer = text.ok() ? BackupAnswer::Parse(*text) : std::nullopt;
    if (answer && answer->token == token) {
      taken = true;
      if (*text != last) until = absl::Now() + kSilence;
      last = *text;
      if (answer->state == BackupAnswer::State::kDone) return answer->result;
      if (answer->state == BackupAnswer::State::kFailed) return answer->error;
      if (running && !running(answer->done, answer->total)) {
        return absl::CancelledError("no longer waiting for the backup");
      }
    }
    if (absl::Now() > until && taken) {
      if (!IsOpen(data_dir)) {
        return absl::UnavailableError("the server ended during the backup");
      }
      until = absl::Now() + kSilence;
    }
    if (absl::Now() > until) {
      ::unlink(request.c_str());
      return absl::UnavailableError(
          "the running server has not taken the request: it was started "
          "without the configuration's `backup`, waits for a declared loss to "
          "be approved, or writes a backup already");
    }
    absl::SleepFor(kLook);
  }
}

}  // namespace samkoer::server
