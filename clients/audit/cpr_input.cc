#include "clients/audit/cpr_input.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "clients/common/cli.h"
#include "clients/common/secret_input.h"
#include "crypto/secret.h"

namespace samkoer::clients {
namespace {

absl::Status Explain(CprClass cpr_class, Language language) {
  switch (cpr_class) {
    case CprClass::kLocalReplacement:
      return absl::InvalidArgumentError(
          Say(language,
              "det er et erstatningspersonnummer; dem matcher systemet ikke "
              "på, så der er intet registreret under det",
              "this is a replacement number; the system does not match on "
              "them, so nothing is held under it"));
    case CprClass::kPlaceholder:
      return absl::InvalidArgumentError(
          Say(language, "det er en pladsholder, ikke et CPR-nummer",
              "this is a placeholder, not a CPR number"));
    case CprClass::kNoSuchDate:
      return absl::InvalidArgumentError(
          Say(language, "CPR-nummerets fødselsdato findes ikke",
              "the CPR number's date of birth does not exist"));
    default:
      return absl::InvalidArgumentError(
          Say(language, "det kan ikke læses som et CPR-nummer",
              "this cannot be read as a CPR number"));
  }
}

absl::StatusOr<Cpr> ReadOne(const char* prompt, Language language, int fd) {
  const auto line = ReadSecretLine(prompt, fd);
  if (!line.ok()) return line.status();
  Cpr number = ParseCpr(crypto::AsText(line->Expose()));
  if (!number.valid()) return Explain(number.cpr_class, language);
  return number;
}

absl::Status TooMuch(CprInput input, Language language) {
  absl::Status status = absl::InvalidArgumentError(
      Say(language, "der er mere på standard input, end der skal bruges",
          "there is more on standard input than is wanted"));
  return WithHint(
      status,
      input == CprInput::kOne
          ? Say(language,
                "giv ét CPR-nummer ad gangen; et tidligere nummer tages med "
                "af `person report --also`",
                "give one CPR number at a time; `person report --also` takes "
                "a former one with it")
          : Say(language,
                "giv to linjer: det nuværende CPR-nummer og det tidligere",
                "give two lines: the present CPR number and the former"));
}

// Whether nothing but blank lines follows. Reads to the end of the input.
absl::StatusOr<bool> EndsHere(int fd, Language language) {
  while (true) {
    char byte = 0;
    const ssize_t got = read(fd, &byte, 1);
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return absl::InvalidArgumentError(Say(language,
                                            "standard input kan ikke læses",
                                            "standard input cannot be read"));
    }
    if (byte != '\n' && byte != '\r' && byte != ' ' && byte != '\t') {
      return false;
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<Cpr>> ReadCpr(CprInput input, Language language,
                                         int fd) {
  std::vector<Cpr> numbers;
  auto present =
      ReadOne(Say(language, "CPR-nummer: ", "CPR number: "), language, fd);
  if (!present.ok()) return present.status();
  numbers.push_back(*std::move(present));
  if (input == CprInput::kWithFormer) {
    auto former =
        ReadOne(Say(language, "Tidligere CPR-nummer: ", "Former CPR number: "),
                language, fd);
    if (!former.ok()) return former.status();
    if (former->digits == numbers.front().digits) {
      return absl::InvalidArgumentError(
          Say(language, "de to CPR-numre er det samme",
              "the two CPR numbers are the same"));
    }
    numbers.push_back(*std::move(former));
  }
  if (isatty(fd) == 1) return numbers;
  const auto ends = EndsHere(fd, language);
  if (!ends.ok()) return ends.status();
  if (!*ends) return TooMuch(input, language);
  return numbers;
}

}  // namespace samkoer::clients
