#include "clients/audit/checkpoint_store.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <vector>

#include "clients/audit/log_verifier.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"
#include "crypto/base64.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kHeader = "samkoer-audit checkpoint 1";
constexpr unsigned kMaxEdge = 64;

absl::Status Malformed() {
  return absl::DataLossError("not a checkpoint file of samkoer-audit");
}

// The text up to the next newline, which is taken away; nothing without one.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// "edge N"; nothing if it is something else.
std::optional<unsigned> EdgeCount(std::string_view line) {
  if (!line.starts_with("edge ")) return std::nullopt;
  line.remove_prefix(5);
  unsigned count = 0;
  const char* end = line.data() + line.size();
  const auto parsed = std::from_chars(line.data(), end, count);
  if (parsed.ec != std::errc() || parsed.ptr != end || count > kMaxEdge) {
    return std::nullopt;
  }
  return count;
}

}  // namespace

std::string FormatKept(std::string_view note, const crypto::CompactTree& tree) {
  std::string text = Cat(kHeader, "\nedge ", tree.edge().size(), "\n");
  for (const crypto::Hash32& hash : tree.edge()) {
    text += crypto::EncodeBase64(hash) + "\n";
  }
  return Cat(text, note);
}

absl::StatusOr<KeptCheckpoint> ParseKept(const crypto::NoteVerifier& verifier,
                                         std::string_view text) {
  if (TakeLine(text) != kHeader) return Malformed();
  const auto count_line = TakeLine(text);
  const auto count = count_line ? EdgeCount(*count_line) : std::nullopt;
  if (!count) return Malformed();
  std::vector<crypto::Hash32> edge;
  for (unsigned i = 0; i < *count; ++i) {
    const auto line = TakeLine(text);
    crypto::Hash32 hash;
    if (!line || !crypto::DecodeBase64Into(*line, hash)) return Malformed();
    edge.push_back(hash);
  }
  KeptCheckpoint kept;
  kept.note = std::string(text);
  absl::StatusOr<crypto::Checkpoint> checkpoint =
      OpenCheckpoint(verifier, kept.note);
  if (!checkpoint.ok()) return checkpoint.status();
  kept.checkpoint = *std::move(checkpoint);
  absl::StatusOr<crypto::CompactTree> tree =
      crypto::CompactTree::FromEdge(kept.checkpoint.size, std::move(edge));
  if (tree.ok() && tree->Root() == kept.checkpoint.root) kept.tree = *tree;
  return kept;
}

absl::StatusOr<std::optional<KeptCheckpoint>> CheckpointStore::Load(
    const crypto::NoteVerifier& verifier) const {
  absl::StatusOr<std::string> text = ReadSmallFile(path());
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) return text.status();
  absl::StatusOr<KeptCheckpoint> kept = ParseKept(verifier, *text);
  if (!kept.ok()) {
    return absl::Status(kept.status().code(),
                        Cat(path(), ": ", kept.status().message()));
  }
  return *std::move(kept);
}

absl::Status CheckpointStore::Save(std::string_view note,
                                   const crypto::CompactTree& tree) const {
  if (absl::Status s = MakePrivateDirectory(dir_); !s.ok()) return s;
  return WritePrivateFile(path(), FormatKept(note, tree));
}

absl::StatusOr<std::string> CheckpointStore::KeepEvidence(
    std::string_view finding, std::string_view kept_note,
    std::string_view new_note, absl::Time now) const {
  if (absl::Status s = MakePrivateDirectory(dir_); !s.ok()) return s;
  const std::string time =
      absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone());
  const std::string base = Cat(dir_, "/evidence-", name_, "-", time);
  std::string path = base + ".txt";
  for (int i = 2; !absl::IsNotFound(ReadSmallFile(path).status()); ++i) {
    path = Cat(base, "-", i, ".txt");
  }
  const std::string text =
      Cat("Log: ", name_, "\nTime: ", time, "\nFinding: ", finding,
          "\n\n==== the checkpoint that was kept ====\n", kept_note,
          "\n==== the checkpoint that the server gave ====\n", new_note);
  if (absl::Status s = WritePrivateFile(path, text); !s.ok()) return s;
  return path;
}

std::vector<std::string> CheckpointStore::Evidence() const {
  const std::string begin = Cat("evidence-", name_, "-");
  std::vector<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator file(dir_, error), end;
       !error && file != end; file.increment(error)) {
    const std::string name = file->path().filename();
    if (name.starts_with(begin) && name.ends_with(".txt")) {
      files.push_back(file->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace samkoer::clients
