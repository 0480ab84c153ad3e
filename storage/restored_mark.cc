#include "storage/restored_mark.h"

#include <string>
#include <string_view>
#include <utility>

#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::string_view kRunningWord = "restored";
constexpr std::string_view kStoppedWord = "restored-stopped";
constexpr std::string_view kVersion1 = "\x01";

}  // namespace

absl::Status WriteRestoredMark(Engine& engine, const ValueSealer& sealer,
                               RestoredMark mark) {
  if (mark == RestoredMark::kNone) return absl::OkStatus();
  const std::string key =
      MetaKey(mark == RestoredMark::kRunning ? kRunningWord : kStoppedWord);
  WriteBatch batch;
  batch.Put(key, sealer.Seal(key, kVersion1));
  return engine.Write(batch);
}

absl::StatusOr<RestoredMark> ReadRestoredMark(const Reader& reader) {
  for (const auto& [word, mark] :
       {std::pair{kRunningWord, RestoredMark::kRunning},
        std::pair{kStoppedWord, RestoredMark::kStopped}}) {
    const auto value = reader.Get(MetaKey(word));
    if (value.ok()) return mark;
    if (!absl::IsNotFound(value.status())) return value.status();
  }
  return RestoredMark::kNone;
}

absl::Status ClearRestoredMark(Engine& engine) {
  const auto mark = ReadRestoredMark(engine);
  if (!mark.ok()) return mark.status();
  if (*mark == RestoredMark::kNone) return absl::OkStatus();
  WriteBatch batch;
  batch.Delete(MetaKey(kRunningWord));
  batch.Delete(MetaKey(kStoppedWord));
  return engine.Write(batch);
}

}  // namespace samkoer::storage
