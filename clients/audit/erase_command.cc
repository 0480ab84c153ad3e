#include "clients/audit/erase_command.h"

#include <grpcpp/client_context.h>
#include <unistd.h>

#include <map>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

#include "clients/alerts/alert_words.h"
#include "clients/audit/person_command.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"
#include "clients/common/secret_input.h"
#include "google/protobuf/message.h"

namespace samkoer::clients {
namespace {

// Fills what both requests have, calls, and wipes the pseudonym again.
template <typename Request, typename Call>
absl::Status Ask(const PersonInEpoch& person, const EraseOptions& options,
                 Language language, Request& request, const Call& call) {
  request.set_pseudonym(person.pseudonym);
  request.set_epoch(person.epoch);
  request.set_self_test(person.self_test);
  request.set_reason(options.reason);
  grpc::ClientContext context;
  SetDeadline(context);
  const grpc::Status status = call(&context, request);
  sodium_memzero(request.mutable_pseudonym()->data(),
                 request.pseudonym().size());
  return status.ok() ? absl::OkStatus()
                     : FromServer(status, Peer::kMatcher, language);
}

std::string Number(std::uint64_t n, std::string_view one,
                   std::string_view many) {
  return Cat(n, " ", n == 1 ? one : many);
}

std::string LeafText(std::uint64_t leaf, Language l) {
  return Cat(Say(l, "Det står i loggen som indgang ",
                 "It stands in the log as entry "),
             leaf, ".\n");
}

std::string ErasureText(const v1::ErasePersonResponse& erased, bool objection,
                        Language l) {
  std::string out;
  if (erased.records() == 0 && erased.alerts() == 0) {
    out = Cat(Say(l, "Matcheren havde ingen oplysninger om personen.",
                  "The matcher held nothing about the person."),
              "\n");
  } else {
    out = Cat(
        Say(l, "Slettet: ", "Erased: "),
        Number(erased.records(), Say(l, "sag", "record"),
               Say(l, "sager", "records")),
        Say(l, " og ", " and "),
        Number(erased.alerts(), Say(l, "advis", "alert"),
               Say(l, "advis", "alerts")),
        ".\n",
        Number(erased.departments(), Say(l, "afdeling", "department"),
               Say(l, "afdelinger", "departments")),
        Say(l, " får at vide, hvilke af deres egne sager de skal se på.",
            " will be told which of their own cases to look into."),
        "\n",
        Say(l,
            "I ældre sikkerhedskopier kan oplysningerne stadig åbnes, indtil "
            "lagerets nøgle er skiftet.",
            "In older backups the data stays readable until the operator has "
            "rotated the store's key."),
        "\n");
  }
  if (objection) {
    out += Cat(Say(l,
                   "Indsigelsen er registreret: sager om personen tages ikke "
                   "imod igen.",
                   "The objection is registered: records of the person are not "
                   "taken in again."),
               "\n");
  }
  return Cat(out, LeafText(erased.leaf_index(), l));
}

absl::Status Print(const google::protobuf::Message& answer,
                   const std::string& text, const AuditOutput& output) {
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(answer, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << text;
  }
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError(Say(output.style.language,
                                 "kan ikke skrive resultatet",
                                 "cannot write the output"));
}

// The answer, and whether an objection was registered with it.
absl::Status PrintErasureJson(const v1::ErasePersonResponse& erased,
                              bool objection, const AuditOutput& output) {
  auto json = JsonText(erased, /*pretty=*/true);
  if (!json.ok()) return json.status();
  const std::size_t brace = json->find('{');
  json->insert(brace + 1,
               Cat("\n \"objection\": ", objection ? "true" : "false", ","));
  output.out << *json;
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError("cannot write the output");
}

// The person under every epoch that the key service has; wiped at the end.
struct Person {
  Person() = default;
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;
  ~Person() {
    for (PersonInEpoch& one : epochs) {
      sodium_memzero(one.pseudonym.data(), one.pseudonym.size());
    }
  }
  std::vector<PersonInEpoch> epochs;
};

absl::Status GivenUp(Language language) {
  return absl::CancelledError(Say(language, "afbrudt: intet er slettet",
                                  "given up: nothing was erased"));
}

// As ForEachEpoch, of what it has given.
template <typename Ask>
absl::Status ForEach(const Person& person, const Ask& ask,
                     absl::Status& refused) {
  for (const PersonInEpoch& one : person.epochs) {
    const absl::StatusOr<bool> done = ask(one);
    if (done.ok() && *done) return absl::OkStatus();
    if (absl::IsFailedPrecondition(done.status())) {
      refused = done.status();
    } else if (!done.ok()) {
      return done.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::LookUpPersonResponse>> LookUpAll(
    v1::Audit::StubInterface& matcher, const Person& person,
    const std::string& reason, Language language, absl::Status& refused) {
  std::vector<v1::LookUpPersonResponse> held;
  const absl::Status asked = ForEach(
      person,
      [&](const PersonInEpoch& one) -> absl::StatusOr<bool> {
        auto found = LookUpUnder(matcher, one, reason, language);
        if (!found.ok()) return found.status();
        held.push_back(*std::move(found));
        return false;
      },
      refused);
  if (!asked.ok()) return asked;
  return held;
}

}  // namespace

std::string WhatIsHeld(std::span<const v1::LookUpPersonResponse> held,
                       Language l) {
  std::map<std::string, int> departments;
  std::set<std::uint32_t> births;
  std::string alerts;
  bool objection = false;
  for (const v1::LookUpPersonResponse& person : held) {
    objection = objection || person.objection();
    for (const v1::HeldRecord& record : person.records()) {
      ++departments[record.department_name().empty()
                        ? record.department()
                        : record.department_name()];
      births.insert(record.birth_month());
    }
    if (person.has_alert()) {
      alerts += Cat(Say(l, "  Advis ", "  Alert "),
                    TerminalSafe(person.alert().alert_id()), ", ",
                    StateText(person.alert().state(), l), "\n");
    }
  }
  if (departments.empty() && alerts.empty()) {
    return objection
               ? Say(l,
                     "Under nummeret er ingen sager og intet advis, men en "
                     "indsigelse er registreret.\n",
                     "Under the number are neither records nor an alert, but "
                     "an objection is registered.\n")
               : Say(l, "Under nummeret er intet registreret.\n",
                     "Nothing is held under the number.\n");
  }
  std::string text =
      Say(l, "Under nummeret er registreret:\n", "Under the number is held:\n");
  for (const auto& [department, cases] : departments) {
    text += Cat("  ", TerminalSafe(department), ": ",
                Number(static_cast<std::uint64_t>(cases),
                       Say(l, "sag", "record"), Say(l, "sager", "records")),
                "\n");
  }
  for (const std::uint32_t month : births) {
    text += Cat(Say(l, "  Født ", "  Born "), MonthText(month), "\n");
  }
  if (births.size() > 1) {
    text += Say(l, "  PAS PÅ: afdelingerne er ikke enige om fødselsmåneden\n",
                "  TAKE CARE: the departments differ on the month of birth\n");
  }
  if (objection) {
    alerts += Say(l, "  En indsigelse\n", "  An objection\n");
  }
  return text + alerts;
}

absl::Status ErasePerson(v1::Rights::StubInterface& matcher,
                         std::shared_ptr<grpc::ChannelInterface> key_service,
                         const Cpr& cpr, const EraseOptions& options,
                         const Confirm& confirm, const AuditOutput& output,
                         v1::Audit::StubInterface* show) {
  const Language language = output.style.language;
  if (absl::Status s = CheckReason(options.reason, language); !s.ok()) {
    return s;
  }
  v1::ErasePersonResponse sum;
  absl::Status refused;
  bool answered = false;
  Person known;
  absl::Status asked;
  const auto meant = [&](const std::string& held) {
    return confirm(Cat(
        held,
        Say(language, "Alt om personen slettes, og det kan ikke fortrydes. ",
            "Everything about the person is erased, and that cannot be "
            "undone. "),
        options.objection
            ? Say(language,
                  "Personens indsigelse registreres: sager om personen tages "
                  "ikke imod igen, før den er ophævet. ",
                  "The person's objection is registered: records of the person "
                  "are not taken in again until it is lifted. ")
            : "",
        Say(language,
            "Skriv \"slet\" for at fortsætte: ", "Type \"erase\" to go on: ")));
  };
  if (show == nullptr) {
    if (!meant("")) return GivenUp(language);
  }
  asked = ForEachEpoch(
      std::move(key_service), cpr, options.keys, language,
      [&](const PersonInEpoch& person) -> absl::StatusOr<bool> {
        known.epochs.push_back(person);
        return false;
      },
      refused);
  if (!asked.ok()) return asked;
  if (show != nullptr) {
    auto held = LookUpAll(*show, known, options.reason, language, refused);
    if (!held.ok()) return held.status();
    if (!meant(WhatIsHeld(*held, language))) return GivenUp(language);
  }
  asked = ForEach(
      known,
      [&](const PersonInEpoch& person) -> absl::StatusOr<bool> {
        v1::ErasePersonRequest request;
        request.set_objection(options.objection);
        v1::ErasePersonResponse erased;
        absl::Status status =
            Ask(person, options, language, request,
                [&](grpc::ClientContext* context, const auto& filled) {
                  return matcher.ErasePerson(context, filled, &erased);
                });
        if (!status.ok()) return status;
        // The leaf is that of the epoch in which something was held.
        if (!answered || erased.records() + erased.alerts() > 0) {
          sum.set_leaf_index(erased.leaf_index());
        }
        answered = true;
        sum.set_records(sum.records() + erased.records());
        sum.set_alerts(sum.alerts() + erased.alerts());
        sum.set_departments(sum.departments() + erased.departments());
        return false;
      },
      refused);
  if (!asked.ok()) return asked;
  if (sum.records() + sum.alerts() == 0 && !refused.ok()) return refused;
  if (output.format == OutputFormat::kJson) {
    return PrintErasureJson(sum, options.objection, output);
  }
  return Print(sum, ErasureText(sum, options.objection, language), output);
}

absl::Status LiftObjection(v1::Rights::StubInterface& matcher,
                           std::shared_ptr<grpc::ChannelInterface> key_service,
                           const Cpr& cpr, const EraseOptions& options,
                           const AuditOutput& output) {
  const Language language = output.style.language;
  if (absl::Status s = CheckReason(options.reason, language); !s.ok()) {
    return s;
  }
  v1::LiftObjectionResponse sum;
  absl::Status refused;
  bool answered = false;
  const absl::Status asked = ForEachEpoch(
      std::move(key_service), cpr, options.keys, language,
      [&](const PersonInEpoch& person) -> absl::StatusOr<bool> {
        v1::LiftObjectionRequest request;
        v1::LiftObjectionResponse lifted;
        absl::Status status =
            Ask(person, options, language, request,
                [&](grpc::ClientContext* context, const auto& filled) {
                  return matcher.LiftObjection(context, filled, &lifted);
                });
        if (!status.ok()) return status;
        if (!answered || lifted.lifted()) {
          sum.set_leaf_index(lifted.leaf_index());
        }
        answered = true;
        sum.set_lifted(sum.lifted() || lifted.lifted());
        return false;
      },
      refused);
  if (!asked.ok()) return asked;
  if (!sum.lifted() && !refused.ok()) return refused;
  const std::string text =
      Cat(sum.lifted()
              ? Say(language,
                    "Indsigelsen er ophævet under det nummer, du tastede: "
                    "sager om personen tages imod igen fra næste aflevering. "
                    "Var det ikke det rigtige nummer, så registrér den igen "
                    "med person erase --objection.",
                    "The objection is lifted under the number that you typed: "
                    "records of the person are taken in again from the next "
                    "push on. If that was not the right number, register it "
                    "again with person erase --objection.")
              : Say(language,
                    "Der var ingen indsigelse under det nummer, du tastede: "
                    "intet er ændret. Sammenlign nummeret med journalen; har "
                    "borgeren haft et andet, så ophæv den under det.",
                    "There was no objection under the number that you typed: "
                    "nothing was changed. Compare the number with your file; "
                    "if the citizen had another, lift it under that one."),
          "\n", LeafText(sum.leaf_index(), language));
  return Print(sum, text, output);
}

absl::StatusOr<Confirm> ConfirmErasure(bool yes, Language language, int fd) {
  if (yes) return [](const std::string&) { return true; };
  if (isatty(fd) != 1) {
    return WithHint(
        absl::InvalidArgumentError(Say(language, "sletningen er ikke bekræftet",
                                       "the erasure is not confirmed")),
        Say(language,
            "der er ingen terminal at spørge på: brug --yes, hvis alt om "
            "personen skal slettes",
            "there is no terminal to ask on: use --yes if everything about the "
            "person shall be erased"));
  }
  return [language, fd](const std::string& question) {
    const auto answer = ReadSecretLine(question, fd);
    return answer.ok() && crypto::AsText(answer->Expose()) ==
                              std::string_view(Say(language, "slet", "erase"));
  };
}

}  // namespace samkoer::clients
