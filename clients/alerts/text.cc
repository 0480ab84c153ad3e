#include "clients/alerts/text.h"

#include <grpcpp/support/status.h>

#include <ostream>

#include "absl/strings/str_format.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// What a code of a server means to a coordinator.
struct Meaning {
  std::string_view message;
  std::string_view hint;
};

Meaning DanishMeaning(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return {"kan ikke nås",
              "kontrollér adressen, netværket og firewallen, og prøv igen"};
    case absl::StatusCode::kDeadlineExceeded:
      return {"svarede ikke i tide", "prøv igen om lidt"};
    case absl::StatusCode::kPermissionDenied:
      return {"afviste certifikatet til dette",
              "certifikatets rolle giver ikke adgang; spørg driften"};
    case absl::StatusCode::kUnauthenticated:
      return {"kender ikke certifikatet",
              "certifikatet kan være udløbet eller spærret; spørg driften"};
    case absl::StatusCode::kNotFound:
      return {"har ikke det, der blev spurgt om", "kontrollér id'et"};
    case absl::StatusCode::kInvalidArgument:
      return {"kan ikke bruge det, der blev sendt", ""};
    case absl::StatusCode::kFailedPrecondition:
      return {"tillader det ikke, som tingene står nu", ""};
    case absl::StatusCode::kAborted:
      return {"har fået ændringer imens", "læs igen, og prøv så igen"};
    case absl::StatusCode::kResourceExhausted:
      return {"har ikke plads til mere lige nu", "prøv igen senere"};
    case absl::StatusCode::kAlreadyExists:
      return {"har det allerede", ""};
    case absl::StatusCode::kOutOfRange:
      return {"har ikke så meget, som der blev spurgt efter", ""};
    default:
      return {"svarede med en fejl", "spørg driften, hvis det bliver ved"};
  }
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds());
}

}  // namespace

absl::StatusOr<Language> ParseLanguage(std::string_view text) {
  if (text == "da") return Language::kDanish;
  if (text == "en") return Language::kEnglish;
  return absl::InvalidArgumentError("--lang: unknown language: da or en");
}

std::string_view PeerName(Peer peer, Language language) {
  return peer == Peer::kMatcher
             ? Say(language, "matcheren", "matcher")
             : Say(language, "nøgletjenesten", "key service");
}

absl::Status CheckAlertId(std::string_view id, Language language) {
  std::size_t symbols = 0;
  bool good = !id.empty() && (id[0] == 'A' || id[0] == 'a');
  for (const char c : id.substr(good ? 1 : 0)) {
    if (c == '-') continue;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    good = good && ((letter && c != 'U' && c != 'u') || (c >= '0' && c <= '9'));
    ++symbols;
  }
  if (good && symbols == 8) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Say(language, "det er ikke et advisnummer; de ser ud som A-7K3M-9QXD",
          "that is no alert id; they look like A-7K3M-9QXD"));
}

absl::Status FromServer(const grpc::Status& status, Peer peer,
                        Language language) {
  if (status.ok()) return absl::OkStatus();
  const std::string_view who = PeerName(peer, language);
  if (language == Language::kEnglish) return FromGrpc(status, who);
  const absl::StatusCode code = CodeOf(status);
  const Meaning meaning =
      WaitsForWitness(status)
          ? Meaning{"tager ikke imod ændringer, før loggens vidne er tilbage",
                    "spørg driften, og prøv igen senere; intet er tabt"}
          : DanishMeaning(code);
  std::string message = Cat(who, " ", meaning.message);
  if (!status.error_message().empty()) {
    message += Cat(" (", status.error_message(), ")");
  }
  absl::Status result(code, message);
  return meaning.hint.empty() ? result : WithHint(result, meaning.hint);
}

void PrintFailure(std::ostream& out, const absl::Status& status,
                  Language language) {
  if (status.ok()) return;
  out << Say(language, "fejl: ", "error: ")
      << TerminalSafe(View(status.message())) << "\n";
  if (const std::string hint = HintOf(status); !hint.empty()) {
    out << Say(language, "råd: ", "hint: ") << TerminalSafe(hint) << "\n";
  }
  out.flush();
}

absl::Status Written(std::ostream& out, Language language) {
  out.flush();
  if (out) return absl::OkStatus();
  return absl::InternalError(
      Say(language, "kan ikke skrive resultatet", "cannot write the output"));
}

void PrintUsageFailure(std::ostream& out, std::string_view program,
                       const proto::UsageProblem& problem, Language language) {
  const auto words = language == Language::kEnglish
                         ? proto::UsageLanguage::kEnglish
                         : proto::UsageLanguage::kDanish;
  PrintFailure(
      out,
      WithHint(absl::InvalidArgumentError(proto::UsageText(problem, words)),
               Cat(program, Say(language, " --help siger, hvordan",
                                " --help says how to call it"))),
      language);
}

std::string DateText(const google::protobuf::Timestamp& time,
                     absl::TimeZone zone) {
  if (time.seconds() == 0) return "-";
  return absl::FormatTime("%d-%m-%Y", ToTime(time), zone);
}

std::string DateTimeText(const google::protobuf::Timestamp& time,
                         absl::TimeZone zone) {
  if (time.seconds() == 0) return "-";
  return absl::FormatTime("%d-%m-%Y %H:%M", ToTime(time), zone);
}

std::string MonthText(unsigned month) {
  if (month == 0) return "-";
  return absl::StrFormat("%02u-%04u", month % 100, month / 100);
}

}  // namespace samkoer::clients
