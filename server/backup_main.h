// The subcommands about backups, and `doctor`, as both servers' programs have
// them.
#ifndef SAMKOER_SERVER_BACKUP_MAIN_H_
#define SAMKOER_SERVER_BACKUP_MAIN_H_

#include <optional>

#include "server/backup_commands.h"

namespace CLI {
class App;
}

namespace samkoer::server {

// Adds them; what they are told goes to `arguments`, which must live as long as
// the app.
void AddBackupCommands(CLI::App& app, BackupArguments& arguments);

// Does the one that was called; none if it was none of them.
std::optional<int> RunBackupCommand(const CLI::App& app,
                                    const BackupArguments& arguments,
                                    const LoadStore& load);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_BACKUP_MAIN_H_
