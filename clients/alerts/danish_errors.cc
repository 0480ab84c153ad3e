#include "clients/alerts/danish_errors.h"

#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

struct Phrase {
  std::string_view english, danish;
};

// Longer phrases before those that they hold.
constexpr Phrase kPhrases[] = {
    {"the checkpoint is not signed with the key of '",
     "tjekpunktet er ikke underskrevet med nøglen '"},
    {"the checkpoint is malformed: ", "tjekpunktet kan ikke læses: "},
    {"the checkpoint is of the log '", "tjekpunktet er af loggen '"},
    {"', not of '", "', ikke af '"},
    {"the checkpoint names ", "tjekpunktet nævner "},
    {" entries, but there are ", " indgange, men der er "},
    {" entries do not give the root that the checkpoint names",
     " indgange giver ikke den rod, som tjekpunktet nævner"},
    {" entries are not those of the checkpoint that was kept",
     " indgange er ikke dem i det tjekpunkt, der er gemt"},
    {" was expected, but the server sent entry ",
     " var ventet, men serveren sendte indgang "},
    {"the server sent more than the ", "serveren sendte mere end de "},
    {" entries it was asked for", " indgange, den blev bedt om"},
    {"a hash of the proof has not 32 bytes",
     "en sum i beviset er ikke på 32 bytes"},
    {"not a checkpoint file of samkoer-audit",
     "er ikke samkoer-audits fil med et tjekpunkt"},
    {": does not agree with the entries below it",
     ": passer ikke med indgangene under den"},
    {": ends within entry ", ": ender midt i indgang "},
    {"the log has ", "loggen har "},
    {" entries; the checkpoint that was kept names ",
     " indgange; det gemte tjekpunkt nævner "},
    {": run verify", ": kør verify"},
    {"cannot read ", "kan ikke læse "},
    {"cannot write ", "kan ikke skrive "},
    {": No such file or directory", ": findes ikke"},
    {": File exists", ": findes allerede"},
    {": Not a directory", ": er ikke en mappe"},
    {": Is a directory", ": er en mappe"},
    {": Read-only file system", ": der kan kun læses fra drevet"},
    {": No space left on device", ": der er ikke mere plads"},
    {"cannot make the directory ", "kan ikke lave mappen "},
    {"cannot use as a directory ", "kan ikke bruges som mappe: "},
    {"cannot open ", "kan ikke åbne "},
    {"the line on standard input is empty", "linjen på standard input er tom"},
    {"standard input ended before a line was read",
     "standard input sluttede, før der kom en linje"},
    {"the line is longer than 256 bytes", "linjen er længere end 256 bytes"},
    {"reading the line was interrupted", "afbrudt, mens linjen blev læst"},
    {": Permission denied", ": du har ikke adgang"},
    {"others have access to ", "andre har adgang til "},
    {" is longer than ", " er længere end "},
    {" is not a file", " er ikke en fil"},
    {" holds no PEM certificate", " har intet PEM-certifikat"},
    {": certificate ", ": certifikat "},
    {" is malformed", " kan ikke læses"},
    {" is missing", " mangler"},
    {"add to the configuration file: ", "føj til konfigurationen: "},
    {"unknown key '", "ukendt nøgle '"},
    {" (did you mean '", " (mente du '"},
    {" holds no unencrypted PEM private key",
     " har ingen privat PEM-nøgle uden adgangskode"},
    {"the verifier key is malformed: ", "nøglen til loggen kan ikke bruges: "},
    {"the hash does not belong to name and key",
     "dens tjeksum passer ikke til navn og nøgle"},
    {"it has fewer than three parts", "den har færre end tre dele"},
    {"the key is not base64", "nøglen er ikke base64"},
    {"; it has the form name+hash+key", "; den har formen navn+tjeksum+nøgle"},
    {" does not belong to ", " hører ikke til "},
    {"the note bears no signature by the known key of ",
     "noten har ingen underskrift med den kendte nøgle for "},
    {"the note's signature by ", "notens underskrift af "},
    {" is wrong", " er forkert"},
    {"the department is switched off already, and its records stand so",
     "afdelingen er allerede slukket, og dens sager står sådan"},
    {"the department is on already", "afdelingen er allerede tændt"},
    {"department: the policy in force does not know it",
     "den gældende politik kender ikke afdelingen"},
    {"no policy has been approved yet", "ingen politik er godkendt endnu"},
    {" is decided already", " er allerede afgjort"},
    {" has been overtaken by one that was approved before it",
     " er overhalet af et, der blev godkendt før det"},
    {"who proposed may not approve; ask somebody else",
     "den, der har foreslået, må ikke godkende; en anden person skal gøre det"},
    {"the digest is another proposal's; read it again before you approve",
     "digesten er et andet forslags; læs det igen, før du godkender"},
    {" proposals are open; reject what nobody wants",
     " forslag er åbne; afvis dem, som ingen vil have"},
    {"no proposal ", "der er intet forslag "},
    {"proposal ", "forslag "},
    {"the first ", "de første "},
    {"entry ", "indgang "},
    {"the key service is not the one the matcher trusts: ",
     "nøgletjenesten er ikke den, som matcheren har tillid til: "},
    {"key service: ", "nøgletjenesten: "},
};

}  // namespace

std::string InDanish(std::string_view message) {
  std::string out;
  // "the 54 entries do not ...": the article goes with the number.
  while (!message.empty()) {
    const Phrase* found = nullptr;
    for (const Phrase& phrase : kPhrases) {
      if (message.starts_with(phrase.english)) {
        found = &phrase;
        break;
      }
    }
    if (found != nullptr) {
      out += found->danish;
      message.remove_prefix(found->english.size());
      continue;
    }
    if (message.starts_with("the ") && message.size() > 4 &&
        message[4] >= '0' && message[4] <= '9') {
      out += "de ";
      message.remove_prefix(4);
      continue;
    }
    // On to the next word or mark, so that no word is cut.
    do {
      out += message.front();
      message.remove_prefix(1);
    } while (!message.empty() && message.front() != ' ' &&
             message.front() != ':' && message.front() != '\'' &&
             out.back() != ' ' && out.back() != '(');
  }
  return out;
}

absl::Status ExplainLoss(const absl::Status& status, Language language) {
  const std::string_view message = View(status.message());
  const bool waits =
      (absl::IsUnavailable(status) &&
       message.find("store is older than its checkpoint") != message.npos) ||
      (absl::IsUnimplemented(status) &&
       message.find("holds nothing about persons") != message.npos);
  if (!waits) return status;
  // Some of the parts that know no language name it, too.
  const bool keyd =
      message.starts_with(PeerName(Peer::kKeyService, Language::kDanish)) ||
      message.starts_with(PeerName(Peer::kKeyService, Language::kEnglish));
  return WithHint(
      absl::UnavailableError(Cat(
          PeerName(keyd ? Peer::kKeyService : Peer::kMatcher, language),
          Say(language, " svarer ikke på det nu: et tab venter på godkendelse",
              " does not answer that now: a loss awaits approval"))),
      keyd ? "samkoer-audit loss list --server keyd"
           : "samkoer-audit loss list");
}

absl::Status InDanish(const absl::Status& status) {
  if (status.ok()) return status;
  return WithHint(absl::Status(status.code(), InDanish(View(status.message()))),
                  InDanish(HintOf(status)));
}

}  // namespace samkoer::clients
