#include "clients/agent/rejects_file.h"

#include "clients/common/cat.h"
#include "clients/common/private_file.h"

namespace samkoer::agent {

std::string FormatRejects(std::span<const Reject> rejects) {
  std::string text = "line,reason\n";
  for (const Reject& reject : rejects) {
    text += clients::Cat(reject.line, ",", ReasonName(reject.reason), "\n");
  }
  return text;
}

absl::Status WriteRejects(const std::string& path,
                          std::span<const Reject> rejects) {
  return clients::WritePrivateFile(path, FormatRejects(rejects));
}

}  // namespace samkoer::agent
