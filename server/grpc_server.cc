#include "server/grpc_server.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/resource_quota.h"
#include "server/call_gate.h"
#include "server/health_service.h"
#include "server/limits.h"
#include "server/status_conversion.h"

namespace samkoer::server {

// Answers every rpc that no service has, in the words of a forbidden one or
// those of Options::unserved.
// Runs on gRPC's callback threads, so it must not block; RefuseUnknown does
// not.
class UnknownMethodService final : public grpc::CallbackGenericService {
 public:
  UnknownMethodService(CallGate& gate, absl::Status unserved)
      : gate_(gate), unserved_(std::move(unserved)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    class Refusal final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Refusal(grpc::Status status) { Finish(std::move(status)); }
      void OnDone() override { delete this; }
    };
    return new Refusal(unserved_.ok() ? gate_.RefuseUnknown(*context)
                                      : ToGrpcStatus(unserved_));
  }

 private:
  CallGate& gate_;
  const absl::Status unserved_;
};

namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void ApplyLimits(grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("samkoer");
  quota.Resize(kResourceQuotaBytes);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxReceiveBytes));
  builder.SetMaxSendMessageSize(static_cast<int>(kMaxSendBytes));
  // What is pushed hardly compresses, and a small message that swells is an
  // attack.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(kHandshakeTimeout)},
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection},
      {GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(kMaxMetadataBytes)},
      {GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveTime)},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout)},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
       Milliseconds(kMinClientPingInterval)},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(kMaxConnectionIdle)},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(kMaxConnectionAge)},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
       Milliseconds(kMaxConnectionAgeGrace)},
      // Two servers on one port would share the agents between them.
      {GRPC_ARG_ALLOW_REUSEPORT, 0},
  };
  for (const auto& [name, value] : arguments) {
    builder.AddChannelArgument(name, value);
  }
}

}  // namespace

GrpcServer::GrpcServer() = default;
GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const Options& options) {
  // Ours asks who calls.
  grpc::EnableDefaultHealthCheckService(false);
  std::unique_ptr<GrpcServer> server(new GrpcServer);
  grpc::ServerBuilder builder;
  ApplyLimits(builder);
  builder.AddListeningPort(options.listen, options.credentials, &server->port_);
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  server->health_ = std::make_unique<HealthService>(*options.gate);
  builder.RegisterService(server->health_.get());
  server->unknown_ =
      std::make_unique<UnknownMethodService>(*options.gate, options.unserved);
  builder.RegisterCallbackGenericService(server->unknown_.get());
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || server->port_ == 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options.listen,
        "; is the port taken, or the address not one of this machine?"));
  }
  server->SetServing(true);
  return server;
}

void GrpcServer::SetServing(bool serving) {
  if (health_ != nullptr) health_->SetServing(serving);
}

void GrpcServer::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  SetServing(false);
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
  server_.reset();
}

}  // namespace samkoer::server
