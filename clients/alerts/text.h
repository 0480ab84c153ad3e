// What the programs of coordinators and privacy officers say, in the language
// that they chose. Danish unless they ask for English.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_ALERTS_TEXT_H_
#define SAMKOER_CLIENTS_ALERTS_TEXT_H_

#include <iosfwd>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/usage_text.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace samkoer::clients {

// The language of what people read. JSON output is the same in both.
enum class Language { kDanish, kEnglish };

// From "da" or "en". INVALID_ARGUMENT otherwise.
absl::StatusOr<Language> ParseLanguage(std::string_view text);

// The text in the language asked for.
constexpr const char* Say(Language language, const char* danish,
                          const char* english) {
  return language == Language::kDanish ? danish : english;
}

// INVALID_ARGUMENT unless it can be an alert id (A-7K3M-9QXD; Crockford's
// base32, where case and hyphens do not matter). Anything else, a CPR number
// typed by mistake, must not leave the machine; the message does not repeat it.
absl::Status CheckAlertId(std::string_view id, Language language);

// A server that programs talk to, as it is named in errors.
enum class Peer { kMatcher, kKeyService };
std::string_view PeerName(Peer peer, Language language);

// The same code with a message and a hint (clients/common/cli.h) in the
// language; what the server itself said follows in parentheses. OK stays OK.
absl::Status FromServer(const grpc::Status& status, Peer peer,
                        Language language);

// "fejl: ..." and "råd: ..." (or "error:" and "hint:"), made terminal-safe.
// Nothing for OK.
void PrintFailure(std::ostream& out, const absl::Status& status,
                  Language language);

// Flushes what a command has printed. INTERNAL, in the language, if not all of
// it could be written.
absl::Status Written(std::ostream& out, Language language);

// What was wrong with a command line, and which --help says how it is called.
void PrintUsageFailure(std::ostream& out, std::string_view program,
                       const proto::UsageProblem& problem, Language language);

// "22-11-2026" and "22-11-2026 11:18"; "-" if the time is not set.
std::string DateText(const google::protobuf::Timestamp& time,
                     absl::TimeZone zone);
std::string DateTimeText(const google::protobuf::Timestamp& time,
                         absl::TimeZone zone);
// A month as in the protos (YYYYMM): "11-2026", or "-" for 0.
std::string MonthText(unsigned month);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_TEXT_H_
