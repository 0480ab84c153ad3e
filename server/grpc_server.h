// A gRPC server with all limits of server/limits.h, the standard health check
// (server/health_service.h), and refusal of rpcs that do not exist in the same
// words as forbidden ones.
#ifndef SAMKOER_SERVER_GRPC_SERVER_H_
#define SAMKOER_SERVER_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class Server;
class ServerCredentials;
class Service;
}  // namespace grpc

namespace samkoer::server {

class CallGate;
class HealthService;
class UnknownMethodService;

class GrpcServer {
 public:
  struct Options {
    // "host:port"; port 0 takes a free one.
    std::string listen;
    std::shared_ptr<grpc::ServerCredentials> credentials;
    // Must outlive the server.
    std::vector<grpc::Service*> services;
    CallGate* gate = nullptr;
    // If not OK, what rpcs that no service here has are answered, recording
    // nothing: the server serves only a part of what it is for.
    absl::Status unserved = absl::OkStatus();
  };

  // Listens and serves. UNAVAILABLE if the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const Options& options);
  ~GrpcServer();  // as Shutdown(0)

  int port() const { return port_; }
  // What the health check answers; true after Start.
  void SetServing(bool serving);
  // Takes no new calls, lets running ones end for `grace`, then cancels them,
  // and returns when all handlers have returned. May be repeated. Handlers of
  // endless streams must be told to end before.
  void Shutdown(absl::Duration grace);

 private:
  GrpcServer();
  std::unique_ptr<HealthService> health_;
  std::unique_ptr<UnknownMethodService> unknown_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_GRPC_SERVER_H_
