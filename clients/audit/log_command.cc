#include "clients/audit/log_command.h"

#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <utility>

#include "clients/audit/leaf_text.h"
#include "clients/audit/tile_export.h"
#include "clients/common/cat.h"
#include "clients/common/progress.h"
#include "crypto/base64.h"

namespace samkoer::clients {
namespace {

namespace fs = std::filesystem;

// A full bundle of the longest entries.
constexpr std::size_t kMaxExportFileBytes = 256 * (65535 + 2);

absl::Status WriteFile(const std::string& dir, const std::string& path,
                       std::string_view bytes) {
  const fs::path full = fs::path(dir) / path;
  std::error_code error;
  fs::create_directories(full.parent_path(), error);
  std::ofstream file(full, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) return absl::OkStatus();
  return absl::InternalError(Cat("cannot write ", full.string()));
}

absl::Status CheckEmpty(const std::string& dir, Language language) {
  std::error_code error;
  if (!fs::exists(dir, error) || fs::is_empty(dir, error)) {
    if (!error) return absl::OkStatus();
    return absl::InvalidArgumentError(Cat(dir, ": ", error.message()));
  }
  return absl::AlreadyExistsError(
      Cat(dir, Say(language, ": er ikke tom", ": is not empty")));
}

}  // namespace

absl::Status ReadWholeLog(
    LogServer& server, const crypto::NoteVerifier& verifier,
    const CheckpointStore& store, const AuditOutput& output,
    const std::function<absl::Status(std::uint64_t index,
                                     std::string_view leaf)>& visit,
    std::string& note, Keep keep) {
  absl::StatusOr<std::optional<KeptCheckpoint>> kept = store.Load(verifier);
  if (!kept.ok()) return kept.status();
  absl::StatusOr<std::string> fetched = server.FetchNote();
  if (!fetched.ok()) return fetched.status();
  note = *std::move(fetched);
  absl::StatusOr<crypto::Checkpoint> now = OpenCheckpoint(verifier, note);
  if (!now.ok()) return now.status();
  LogVerifier tree;
  if (*kept) {
    const crypto::Checkpoint& before = (*kept)->checkpoint;
    if (now->size < before.size) {
      return absl::DataLossError(
          Cat("the log has ", now->size, " entries; the checkpoint that was ",
              "kept names ", before.size, ": run verify"));
    }
    if (absl::Status s = tree.ExpectOnTheWay(before); !s.ok()) return s;
  }
  ProgressBar bar(Say(output.style.language, "Læser loggen", "Reading the log"),
                  now->size, output.progress);
  absl::Status status =
      server.StreamLeaves(0, now->size, [&](const v1::LeafBatch& batch) {
        if (absl::Status s = tree.Append(batch); !s.ok()) return s;
        std::uint64_t index = batch.start();
        for (const std::string& leaf : batch.leaves()) {
          if (absl::Status s = visit(index++, leaf); !s.ok()) return s;
        }
        bar.Set(tree.size());
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (absl::Status s = tree.Matches(*now); !s.ok()) return s;
  return keep == Keep::kNothing ? absl::OkStatus()
                                : store.Save(note, tree.tree());
}

absl::Status PrintLog(LogServer& server, const crypto::NoteVerifier& verifier,
                      const CheckpointStore& store, const LeafFilter& filter,
                      std::size_t limit, const AuditOutput& output) {
  std::deque<std::pair<std::uint64_t, std::string>> shown;
  std::uint64_t matching = 0;
  std::uint64_t total = 0;
  std::string note;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t index, std::string_view bytes) {
        ++total;
        // An entry in an unknown format is shown rather than hidden.
        const std::optional<v1::AuditLeaf> leaf = ParseLeaf(bytes);
        if (leaf && !filter.Matches(*leaf)) return absl::OkStatus();
        ++matching;
        shown.emplace_back(index, bytes);
        if (limit != 0 && shown.size() > limit) shown.pop_front();
        return absl::OkStatus();
      },
      note);
  if (!status.ok()) return status;
  if (output.format == OutputFormat::kJson) {
    output.out << "[";
    const char* separator = "\n";
    for (const auto& [index, leaf] : shown) {
      absl::StatusOr<std::string> json = LeafJson(index, leaf);
      if (!json.ok()) return json.status();
      output.out << separator << *json;
      separator = ",\n";
    }
    output.out << "\n]\n";
    return Written(output.out, output.style.language);
  }
  for (const auto& [index, leaf] : shown) {
    output.out << LeafLine(index, leaf, output.style) << "\n";
  }
  const Language l = output.style.language;
  output.out << Cat(
      shown.size(), Say(l, " af ", " of "), matching,
      Say(l, " fundne indgange vist; alle ", " matching entries shown; all "),
      total,
      Say(l, " i loggen er kontrolleret\n", " in the log are verified\n"));
  return Written(output.out, output.style.language);
}

absl::Status ExportLog(LogServer& server, const crypto::NoteVerifier& verifier,
                       const CheckpointStore& store, const std::string& dir,
                       const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckEmpty(dir, l); !s.ok()) return s;
  TileExport tiles([&](const std::string& path, std::string_view bytes) {
    return WriteFile(dir, path, bytes);
  });
  std::string note;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t, std::string_view leaf) { return tiles.Append(leaf); },
      note);
  if (!status.ok()) return status;
  if (absl::Status s = tiles.Finish(note); !s.ok()) return s;
  if (output.format == OutputFormat::kJson) {
    output.out << Cat("{\"exported\":", tiles.size(), "}\n");
  } else {
    output.out << Cat(
        tiles.size(),
        Say(l, " kontrollerede indgange skrevet til ",
            " verified entries written to "),
        TerminalSafe(dir), "\n",
        Say(l, "Kontrollér igen uden netværk: ",
            "Check again without a network: "),
        "samkoer-audit verify-export ",
        server.peer() == Peer::kKeyService ? "--server keyd " : "",
        TerminalSafe(dir), "\n");
  }
  return Written(output.out, output.style.language);
}

absl::Status CheckExport(const crypto::NoteVerifier& verifier,
                         const std::string& dir, const AuditOutput& output) {
  const Language l = output.style.language;
  absl::StatusOr<crypto::Checkpoint> checkpoint = VerifyExport(
      verifier,
      [&](const std::string& path) {
        return ReadSmallFile(dir + "/" + path, kMaxExportFileBytes);
      },
      nullptr);
  if (!checkpoint.ok()) return checkpoint.status();
  const std::string root = crypto::EncodeBase64(checkpoint->root);
  if (output.format == OutputFormat::kJson) {
    output.out << Cat("{\"verified\":true,\"size\":", checkpoint->size,
                      ",\"root\":\"", root, "\"}\n");
  } else {
    output.out << Cat(Say(l, "Udtrækket er helt: ", "The export is whole: "),
                      checkpoint->size,
                      Say(l, " indgange, alle fliser og underskriften passer\n",
                          " entries, all tiles and the signature fit\n"),
                      Say(l, "  Rod  ", "  Root  "), root, "\n");
  }
  return Written(output.out, output.style.language);
}

}  // namespace samkoer::clients
