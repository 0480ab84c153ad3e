// The configuration and the key of `samkoer-audit witness`.
#ifndef SAMKOER_CLIENTS_AUDIT_WITNESS_CONFIG_H_
#define SAMKOER_CLIENTS_AUDIT_WITNESS_CONFIG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/cosignature.h"
#include "samkoer/v1/witness_config.pb.h"

namespace samkoer::clients {

// Reads and checks `path`. `key_file` and `state_dir` are returned resolved
// against it; the files of `tls` are left to OpenChannel. Errors: as
// LoadClientConfig.
absl::StatusOr<v1::WitnessServiceConfig> LoadWitnessConfig(
    const std::string& path);

// Makes a key of this name and keeps it in `path`, mode 0600: one line,
// "PRIVATE+KEY+name+hash+base64(0x04 || seed)". ALREADY_EXISTS if there is a
// file; INVALID_ARGUMENT for a name that cannot be one (crypto/note_format.h).
absl::StatusOr<crypto::CosignatureSigner> MakeWitnessKey(
    const std::string& path, const std::string& name);

// Reads it. NOT_FOUND; PERMISSION_DENIED if others can read it;
// FAILED_PRECONDITION if it is no such file.
absl::StatusOr<crypto::CosignatureSigner> LoadWitnessKey(
    const std::string& path);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_WITNESS_CONFIG_H_
