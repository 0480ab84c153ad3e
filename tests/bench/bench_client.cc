#include "tests/bench/bench_client.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "clients/common/channel.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::bench {

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  std::exit(1);
}

Department Connect(const std::string& config_file) {
  Department department;
  Require(proto::ReadYamlFile(config_file, department.config));
  auto channel = clients::OpenChannel(department.config.matcher(),
                                      department.config.tls(), config_file);
  Require(channel.status());
  department.channel = *channel;
  department.matcher = v1::CaseIntake::NewStub(*channel);
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::GetIntakeInfoResponse info;
  const grpc::Status got = department.matcher->GetIntakeInfo(
      &context, v1::GetIntakeInfoRequest(), &info);
  Require(clients::FromGrpc(got, "matcher"));
  const auto& epoch = info.epochs(info.epochs_size() - 1);
  department.options.purpose = info.purpose();
  department.options.epoch = epoch.epoch();
  std::copy(epoch.self_test().begin(), epoch.self_test().end(),
            department.options.self_test.begin());
  department.options.day = info.day();
  department.options.threads = 1;
  return department;
}

}  // namespace samkoer::bench
