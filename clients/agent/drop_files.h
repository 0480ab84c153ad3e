// Files in a drop folder: which are complete, and where they go. What becomes
// of their content is the caller's.
#ifndef SAMKOER_CLIENTS_AGENT_DROP_FILES_H_
#define SAMKOER_CLIENTS_AGENT_DROP_FILES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace samkoer::agent {

// A file's name for messages: terminal-safe, and not at all if it looks as if
// it held a CPR number.
std::string ShownName(const std::string& name);

// What tells that a file has changed.
struct FileMark {
  std::uint64_t size = 0, inode = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const FileMark&, const FileMark&) = default;
};

// Which files have not changed for long enough. Pure.
//
// Thread safety: for one thread at a time.
class QuietFiles {
 public:
  explicit QuietFiles(absl::Duration quiet) : quiet_(quiet) {}
  // What the folder holds now; returns the names that are complete: unchanged
  // since they were first seen this way, at least `quiet` ago. Oldest change
  // first, then by name. Empty files are never complete: a transfer may have
  // begun with nothing. `now` must not go back.
  std::vector<std::string> Observe(
      const std::map<std::string, FileMark>& present, absl::Time now);

 private:
  struct Seen {
    FileMark mark;
    absl::Time since;
  };
  const absl::Duration quiet_;
  std::map<std::string, Seen> seen_;
};

// True if the name may be taken: it fits `pattern` ('*' and '?'), and does not
// look like one of a transfer that is going on.
bool IsDropName(std::string_view name, const std::string& pattern);

// The regular files of `folder` that may be taken. Links are not followed.
// NOT_FOUND or PERMISSION_DENIED, naming the folder.
absl::StatusOr<std::map<std::string, FileMark>> ListDropFolder(
    const std::string& folder, const std::string& pattern);

// Whether the agent may read the file. NOT_FOUND if it is gone;
// PERMISSION_DENIED, naming it.
absl::Status CheckReadable(const std::string& path);

// Moves a file, over the border of file systems too: then it is copied, synced
// and removed; if it cannot be removed no copy is left. A file that is there
// already is not replaced: ".2", ".3" and so on is put behind the name. Returns
// the new path. The folder is made, mode 0700, if need be.
absl::StatusOr<std::string> MoveIntoFolder(const std::string& path,
                                           const std::string& folder,
                                           const std::string& name);

// The SHA-256 of a file's content, in hex.
absl::StatusOr<std::string> HashFile(const std::string& path);

// Removes files of `folder` that were put there more than `days` ago. What
// cannot be removed is left.
void RemoveOlder(const std::string& folder, absl::Time now, std::uint32_t days);

// Content that was read: its hash and the day, remembered in "drop.seen" of
// the state directory, the last 5,000.
//
// Thread safety: for one thread at a time.
class SeenFiles {
 public:
  // DATA_LOSS if the file is damaged.
  static absl::StatusOr<SeenFiles> Load(const std::string& dir);
  // The day it was read, or "".
  std::string DayOf(const std::string& hash) const;
  // True if nothing was read after it.
  bool IsLast(const std::string& hash) const;
  // Written and synced before it returns.
  absl::Status Add(const std::string& hash, const std::string& day);

 private:
  std::string path_;
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_DROP_FILES_H_
