// The list of revoked certificates: a text file with one SHA-256 fingerprint of
// the DER form a line, as 64 hex digits (colons between the bytes are allowed,
// as `openssl x509 -fingerprint` prints them), '#' comments and empty lines.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_REVOCATION_H_
#define SAMKOER_SERVER_REVOCATION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "crypto/keyed_hash.h"

namespace samkoer::server {

// The fingerprints in `text`, as 32-byte strings; `name` stands in errors.
// INVALID_ARGUMENT with the line number for anything else in it.
absl::StatusOr<std::unordered_set<std::string>> ParseRevocationList(
    std::string_view text, std::string_view name);

class RevocationList {
 public:
  // Reads the file; an empty path means that no certificate is revoked.
  // NOT_FOUND or INVALID_ARGUMENT if the list cannot be read: the server must
  // not start then.
  static absl::StatusOr<std::unique_ptr<RevocationList>> Load(
      const std::string& path);

  bool IsRevoked(const crypto::Hash32& certificate_sha256) const;
  std::size_t size() const;

  // Reads the file again if its time, size or inode has changed; returns
  // whether the list was replaced. On an error the old list stays in force (a
  // broken file must not let anyone back in) and the error is returned, each
  // time until the file is whole again.
  absl::StatusOr<bool> ReloadIfChanged();

 private:
  explicit RevocationList(std::string path) : path_(std::move(path)) {}

  // What tells one version of a file from another.
  struct Stamp {
    std::int64_t seconds = 0, nanoseconds = 0, size = -1;
    std::uint64_t inode = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  absl::Status Read(Stamp& stamp, std::unordered_set<std::string>& out) const;

  const std::string path_;
  mutable absl::Mutex mutex_;
  std::unordered_set<std::string> revoked_ ABSL_GUARDED_BY(mutex_);
  Stamp stamp_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_REVOCATION_H_
