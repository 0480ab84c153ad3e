// The server's certificate, key and CA, which can be renewed while it runs.
//
// gRPC is given the files' contents through memory, after they were checked: a
// renewal that is half done or wrong never replaces what works, and its private
// key is nowhere but in its file and in this process.
//
// Connections that stand are not touched: the new certificate is shown to
// whoever connects after it was taken, within kCertificateRefresh.
#ifndef SAMKOER_SERVER_LIVE_IDENTITY_H_
#define SAMKOER_SERVER_LIVE_IDENTITY_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/memory_file.h"

namespace grpc {
class ServerCredentials;
}

namespace samkoer::server {

struct ServerPems;

// Thread safety: all methods may be called from many threads at once.
class LiveIdentity {
 public:
  // Reads and checks the files that `tls` names (paths already resolved).
  // Errors: as LoadServerPems (server/tls.h), and RESOURCE_EXHAUSTED.
  static absl::StatusOr<std::unique_ptr<LiveIdentity>> Load(
      const v1::ServerTls& tls, absl::Time now);

  // For the server; valid as long as this lives.
  const std::shared_ptr<grpc::ServerCredentials>& credentials() const {
    return credentials_;
  }
  // When the certificate in use expires.
  absl::Time not_after() const;

  // Reads the files again; returns whether they hold something new that is now
  // in use. On an error what was in use stays so.
  absl::StatusOr<bool> Reload(absl::Time now);

 private:
  LiveIdentity(const v1::ServerTls& tls, MemoryFile identity, MemoryFile ca);
  absl::Status Use(const ServerPems& pems);

  const v1::ServerTls tls_;
  mutable absl::Mutex mutex_;
  // Chain and key in one file, so that they are replaced together.
  MemoryFile identity_ ABSL_GUARDED_BY(mutex_);
  MemoryFile ca_ ABSL_GUARDED_BY(mutex_);
  std::string digest_ ABSL_GUARDED_BY(mutex_);  // of what is in use
  absl::Time not_after_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<grpc::ServerCredentials> credentials_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_LIVE_IDENTITY_H_
