// Reads small files whole, with errors that name the file.
#ifndef SAMKOER_SERVER_FILE_TEXT_H_
#define SAMKOER_SERVER_FILE_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace samkoer::server {

// NOT_FOUND, PERMISSION_DENIED, or UNAVAILABLE for another error of the system;
// INVALID_ARGUMENT if it is not a plain file, or over `max_bytes`.
absl::StatusOr<std::string> ReadFileText(const std::string& path,
                                         std::size_t max_bytes);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_FILE_TEXT_H_
