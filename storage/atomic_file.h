// Small files that are there whole or not at all.
#ifndef SAMKOER_STORAGE_ATOMIC_FILE_H_
#define SAMKOER_STORAGE_ATOMIC_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::storage {

// Writes `contents` to `path` with mode 0600: a temporary file beside it, sync,
// rename, sync of the directory. After an error the old file is untouched or
// the new one is there whole. RESOURCE_EXHAUSTED if the disk is full, NOT_FOUND
// if the directory is missing, PERMISSION_DENIED, else INTERNAL; the message
// names the path.
absl::Status WriteFileAtomically(const std::string& path,
                                 std::string_view contents);

// NOT_FOUND if there is none; FAILED_PRECONDITION if it is larger than
// `max_bytes`, or no regular file; a pipe is not waited for.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path,
                                          std::size_t max_bytes);

// Syncs a directory, so that a name just made in it survives a power loss.
absl::Status SyncDirectory(const std::string& path);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ATOMIC_FILE_H_
