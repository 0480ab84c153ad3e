// The manners of all programs that people run: errors, hints, exit codes,
// output formats, terminal-safe text. progress.h and secret_input.h have the
// rest.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_COMMON_CLI_H_
#define SAMKOER_CLIENTS_COMMON_CLI_H_

#include <iosfwd>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::clients {

// How results are printed.
enum class OutputFormat { kHuman, kJson };

// From "human" or "json". INVALID_ARGUMENT otherwise; what was typed is not
// repeated, here and wherever arguments are read: it may be a CPR number.
absl::StatusOr<OutputFormat> ParseOutputFormat(std::string_view text);

// The exit code of a program (sysexits.h): OK 0; INVALID_ARGUMENT 65 (data);
// NOT_FOUND 66 (no input); UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED
// and ABORTED 69 (unavailable, try again); PERMISSION_DENIED and
// UNAUTHENTICATED 77; FAILED_PRECONDITION 78 (configuration); DATA_LOSS 74;
// everything else 70 (software). Wrong usage is 64, which the argument parser
// returns itself.
int ExitCodeFor(const absl::Status& status);
inline constexpr int kExitUsage = 64;

// A status that carries what the user can do about it. The hint travels as a
// payload and survives copies; an OK status stays as it is. A later hint
// replaces an earlier one.
absl::Status WithHint(absl::Status status, std::string_view hint);
// The hint, or "".
std::string HintOf(const absl::Status& status);

// Writes "error: MESSAGE" and, if there is one, "hint: HINT" to stderr, both
// made terminal-safe. An empty `hint` means the status's own. Nothing for OK.
void PrintError(const absl::Status& status, std::string_view hint = "");
// The same to a stream.
void PrintErrorTo(std::ostream& out, const absl::Status& status,
                  std::string_view hint = "");

// PrintError, then ExitCodeFor: `return Fail(status);` at the end of a main.
int Fail(const absl::Status& status, std::string_view hint = "");

// Text from the wire or from a file, fit for a terminal and for one line of a
// log: control characters (C0, DEL, C1), marks that change the direction of
// text, invisible marks and line separators become "\u{HEX}"; bytes that are
// not UTF-8 become "\x{HH}". Danish letters stay as they are. JSON output does
// not need this: its escaping suffices.
std::string TerminalSafe(std::string_view text);

// A path of a configuration file, which is relative to that file. An absolute
// or empty path is returned as it is.
std::string ResolvePath(std::string_view config_file, std::string_view path);

// Who may have access to a file for ReadSmallFile to take it.
enum class FileReaders { kAny, kOwnerOnly };

// The whole of a file (or, for kAny, of a pipe), at most `max_bytes`.
// NOT_FOUND, PERMISSION_DENIED (also if `readers` does not allow the file's
// mode) or INVALID_ARGUMENT (too long), each naming the path.
//
// The file is opened once: what is checked is what is read. Symbolic links are
// followed, because tools that renew certificates put the new ones in place
// with them; what counts is the mode of the file at their end.
absl::StatusOr<std::string> ReadSmallFile(
    const std::string& path, std::size_t max_bytes = 1 << 20,
    FileReaders readers = FileReaders::kAny);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CLI_H_
