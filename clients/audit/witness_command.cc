#include "clients/audit/witness_command.h"

#include <ostream>

#include "clients/audit/person_command.h"
#include "clients/audit/witness_config.h"
#include "clients/audit/witness_memory.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"
#include "google/protobuf/timestamp.pb.h"

namespace samkoer::clients {
namespace {

std::string TimeText(std::int64_t unix_seconds, const TextStyle& style) {
  google::protobuf::Timestamp time;
  time.set_seconds(unix_seconds);
  return DateTimeText(time, style.zone);
}

absl::Status NoSuchLog(const WitnessSetup& setup, Language l) {
  return absl::NotFoundError(
      Cat(setup.config_path, Say(l, ": der er ingen log med det navn",
                                 ": there is no log of that name")));
}

const v1::WitnessedLog* FindLog(const WitnessSetup& setup,
                                const std::string& name) {
  for (const v1::WitnessedLog& log : setup.config.logs()) {
    if (log.name() == name) return &log;
  }
  return nullptr;
}

struct LogState {
  std::optional<WitnessRecord> record;
  std::optional<LastRound> last;
  // "ok", "refusing", "failing", "stopped", "new"
  const char* word = "";
  absl::Status verdict;
};

LogState StateOf(const WitnessSetup& setup, const v1::WitnessedLog& log,
                 absl::Time now, Language l) {
  LogState state;
  const WitnessMemory memory(setup.config.state_dir(), log.name());
  const auto verifier = crypto::NoteVerifier::Parse(log.log_verifier_key());
  auto record = memory.Load(*verifier);
  state.last = memory.LoadLast();
  if (!record.ok()) {
    state.word = "failing";
    state.verdict = record.status();
    return state;
  }
  state.record = *std::move(record);
  const absl::Duration limit =
      3 * absl::Seconds(setup.config.interval_seconds()) + absl::Minutes(1);
  if (state.record && !state.record->finding.empty()) {
    state.word = "refusing";
    state.verdict = absl::DataLossError(state.record->finding);
  } else if (!state.last) {
    state.word = "new";
    state.verdict =
        absl::UnavailableError(Say(l, "ingen runde endnu", "no round yet"));
  } else if (now - absl::FromUnixSeconds(state.last->unix_seconds) > limit) {
    state.word = "stopped";
    state.verdict = absl::UnavailableError(
        Say(l, "vidnet kører ikke", "the witness does not run"));
  } else if (!state.last->status.ok()) {
    state.word = "failing";
    state.verdict = absl::UnavailableError(state.last->status.message());
  } else {
    state.word = "ok";
  }
  return state;
}

std::string JsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return json + "\"";
}

// In JSON, as protobuf writes times.
std::string IsoTime(std::int64_t unix_seconds) {
  return JsonText(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                                   absl::FromUnixSeconds(unix_seconds),
                                   absl::UTCTimeZone()));
}

std::string JsonOf(const v1::WitnessedLog& log, const LogState& state) {
  return Cat("{\"log\":\"", log.name(), "\",\"state\":\"", state.word,
             "\",\"size\":", state.record ? state.record->checkpoint.size : 0,
             ",\"cosigned\":",
             state.record ? IsoTime(state.record->unix_seconds) : "null",
             ",\"last_round\":",
             state.last ? IsoTime(state.last->unix_seconds) : "null",
             ",\"message\":", JsonText(View(state.verdict.message())), "}");
}

std::string LineOf(const v1::WitnessedLog& log, const LogState& state,
                   const TextStyle& style) {
  const Language l = style.language;
  std::string line = Cat(log.name(), ": ");
  line += state.verdict.ok() ? Say(l, "i orden", "all is well")
                             : TerminalSafe(View(state.verdict.message()));
  if (state.last) {
    line += Cat(Say(l, "; seneste runde ", "; last round "),
                TimeText(state.last->unix_seconds, style));
  }
  if (state.record) {
    line += Cat(Say(l, "; medunderskrevet ", "; cosigned "),
                TimeText(state.record->unix_seconds, style),
                Say(l, ", indgange: ", ", entries: "),
                state.record->checkpoint.size);
    if (!state.record->evidence.empty()) {
      line += Cat(Say(l, "; bevis: ", "; evidence: "),
                  TerminalSafe(state.record->evidence));
    }
  }
  return line + "\n";
}

}  // namespace

absl::Status InitWitness(const WitnessSetup& setup, const std::string& name,
                         const AuditOutput& output) {
  if (absl::Status s =
          CheckNotAnothers(setup.config.key_file(), "samkoer-audit");
      !s.ok()) {
    return s;
  }
  const auto signer = MakeWitnessKey(setup.config.key_file(), name);
  if (!signer.ok()) return signer.status();
  const Language l = output.style.language;
  if (output.format == OutputFormat::kJson) {
    output.out << "{\"verifier_key\":" << JsonText(signer->VerifierKey())
               << "}\n";
    return absl::OkStatus();
  }
  output.out << Say(l, "Vidnets nøgle ligger i ", "The witness's key is in ")
             << TerminalSafe(setup.config.key_file())
             << Say(l,
                    ". Driften af hver server skriver i sin konfiguration, "
                    "med certifikatets navn:\n\n",
                    ". The operator of each server writes into its "
                    "configuration, with the certificate's name:\n\n")
             << "witnesses:\n  - subject: \"samkoer://"
             << Say(l, "KOMMUNE/witness/NAVN", "MUNICIPALITY/witness/NAME")
             << "\"\n    verifier_key: \"" << signer->VerifierKey() << "\"\n";
  return absl::OkStatus();
}

absl::Status PrintWitnessStatus(const WitnessSetup& setup, absl::Time now,
                                const AuditOutput& output) {
  absl::Status worst;
  std::string json;
  for (const v1::WitnessedLog& log : setup.config.logs()) {
    const LogState state = StateOf(setup, log, now, output.style.language);
    if (!absl::IsDataLoss(worst) && !state.verdict.ok()) {
      worst =
          absl::Status(state.verdict.code(),
                       Cat(log.name(), ": ", View(state.verdict.message())));
    }
    if (output.format == OutputFormat::kJson) {
      json += Cat(json.empty() ? "" : ",", JsonOf(log, state));
    } else {
      output.out << LineOf(log, state, output.style);
    }
  }
  if (output.format == OutputFormat::kJson) output.out << "[" << json << "]\n";
  return worst;
}

absl::Status ShowWitnessed(const WitnessSetup& setup, const std::string& name,
                           const AuditOutput& output) {
  const Language l = output.style.language;
  const v1::WitnessedLog* log = FindLog(setup, name);
  if (log == nullptr) return NoSuchLog(setup, l);
  const auto verifier = crypto::NoteVerifier::Parse(log->log_verifier_key());
  const auto record =
      WitnessMemory(setup.config.state_dir(), name).Load(*verifier);
  if (!record.ok()) return record.status();
  if (!*record) {
    return absl::NotFoundError(
        Cat(name, Say(l, ": der er intet medunderskrevet endnu",
                      ": nothing has been cosigned yet")));
  }
  output.out << (*record)->note;
  return absl::OkStatus();
}

absl::Status ResolveWitnessed(const WitnessSetup& setup,
                              const std::string& name,
                              const std::string& reason, absl::Time now,
                              const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(reason, l); !s.ok()) return s;
  const v1::WitnessedLog* log = FindLog(setup, name);
  if (log == nullptr) return NoSuchLog(setup, l);
  const auto lock = WitnessLock::Take(setup.config.state_dir());
  if (!lock.ok()) return lock.status();
  const WitnessMemory memory(setup.config.state_dir(), name);
  const auto verifier = crypto::NoteVerifier::Parse(log->log_verifier_key());
  const auto record = memory.Load(*verifier);
  // A file that cannot be used is put aside too: that is what this is for.
  if (record.ok() && (!*record || (*record)->finding.empty())) {
    return absl::FailedPreconditionError(
        Cat(name, Say(l, ": vidnet afviser ikke denne log",
                      ": the witness does not refuse this log")));
  }
  const auto aside = memory.Resolve(reason, now);
  if (!aside.ok()) return aside.status();
  output.out << name
             << Say(l,
                    ": vidnet begynder forfra med det, serveren viser næste "
                    "gang; det hidtidige ligger i ",
                    ": the witness begins anew with what the server shows "
                    "next; what it had is in ")
             << TerminalSafe(*aside) << "\n";
  return absl::OkStatus();
}

}  // namespace samkoer::clients
