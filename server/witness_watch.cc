#include "server/witness_watch.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/note_format.h"
#include "server/access.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"

namespace samkoer::server {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

absl::Status NotACheckpoint(const absl::Status& why) {
  return absl::InvalidArgumentError(
      absl::StrCat("note: not a checkpoint signed by this log: ",
                   absl::string_view(why.message())));
}

}  // namespace

WitnessWatch::Options WitnessWatch::MakeOptions(
    const google::protobuf::RepeatedPtrField<v1::WitnessConfig>& witnesses,
    std::uint32_t hours, std::function<absl::Time()> now) {
  Options options;
  options.hours = hours;
  options.now = std::move(now);
  for (const v1::WitnessConfig& witness : witnesses) {
    auto verifier = crypto::CosignatureVerifier::Parse(witness.verifier_key());
    // Checked when the configuration was read (server/config.cc).
    if (verifier.ok()) {
      options.witnesses.emplace(witness.subject(), *std::move(verifier));
    }
  }
  return options;
}

std::string WitnessWatch::Describe(const Options& options) {
  return absl::StrCat("witnesses: ", options.witnesses.size(),
                      ", hours: ", options.hours);
}

WitnessWatch::WitnessWatch(Parts parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      fresh_until_gauge_(parts_.metrics.AddGauge(
          "samkoer_witness_fresh_until_timestamp_seconds",
          "When changes are refused unless a witness cosigns before (Unix "
          "time); 0 if never.")),
      size_gauge_(parts_.metrics.AddGauge(
          "samkoer_witness_cosigned_leaves",
          "Leaves of the newest checkpoint that a witness has cosigned.")),
      overdue_gauge_(parts_.metrics.AddGauge(
          "samkoer_witness_overdue",
          "1 while changes are refused because no witness has cosigned.")),
      cosignatures_(parts_.metrics.AddCounter(
          "samkoer_witness_cosignatures_total", "Cosignatures taken.")),
      fresh_until_micros_(kNever) {}

absl::StatusOr<std::unique_ptr<WitnessWatch>> WitnessWatch::Start(
    Parts parts, Options options) {
  std::unique_ptr<WitnessWatch> self(
      new WitnessWatch(parts, std::move(options)));
  auto verifier = crypto::NoteVerifier::Parse(parts.log.VerifierKey());
  if (!verifier.ok()) return verifier.status();
  self->log_verifier_ = *std::move(verifier);
  auto state = storage::LoadWitnessState(parts.engine, parts.sealer);
  if (!state.ok()) return state.status();
  const bool fresh = !state->has_value();
  {
    std::lock_guard lock(self->state_mutex_);
    if (fresh) {
      self->state_.counted_from_micros =
          absl::ToUnixMicros(self->options_.now());
    } else {
      self->state_ = **std::move(state);
    }
    self->Publish();
  }
  if (fresh && !self->options_.witnesses.empty()) {
    // So that a restart does not begin to count anew.
    std::lock_guard lock(self->write_mutex_);
    const absl::Status kept = self->Keep(nullptr, {self->state_});
    if (!kept.ok()) return kept;
  }
  self->Look();
  self->periodic_.emplace(kWitnessLook, [raw = self.get()] { raw->Look(); });
  return self;
}

WitnessWatch::~WitnessWatch() { Stop(); }

void WitnessWatch::Stop() { periodic_.reset(); }

absl::Time WitnessWatch::FreshUntil(const storage::WitnessState& state) const {
  if (options_.hours == 0) return absl::InfiniteFuture();
  return absl::FromUnixMicros(state.counted_from_micros) +
         absl::Hours(options_.hours);
}

void WitnessWatch::Publish() {
  const absl::Time until = FreshUntil(state_);
  const bool limited = until != absl::InfiniteFuture();
  fresh_until_micros_ = limited ? absl::ToUnixMicros(until) : kNever;
  fresh_until_gauge_.Set(
      limited ? static_cast<double>(absl::ToUnixSeconds(until)) : 0);
  size_gauge_.Set(static_cast<double>(state_.size));
  overdue_gauge_.Set(state_.overdue ? 1 : 0);
}

std::string WitnessWatch::CosignedNote() const {
  std::lock_guard lock(state_mutex_);
  return state_.CosignedNote();
}

absl::Status WitnessWatch::CheckChange() const {
  const std::int64_t until = fresh_until_micros_;
  if (until == kNever || absl::ToUnixMicros(options_.now()) < until) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(
      absl::StrCat("no witness has cosigned the log for ", options_.hours,
                   " hours; changes wait until one does, nothing is lost"));
}

absl::Status WitnessWatch::Keep(const Identity* who,
                                storage::WitnessChange change) {
  const absl::Status kept = parts_.writer.Keep(who, change);
  if (!kept.ok()) return kept;
  std::lock_guard lock(state_mutex_);
  state_ = std::move(change.state);
  Publish();
  return absl::OkStatus();
}

void WitnessWatch::Look() {
  std::lock_guard lock(write_mutex_);
  const absl::Status looked = LookLocked();
  if (!looked.ok()) log::Error("witness.not_written", {{"status", looked}});
}

absl::Status WitnessWatch::LookLocked() {
  storage::WitnessChange change;
  {
    std::lock_guard lock(state_mutex_);
    change.state = state_;
  }
  const absl::Time now = options_.now();
  const bool late = now >= FreshUntil(change.state);
  const std::uint32_t hours = HoursToTell(change.state, now);
  if (hours != 0) {
    change.late_hours = hours;
    change.allowed_hours = options_.hours;
  }
  if (late == change.state.overdue) {
    return hours == 0 ? absl::OkStatus() : Tell(std::move(change));
  }
  change.state.overdue = late;
  storage::WitnessLeaf leaf;
  leaf.counts = {{"hours", options_.hours}};
  if (late) {
    leaf.action = v1::AUDIT_ACTION_WITNESS_OVERDUE;
    log::Error("witness.overdue", {{"hours", options_.hours}});
  } else {
    // Not by a cosignature, which Add tells: by another configuration.
    leaf.action = v1::AUDIT_ACTION_WITNESS_BACK;
    leaf.detail = "witness_hours was changed";
  }
  change.leaves.push_back(std::move(leaf));
  return Tell(std::move(change));
}

absl::Status WitnessWatch::Tell(storage::WitnessChange change) {
  const std::uint32_t hours = change.late_hours;
  const absl::Status kept = Keep(nullptr, std::move(change));
  if (kept.ok() && hours != 0) told_hours_ = hours;
  return kept;
}

std::uint32_t WitnessWatch::HoursToTell(const storage::WitnessState& state,
                                        absl::Time now) {
  const absl::Duration waited =
      now - absl::FromUnixMicros(state.counted_from_micros);
  if (options_.hours == 0 || waited * 2 < absl::Hours(options_.hours)) {
    told_hours_ = 0;
    return 0;
  }
  const auto hours = static_cast<std::uint32_t>(
      std::max<std::int64_t>(absl::ToInt64Hours(waited), 1));
  return hours == told_hours_ ? 0 : hours;
}

absl::Status WitnessWatch::CheckHistory(
    const crypto::Checkpoint& checkpoint) const {
  const std::uint64_t size = parts_.log.size();
  if (checkpoint.size > size) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the checkpoint has ", checkpoint.size, " leaves and this log ", size));
  }
  auto root = parts_.log.RootAt(parts_.engine, checkpoint.size);
  if (!root.ok()) return root.status();
  if (checkpoint.size == 0 || *root != checkpoint.root) {
    return absl::FailedPreconditionError(
        absl::StrCat("the first ", checkpoint.size,
                     " leaves of this log are not those of the checkpoint"));
  }
  return absl::OkStatus();
}

absl::StatusOr<WitnessWatch::Attested> WitnessWatch::Check(
    const Identity& who, const std::string& note) const {
  const auto witness = options_.witnesses.find(who.uri);
  if (witness == options_.witnesses.end()) return NotPermitted();
  if (note.size() > kMaxCosignedNoteBytes) {
    return absl::InvalidArgumentError("note: longer than 4,096 bytes");
  }
  const auto text = log_verifier_->Verify(note);
  if (!text.ok()) return NotACheckpoint(text.status());
  auto checkpoint = crypto::Checkpoint::Parse(*text);
  if (!checkpoint.ok()) return NotACheckpoint(checkpoint.status());
  auto cosigned = witness->second.Verify(note);
  if (!cosigned.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("note: ", absl::string_view(cosigned.status().message())));
  }
  if (cosigned->unix_seconds > static_cast<std::uint64_t>(absl::ToUnixSeconds(
                                   options_.now() + kCosignatureAhead))) {
    return absl::InvalidArgumentError(
        "note: the cosignature's time is more than five minutes ahead; are "
        "both clocks right?");
  }
  if (absl::Status s = CheckHistory(*checkpoint); !s.ok()) {
    log::Error("witness.other_history", {{"witness", who.uri}, {"status", s}});
    return s;
  }
  Attested attested;
  attested.checkpoint = *std::move(checkpoint);
  attested.cosigned = *std::move(cosigned);
  attested.signed_checkpoint = absl::StrCat(*text, "\n");
  const auto parsed = crypto::ParseNote(note);
  if (!parsed.ok()) return NotACheckpoint(parsed.status());
  for (const crypto::NoteSignature& line : parsed->signatures) {
    if (line.name != log_verifier_->name()) continue;
    crypto::NoteKey key;
    key.name = std::string(line.name);
    key.hash = line.key_hash;
    std::string alone =
        absl::StrCat(attested.signed_checkpoint,
                     crypto::NoteSignatureLine(key, line.signature));
    // Whoever sent the note may have put another line of this name before it.
    if (!log_verifier_->Verify(alone).ok()) continue;
    attested.signed_checkpoint = std::move(alone);
    break;
  }
  return attested;
}

absl::StatusOr<v1::AddCosignatureResponse> WitnessWatch::Add(
    const Identity& who, const std::string& note) {
  auto attested = Check(who, note);
  if (!attested.ok()) return attested.status();
  const std::uint64_t size = attested->checkpoint.size;
  const std::uint64_t time = attested->cosigned.unix_seconds;
  const absl::Time now = options_.now();

  std::lock_guard lock(write_mutex_);
  storage::WitnessChange change;
  {
    std::lock_guard state_lock(state_mutex_);
    change.state = state_;
  }
  storage::WitnessState& state = change.state;
  storage::WitnessSeen& seen = state.witnesses[who.uri];
  v1::AddCosignatureResponse response;
  if (seen.unix_seconds < time || seen.size < size) {
    // A witness that was taken out of the configuration vouches no more.
    std::erase_if(state.witnesses, [&](const auto& entry) {
      return !options_.witnesses.contains(entry.first);
    });
    seen.unix_seconds = std::max(seen.unix_seconds, time);
    if (size >= seen.size) {
      seen.size = size;
      seen.line = attested->cosigned.line;
    }
    if (size > state.size) {
      state.size = size;
      state.signed_checkpoint = std::move(attested->signed_checkpoint);
    }
    // An old cosignature that is sent again does not count as a new one.
    state.counted_from_micros = std::max(
        state.counted_from_micros,
        std::min(absl::ToUnixMicros(now),
                 absl::ToUnixMicros(
                     absl::FromUnixSeconds(static_cast<std::int64_t>(time)))));
    const auto now_seconds =
        static_cast<std::uint64_t>(absl::ToUnixSeconds(now));
    const bool back = state.overdue && now < FreshUntil(state);
    const auto interval =
        static_cast<std::uint64_t>(absl::ToInt64Seconds(kCosignedLeafInterval));
    if (back || seen.leaf_seconds == 0 ||
        now_seconds >= seen.leaf_seconds + interval) {
      seen.leaf_seconds = now_seconds;
      change.leaves.push_back({v1::AUDIT_ACTION_COSIGNED,
                               options_.witnesses.at(who.uri).name().substr(
                                   0, kMaxWitnessDetailBytes),
                               {{"size", size}}});
    }
    if (back) {
      state.overdue = false;
      change.leaves.push_back(
          {v1::AUDIT_ACTION_WITNESS_BACK, "", {{"hours", options_.hours}}});
    }
    if (absl::Status s = Keep(&who, change); !s.ok()) return s;
    if (back) log::Info("witness.back", {{"witness", who.uri}});
  }
  cosignatures_.Increment();
  const absl::Time until = FreshUntil(state);
  if (until != absl::InfiniteFuture()) {
    response.mutable_fresh_until()->set_seconds(absl::ToUnixSeconds(until));
  }
  return response;
}

}  // namespace samkoer::server
