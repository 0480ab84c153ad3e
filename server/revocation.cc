#include "server/revocation.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "crypto/absl_view.h"
#include "server/file_text.h"
#include "server/limits.h"

namespace samkoer::server {

using crypto::AbslView;

absl::StatusOr<std::unordered_set<std::string>> ParseRevocationList(
    std::string_view text, std::string_view name) {
  std::unordered_set<std::string> fingerprints;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(AbslView(text), '\n')) {
    ++line_number;
    line = line.substr(0, line.find('#'));
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    const std::string digits = absl::StrReplaceAll(line, {{":", ""}});
    bool valid = digits.size() == 64;
    for (const char c : digits) valid = valid && absl::ascii_isxdigit(c);
    if (!valid) {
      return absl::InvalidArgumentError(absl::StrCat(
          AbslView(name), ":", line_number,
          ": not a SHA-256 fingerprint (64 hex digits) or a '#' comment"));
    }
    fingerprints.insert(absl::HexStringToBytes(digits));
  }
  return fingerprints;
}

absl::StatusOr<std::unique_ptr<RevocationList>> RevocationList::Load(
    const std::string& path) {
  std::unique_ptr<RevocationList> list(new RevocationList(path));
  if (path.empty()) return list;
  absl::MutexLock lock(&list->mutex_);
  const absl::Status status = list->Read(list->stamp_, list->revoked_);
  if (!status.ok()) return status;
  return list;
}

bool RevocationList::IsRevoked(const crypto::Hash32& certificate_sha256) const {
  const std::string key(crypto::AsText(certificate_sha256));
  absl::ReaderMutexLock lock(&mutex_);
  return revoked_.contains(key);
}

std::size_t RevocationList::size() const {
  absl::ReaderMutexLock lock(&mutex_);
  return revoked_.size();
}

absl::Status RevocationList::Read(Stamp& stamp,
                                  std::unordered_set<std::string>& out) const {
  // The stamp is taken first: a change while reading is seen the next time.
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0) {
    stamp = {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size,
             status.st_ino};
  }
  absl::StatusOr<std::string> text = ReadFileText(path_, kMaxRevocationBytes);
  if (!text.ok()) return text.status();
  auto parsed = ParseRevocationList(*text, path_);
  if (!parsed.ok()) return parsed.status();
  out = *std::move(parsed);
  return absl::OkStatus();
}

absl::StatusOr<bool> RevocationList::ReloadIfChanged() {
  if (path_.empty()) return false;
  struct stat status {};
  if (stat(path_.c_str(), &status) == 0) {
    const Stamp now = {status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                       status.st_size, status.st_ino};
    absl::ReaderMutexLock lock(&mutex_);
    if (now == stamp_) return false;
  }
  Stamp stamp;
  std::unordered_set<std::string> revoked;
  const absl::Status read = Read(stamp, revoked);
  if (!read.ok()) return read;
  absl::MutexLock lock(&mutex_);
  stamp_ = stamp;
  revoked_ = std::move(revoked);
  return true;
}

}  // namespace samkoer::server
