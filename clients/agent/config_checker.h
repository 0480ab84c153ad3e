// Collects the first error of a configuration, with its place in the file.
#ifndef SAMKOER_CLIENTS_AGENT_CONFIG_CHECKER_H_
#define SAMKOER_CLIENTS_AGENT_CONFIG_CHECKER_H_

#include <string_view>

#include "absl/status/status.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::agent {

// Thread safety: for one thread at a time.
class ConfigChecker {
 public:
  // Both must outlive the checker.
  ConfigChecker(std::string_view text, std::string_view path)
      : text_(text), path_(path) {}

  void Refuse(std::string_view field, std::string_view problem) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(clients::Cat(
        proto::LocateYaml(text_, path_, field), ": ", field, ": ", problem));
  }
  void Refuse(std::string_view field, const absl::Status& status) {
    if (status.ok() || !status_.ok()) return;
    Refuse(field, clients::View(status.message()));
    status_ = clients::WithHint(status_, clients::HintOf(status));
  }
  void Need(std::string_view field, std::string_view value) {
    if (value.empty()) Refuse(field, "is missing");
  }
  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  std::string_view text_, path_;
  absl::Status status_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CONFIG_CHECKER_H_
