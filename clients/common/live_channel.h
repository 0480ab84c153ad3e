// A channel to a server that takes a renewed certificate into use while the
// program runs.
#ifndef SAMKOER_CLIENTS_COMMON_LIVE_CHANNEL_H_
#define SAMKOER_CLIENTS_COMMON_LIVE_CHANNEL_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/common/client_pems.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::clients {

// Thread safety: all methods may be called from many threads at once.
class LiveChannel {
 public:
  // As OpenChannel (clients/common/channel.h), and with its errors.
  static absl::StatusOr<std::unique_ptr<LiveChannel>> Open(
      const v1::ClientEndpoint& endpoint, const v1::ClientTls& tls,
      std::string_view config_file);

  // The channel for a new call. What is going on over an earlier one goes on.
  std::shared_ptr<grpc::Channel> Get() const;

  // When the certificate in use expires.
  absl::Time not_after() const;

  // Reads the files again; returns whether they hold something new, which new
  // calls then use. On an error what was in use stays so: those of OpenChannel,
  // and FAILED_PRECONDITION for a new certificate that is out of date at `now`.
  absl::StatusOr<bool> Reload(absl::Time now);

 private:
  LiveChannel(const v1::ClientEndpoint& endpoint, const v1::ClientTls& tls,
              std::string_view config_file)
      : endpoint_(endpoint), tls_(tls), config_file_(config_file) {}
  absl::Status Use(ClientPems pems) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const v1::ClientEndpoint endpoint_;
  const v1::ClientTls tls_;
  const std::string config_file_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<grpc::Channel> channel_ ABSL_GUARDED_BY(mutex_);
  std::string digest_ ABSL_GUARDED_BY(mutex_);  // of what is in use
  absl::Time not_after_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_LIVE_CHANNEL_H_
