// Small files that a program keeps for itself: replaced as a whole or not at
// all, synced, readable by the owner only.
//
// Thread safety: all functions may be called from many threads at once; two
// writers of one path leave the file of one of them.
#ifndef SAMKOER_CLIENTS_COMMON_PRIVATE_FILE_H_
#define SAMKOER_CLIENTS_COMMON_PRIVATE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace samkoer::clients {

// PERMISSION_DENIED if root works in a directory, or would make it in one, that
// is another user's: what root leaves there a service cannot use. `program` is
// for the hint.
absl::Status CheckNotAnothers(const std::string& dir, std::string_view program);

// Makes `dir` and what is missing above it with mode 0700. OK if it exists.
// PERMISSION_DENIED or INTERNAL naming the path.
absl::Status MakePrivateDirectory(const std::string& dir);

// Writes `content` to "PATH.new", syncs it, renames it to `path` and syncs the
// directory: after OK the content is on disk, and after a crash the file holds
// either the old or the new content. Mode 0600.
// PERMISSION_DENIED, NOT_FOUND (no such directory) or RESOURCE_EXHAUSTED (disk
// full), INTERNAL otherwise, each naming the path; the old file is then left
// as it was.
absl::Status WritePrivateFile(const std::string& path,
                              std::string_view content);

// Writes a file that must not exist yet, synced, mode 0600. ALREADY_EXISTS if
// something is there: nothing is replaced, and no link is followed. Other
// errors as above; what was begun is removed. A crash may leave a part.
absl::Status WriteNewPrivateFile(const std::string& path,
                                 std::string_view content);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_PRIVATE_FILE_H_
