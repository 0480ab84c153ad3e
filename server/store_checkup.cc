#include "server/store_checkup.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/note_format.h"
#include "server/exit_codes.h"
#include "storage/atomic_file.h"
#include "storage/audit_log.h"
#include "storage/checkpoint_guard.h"
#include "storage/read_only_store.h"

namespace samkoer::server {
namespace {

// What a fault of the store's own files or meta becomes.
absl::Status AsFinding(const absl::Status& status, std::string place,
                       storage::Findings& findings) {
  if (!absl::IsDataLoss(status)) return status;
  findings.Add(std::move(place), std::string(status.message()));
  return absl::OkStatus();
}

void CompareWithPromise(const storage::AuditLog& log,
                        const storage::Reader& reader,
                        const LogPromise& promise,
                        storage::Findings& findings) {
  const auto root = log.RootAt(reader, promise.size);
  if (root.ok() && *root == promise.root) return;
  findings.Add("audit log",
               absl::StrCat("does not hold the ", promise.size,
                            " leaves that the backup's manifest names"),
               "restore another backup");
}

// A checkpoint that somebody else has kept.
absl::Status CompareWithSeen(const std::string& path,
                             const crypto::NoteVerifier& verifier,
                             const storage::AuditLog& log,
                             const storage::Reader& reader,
                             storage::Findings& findings) {
  const auto note = storage::ReadSmallFile(path, crypto::kMaxNoteBytes);
  if (!note.ok()) return note.status();
  const auto text = verifier.Verify(*note);
  const auto seen = text.ok()
                        ? crypto::Checkpoint::Parse(*text)
                        : absl::StatusOr<crypto::Checkpoint>(text.status());
  if (!seen.ok() || seen->origin != verifier.name()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is no checkpoint of this log"));
  }
  if (seen->size > log.size()) {
    findings.Add(path,
                 absl::StrCat("tells of ", seen->size - log.size(),
                              " leaves more than the store has: it is older"),
                 "take a newer backup, or count them as lost");
    return absl::OkStatus();
  }
  const auto root = log.RootAt(reader, seen->size);
  if (!root.ok()) return root.status();
  if (*root != seen->root) {
    findings.Add(path, "the store's log is another than the one it tells of",
                 "keep both, and call the privacy officer: somebody has "
                 "changed the log");
  }
  return absl::OkStatus();
}

absl::Status CompareLog(const StoreAtRest& store,
                        const storage::CheckedStore& checked,
                        const LogPromise* promise, CheckupResult& result) {
  auto signer = store.keyring.Signer();
  if (!signer.ok()) return signer.status();
  const auto log = storage::AuditLog::Open(
      checked.reader, checked.sealer, *std::move(signer), checked.index_key);
  if (!log.ok()) return AsFinding(log.status(), "audit log", result.findings);
  result.log_size = (*log)->size();
  result.log_root = (*log)->checkpoint().root;
  const auto verifier = crypto::NoteVerifier::Parse((*log)->VerifierKey());
  if (!verifier.ok()) return verifier.status();
  for (const std::string& path : store.seen_checkpoints) {
    const absl::Status compared = CompareWithSeen(
        path, *verifier, **log, checked.reader, result.findings);
    if (!compared.ok()) return compared;
  }
  if (promise != nullptr) {
    CompareWithPromise(**log, checked.reader, *promise, result.findings);
    return absl::OkStatus();
  }
  const absl::Status fits =
      storage::CheckCheckpoint(store.checkpoint_file, **log, checked.reader);
  if (!fits.ok()) {
    result.findings.Add("checkpoint outside", std::string(fits.message()),
                        "find the newer store; a loss is declared with "
                        "--declare-loss at the start");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckupResult> CheckStore(const StoreAtRest& store,
                                         const std::string& data_dir,
                                         const LogPromise* promise,
                                         const CheckupProgress& progress) {
  CheckupResult result;
  auto sealer = store.keyring.Sealer();
  if (!sealer.ok()) return sealer.status();
  const auto engine = storage::OpenRocksDbReadOnly(data_dir);
  if (!engine.ok()) {
    absl::Status status =
        AsFinding(engine.status(), "files of the store", result.findings);
    if (!status.ok()) return status;
    return result;
  }
  const auto meta = storage::LoadMeta(**engine, *sealer, store.identity);
  if (!meta.ok()) {
    absl::Status status = AsFinding(
        WithHint(meta.status(), "is this the keyring that belongs to it?"),
        "identity of the store", result.findings);
    if (!status.ok()) return status;
    return result;
  }
  const char* what = "values";
  std::uint64_t total = 0;
  const storage::CheckedStore checked{
      **engine, *sealer, store.identity.kind, meta->index_key,
      [&](std::uint64_t done, std::uint64_t) {
        return !progress || progress(what, done, total);
      }};
  const auto values = storage::CheckValues(checked, result.findings);
  if (!values.ok()) {
    absl::Status status =
        AsFinding(values.status(), "files of the store", result.findings);
    if (!status.ok()) return status;
    return result;
  }
  result.values = total = *values;
  what = "log";
  absl::Status status = AsFinding(storage::CheckLog(checked, result.findings),
                                  "files of the store", result.findings);
  if (status.ok()) status = CompareLog(store, checked, promise, result);
  what = "tables";
  if (status.ok() && store.check_tables) {
    status = AsFinding(store.check_tables(checked, result.findings),
                       "tables of the store", result.findings);
  }
  if (!status.ok()) return status;
  return result;
}

}  // namespace samkoer::server
