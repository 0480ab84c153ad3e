// Goals b and c: the first push of ROWS records from four departments at once
// (pseudonyms known), and the nightly snapshot of the same with some changed.
//
//   push_bench ROWS CHANGED_PERCENT CONFIG CONFIG CONFIG CONFIG
//
// With CHANGED_PERCENT 0 it is the first push. Over TLS, synced, matched,
// sealed, audited: the time runs from the first `begin` to the last receipt of
// a commit, fingerprints included.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "clients/agent/push_plan.h"
#include "clients/agent/push_state.h"
#include "clients/agent/pusher.h"
#include "crypto/secret.h"
#include "tests/bench/bench_client.h"
#include "tests/bench/bench_rows.h"

namespace samkoer::bench {
namespace {

int Run(std::uint64_t total, std::uint32_t changed_percent, char** configs) {
  std::vector<Department> departments;
  std::vector<agent::PushContents> contents(kDepartments);
  for (int d = 0; d < kDepartments; ++d) {
    departments.push_back(Connect(configs[d]));
    contents[d].records = DepartmentRecords(d, total, changed_percent);
  }
  std::vector<agent::PushResult> results(kDepartments);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int d = 0; d < kDepartments; ++d) {
    threads.emplace_back([&, d] {
      agent::NoPushState none;
      auto result = agent::Push(*departments[d].matcher, departments[d].options,
                                contents[d], none);
      Require(result.status());
      results[d] = *result;
    });
  }
  for (auto& thread : threads) thread.join();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  std::uint64_t sent = 0, added = 0, changed = 0;
  for (const auto& result : results) {
    sent += result.sent;
    added += result.commit.added();
    changed += result.commit.changed();
  }
  const char* name = changed_percent == 0 ? "first_push" : "nightly";
  std::printf("%s %.0f records/s\n", name, total / seconds);
  std::printf("%s_seconds %.3f s\n", name, seconds);
  std::printf("%s_sent %llu records\n", name,
              static_cast<unsigned long long>(sent));
  std::printf("%s_added %llu records\n", name,
              static_cast<unsigned long long>(added));
  std::printf("%s_changed %llu records\n", name,
              static_cast<unsigned long long>(changed));
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 3 + samkoer::bench::kDepartments ||
      !samkoer::crypto::InitializeProcess()) {
    std::fprintf(stderr,
                 "usage: push_bench ROWS CHANGED_PERCENT CONFIG CONFIG CONFIG "
                 "CONFIG\n");
    return 64;
  }
  return samkoer::bench::Run(std::strtoull(argv[1], nullptr, 10),
                             std::strtoul(argv[2], nullptr, 10), argv + 3);
}
