// What `backup`, `restore` and `doctor` of samkoer-matcherd are about.
#ifndef SAMKOER_SERVER_MATCHERD_BACKUP_H_
#define SAMKOER_SERVER_MATCHERD_BACKUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/backup_commands.h"

namespace samkoer::server {

// From the configuration and the policy that it names.
absl::StatusOr<BackedUpStore> MatcherdStoreAtRest(
    const std::string& config_path, const std::string& version);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHERD_BACKUP_H_
