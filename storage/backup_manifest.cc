#include "storage/backup_manifest.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "crypto/absl_view.h"
#include "crypto/base64.h"
#include "crypto/encrypted_file.h"
#include "crypto/note_format.h"

namespace samkoer::storage {
namespace {

constexpr std::string_view kFirstLine = "samkoer-backup/1";
constexpr std::string_view kAnyVersion = "samkoer-backup/";
constexpr std::string_view kRunning = "running";
constexpr std::string_view kStopped = "stopped";
// Room for the signature behind the text.
constexpr std::size_t kMaxTextBytes = crypto::kMaxNoteBytes - 1024;

bool IsFileName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

bool IsWord(std::string_view word) {
  return !word.empty() && word.size() <= 255 &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return c > ' ' && c < 0x7f; });
}

std::string Hex(const crypto::Hash32& hash) {
  return absl::BytesToHexString(
      crypto::AbslView(crypto::AsText(crypto::Bytes(hash))));
}

// One spelling only: that which `text` gives when written again.
template <typename Number>
bool ReadNumber(std::string_view text, Number& number) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() &&
         absl::StrCat(number) == crypto::AbslView(text);
}

bool ReadHex(std::string_view text, crypto::Hash32& hash) {
  if (text.size() != 2 * hash.size()) return false;
  const auto digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  };
  if (!std::all_of(text.begin(), text.end(), digit)) return false;
  const std::string bytes = absl::HexStringToBytes(crypto::AbslView(text));
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return true;
}

absl::Status Check(const BackupManifest& backup) {
  bool fits = IsWord(backup.origin) && IsWord(backup.program) &&
              backup.made_seconds >= 0 && !backup.keks.empty() &&
              crypto::EncryptionKey::Parse(backup.key).ok() &&
              !backup.files.empty();
  for (std::size_t i = 1; i < backup.keks.size(); ++i) {
    fits = fits && backup.keks[i - 1] < backup.keks[i];
  }
  for (std::size_t i = 0; i < backup.files.size(); ++i) {
    fits = fits && IsFileName(backup.files[i].name) &&
           (i == 0 || backup.files[i - 1].name < backup.files[i].name);
  }
  return fits ? absl::OkStatus()
              : absl::InvalidArgumentError("no manifest of a backup");
}

// Takes one line's words; false if they do not fit.
class Reader {
 public:
  explicit Reader(BackupManifest& backup) : backup_(backup) {}

  bool Line(std::span<const std::string_view> words) {
    if (words.size() < 2) return false;
    const std::string_view what = words[0];
    const auto rest = words.subspan(1);
    constexpr std::string_view kOrder[] = {
        "origin", "made", "server", "program", "log", "key", "kek", "file"};
    const auto* place = std::find(std::begin(kOrder), std::end(kOrder), what);
    const auto at = static_cast<std::size_t>(place - std::begin(kOrder));
    const bool repeats = at == next_ - 1 && at >= 6;
    if (at == std::size(kOrder) || (at != next_ && !repeats)) return false;
    next_ = at + 1;
    switch (at) {
      case 0:
        backup_.origin = rest[0];
        return rest.size() == 1;
      case 1:
        return rest.size() == 1 && ReadNumber(rest[0], backup_.made_seconds);
      case 2:
        backup_.server_stopped = rest[0] == kStopped;
        return rest.size() == 1 &&
               (backup_.server_stopped || rest[0] == kRunning);
      case 3:
        backup_.program = rest[0];
        return rest.size() == 1;
      case 4:
        return rest.size() == 2 && ReadNumber(rest[0], backup_.log_size) &&
               crypto::DecodeBase64Into(rest[1], backup_.log_root);
      case 5:
        backup_.key = rest[0];
        return rest.size() == 1;
      case 6:
        return rest.size() == 1 &&
               ReadNumber(rest[0], backup_.keks.emplace_back());
      default:
        return File(rest);
    }
  }

 private:
  bool File(std::span<const std::string_view> words) {
    BackupFile& file = backup_.files.emplace_back();
    file.name = words[0];
    return words.size() == 4 && ReadNumber(words[1], file.bytes) &&
           ReadHex(words[2], file.plain) && ReadHex(words[3], file.stored);
  }

  BackupManifest& backup_;
  std::size_t next_ = 0;  // which of the kinds of lines may come next
};

}  // namespace

std::string BackupFile::StoredName() const {
  return absl::StrCat(Hex(plain), ".", Hex(stored));
}

std::uint64_t BackupManifest::TotalBytes() const {
  std::uint64_t total = 0;
  for (const BackupFile& file : files) total += file.bytes;
  return total;
}

absl::StatusOr<std::string> FormatBackupManifest(const BackupManifest& backup) {
  if (absl::Status s = Check(backup); !s.ok()) return s;
  std::string text = absl::StrCat(
      crypto::AbslView(kFirstLine), "\norigin ", backup.origin, "\nmade ",
      backup.made_seconds, "\nserver ",
      crypto::AbslView(backup.server_stopped ? kStopped : kRunning),
      "\nprogram ", backup.program, "\nlog ", backup.log_size, " ",
      crypto::EncodeBase64(backup.log_root), "\nkey ", backup.key, "\n");
  for (const std::uint32_t kek : backup.keks) {
    absl::StrAppend(&text, "kek ", kek, "\n");
  }
  for (const BackupFile& file : backup.files) {
    absl::StrAppend(&text, "file ", file.name, " ", file.bytes, " ",
                    Hex(file.plain), " ", Hex(file.stored), "\n");
  }
  if (text.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the store has too many files for one backup: ", backup.files.size()));
  }
  return text;
}

absl::StatusOr<BackupManifest> ParseBackupManifest(std::string_view text) {
  const absl::Status malformed =
      absl::DataLossError("the manifest of the backup is malformed");
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return malformed;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.empty() || !lines.front().starts_with(kAnyVersion)) {
    return malformed;
  }
  if (lines.front() != kFirstLine) {
    return absl::FailedPreconditionError(
        "the backup has a newer format than this program knows");
  }
  BackupManifest backup;
  Reader reader(backup);
  for (const std::string_view line : std::span(lines).subspan(1)) {
    std::vector<std::string_view> words;
    for (const absl::string_view word :
         absl::StrSplit(crypto::AbslView(line), ' ')) {
      words.emplace_back(word.data(), word.size());
    }
    if (!reader.Line(words)) return malformed;
  }
  if (!Check(backup).ok()) return malformed;
  return backup;
}

}  // namespace samkoer::storage
