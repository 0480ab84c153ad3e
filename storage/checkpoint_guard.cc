#include "storage/checkpoint_guard.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "crypto/signed_note.h"
#include "storage/atomic_file.h"
#include "storage/restored_mark.h"

namespace samkoer::storage {
namespace {

constexpr std::size_t kMaxCheckpointBytes = 16 << 10;
constexpr absl::string_view kRemedy =
    "; if the store was restored from a backup on purpose, start once with "
    "--declare-loss, which the audit log will tell";

// What the file says against the log.
struct Examination {
  absl::Status verdict;  // what CheckCheckpoint answers
  bool may_declare = false;
  std::uint64_t checkpoint_size = 0;
};

Examination Refusal(absl::Status verdict, std::uint64_t checkpoint_size) {
  return {std::move(verdict), true, checkpoint_size};
}

// What is said about the file itself: the checkpoint in it, if it is ours.
absl::StatusOr<crypto::Checkpoint> ParseFile(const std::string& path,
                                             std::string_view note,
                                             const AuditLog& log) {
  const auto verifier = crypto::NoteVerifier::Parse(log.VerifierKey());
  if (!verifier.ok()) return verifier.status();
  const auto text = verifier->Verify(note);
  if (absl::IsUnauthenticated(text.status())) {
    return absl::UnauthenticatedError(absl::StrCat(
        "the checkpoint in ", path,
        " is not signed with this log's key; check checkpoint_file and "
        "keyring_file",
        kRemedy));
  }
  auto checkpoint = text.ok()
                        ? crypto::Checkpoint::Parse(*text)
                        : absl::StatusOr<crypto::Checkpoint>(text.status());
  if (!checkpoint.ok()) {
    return absl::DataLossError(absl::StrCat("the checkpoint in ", path,
                                            " is malformed; restore the file",
                                            kRemedy));
  }
  return checkpoint;
}

Examination ExamineSizes(const std::string& path,
                         const crypto::Checkpoint& outside, const AuditLog& log,
                         const Reader& reader) {
  const crypto::Checkpoint inside = log.checkpoint();
  if (outside.origin != inside.origin) {
    return Refusal(absl::FailedPreconditionError(absl::StrCat(
                       "the checkpoint in ", path, " is of ", outside.origin,
                       ", the store's log is ", inside.origin,
                       "; check checkpoint_file and data_dir")),
                   outside.size);
  }
  if (inside.size < outside.size) {
    return Refusal(absl::FailedPreconditionError(absl::StrCat(
                       "the store ends at leaf ", inside.size,
                       " but the checkpoint in ", path, " says ", outside.size,
                       ": a restored backup or lost writes; put the newer "
                       "store back",
                       kRemedy)),
                   outside.size);
  }
  const auto root = log.RootAt(reader, outside.size);
  if (!root.ok()) return {root.status(), false, outside.size};
  if (*root != outside.root) {
    return Refusal(absl::FailedPreconditionError(absl::StrCat(
                       "the store's first ", outside.size,
                       " leaves are not those of the checkpoint in ", path,
                       ": another store, or a history that was changed; put "
                       "the right store back",
                       kRemedy)),
                   outside.size);
  }
  return {absl::OkStatus(), false, outside.size};
}

// What the file says against the log, whoever put the store there.
Examination ExamineFile(const std::string& path, const AuditLog& log,
                        const Reader& reader) {
  const auto note = ReadSmallFile(path, kMaxCheckpointBytes);
  if (absl::IsNotFound(note.status())) {
    if (log.size() <= 1) return {absl::OkStatus(), false, 0};
    return Refusal(absl::FailedPreconditionError(absl::StrCat(
                       "the store has ", log.size(),
                       " leaves but there is no checkpoint in ", path,
                       ", so nothing shows whether it is the newest; put the "
                       "file back",
                       kRemedy)),
                   0);
  }
  // A file that is far too large is no checkpoint.
  if (absl::IsFailedPrecondition(note.status())) {
    return Refusal(absl::DataLossError(note.status().message()), 0);
  }
  if (!note.ok()) return {note.status(), false, 0};
  const auto outside = ParseFile(path, *note, log);
  if (!outside.ok()) return Refusal(outside.status(), 0);
  return ExamineSizes(path, *outside, log, reader);
}

// A restored backup agrees with every checkpoint that is older than itself,
// which says nothing of what was written after it.
Examination Examine(const std::string& path, const AuditLog& log,
                    const Reader& reader) {
  Examination examination = ExamineFile(path, log, reader);
  if (!examination.verdict.ok()) return examination;
  const auto mark = ReadRestoredMark(reader);
  if (!mark.ok()) return {mark.status(), false, examination.checkpoint_size};
  if (*mark == RestoredMark::kRunning) {
    return Refusal(absl::FailedPreconditionError(absl::StrCat(
                       "the store is a backup of a running server, restored, "
                       "which may have written more after it",
                       kRemedy)),
                   examination.checkpoint_size);
  }
  if (*mark == RestoredMark::kStopped &&
      examination.checkpoint_size != log.size()) {
    return Refusal(absl::FailedPreconditionError(absl::StrCat(
                       "the store is a restored backup of ", log.size(),
                       " leaves, but the checkpoint in ", path, " is of ",
                       examination.checkpoint_size,
                       ", so nothing shows that no more was written; put the "
                       "old server's newest checkpoint there",
                       kRemedy)),
                   examination.checkpoint_size);
  }
  return examination;
}

// Moves the old file aside, to a name that is free.
absl::Status KeepAside(const std::string& path, std::uint64_t size) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  std::string aside = absl::StrCat(path, ".lost-", size);
  for (int n = 2; n < 1000 && std::filesystem::exists(aside, error); ++n) {
    aside = absl::StrCat(path, ".lost-", size, "-", n);
  }
  if (::rename(path.c_str(), aside.c_str()) != 0) {
    return absl::InternalError(absl::StrCat("cannot rename ", path, " to ",
                                            aside, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCheckpoint(const std::string& path, const AuditLog& log,
                             const Reader& reader) {
  return Examine(path, log, reader).verdict;
}

absl::Status DeclareLoss(
    const std::string& path, const AuditLog& log, const Reader& reader,
    const std::function<absl::Status(const Loss&)>& write_leaf) {
  const Examination examination = Examine(path, log, reader);
  if (examination.verdict.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "there is no loss to declare: the store agrees with the checkpoint in ",
        path));
  }
  if (!examination.may_declare) return examination.verdict;
  const absl::Status written =
      write_leaf({examination.checkpoint_size, log.size()});
  if (!written.ok()) return written;
  if (auto status = KeepAside(path, examination.checkpoint_size);
      !status.ok()) {
    return status;
  }
  return WriteFileAtomically(path, log.SignedCheckpoint());
}

absl::StatusOr<std::unique_ptr<CheckpointGuard>> CheckpointGuard::Start(
    std::string path, const AuditLog& log, const Reader& reader) {
  if (auto status = CheckCheckpoint(path, log, reader); !status.ok()) {
    return status;
  }
  const std::uint64_t size = log.size();
  if (auto status = WriteFileAtomically(path, log.SignedCheckpoint());
      !status.ok()) {
    return status;
  }
  auto guard = std::unique_ptr<CheckpointGuard>(
      new CheckpointGuard(std::move(path), log));
  guard->written_size_ = size;
  guard->thread_ = std::thread([raw = guard.get()] { raw->Run(); });
  return guard;
}

CheckpointGuard::~CheckpointGuard() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CheckpointGuard::Notify() {
  // The lock orders this after the thread's look at the log, or before it.
  { const std::lock_guard lock(mutex_); }
  changed_.notify_all();
}

absl::Status CheckpointGuard::Flush() {
  std::unique_lock lock(mutex_);
  const std::uint64_t size = log_.size();
  ++flushing_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return written_size_ >= size || !status_.ok(); });
  --flushing_;
  return status_;
}

absl::Status CheckpointGuard::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void CheckpointGuard::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || log_.size() > written_size_; });
    const std::uint64_t size = log_.size();
    if (size <= written_size_) return;  // stopped, and nothing is left to write
    lock.unlock();
    const absl::Status written =
        WriteFileAtomically(path_, log_.SignedCheckpoint());
    lock.lock();
    if (!written.ok()) {
      status_ = written;
      changed_.notify_all();
      return;
    }
    written_size_ = size;
    changed_.notify_all();
    changed_.wait_for(lock, kCheckpointInterval,
                      [&] { return stop_ || flushing_ > 0; });
  }
}

}  // namespace samkoer::storage
