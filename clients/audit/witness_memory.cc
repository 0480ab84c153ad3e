#include "clients/audit/witness_memory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "clients/audit/log_verifier.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kHeader = "samkoer-audit witness 1";

// The value of the line "WORD VALUE", which is taken off `text`.
std::optional<std::string_view> TakeValue(std::string_view& text,
                                          std::string_view word) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  if (!line.starts_with(word) || line.size() <= word.size() ||
      line[word.size()] != ' ') {
    return std::nullopt;
  }
  text.remove_prefix(end + 1);
  return line.substr(word.size() + 1);
}

std::optional<std::int64_t> ToNumber(std::optional<std::string_view> text) {
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

// One line, never empty.
std::string Line(std::string_view text) {
  std::string line(text.empty() ? "-" : text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

std::string Unline(std::string_view line) {
  return line == "-" ? "" : std::string(line);
}

std::string TimeName(absl::Time now) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<std::optional<WitnessRecord>> WitnessMemory::Load(
    const crypto::NoteVerifier& verifier) const {
  const absl::StatusOr<std::string> text = ReadSmallFile(path());
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  const absl::Status malformed =
      absl::DataLossError(Cat(path(), ": not a file of samkoer-audit witness"));
  std::string_view rest = *text;
  if (!rest.starts_with(Cat(kHeader, "\n"))) return malformed;
  rest.remove_prefix(kHeader.size() + 1);
  WitnessRecord record;
  const auto time = ToNumber(TakeValue(rest, "cosigned"));
  const auto finding = TakeValue(rest, "finding");
  const auto evidence = TakeValue(rest, "evidence");
  if (!time || !finding || !evidence) return malformed;
  record.unix_seconds = *time;
  record.finding = Unline(*finding);
  record.evidence = Unline(*evidence);
  record.note = std::string(rest);
  auto checkpoint = OpenCheckpoint(verifier, record.note);
  if (!checkpoint.ok()) {
    return absl::DataLossError(
        Cat(path(), ": ", View(checkpoint.status().message())));
  }
  record.checkpoint = *std::move(checkpoint);
  return record;
}

absl::Status WitnessMemory::Save(const WitnessRecord& record) const {
  if (absl::Status s = MakePrivateDirectory(dir_); !s.ok()) return s;
  return WritePrivateFile(
      path(), Cat(kHeader, "\ncosigned ", record.unix_seconds, "\nfinding ",
                  Line(record.finding), "\nevidence ", Line(record.evidence),
                  "\n", record.note));
}

absl::StatusOr<std::string> WitnessMemory::Resolve(std::string_view reason,
                                                   absl::Time now) const {
  const absl::StatusOr<std::string> text = ReadSmallFile(path());
  if (!text.ok()) return text.status();
  const std::string base = Cat(dir_, "/", name_, "-resolved-", TimeName(now));
  std::string aside = base + ".txt";
  for (int i = 2; !absl::IsNotFound(ReadSmallFile(aside).status()); ++i) {
    aside = Cat(base, "-", i, ".txt");
  }
  if (absl::Status s = WriteNewPrivateFile(
          aside, Cat("Log: ", name_, "\nTime: ", TimeName(now),
                     "\nReason: ", Line(reason), "\n\n", *text));
      !s.ok()) {
    return s;
  }
  if (::unlink(path().c_str()) != 0) {
    return absl::PermissionDeniedError(
        Cat("cannot remove ", path(), ": ", std::strerror(errno)));
  }
  return aside;
}

absl::Status WitnessMemory::SaveLast(const LastRound& last) const {
  if (absl::Status s = MakePrivateDirectory(dir_); !s.ok()) return s;
  return WritePrivateFile(
      Cat(dir_, "/", name_, ".last"),
      Cat("time ", last.unix_seconds, "\ncode ",
          static_cast<int>(last.status.code()), "\nmessage ",
          Line(View(last.status.message())), "\n"));
}

std::optional<LastRound> WitnessMemory::LoadLast() const {
  const auto text = ReadSmallFile(Cat(dir_, "/", name_, ".last"));
  if (!text.ok()) return std::nullopt;
  std::string_view rest = *text;
  LastRound last;
  const auto time = ToNumber(TakeValue(rest, "time"));
  const auto code = ToNumber(TakeValue(rest, "code"));
  const auto message = TakeValue(rest, "message");
  if (!time || !code || !message) return std::nullopt;
  last.unix_seconds = *time;
  last.status =
      absl::Status(static_cast<absl::StatusCode>(*code), Unline(*message));
  return last;
}

absl::StatusOr<WitnessLock> WitnessLock::Take(const std::string& dir) {
  if (absl::Status s = CheckNotAnothers(dir, "samkoer-audit"); !s.ok()) {
    return s;
  }
  if (absl::Status s = MakePrivateDirectory(dir); !s.ok()) return s;
  const std::string path = dir + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::PermissionDeniedError(
        Cat("cannot open ", path, ": ", std::strerror(errno)));
  }
  WitnessLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  return WithHint(
      absl::UnavailableError(Cat("another witness is working in ", dir)),
      "stop it first");
}

WitnessLock::~WitnessLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace samkoer::clients
