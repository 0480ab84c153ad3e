#include "clients/audit/verify_command.h"

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/audit/leaf_text.h"
#include "clients/audit/log_verifier.h"
#include "clients/common/cat.h"
#include "clients/common/progress.h"
#include "crypto/base64.h"
#include "google/protobuf/wrappers.pb.h"

namespace samkoer::clients {
namespace {

const char* ContinuityName(Continuity continuity) {
  switch (continuity) {
    case Continuity::kSame:
      return "same";
    case Continuity::kExtends:
      return "extends";
    case Continuity::kRolledBack:
      return "rolled-back";
    case Continuity::kForked:
      return "forked";
  }
  return "";
}

class Verification {
 public:
  Verification(LogServer& server, const crypto::NoteVerifier& verifier,
               const CheckpointStore& store, const VerifyOptions& options,
               const AuditOutput& output)
      : server_(server),
        verifier_(verifier),
        store_(store),
        options_(options),
        output_(output) {}

  absl::Status Run() {
    absl::StatusOr<std::optional<KeptCheckpoint>> kept = store_.Load(verifier_);
    if (!kept.ok()) return kept.status();
    kept_ = *std::move(kept);
    absl::StatusOr<std::string> note = server_.FetchNote(&cosigned_note_);
    if (!note.ok()) return note.status();
    note_ = *std::move(note);
    absl::Status status = Check();
    if (absl::IsDataLoss(status)) return WithEvidence(status);
    if (!status.ok()) return status;
    if (absl::Status s = store_.Save(note_, tree_.tree()); !s.ok()) return s;
    return Print();
  }

 private:
  absl::Status Check() {
    absl::StatusOr<crypto::Checkpoint> now = OpenCheckpoint(verifier_, note_);
    if (!now.ok()) return now.status();
    now_ = *std::move(now);
    if (absl::Status s = CheckContinuity(); !s.ok()) return s;
    if (declared_loss_) {
      // Both notes are kept, whatever comes of it.
      if (absl::Status s = KeepEvidence(finding_); !s.ok()) return s;
    } else if (kept_ && kept_->tree && !options_.full) {
      tree_ = LogVerifier(*kept_->tree);
    } else if (kept_) {
      if (absl::Status s = tree_.ExpectOnTheWay(kept_->checkpoint); !s.ok()) {
        return s;
      }
    }
    read_from_ = tree_.size();
    if (absl::Status s = ReadLeaves(); !s.ok()) return s;
    if (absl::Status s = tree_.Matches(now_); !s.ok()) return s;
    if (absl::Status s = CheckWitnesses(); !s.ok()) return s;
    if (declared_loss_ && loss_line_.empty()) {
      return absl::DataLossError(Say(
          language(), "loggen er hel, men der er ikke erklæret noget tab i den",
          "the log is whole, but no loss is declared in it"));
    }
    return absl::OkStatus();
  }

  // now_ has been verified.
  absl::Status CheckWitnesses() {
    if (options_.witnesses.empty()) return absl::OkStatus();
    for (const crypto::CosignatureVerifier& witness : options_.witnesses) {
      if (cosigned_note_.empty()) break;
      auto cosigned = witness.Verify(cosigned_note_);
      if (absl::IsNotFound(cosigned.status())) continue;
      if (!cosigned.ok()) {
        return absl::DataLossError(cosigned.status().message());
      }
      cosigners_.emplace_back(witness.name(), cosigned->unix_seconds);
    }
    if (cosigners_.empty()) {
      return WithHint(
          absl::FailedPreconditionError(
              Say(language(), "ingen af vidnerne har medunderskrevet loggen",
                  "none of the witnesses has cosigned the log")),
          Say(language(), "kører vidnet, og er nøglen den rigtige?",
              "does the witness run, and is it the right key?"));
    }
    auto cosigned = OpenCheckpoint(verifier_, cosigned_note_);
    if (!cosigned.ok()) return cosigned.status();
    cosigned_size_ = cosigned->size;
    std::vector<crypto::Hash32> proof;
    if (cosigned->size > 0 && cosigned->size < now_.size) {
      auto fetched = server_.FetchConsistencyProof(cosigned->size, now_.size);
      if (!fetched.ok()) return fetched.status();
      proof = *std::move(fetched);
    }
    const Continuity continuity = Compare(*cosigned, now_, proof);
    if (continuity == Continuity::kSame || continuity == Continuity::kExtends) {
      return absl::OkStatus();
    }
    return absl::DataLossError(
        Cat(Say(language(), "VIDNET HAR SET EN ANDEN LOG: de ",
                "THE WITNESS HAS SEEN ANOTHER LOG: the "),
            cosigned->size,
            Say(language(), " indgange, det medunderskrev, er ikke de første",
                " entries that it cosigned are not the first")));
  }

  absl::Status CheckContinuity() {
    if (!kept_) return absl::OkStatus();
    const crypto::Checkpoint& before = kept_->checkpoint;
    std::vector<crypto::Hash32> proof;
    if (before.size > 0 && now_.size > before.size) {
      absl::StatusOr<std::vector<crypto::Hash32>> fetched =
          server_.FetchConsistencyProof(before.size, now_.size);
      if (!fetched.ok()) return fetched.status();
      proof = *std::move(fetched);
    }
    continuity_ = Compare(before, now_, proof);
    if (*continuity_ == Continuity::kRolledBack) {
      finding_ = Cat(
          Say(language(), "LOGGEN ER BLEVET KORTERE: der var ",
              "THE LOG HAS BECOME SHORTER: there were "),
          before.size,
          Say(language(), " indgange, nu er der ", " entries, now there are "),
          now_.size);
    } else if (*continuity_ == Continuity::kForked) {
      finding_ = Cat(
          Say(language(), "LOGGEN ER SKREVET OM: dens første ",
              "THE LOG HAS BEEN REWRITTEN: its first "),
          before.size,
          Say(language(), " indgange er ikke dem, der blev kontrolleret sidst",
              " entries are not those that were verified last time"));
    }
    if (finding_.empty()) return absl::OkStatus();
    declared_loss_ = options_.after_declared_loss;
    return declared_loss_ ? absl::OkStatus() : absl::DataLossError(finding_);
  }

  absl::Status ReadLeaves() {
    ProgressBar bar(Say(language(), "Kontrollerer", "Verifying"),
                    now_.size - read_from_, output_.progress);
    return server_.StreamLeaves(read_from_, now_.size,
                                [&](const v1::LeafBatch& batch) {
                                  if (declared_loss_) FindLoss(batch);
                                  absl::Status status = tree_.Append(batch);
                                  bar.Set(tree_.size() - read_from_);
                                  return status;
                                });
  }

  // Remembers the newest declaration of a loss.
  void FindLoss(const v1::LeafBatch& batch) {
    for (int i = 0; i < batch.leaves_size(); ++i) {
      const auto leaf = ParseLeaf(batch.leaves(i));
      if (!leaf || leaf->action() != v1::AUDIT_ACTION_LOSS_DECLARED) continue;
      for (const v1::AuditCount& count : leaf->counts()) {
        if (count.name() == "store_size") kept_by_store_ = count.value();
      }
      loss_line_ = LeafLine(batch.start() + static_cast<std::uint64_t>(i),
                            batch.leaves(i), output_.style);
    }
  }

  absl::Status KeepEvidence(const std::string& finding) {
    std::string shown = note_;
    if (!cosigners_.empty()) {
      shown += Cat("\n==== the checkpoint that a witness cosigned ====\n",
                   cosigned_note_);
    }
    absl::StatusOr<std::string> path = store_.KeepEvidence(
        finding, kept_ ? kept_->note : "-\n", shown, options_.now);
    if (!path.ok()) return path.status();
    evidence_ = *std::move(path);
    return absl::OkStatus();
  }

  absl::Status WithEvidence(const absl::Status& finding) {
    const std::string message =
        Cat(PeerName(server_.peer(), language()),
            Say(language(), "s log holder ikke kontrollen: ",
                "'s log does not stand the check: "),
            finding.message());
    if (absl::Status s = KeepEvidence(message); !s.ok()) {
      return absl::DataLossError(
          Cat(message,
              Say(language(), "; og beviset kunne ikke gemmes: ",
                  "; and the evidence could not be kept: "),
              s.message()));
    }
    PrintBrokenJson(message);
    return WithHint(
        absl::DataLossError(message),
        Cat(Say(language(), "begge tjekpunkter er gemt i ",
                "both checkpoints are kept in "),
            evidence_,
            Say(language(),
                "; stol ikke på loggen, før driften har forklaret det",
                "; do not rely on the log until its operator has explained "
                "it")));
  }

  // For programs, which do not read what stands on stderr.
  void PrintBrokenJson(const std::string& finding) {
    if (output_.format != OutputFormat::kJson) return;
    const auto quoted = [](const std::string& text) {
      google::protobuf::StringValue value;
      value.set_value(text);
      return JsonText(value).value_or("\"\"");
    };
    output_.out << Cat(
        "{\"log\":\"", server_.peer() == Peer::kMatcher ? "matcher" : "keyd",
        "\",\"verified\":false,\"size\":", now_.size, ",\"continuity\":\"",
        continuity_ ? ContinuityName(*continuity_) : "first",
        "\",\"finding\":", quoted(finding), ",\"evidence\":", quoted(evidence_),
        "}\n");
    output_.out.flush();
  }

  absl::Status Print() {
    const std::string root = crypto::EncodeBase64(now_.root);
    const std::uint64_t before = kept_ ? kept_->checkpoint.size : 0;
    if (output_.format == OutputFormat::kJson) {
      output_.out << Cat(
          "{\"log\":\"", server_.peer() == Peer::kMatcher ? "matcher" : "keyd",
          "\",\"verified\":true,\"size\":", now_.size, ",\"root\":\"", root,
          "\",\"previous_size\":", before, ",\"continuity\":\"",
          continuity_ ? ContinuityName(*continuity_) : "first",
          "\",\"read_from\":", read_from_,
          ",\"declared_loss\":", declared_loss_ ? "true" : "false",
          declared_loss_ ? Cat(",\"lost_from\":", kept_by_store_) : "",
          ",\"evidence_files\":", store_.Evidence().size(), WitnessJson(),
          "}\n");
    } else {
      PrintHuman(root, before);
    }
    output_.out.flush();
    if (output_.out) return absl::OkStatus();
    return absl::InternalError(Say(language(), "kan ikke skrive resultatet",
                                   "cannot write the output"));
  }

  // When each witness that was asked for and found has cosigned.
  std::string WitnessJson() const {
    if (cosigners_.empty()) return "";
    std::string json =
        Cat(",\"cosigned_size\":", cosigned_size_, ",\"cosigned\":[");
    for (const auto& [name, unix_seconds] : cosigners_) {
      if (!json.ends_with('[')) json += ",";
      json += absl::FormatTime(
          "\"%Y-%m-%dT%H:%M:%SZ\"",
          absl::FromUnixSeconds(static_cast<std::int64_t>(unix_seconds)),
          absl::UTCTimeZone());
    }
    return json + "]";
  }

  void PrintHuman(const std::string& root, std::uint64_t before) {
    const Language l = language();
    std::ostream& out = output_.out;
    if (declared_loss_) {
      out << Say(l, "ET TAB ER ERKLÆRET: ", "A LOSS IS DECLARED: ")
          << PeerName(server_.peer(), l)
          << Say(l, "s log er hel, men fortsætter ikke den, du har set\n",
                 "'s log is whole, but does not continue what you have seen\n");
    } else {
      out << Say(l, "I orden: ", "All is well: ") << PeerName(server_.peer(), l)
          << Say(l, "s log er hel og uændret\n",
                 "'s log is whole and unchanged\n");
    }
    out << Say(l, "  Indgange     ", "  Entries      ") << now_.size << "\n"
        << Say(l, "  Rod          ", "  Root         ") << root << "\n"
        << Say(l, "  Underskrift  gyldig, ", "  Signature    valid, ")
        << TerminalSafe(verifier_.name()) << "\n"
        << Say(l, "  Læst         ", "  Read         ");
    if (read_from_ == 0) {
      out << Say(l, "alle indgange", "all entries") << "\n";
    } else {
      out << Say(l, "nye indgange: ", "new entries: ") << now_.size - read_from_
          << Say(l, "; de første ", "; the first ") << read_from_
          << Say(l, " er kontrolleret tidligere", " were verified earlier")
          << "\n";
    }
    for (const auto& [name, unix_seconds] : cosigners_) {
      google::protobuf::Timestamp time;
      time.set_seconds(static_cast<std::int64_t>(unix_seconds));
      out << Say(l, "  Vidne        ", "  Witness      ") << TerminalSafe(name)
          << ", " << DateTimeText(time, output_.style.zone)
          << Say(l, ", indgange: ", ", entries: ") << cosigned_size_ << "\n";
    }
    out << Say(l, "  Sammenhæng   ", "  Continuity   ");
    if (!kept_) {
      out << Say(l, "første kontrol; tjekpunktet er gemt",
                 "first check; the checkpoint is kept");
    } else if (declared_loss_) {
      out << Say(l, "BRUDT, efter et erklæret tab:\n",
                 "BROKEN, after a declared loss:\n")
          << loss_line_ << "\n"
          << Say(l, "  Bevis        ", "  Evidence     ")
          << TerminalSafe(evidence_) << "\n"
          << WhatMayBeLost();
      return;
    } else {
      out << Say(l, "fortsætter det tjekpunkt, der blev gemt sidst (",
                 "continues the checkpoint kept last (")
          << before << Say(l, " indgange)", " entries)");
    }
    out << "\n";
    // What was accepted once must not be forgotten with the next run.
    if (const auto evidence = store_.Evidence(); !evidence.empty()) {
      out << Say(l, "  Tidligere    brud, som beviset ligger for: ",
                 "  Earlier      breaks of which the evidence is kept: ")
          << evidence.size() << Say(l, "; det seneste: ", "; the newest: ")
          << TerminalSafe(evidence.back()) << "\n";
    }
  }

  // What the officer has to do after a restored backup.
  std::string WhatMayBeLost() const {
    const Language l = language();
    if (server_.peer() != Peer::kMatcher) return "";
    return Cat(
        Say(l,
            "  Gentag       Sletninger og indsigelser siden kopien er gået "
            "tabt: de slettede er der igen.\n"
            "               Find i din journal dem, hvis indgang i loggen har "
            "nummer ",
            "  Repeat       Erasures and objections since the backup are lost: "
            "who was erased is held again.\n"
            "               Find in your files those whose entry in the log "
            "has number "),
        kept_by_store_,
        Say(l,
            " eller højere,\n               og slet dem igen (person erase, "
            "ved indsigelse med --objection).\n",
            " or above,\n               and erase them again (person erase, "
            "after an objection with --objection).\n"));
  }

  Language language() const { return output_.style.language; }

  LogServer& server_;
  const crypto::NoteVerifier& verifier_;
  const CheckpointStore& store_;
  const VerifyOptions& options_;
  const AuditOutput& output_;
  std::optional<KeptCheckpoint> kept_;
  std::string note_;
  std::string cosigned_note_;
  std::vector<std::pair<std::string, std::uint64_t>> cosigners_;
  std::uint64_t cosigned_size_ = 0;
  crypto::Checkpoint now_;
  LogVerifier tree_;
  std::uint64_t read_from_ = 0;
  std::optional<Continuity> continuity_;
  std::string finding_;
  bool declared_loss_ = false;
  std::string loss_line_;
  std::uint64_t kept_by_store_ = 0;  // entries before the loss
  std::string evidence_;
};

}  // namespace

absl::Status VerifyLog(LogServer& server, const crypto::NoteVerifier& verifier,
                       const CheckpointStore& store,
                       const VerifyOptions& options,
                       const AuditOutput& output) {
  return Verification(server, verifier, store, options, output).Run();
}

}  // namespace samkoer::clients
