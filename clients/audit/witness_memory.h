// What a witness remembers of one log, on its own machine: the newest
// checkpoint that it has cosigned, or why it cosigns no more.
#ifndef SAMKOER_CLIENTS_AUDIT_WITNESS_MEMORY_H_
#define SAMKOER_CLIENTS_AUDIT_WITNESS_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/audit/checkpoint_store.h"
#include "crypto/signed_note.h"

namespace samkoer::clients {

struct WitnessRecord {
  // The log's signed note with the witness's own line, and the checkpoint.
  std::string note;
  crypto::Checkpoint checkpoint;
  // When it was cosigned.
  std::int64_t unix_seconds = 0;
  // Set if the witness has found the log broken: one line, and the file with
  // both checkpoints. It refuses until a person has resolved it.
  std::string finding;
  std::string evidence;
};

// How the last round went, for monitoring.
struct LastRound {
  std::int64_t unix_seconds = 0;
  absl::Status status;
};

// The files of one log: "DIR/NAME.witness" (text: a head of four lines, then
// the note), "DIR/NAME.last", and the evidence. For one thread and one process
// at a time (WitnessLock).
class WitnessMemory {
 public:
  WitnessMemory(std::string dir, std::string name)
      : dir_(std::move(dir)), name_(std::move(name)) {}

  std::string path() const { return dir_ + "/" + name_ + ".witness"; }
  const std::string& name() const { return name_; }

  // Nothing before the first. DATA_LOSS, naming the file, if it cannot be used
  // or is not of the log of `verifier`: it is never silently ignored.
  absl::StatusOr<std::optional<WitnessRecord>> Load(
      const crypto::NoteVerifier& verifier) const;
  // Replaces it; on disk, synced, after OK. Makes the directory.
  absl::Status Save(const WitnessRecord& record) const;

  // Keeps both notes as a file of evidence; its path.
  absl::StatusOr<std::string> KeepEvidence(std::string_view finding,
                                           std::string_view kept_note,
                                           std::string_view new_note,
                                           absl::Time now) const {
    return CheckpointStore(dir_, name_)
        .KeepEvidence(finding, kept_note, new_note, now);
  }

  // Puts the record aside as "DIR/NAME-resolved-TIME.txt" with the reason, so
  // that the next round begins anew with what the server shows then; the path.
  // NOT_FOUND if there is none.
  absl::StatusOr<std::string> Resolve(std::string_view reason,
                                      absl::Time now) const;

  absl::Status SaveLast(const LastRound& last) const;
  // Nothing if there was none, or the file cannot be read.
  std::optional<LastRound> LoadLast() const;

 private:
  const std::string dir_;
  const std::string name_;
};

// One witness at a time works in a directory: holds "DIR/lock", which the
// system frees when the process ends.
class WitnessLock {
 public:
  // Makes the directory if need be. UNAVAILABLE if another process holds it.
  static absl::StatusOr<WitnessLock> Take(const std::string& dir);
  WitnessLock(WitnessLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  WitnessLock& operator=(WitnessLock&&) = delete;
  ~WitnessLock();

 private:
  explicit WitnessLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_WITNESS_MEMORY_H_
