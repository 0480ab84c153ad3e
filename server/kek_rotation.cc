#include "server/kek_rotation.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"
#include "storage/failpoint.h"
#include "storage/old_values.h"

namespace samkoer::server {
namespace {

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  const std::int64_t micros = absl::ToUnixMicros(time);
  proto.set_seconds(micros / 1'000'000);
  proto.set_nanos(static_cast<std::int32_t>(micros % 1'000'000) * 1000);
  return proto;
}

// The generations that are not in use, ascending.
std::vector<std::uint32_t> OlderOf(const storage::Keyring& keyring) {
  std::vector<std::uint32_t> older;
  for (const auto& [generation, key] : keyring.keks) {
    if (generation != keyring.current_generation) older.push_back(generation);
  }
  return older;
}

}  // namespace

KekRotation::KekRotation(Parts parts, Options options,
                         const storage::Keyring& keyring)
    : parts_(parts),
      options_(std::move(options)),
      generation_(parts.metrics.AddGauge(
          "samkoer_kek_generation",
          "The generation of the key-encryption key in use.")),
      older_(parts.metrics.AddGauge(
          "samkoer_kek_older_generations",
          "Older key-encryption keys that are not destroyed yet.")),
      since_(parts.metrics.AddGauge(
          "samkoer_kek_since_timestamp_seconds",
          "Since when the key-encryption key is in use (Unix time); 0 if that "
          "is not known.")),
      done_(parts.metrics.AddGauge(
          "samkoer_kek_rotation_done_values",
          "Values the running rotation has looked at; 0 if none runs.")),
      total_(parts.metrics.AddGauge(
          "samkoer_kek_rotation_values",
          "Values there were when the running rotation began; 0 if none "
          "runs.")),
      stalled_(parts.metrics.AddGauge(
          "samkoer_kek_rotation_stalled",
          "1 if the last try of a rotation failed; the log says why.")) {
  Adopt(keyring);
}

absl::StatusOr<std::unique_ptr<KekRotation>> KekRotation::Start(
    Parts parts, Options options, const storage::Keyring& keyring) {
  std::unique_ptr<KekRotation> self(
      new KekRotation(parts, std::move(options), keyring));
  const absl::Status caught_up = self->CatchUp(keyring);
  if (!caught_up.ok()) return caught_up;
  KekRotation* const rotation = self.get();
  self->thread_ = std::thread([rotation] { rotation->Run(); });
  if (self->options_.rotation_days != 0) {
    self->RotateIfDue();
    self->schedule_.emplace(kKekScheduleLook,
                            [rotation] { rotation->RotateIfDue(); });
  }
  return self;
}

KekRotation::~KekRotation() { Stop(); }

void KekRotation::Adopt(const storage::Keyring& keyring) {
  const std::lock_guard lock(mutex_);
  state_ = State();
  state_.current = keyring.current_generation;
  state_.since = keyring.CurrentSince();
  state_.older = OlderOf(keyring);
  Publish();
}

void KekRotation::Publish() {
  generation_.Set(state_.current);
  older_.Set(static_cast<double>(state_.older.size()));
  since_.Set(state_.since == absl::InfinitePast()
                 ? 0
                 : static_cast<double>(absl::ToUnixSeconds(state_.since)));
  done_.Set(static_cast<double>(state_.done));
  total_.Set(static_cast<double>(state_.total));
  changed_.notify_all();
}

absl::Status KekRotation::CatchUp(const storage::Keyring& keyring) {
  const auto marker = storage::LoadKekMarker(parts_.engine, parts_.sealer);
  if (!marker.ok()) return marker.status();
  if (keyring.keks.size() > 1) {
    if (*marker && (*marker)->generation == keyring.current_generation) {
      return absl::OkStatus();
    }
    return Begun(nullptr, keyring, "",
                 "the process ended before this was written; who asked for it, "
                 "and why, is lost");
  }
  if (!*marker || (*marker)->finished) return absl::OkStatus();
  return Finished(keyring);
}

absl::Status KekRotation::Begun(const Identity* who,
                                const storage::Keyring& keyring,
                                const std::string& reason,
                                const std::string& detail) {
  const std::vector<std::uint32_t> older = OlderOf(keyring);
  return parts_.writer.Change(
      who, {keyring.keks,
            keyring.current_generation,
            {keyring.current_generation, /*finished=*/false},
            v1::AUDIT_ACTION_KEK_ROTATION_BEGUN,
            reason,
            detail,
            {{"generation", keyring.current_generation},
             {"older_generation", older.empty() ? 0 : older.back()}}});
}

absl::Status KekRotation::Finished(const storage::Keyring& keyring) {
  const auto values = storage::CountSealedValues(*parts_.engine.Snapshot());
  if (!values.ok()) return values.status();
  return parts_.writer.Change(
      nullptr,
      {keyring.keks,
       keyring.current_generation,
       {keyring.current_generation, /*finished=*/true},
       v1::AUDIT_ACTION_KEK_ROTATION_FINISHED,
       "",
       "",
       {{"generation", keyring.current_generation}, {"values", *values}}});
}

absl::Status KekRotation::CheckRoom() const {
  const auto held = parts_.engine.DiskBytes();
  if (!held.ok()) return held.status();
  // What is sealed again, and once more while everything is compacted.
  const std::uint64_t needed = 2 * *held + kKekRoomBytes;
  std::error_code error;
  const auto space = std::filesystem::space(options_.data_dir, error);
  if (error || space.available >= needed) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "sealing everything again needs ", needed >> 20, " MiB on the disk of ",
      options_.data_dir, ", which has ", space.available >> 20, " MiB free"));
}

absl::StatusOr<v1::KekStatus> KekRotation::Rotate(const Identity* who,
                                                  const std::string& reason) {
  const std::lock_guard one(begin_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return absl::UnavailableError("the server is stopping; try again later");
    }
  }
  if (v1::KekStatus status = Status(); !status.older_generations().empty()) {
    return status;
  }
  if (absl::Status room = CheckRoom(); !room.ok()) return room;
  SAMKOER_FAILPOINT("kek.before-keyring");
  const auto keyring =
      parts_.file.BeginGeneration(parts_.sealer, options_.now());
  if (!keyring.ok()) return keyring.status();
  SAMKOER_FAILPOINT("kek.after-keyring");
  const absl::Status begun = Begun(who, *keyring, reason, "");
  if (!begun.ok()) return begun;
  Adopt(*keyring);
  log::Info("kek.begun", {{"generation", keyring->current_generation}});
  return Status();
}

v1::KekStatus KekRotation::Status() const {
  const std::lock_guard lock(mutex_);
  v1::KekStatus status;
  status.set_current_generation(state_.current);
  for (const std::uint32_t generation : state_.older) {
    status.add_older_generations(generation);
  }
  status.set_done(state_.done);
  status.set_total(state_.total);
  const bool known = state_.since != absl::InfinitePast();
  if (known) *status.mutable_current_since() = ToProto(state_.since);
  if (options_.rotation_days != 0) {
    *status.mutable_next_rotation() =
        ToProto(known ? state_.since + absl::Hours(24) * options_.rotation_days
                      : options_.now());
  }
  return status;
}

std::vector<std::uint32_t> KekRotation::Generations() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint32_t> generations = state_.older;
  generations.push_back(state_.current);
  // A rotation that is just beginning seals before it is told of.
  const std::uint32_t sealing = parts_.sealer.current_generation();
  if (sealing > state_.current) generations.push_back(sealing);
  return generations;
}

void KekRotation::RotateIfDue() {
  {
    const std::lock_guard lock(mutex_);
    // A key of unknown age counts as too old.
    if (options_.rotation_days == 0 || !state_.older.empty() ||
        options_.now() - state_.since <
            absl::Hours(24) * options_.rotation_days) {
      return;
    }
  }
  const auto begun = Rotate(
      nullptr, absl::StrCat("kek_rotation_days: ", options_.rotation_days));
  if (!begun.ok()) {
    SetStalled(true);
    log::Error("kek.not_begun", {{"status", begun.status()}});
  }
}

void KekRotation::SetStalled(bool stalled) { stalled_.Set(stalled ? 1 : 0); }

bool KekRotation::Sleep(absl::Duration duration) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoMicroseconds(duration),
                            [this] { return stopping_; });
}

void KekRotation::Run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock,
                    [this] { return stopping_ || !state_.older.empty(); });
      if (stopping_) return;
    }
    const absl::Status status = Work();
    if (status.ok()) {
      SetStalled(false);
      continue;
    }
    if (absl::IsCancelled(status)) return;
    SetStalled(true);
    log::Warning("kek.tried_again", {{"status", status}});
    if (!Sleep(kKekRetry)) return;
  }
}

absl::Status KekRotation::Work() {
  const auto total = storage::CountSealedValues(parts_.engine);
  if (!total.ok()) return total.status();
  {
    const std::lock_guard lock(mutex_);
    state_.done = 0;
    state_.total = *total;
    Publish();
  }
  for (int pass = 0;; ++pass) {
    const auto old = Pass();
    if (!old.ok()) return old.status();
    if (*old == 0) break;
    if (pass == kKekMostPasses) {
      return absl::InternalError("the store does not come to rest");
    }
  }
  const absl::Status compacted = parts_.engine.Compact();
  if (!compacted.ok()) return compacted;
  SAMKOER_FAILPOINT("kek.before-destroy");
  const auto keyring = parts_.file.DropOlder(parts_.sealer);
  if (!keyring.ok()) return keyring.status();
  SAMKOER_FAILPOINT("kek.after-destroy");
  const absl::Status finished = Finished(*keyring);
  if (!finished.ok()) return finished;
  Adopt(*keyring);
  log::Info("kek.finished",
            {{"generation", keyring->current_generation}, {"values", *total}});
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> KekRotation::Pass() {
  const std::uint32_t current = parts_.sealer.current_generation();
  std::uint64_t old = 0;
  std::string from;
  while (true) {
    const auto found =
        storage::FindOldValues(parts_.engine, current, from,
                               {kKekStepBytes, kKekStepValues, kKekLookValues});
    if (!found.ok()) return found.status();
    old += found->keys.size();
    absl::Duration took;
    if (!found->keys.empty()) {
      const absl::Time start = absl::Now();
      const auto resealed = parts_.writer.Reseal(found->keys);
      if (!resealed.ok()) return resealed.status();
      SAMKOER_FAILPOINT("kek.step");
      took = absl::Now() - start;
    }
    {
      const std::lock_guard lock(mutex_);
      state_.done = std::min(state_.total, state_.done + found->seen);
      Publish();
    }
    // As long as the step took: others have at least half of the writer.
    if (!Sleep(std::min(took, kKekLongestPause))) {
      return absl::CancelledError("stopping");
    }
    if (found->end) return old;
    from = found->next;
  }
}

void KekRotation::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  parts_.engine.StopCompacting();
  schedule_.reset();
  if (thread_.joinable()) thread_.join();
}

}  // namespace samkoer::server
