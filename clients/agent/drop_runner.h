// Takes the files of a drop folder, one after the other, each once.
#ifndef SAMKOER_CLIENTS_AGENT_DROP_RUNNER_H_
#define SAMKOER_CLIENTS_AGENT_DROP_RUNNER_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/agent/config.h"
#include "clients/agent/drop_files.h"
#include "clients/agent/summary.h"

namespace samkoer::agent {

// What a round did.
struct DropRound {
  // The file that was taken, as it can be shown; empty if none was complete.
  std::string name;
  // What the push of it gave; nothing if the file was refused before it.
  std::optional<absl::StatusOr<Summary>> result;
  // Why it was refused; OK if it was not.
  absl::Status refused;
};

// Thread safety: for one thread at a time.
class DropRunner {
 public:
  // Pushes the file at a path.
  using PushFile = std::function<absl::StatusOr<Summary>(const std::string&)>;

  // `config` must have a drop folder, and outlive the runner.
  DropRunner(const Config& config, PushFile push);

  // Takes the oldest complete file, or goes on with the one that an earlier
  // round could not finish: it is moved to "reading" in the state directory,
  // pushed, and then archived (pushed), refused (the file is at fault: it lies
  // in the folder for that, with the reason beside it), or kept for the next
  // round (something else is at fault). Content that was read before is
  // refused, except that a snapshot may come again if nothing was read since.
  // Errors that concern no file (a folder is missing) are returned. A file
  // whose name holds a CPR number is called "unnamed" from then on.
  absl::StatusOr<DropRound> Round(absl::Time now, const std::string& day);

 private:
  struct Claimed {
    std::string name;
    bool kept = false;  // an earlier round has left it there
  };
  absl::StatusOr<Claimed> Claim(absl::Time now);
  absl::Status Refuse(const std::string& path, const std::string& name,
                      const absl::Status& why);

  const Config& config_;
  const PushFile push_;
  const std::string reading_;
  QuietFiles quiet_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_DROP_RUNNER_H_
