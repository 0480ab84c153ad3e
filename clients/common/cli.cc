#include "clients/common/cli.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "clients/common/utf8.h"

namespace samkoer::clients {
namespace {

constexpr char kHintUrl[] = "samkoer/hint";

// Marks that a terminal does not show as themselves: controls, invisible and
// direction-changing marks, separators, tags, noncharacters.
bool Unsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C ||
         c == 0x115F || c == 0x1160 || (c >= 0x17B4 && c <= 0x17B5) ||
         (c >= 0x180B && c <= 0x180F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
         c == 0xFFA0 || (c >= 0xFFF0 && c <= 0xFFFB) ||
         (c & 0xFFFE) == 0xFFFE || (c >= 0xE0000 && c <= 0xE0FFF);
}

std::vector<std::string> Lines(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), '\n');
}

absl::Status FileError(const std::string& path) {
  const std::string message =
      absl::StrCat("cannot read ", path, ": ", std::strerror(errno));
  if (errno == ENOENT || errno == ENOTDIR) return absl::NotFoundError(message);
  if (errno == EACCES || errno == EPERM) {
    return absl::PermissionDeniedError(message);
  }
  return absl::InvalidArgumentError(message);
}

}  // namespace

absl::StatusOr<OutputFormat> ParseOutputFormat(std::string_view text) {
  if (text == "human") return OutputFormat::kHuman;
  if (text == "json") return OutputFormat::kJson;
  return absl::InvalidArgumentError("unknown output format: human or json");
}

int ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kAlreadyExists:
      return 65;
    case absl::StatusCode::kNotFound:
      return 66;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return 69;
    case absl::StatusCode::kDataLoss:
      return 74;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return 77;
    case absl::StatusCode::kFailedPrecondition:
      return 78;
    default:
      return 70;
  }
}

absl::Status WithHint(absl::Status status, std::string_view hint) {
  if (!status.ok() && !hint.empty()) {
    status.SetPayload(kHintUrl, absl::Cord(std::string(hint)));
  }
  return status;
}

std::string HintOf(const absl::Status& status) {
  const auto hint = status.GetPayload(kHintUrl);
  return hint ? std::string(*hint) : std::string();
}

void PrintErrorTo(std::ostream& out, const absl::Status& status,
                  std::string_view hint) {
  if (status.ok()) return;
  const std::string own_hint = HintOf(status);
  if (hint.empty()) hint = own_hint;
  const auto print = [&out](std::string_view label, std::string_view text) {
    // A list of errors has one a line; the lines after the first are indented.
    bool first = true;
    for (const std::string& line : Lines(text)) {
      out << (first ? label : "  ") << TerminalSafe(line) << '\n';
      first = false;
    }
  };
  const std::string message(status.message());
  print("error: ",
        message.empty() ? absl::StatusCodeToString(status.code()) : message);
  if (!hint.empty()) print("hint: ", hint);
  out.flush();
}

void PrintError(const absl::Status& status, std::string_view hint) {
  PrintErrorTo(std::cerr, status, hint);
}

int Fail(const absl::Status& status, std::string_view hint) {
  PrintError(status, hint);
  return ExitCodeFor(status);
}

std::string TerminalSafe(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = NextCodePoint(text);
    if (c == kNotUtf8) {
      absl::StrAppendFormat(&out, "\\x{%02X}",
                            static_cast<unsigned char>(before[0]));
    } else if (Unsafe(c)) {
      absl::StrAppendFormat(&out, "\\u{%X}", static_cast<unsigned>(c));
    } else {
      out.append(before.substr(0, before.size() - text.size()));
    }
  }
  return out;
}

std::string ResolvePath(std::string_view config_file, std::string_view path) {
  if (path.empty() || path.front() == '/') return std::string(path);
  const std::size_t slash = config_file.rfind('/');
  if (slash == std::string_view::npos) return std::string(path);
  return std::string(config_file.substr(0, slash + 1)) + std::string(path);
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path,
                                          std::size_t max_bytes,
                                          FileReaders readers) {
  const bool owner_only = readers == FileReaders::kOwnerOnly;
  // A pipe in a secret's place is refused and not waited for.
  const int fd = ::open(path.c_str(),
                        O_RDONLY | O_CLOEXEC | (owner_only ? O_NONBLOCK : 0));
  if (fd < 0) return FileError(path);
  const absl::Cleanup closer = [fd] { ::close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return FileError(path);
  if (!S_ISREG(info.st_mode) && (owner_only || !S_ISFIFO(info.st_mode))) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a file"));
  }
  if (owner_only && (info.st_mode & 0077) != 0) {
    return WithHint(absl::PermissionDeniedError(
                        absl::StrCat("others have access to ", path)),
                    absl::StrCat("chmod 600 ", path));
  }
  // Room for what the file has now and one byte more, growing if it grows: the
  // limit alone may be gigabytes.
  const auto size = static_cast<std::size_t>(info.st_size);
  std::string content(std::min(max_bytes, size) + 1, '\0');
  std::size_t have = 0;
  while (true) {
    const ssize_t got =
        ::read(fd, content.data() + have, content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(path);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
    if (have > max_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " is longer than ", max_bytes, " bytes"));
    }
    if (have == content.size()) {
      content.resize(std::min(max_bytes, content.size() * 2) + 1);
    }
  }
  content.resize(have);
  return content;
}

}  // namespace samkoer::clients
