#include "clients/audit/epochs_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/alerts/alert_text.h"
#include "clients/audit/leaf_text.h"
#include "clients/audit/log_command.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"

namespace samkoer::clients {
namespace {

std::uint32_t EpochOf(const v1::AuditLeaf& leaf) {
  for (const v1::AuditCount& count : leaf.counts()) {
    if (count.name() == "epoch") {
      return static_cast<std::uint32_t>(count.value());
    }
  }
  return 0;
}

// What only the running matcher knows of the keys.
absl::Status AddFromMatcher(v1::Operations::StubInterface& matcher,
                            std::vector<v1::EpochLife>& lives,
                            v1::ListEpochsResponse& response,
                            Language language) {
  grpc::ClientContext context;
  SetDeadline(context);
  const grpc::Status status = matcher.ListEpochs(&context, {}, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, language);
  for (v1::EpochLife& life : lives) {
    for (const v1::EpochLife& told : response.epochs()) {
      if (told.epoch() != life.epoch()) continue;
      life.set_closes_on(told.closes_on());
      life.set_persons(told.persons());
    }
  }
  return absl::OkStatus();
}

// "2026-12-31" of the wire as the language writes it.
std::string DayText(const std::string& wire, Language language) {
  absl::CivilDay day;
  if (language == Language::kEnglish || !absl::ParseCivilTime(wire, &day)) {
    return wire;
  }
  return absl::FormatTime("%d-%m-%Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

// What the word "ended" means, if it stands anywhere.
std::string Explanation(const std::vector<v1::EpochLife>& lives, bool keyd,
                        Language l) {
  const bool any = std::any_of(
      lives.begin(), lives.end(),
      [](const v1::EpochLife& life) { return life.has_destroyed(); });
  if (!any) return Say(l, "Ingen nøgle er ophørt.", "No key has ended.");
  return keyd ? Say(l, "Ophørt: nøglen er destrueret.",
                    "Ended: the key is destroyed.")
              : Say(l,
                    "Ophørt: matcheren tager ikke mod noget under nøglen; at "
                    "den er destrueret, viser nøgletjenestens log (--server "
                    "keyd).",
                    "Ended: the matcher takes nothing under the key; the key "
                    "service's log shows that it is destroyed (--server "
                    "keyd).");
}

// The key service does not know of persons: without what would say "0".
std::string WithoutPersons(std::string json) {
  for (const std::string_view field :
       {"\"persons\"", "\"objections\"", "\"objections_waiting\""}) {
    for (std::size_t at = 0;
         (at = json.find(field, at)) != std::string::npos;) {
      const std::size_t end = json.find('\n', at);
      // Together with one comma: its own, or, as the last field, the one
      // before.
      const std::size_t begin =
          json[end - 1] == ',' ? json.rfind('\n', at) : json.rfind(',', at);
      json.erase(begin, end - begin);
      at = begin;
    }
  }
  return json;
}

// How the objections stand, and what is to be done for those that wait.
std::string ObjectionsText(const v1::ListEpochsResponse& told, Language l) {
  std::string text =
      Cat(Say(l, "Indsigelser, der gælder: ", "Objections that stand: "),
          told.objections(), ".");
  if (told.objections_waiting() == 0) return text + "\n";
  return text +
         Cat(Say(l, " Heraf kendes kun under en ældre nøgle: ",
                 " Of these known under an older key only: "),
             told.objections_waiting(),
             Say(l,
                 ". De falder bort, når den ophører; registrér dem igen inden "
                 "da: samkoer-audit person erase --objection\n",
                 ". They lapse when it ends; register them again before: "
                 "samkoer-audit person erase --objection\n"));
}

std::string Line(const v1::EpochLife& life, bool with_persons,
                 const TextStyle& style) {
  const Language l = style.language;
  std::string line =
      Cat(life.purpose(), "/", life.epoch(), "  ",
          absl::BytesToHexString(life.public_key()).substr(0, 16), "...  ");
  if (life.has_pinned()) {
    line += Cat(Say(l, "i brug fra ", "in use from "),
                DateTimeText(life.pinned(), style.zone),
                Say(l, " (indgang ", " (entry "), life.pinned_leaf(), ")");
  } else {
    line += Say(l, "loggen har ingen begyndelse", "the log has no beginning");
  }
  if (life.has_destroyed()) {
    line += Cat(Say(l, "; ophørt ", "; ended "),
                DateTimeText(life.destroyed(), style.zone),
                Say(l, " (indgang ", " (entry "), life.destroyed_leaf(), ")");
  } else if (!life.closes_on().empty()) {
    line += Cat(Say(l, "; ophører ", "; ends "), DayText(life.closes_on(), l));
  }
  if (with_persons) {
    line += Cat("; ", life.persons(), Say(l, " personer", " persons"));
  }
  return line;
}

absl::Status Print(const std::vector<v1::EpochLife>& lives, bool keyd,
                   const v1::ListEpochsResponse& told, std::uint64_t total,
                   const AuditOutput& output) {
  const Language l = output.style.language;
  if (output.format == OutputFormat::kJson) {
    v1::ListEpochsResponse all;
    all.set_objections(told.objections());
    all.set_objections_waiting(told.objections_waiting());
    for (const v1::EpochLife& life : lives) *all.add_epochs() = life;
    absl::StatusOr<std::string> json = JsonText(all, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << (keyd ? WithoutPersons(*json) : *json);
  } else {
    for (const v1::EpochLife& life : lives) {
      output.out << Line(life, !keyd, output.style) << "\n";
    }
    if (!keyd) output.out << ObjectionsText(told, l);
    output.out << Explanation(lives, keyd, l)
               << Cat(Say(l, " Alle ", " All "), total,
                      Say(l, " indgange i loggen er kontrolleret.\n",
                          " entries of the log are verified.\n"));
  }
  return Written(output.out, output.style.language);
}

}  // namespace

v1::EpochLife& EpochLives::Of(const v1::AuditLeaf& leaf) {
  const std::uint32_t epoch = EpochOf(leaf);
  const auto key = [](const v1::EpochLife& life) {
    return std::tuple(life.purpose(), life.epoch(), life.public_key());
  };
  const std::tuple wanted(leaf.purpose(), epoch, leaf.digest());
  const auto place = std::find_if(
      lives_.begin(), lives_.end(),
      [&](const v1::EpochLife& life) { return key(life) >= wanted; });
  if (place != lives_.end() && key(*place) == wanted) return *place;
  v1::EpochLife life;
  life.set_purpose(leaf.purpose());
  life.set_epoch(epoch);
  life.set_public_key(leaf.digest());
  return *lives_.insert(place, life);
}

void EpochLives::Visit(std::uint64_t index, std::string_view bytes) {
  const std::optional<v1::AuditLeaf> leaf = ParseLeaf(bytes);
  if (!leaf) return;
  if (leaf->action() == v1::AUDIT_ACTION_KEY_PINNED) {
    v1::EpochLife& life = Of(*leaf);
    if (life.has_pinned()) return;  // the first says since when
    *life.mutable_pinned() = leaf->time();
    life.set_pinned_leaf(index);
  } else if (leaf->action() == v1::AUDIT_ACTION_KEY_DESTROYED) {
    v1::EpochLife& life = Of(*leaf);
    *life.mutable_destroyed() = leaf->time();
    life.set_destroyed_leaf(index);
  }
}

absl::Status PrintEpochs(LogServer& server,
                         v1::Operations::StubInterface* matcher,
                         const crypto::NoteVerifier& verifier,
                         const CheckpointStore& store,
                         const AuditOutput& output) {
  EpochLives found;
  std::uint64_t total = 0;
  std::string note;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t index, std::string_view leaf) {
        ++total;
        found.Visit(index, leaf);
        return absl::OkStatus();
      },
      note);
  if (!status.ok()) return status;
  std::vector<v1::EpochLife> lives = found.lives();
  v1::ListEpochsResponse told;
  if (matcher != nullptr) {
    status = AddFromMatcher(*matcher, lives, told, output.style.language);
    if (!status.ok()) return status;
  }
  return Print(lives, matcher == nullptr, told, total, output);
}

}  // namespace samkoer::clients
