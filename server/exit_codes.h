// How the servers end: the codes of sysexits.h, and how errors are told.
#ifndef SAMKOER_SERVER_EXIT_CODES_H_
#define SAMKOER_SERVER_EXIT_CODES_H_

#include <string_view>

#include "absl/status/status.h"

namespace samkoer::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitData = 65;
inline constexpr int kExitNoInput = 66;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitSoftware = 70;
inline constexpr int kExitIo = 74;
inline constexpr int kExitPermission = 77;
inline constexpr int kExitConfig = 78;

// The exit code for an error at start.
int ExitCodeFor(const absl::Status& status);

// Prints "error: <message>" and, if `hint` is not empty, "hint: <hint>" on
// standard error and returns ExitCodeFor(status).
int FailWith(const absl::Status& status, std::string_view hint = {});

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_EXIT_CODES_H_
