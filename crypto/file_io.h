// Small files that hold secrets: read whole, written atomically and durably.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_FILE_IO_H_
#define SAMKOER_CRYPTO_FILE_IO_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// Who may have access to a file for ReadFile to take it. kNotOthers refuses a
// file that others may read or write, or its group may write; the group may
// read, as systemd shows its credentials so.
enum class FileAccess { kAny, kNotOthers };

// The contents of a regular file. NOT_FOUND if there is none; INVALID_ARGUMENT
// if it is longer than `max_bytes` or not a regular file; FAILED_PRECONDITION
// if `access` does not allow it; else what errno says.
absl::StatusOr<SecretBuffer> ReadFile(const std::string& path,
                                      std::size_t max_bytes, FileAccess access);

// All that `fd` gives up to its end; it is left open. `what` names it in
// messages. Errors as above.
absl::StatusOr<SecretBuffer> ReadDescriptor(int fd, std::string_view what,
                                            std::size_t max_bytes);

// Writes a file with mode 0600 under a temporary name beside `path`, syncs it,
// gives it its name in one step, and syncs the folder. A crash leaves the old
// file or the new, and perhaps a temporary one. ALREADY_EXISTS if `path` is
// there and `replace` is false; FAILED_PRECONDITION if its folder is missing;
// else what errno says.
absl::Status WriteFileAtomically(const std::string& path, Bytes contents,
                                 bool replace);

// The user whose folder root would leave files in, which that user could not
// use: the owner of `folder` or, if it is not there, of what is above it. None
// if this process is not root's, or the folder is.
std::optional<std::string> ForeignOwner(const std::string& folder);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_FILE_IO_H_
