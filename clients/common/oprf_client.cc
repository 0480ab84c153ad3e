#include "clients/common/oprf_client.h"

#include <grpcpp/grpcpp.h>
#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"
#include "clients/common/ordered_batches.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kWho = "key service";
constexpr absl::Duration kLongestPause = absl::Seconds(5);
// A smaller request would cost more in its proof and its synced debit than it
// wins in parallel work.
constexpr std::size_t kSmallestBatch = 64;

absl::Status Refused(const std::string& what) {
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat(
          "the key service is not the one the matcher trusts: ", what)),
      "nothing was sent. The operator must compare `samkoer-keyd public` with "
      "oprf_keys in the matcher's configuration");
}

// Sleeps, but not on after `stop`.
void Pause(absl::Duration duration, const std::atomic<bool>& stop) {
  const absl::Time until = absl::Now() + duration;
  while (!stop && absl::Now() < until) {
    absl::SleepFor(std::min(absl::Milliseconds(20), until - absl::Now()));
  }
}

}  // namespace

absl::StatusOr<PinnedOprfKey> MakePinnedKey(std::uint32_t epoch,
                                            std::string_view public_key,
                                            std::string_view self_test) {
  PinnedOprfKey key;
  key.epoch = epoch;
  if (epoch == 0) return absl::InvalidArgumentError("pinned key: epoch is 0");
  if (self_test.size() != key.self_test.size()) {
    return absl::InvalidArgumentError("pinned key: self_test is not 32 bytes");
  }
  if (absl::Status status =
          crypto::ValidateElement(crypto::AsBytes(public_key));
      !status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("pinned key: public_key: ", status.message()));
  }
  std::memcpy(key.public_key.data(), public_key.data(), public_key.size());
  std::memcpy(key.self_test.data(), self_test.data(), self_test.size());
  return key;
}

struct PseudonymClient::Stub {
  explicit Stub(std::shared_ptr<grpc::ChannelInterface> open_channel)
      : channel(std::move(open_channel)),
        service(v1::KeyService::NewStub(channel)) {}

  // Sends one batch until it is answered, refused or given up.
  absl::StatusOr<v1::BlindEvaluateResponse> Evaluate(
      const v1::BlindEvaluateRequest& request, const PseudonymOptions& options,
      const std::atomic<bool>& stop) const {
    absl::Duration pause = options.first_pause;
    for (int attempt = 0;; ++attempt) {
      grpc::ClientContext context;
      SetDeadline(context, options.deadline);
      v1::BlindEvaluateResponse response;
      const grpc::Status status =
          service->BlindEvaluate(&context, request, &response);
      if (status.ok()) return response;
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE || stop ||
          attempt >= options.retries) {
        return FromGrpc(status, kWho);
      }
      // Half fixed, half random, so that many agents do not return at once.
      const double share = 0.5 + randombytes_uniform(500) / 1000.0;
      Pause(pause * share, stop);
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  const std::shared_ptr<grpc::ChannelInterface> channel;
  const std::unique_ptr<v1::KeyService::Stub> service;
};

PseudonymClient::PseudonymClient(
    std::shared_ptr<grpc::ChannelInterface> channel, std::string purpose,
    const PinnedOprfKey& pinned, PseudonymOptions options)
    : stub_(std::make_unique<Stub>(std::move(channel))),
      purpose_(std::move(purpose)),
      pinned_(pinned),
      options_(std::move(options)) {}

PseudonymClient::~PseudonymClient() = default;

absl::StatusOr<std::unique_ptr<PseudonymClient>> PseudonymClient::Connect(
    std::shared_ptr<grpc::ChannelInterface> channel, std::string purpose,
    const PinnedOprfKey& pinned, PseudonymOptions options) {
  if (options.threads == 0) {
    options.threads = std::max(1u, std::thread::hardware_concurrency()) + 2;
  }
  options.batch =
      std::clamp<std::size_t>(options.batch, 1, crypto::kMaxOprfBatch);
  std::unique_ptr<PseudonymClient> client(new PseudonymClient(
      std::move(channel), std::move(purpose), pinned, std::move(options)));
  if (absl::Status status = client->CheckKeyInfo(); !status.ok()) return status;
  if (absl::Status status = client->RunSelfTest(); !status.ok()) return status;
  return client;
}

absl::Status PseudonymClient::CheckKeyInfo() {
  v1::GetKeyInfoRequest request;
  request.set_purpose(purpose_);
  v1::GetKeyInfoResponse info;
  grpc::ClientContext context;
  SetDeadline(context);
  const grpc::Status status =
      stub_->service->GetKeyInfo(&context, request, &info);
  if (!status.ok()) return FromGrpc(status, kWho);
  if (info.context() != crypto::OprfContext(crypto::OprfMode::kVoprf)) {
    return Refused("it uses another algorithm");
  }
  const auto key = std::find_if(
      info.keys().begin(), info.keys().end(),
      [&](const v1::EpochKey& k) { return k.epoch() == pinned_.epoch; });
  if (key == info.keys().end()) {
    return Refused(absl::StrCat("it has no live key of epoch ", pinned_.epoch));
  }
  if (key->public_key() != crypto::AsText(pinned_.public_key)) {
    return Refused(
        absl::StrCat("its public key of epoch ", pinned_.epoch, " differs"));
  }
  if (key->self_test() != crypto::AsText(pinned_.self_test)) {
    return Refused(
        absl::StrCat("its self-test of epoch ", pinned_.epoch, " differs"));
  }
  quota_available_ = info.quota_available();
  return absl::OkStatus();
}

absl::Status PseudonymClient::RunSelfTest() {
  const bool known =
      options_.known_self_test &&
      crypto::SelfTestDigest(*options_.known_self_test) == pinned_.self_test;
  std::vector<std::string_view> inputs;
  if (!known) inputs.push_back(crypto::kSelfTestInput);
  if (options_.first_input) inputs.push_back(*options_.first_input);
  auto outputs = Pseudonymise(inputs);
  if (!outputs.ok()) return outputs.status();
  output_ = known ? *options_.known_self_test : outputs->front();
  if (crypto::SelfTestDigest(output_) != pinned_.self_test) {
    return Refused("the self-test gives another result");
  }
  if (options_.first_input) first_output_ = outputs->back();
  return absl::OkStatus();
}

absl::Status PseudonymClient::Pseudonymise(
    std::span<const std::string_view> inputs, const PseudonymSink& sink) {
  if (inputs.empty()) return absl::OkStatus();
  const std::size_t even =
      (inputs.size() + options_.threads - 1) / options_.threads;
  const std::size_t batch =
      std::min(options_.batch, std::max(even, kSmallestBatch));
  const std::size_t batches = (inputs.size() + batch - 1) / batch;
  std::size_t done = 0;

  const auto work = [&](std::size_t number, const std::atomic<bool>& stop)
      -> absl::StatusOr<std::vector<crypto::OprfOutput>> {
    const std::size_t first = number * batch;
    const auto part =
        inputs.subspan(first, std::min(batch, inputs.size() - first));
    auto blinded = crypto::BlindBatch(crypto::OprfMode::kVoprf, part);
    if (!blinded.ok()) return blinded.status();
    v1::BlindEvaluateRequest request;
    request.set_purpose(purpose_);
    request.set_epoch(pinned_.epoch);
    const auto& elements = blinded->blinded_elements();
    request.set_blinded_elements(elements.data(), elements.size());
    auto response = stub_->Evaluate(request, options_, stop);
    if (!response.ok()) return response.status();
    auto outputs = crypto::FinalizeBatch(
        crypto::OprfMode::kVoprf, part, *blinded,
        crypto::AsBytes(response->evaluated_elements()),
        crypto::AsBytes(response->proof()), pinned_.public_key);
    if (outputs.ok()) return outputs;
    const absl::Status refused =
        Refused(std::string(outputs.status().message()));
    return WithHint(
        absl::Status(absl::StatusCode::kUnauthenticated, refused.message()),
        HintOf(refused));
  };
  const auto deliver =
      [&](std::size_t number,
          const std::vector<crypto::OprfOutput>& outputs) -> absl::Status {
    absl::Status status = sink(number * batch, outputs);
    if (status.ok()) done += outputs.size();
    return status;
  };

  const absl::Status status =
      RunOrderedBatches(batches, options_.threads, work, deliver);
  if (status.ok() || inputs.size() == 1) return status;
  absl::Status told(status.code(),
                    absl::StrCat(status.message(), " (", done, " of ",
                                 inputs.size(), " are done)"));
  return WithHint(std::move(told), HintOf(status));
}

absl::StatusOr<std::vector<crypto::OprfOutput>> PseudonymClient::Pseudonymise(
    std::span<const std::string_view> inputs) {
  std::vector<crypto::OprfOutput> all;
  all.reserve(inputs.size());
  const absl::Status status = Pseudonymise(
      inputs, [&all](std::size_t, std::span<const crypto::OprfOutput> outputs) {
        all.insert(all.end(), outputs.begin(), outputs.end());
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return all;
}

}  // namespace samkoer::clients
