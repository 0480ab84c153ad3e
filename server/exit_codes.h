// How the servers end: the codes of sysexits.h, and how errors are told.
#ifndef SAMKOER_SERVER_EXIT_CODES_H_
#define SAMKOER_SERVER_EXIT_CODES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace samkoer::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitData = 65;
inline constexpr int kExitNoInput = 66;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitSoftware = 70;
inline constexpr int kExitClock = 71;
inline constexpr int kExitIo = 74;
inline constexpr int kExitPermission = 77;
inline constexpr int kExitConfig = 78;

// At the end of both servers' --help, as the table in docs/operations.md.
inline constexpr char kExitCodesHelp[] =
    "Files and signals: docs/operations.md.\n"
    "Exit codes: 0 done; 64 wrong usage; 65 the store or the checkpoint file "
    "is damaged;\n66 a file is missing; 69 a server or port is not available; "
    "70 software; 71 the\nmachine's clock cannot be believed; 74 write error; "
    "77 not permitted;\n78 configuration, or a store that is older than its "
    "checkpoint.";

// The exit code for an error at start.
int ExitCodeFor(const absl::Status& status);

// A status that carries what the operator can do about it. The hint travels as
// a payload; an OK status stays as it is.
absl::Status WithHint(absl::Status status, std::string_view hint);
// The hint, or "".
std::string HintOf(const absl::Status& status);
// The same status, for which ExitCodeFor is kExitClock.
absl::Status AsClockError(absl::Status status);

// Prints "error: <message>" and, if there is one, "hint: <hint>" on standard
// error and returns ExitCodeFor(status). The status's own hint, which knows
// more of the place, goes before `hint`.
int FailWith(const absl::Status& status, std::string_view hint = {});

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_EXIT_CODES_H_
