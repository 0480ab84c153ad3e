// Reads small files whole, with errors that name the file.
#ifndef SAMKOER_SERVER_FILE_TEXT_H_
#define SAMKOER_SERVER_FILE_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace samkoer::server {

// Who may have access to a file for ReadFileText to take it.
enum class FileReaders { kAny, kOwnerOnly };

// NOT_FOUND, PERMISSION_DENIED, or UNAVAILABLE for another error of the system;
// PERMISSION_DENIED if `readers` does not allow the file's mode;
// INVALID_ARGUMENT if it is not a plain file, or over `max_bytes`.
//
// The file is opened once: what is checked is what is read. Symbolic links are
// followed, because tools that renew certificates put the new ones in place
// with them; what counts is the mode of the file at their end. Whoever may
// change the links' folders decides which file is read.
absl::StatusOr<std::string> ReadFileText(
    const std::string& path, std::size_t max_bytes,
    FileReaders readers = FileReaders::kAny);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_FILE_TEXT_H_
