#include "clients/agent/drop_runner.h"

#include <unistd.h>

#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "clients/common/private_file.h"

namespace samkoer::agent {
namespace {

// The name that a file has here: one that holds a CPR number would stand in
// messages, results and logs.
std::string KeptName(const std::string& name) {
  if (!clients::ContainsCpr(name)) return name;
  const std::size_t dot = name.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : name.substr(dot);
  return clients::Cat("unnamed", clients::ContainsCpr(ending) ? "" : ending);
}

// True if another day will not make it better: the file has to be mended.
bool FilesFault(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status);
}

}  // namespace

DropRunner::DropRunner(const Config& config, PushFile push)
    : config_(config),
      push_(std::move(push)),
      reading_(clients::Cat(config.proto.state_dir(), "/reading")),
      quiet_(absl::Seconds(config.proto.drop().quiet_seconds())) {}

// A file in `reading_`; without a name if none is complete.
absl::StatusOr<DropRunner::Claimed> DropRunner::Claim(absl::Time now) {
  absl::Status made = clients::MakePrivateDirectory(reading_);
  if (!made.ok()) return made;
  const auto kept = ListDropFolder(reading_, "*");
  if (!kept.ok()) return kept.status();
  if (!kept->empty()) return Claimed{kept->begin()->first, true};
  const v1::DropFolder& drop = config_.proto.drop();
  const auto present = ListDropFolder(drop.folder(), drop.pattern());
  if (!present.ok()) return present.status();
  for (const std::string& name : quiet_.Observe(*present, now)) {
    const std::string from = clients::Cat(drop.folder(), "/", name);
    // While it lies where the one who delivered it can still mend it.
    if (absl::Status s = CheckReadable(from); !s.ok()) {
      if (absl::IsNotFound(s)) continue;
      return s;
    }
    const std::string kept_name = KeptName(name);
    auto to = MoveIntoFolder(from, reading_, kept_name);
    if (absl::IsNotFound(to.status())) continue;
    if (!to.ok()) return to.status();
    const auto moved = ListDropFolder(reading_, "*");
    if (!moved.ok()) return moved.status();
    const auto mark = moved->find(kept_name);
    // Written to at the last moment: it goes back and is looked at anew.
    if (mark == moved->end() ||
        mark->second.size != present->find(name)->second.size) {
      auto back = MoveIntoFolder(*to, drop.folder(), name);
      if (!back.ok()) return back.status();
      continue;
    }
    return Claimed{kept_name, false};
  }
  return Claimed{};
}

absl::Status DropRunner::Refuse(const std::string& path,
                                const std::string& name,
                                const absl::Status& why) {
  const auto to =
      MoveIntoFolder(path, config_.proto.drop().refused_folder(), name);
  if (!to.ok()) return to.status();
  std::string text =
      clients::Cat(clients::TerminalSafe(clients::View(why.message())), "\n");
  if (const std::string hint = clients::HintOf(why); !hint.empty()) {
    text += clients::Cat("hint: ", clients::TerminalSafe(hint), "\n");
  }
  return clients::WritePrivateFile(clients::Cat(*to, ".reason.txt"), text);
}

absl::StatusOr<DropRound> DropRunner::Round(absl::Time now,
                                            const std::string& day) {
  const v1::DropFolder& drop = config_.proto.drop();
  RemoveOlder(drop.archive_folder(), now, drop.keep_days());
  RemoveOlder(drop.refused_folder(), now, drop.keep_days());
  const auto claimed = Claim(now);
  if (!claimed.ok()) return claimed.status();
  DropRound round;
  const std::string& name = claimed->name;
  if (name.empty()) return round;
  round.name = ShownName(name);
  const std::string path = clients::Cat(reading_, "/", name);
  const auto hash = HashFile(path);
  if (!hash.ok()) return hash.status();
  auto seen = SeenFiles::Load(config_.proto.state_dir());
  if (!seen.ok()) return seen.status();
  if (drop.delta() && claimed->kept && seen->IsLast(*hash)) {
    // It went through, and then the disk of the archive was full, or the
    // process ended.
    const auto archived = MoveIntoFolder(path, drop.archive_folder(), name);
    if (!archived.ok()) return archived.status();
    return Round(now, day);
  }
  if (const std::string before = seen->DayOf(*hash);
      !before.empty() && (drop.delta() || !seen->IsLast(*hash))) {
    round.refused =
        clients::WithHint(absl::InvalidArgumentError(clients::Cat(
                              "the file was read already, on ", before)),
                          "let the case system write a new one");
  } else {
    round.result = push_(path);
    if (round.result->ok()) {
      // Remembered before it is moved: after a crash in between it is refused
      // or, if it is a snapshot, read once more to no effect.
      absl::Status added = seen->Add(*hash, day);
      if (!added.ok()) return added;
      const auto archived = MoveIntoFolder(path, drop.archive_folder(), name);
      if (!archived.ok()) return archived.status();
      return round;
    }
    if (!FilesFault(round.result->status())) return round;
    round.refused = round.result->status();
  }
  absl::Status refused = Refuse(path, name, round.refused);
  if (!refused.ok()) return refused;
  return round;
}

}  // namespace samkoer::agent
