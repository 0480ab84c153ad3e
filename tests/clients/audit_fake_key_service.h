// A key service with honest keys, in the same process, without a port.
#ifndef SAMKOER_TESTS_CLIENTS_AUDIT_FAKE_KEY_SERVICE_H_
#define SAMKOER_TESTS_CLIENTS_AUDIT_FAKE_KEY_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keyed_hash.h"
#include "crypto/oprf.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::clients {

inline constexpr crypto::OprfMode kMode = crypto::OprfMode::kVoprf;

inline crypto::OprfKeyPair Key(std::uint32_t epoch) {
  return *crypto::DeriveKeyPair(kMode, crypto::Seed(),
                                "epoch " + std::to_string(epoch));
}

class FakeKeyService final : public v1::KeyService::Service {
 public:
  FakeKeyService() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeKeyService() override { server_->Shutdown(); }
  std::shared_ptr<grpc::ChannelInterface> channel() {
    return server_->InProcessChannel({});
  }

  grpc::Status GetKeyInfo(grpc::ServerContext*, const v1::GetKeyInfoRequest*,
                          v1::GetKeyInfoResponse* response) override {
    response->set_context(std::string(crypto::OprfContext(kMode)));
    for (std::uint32_t epoch : epochs) {
      v1::EpochKey* key = response->add_keys();
      key->set_epoch(epoch);
      key->set_public_key(std::string(crypto::AsText(Key(epoch).public_key)));
      key->set_self_test(std::string(crypto::AsText(crypto::SelfTestDigest(
          *crypto::Evaluate(kMode, Key(epoch), crypto::kSelfTestInput)))));
    }
    response->set_quota_available(quota);
    return grpc::Status::OK;
  }

  grpc::Status BlindEvaluate(grpc::ServerContext*,
                             const v1::BlindEvaluateRequest* request,
                             v1::BlindEvaluateResponse* response) override {
    const std::uint64_t elements =
        request->blinded_elements().size() / crypto::kElementBytes;
    if (elements > quota) {
      return {grpc::StatusCode::RESOURCE_EXHAUSTED,
              "the quota covers " + std::to_string(quota) + " of " +
                  std::to_string(elements) +
                  " evaluations; it will in 75 seconds of the service's "
                  "running time"};
    }
    quota -= elements;
    seen += request->blinded_elements();
    const auto answer = crypto::BlindEvaluateBatch(
        kMode, Key(request->epoch()),
        crypto::AsBytes(request->blinded_elements()));
    if (!answer.ok()) return {grpc::StatusCode::INVALID_ARGUMENT, "bad"};
    response->set_evaluated_elements(
        std::string(crypto::AsText(answer->evaluated_elements)));
    response->set_proof(std::string(crypto::AsText(answer->proof)));
    return grpc::Status::OK;
  }

  std::vector<std::uint32_t> epochs = {1};
  std::string seen;
  std::uint64_t quota = 100;

 private:
  std::unique_ptr<grpc::Server> server_;
};

// What the matcher is asked about instead of the number.
inline std::string PseudonymUnder(std::uint32_t epoch,
                                  std::string_view digits) {
  return std::string(
      crypto::AsText(crypto::Evaluate(kMode, Key(epoch), digits)->Expose()));
}

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_AUDIT_FAKE_KEY_SERVICE_H_
