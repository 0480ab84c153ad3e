// Numbers of the servers' backups.
#ifndef SAMKOER_SERVER_BACKUP_LIMITS_H_
#define SAMKOER_SERVER_BACKUP_LIMITS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace samkoer::server {

// backup.every_hours at most: a year.
inline constexpr std::uint32_t kMaxBackupHours = 8760;
// backup.keep, if the configuration does not say.
inline constexpr std::uint32_t kDefaultBackups = 14;
inline constexpr std::uint32_t kMaxBackups = 1000;
// How often it is looked whether somebody asks for a backup, or one is due.
inline constexpr absl::Duration kBackupLook = absl::Seconds(1);
// A backup that failed is tried again after this time.
inline constexpr absl::Duration kBackupRetry = absl::Minutes(15);
// How often a running backup says how far it is.
inline constexpr absl::Duration kBackupTell = absl::Milliseconds(250);
// Within this time a running server takes a request; a busy disk is slow.
inline constexpr absl::Duration kBackupTaken = absl::Seconds(15);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_BACKUP_LIMITS_H_
