// What `backup`, `restore` and `doctor` of samkoer-keyd are about.
#ifndef SAMKOER_SERVER_KEYD_BACKUP_H_
#define SAMKOER_SERVER_KEYD_BACKUP_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/backup_commands.h"

namespace samkoer::server {

// From the configuration.
absl::StatusOr<BackedUpStore> KeydStoreAtRest(const std::string& config_path,
                                              const std::string& version);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_BACKUP_H_
