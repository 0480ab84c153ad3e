// A key service for tests of the agent, without a port unless it is given
// credentials.
#ifndef SAMKOER_TESTS_CLIENTS_AGENT_FAKE_KEY_SERVICE_H_
#define SAMKOER_TESTS_CLIENTS_AGENT_FAKE_KEY_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>

#include "clients/common/oprf_client.h"
#include "crypto/oprf.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::agent {

// An honest key service with a real key.
class FakeKeyService final : public v1::KeyService::Service {
 public:
  // With credentials it listens on 127.0.0.1:port too.
  explicit FakeKeyService(
      std::shared_ptr<grpc::ServerCredentials> credentials = nullptr) {
    crypto::Seed seed;
    seed.ExposeMutable()[0] = 1;
    key = *crypto::DeriveKeyPair(crypto::OprfMode::kVoprf, seed, "test");
    pinned.epoch = 2;
    pinned.public_key = key.public_key;
    pinned.self_test = crypto::SelfTestDigest(*crypto::Evaluate(
        crypto::OprfMode::kVoprf, key, crypto::kSelfTestInput));
    grpc::ServerBuilder builder;
    if (credentials != nullptr) {
      builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
    }
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeKeyService() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }
  std::shared_ptr<grpc::ChannelInterface> Channel() {
    return server_->InProcessChannel({});
  }

  grpc::Status GetKeyInfo(grpc::ServerContext*, const v1::GetKeyInfoRequest*,
                          v1::GetKeyInfoResponse* response) override {
    response->set_context(
        std::string(crypto::OprfContext(crypto::OprfMode::kVoprf)));
    v1::EpochKey* entry = response->add_keys();
    entry->set_epoch(2);
    entry->set_public_key(std::string(crypto::AsText(pinned.public_key)));
    entry->set_self_test(std::string(crypto::AsText(pinned.self_test)));
    return grpc::Status::OK;
  }
  grpc::Status BlindEvaluate(grpc::ServerContext*,
                             const v1::BlindEvaluateRequest* request,
                             v1::BlindEvaluateResponse* response) override {
    const std::size_t count = request->blinded_elements().size() / 32;
    if (count > quota) {
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "no quota until tomorrow"};
    }
    quota -= count;
    evaluated += count;
    const auto evaluation = crypto::BlindEvaluateBatch(
        crypto::OprfMode::kVoprf, key,
        crypto::AsBytes(request->blinded_elements()));
    if (!evaluation.ok()) return {grpc::StatusCode::INVALID_ARGUMENT, "bad"};
    response->set_evaluated_elements(
        std::string(crypto::AsText(evaluation->evaluated_elements)));
    response->set_proof(std::string(crypto::AsText(evaluation->proof)));
    return grpc::Status::OK;
  }

  int port = 0;
  crypto::OprfKeyPair key;
  clients::PinnedOprfKey pinned;
  std::atomic<std::size_t> quota = 1000, evaluated = 0;

 private:
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_TESTS_CLIENTS_AGENT_FAKE_KEY_SERVICE_H_
