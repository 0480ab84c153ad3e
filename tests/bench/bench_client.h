// What the benchmarks against a running matcher share.
#ifndef SAMKOER_TESTS_BENCH_BENCH_CLIENT_H_
#define SAMKOER_TESTS_BENCH_BENCH_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/agent/pusher.h"
#include "grpcpp/grpcpp.h"
#include "samkoer/v1/agent_config.pb.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::bench {

// One department's connection, from an agent's configuration.
struct Department {
  v1::AgentConfig config;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::CaseIntake::Stub> matcher;
  agent::PusherOptions options;  // filled from what the matcher publishes
};

// Connects and asks the matcher what it wants. Ends the process with a message
// if that fails.
Department Connect(const std::string& config_file);

// Ends the process if the status is an error.
void Require(const absl::Status& status);

}  // namespace samkoer::bench

#endif  // SAMKOER_TESTS_BENCH_BENCH_CLIENT_H_
