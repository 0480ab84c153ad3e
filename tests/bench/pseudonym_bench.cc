// Goal a: pseudonyms a second, agent and key service both real, over TLS.
//
//   pseudonym_bench AGENT_CONFIG COUNT
//
// The inputs are ten-digit strings that are no CPR numbers (month 99).

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "clients/common/channel.h"
#include "clients/common/oprf_client.h"
#include "crypto/secret.h"
#include "grpcpp/grpcpp.h"
#include "proto/yaml/yaml_message.h"
#include "samkoer/v1/agent_config.pb.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::bench {
namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(const std::string& config_file, std::size_t count) {
  v1::AgentConfig config;
  if (auto status = proto::ReadYamlFile(config_file, config); !status.ok()) {
    return Fail(status);
  }
  auto matcher =
      clients::OpenChannel(config.matcher(), config.tls(), config_file);
  if (!matcher.ok()) return Fail(matcher.status());
  auto key_service =
      clients::OpenChannel(config.key_service(), config.tls(), config_file);
  if (!key_service.ok()) return Fail(key_service.status());
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::GetIntakeInfoResponse info;
  const grpc::Status got = v1::CaseIntake::NewStub(*matcher)->GetIntakeInfo(
      &context, v1::GetIntakeInfoRequest(), &info);
  if (!got.ok()) return Fail(clients::FromGrpc(got, "matcher"));
  const auto& epoch = info.epochs(info.epochs_size() - 1);
  auto pinned = clients::MakePinnedKey(epoch.epoch(), epoch.public_key(),
                                       epoch.self_test());
  if (!pinned.ok()) return Fail(pinned.status());
  auto client =
      clients::PseudonymClient::Connect(*key_service, info.purpose(), *pinned);
  if (!client.ok()) return Fail(client.status());

  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string digits = "0099000000";
    const std::string number = std::to_string(i);
    digits.replace(digits.size() - number.size(), number.size(), number);
    texts.push_back(std::move(digits));
  }
  const std::vector<std::string_view> inputs(texts.begin(), texts.end());
  std::size_t done = 0;
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = (*client)->Pseudonymise(
      inputs, [&](std::size_t, std::span<const crypto::OprfOutput> outputs) {
        done += outputs.size();
        return absl::OkStatus();
      });
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (!status.ok()) return Fail(status);
  std::printf("pseudonyms %.0f records/s\n", done / seconds);
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 3 || !samkoer::crypto::InitializeProcess()) {
    std::fprintf(stderr, "usage: pseudonym_bench AGENT_CONFIG COUNT\n");
    return 64;
  }
  return samkoer::bench::Run(argv[1], std::strtoull(argv[2], nullptr, 10));
}
