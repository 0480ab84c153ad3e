// Goal f: from one record pushed to its alert on a live `follow`, against one
// fsync plus two TLS round trips, interleaved in the same run.
//
//   follow_bench COUNT DIRECTORY COORDINATOR_CONFIG CONFIG CONFIG
//
// The store must hold no bench rows yet. The two departments each keep a delta
// open; for each new person the first department's record comes before, the
// second's is timed.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "clients/common/channel.h"
#include "crypto/secret.h"
#include "proto/yaml/yaml_message.h"
#include "samkoer/v1/alerts.grpc.pb.h"
#include "samkoer/v1/client_config.pb.h"
#include "tests/bench/bench_client.h"
#include "tests/bench/bench_rows.h"

namespace samkoer::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Milliseconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(values.size() * share))];
}

// An open delta; each Send is one record, answered by one receipt.
class OpenDelta {
 public:
  explicit OpenDelta(Department& department)
      : stream_(department.matcher->Push(&context_)) {
    v1::PushRequest request;
    auto& begin = *request.mutable_begin();
    begin.set_kind(v1::PUSH_KIND_DELTA);
    std::string id(16, '\0');
    randombytes_buf(id.data(), id.size());
    begin.set_push_id(id);
    begin.set_purpose(department.options.purpose);
    begin.set_epoch(department.options.epoch);
    begin.set_self_test(std::string(department.options.self_test.begin(),
                                    department.options.self_test.end()));
    begin.set_day(department.options.day);
    Exchange(request);
  }
  void Send(v1::CaseRecord record) {
    v1::PushRequest request;
    request.mutable_batch()->set_number(number_++);
    *request.mutable_batch()->add_records() = std::move(record);
    Exchange(request);
  }
  ~OpenDelta() { context_.TryCancel(); }

 private:
  void Exchange(const v1::PushRequest& request) {
    v1::PushReceipt receipt;
    if (!stream_->Write(request) || !stream_->Read(&receipt)) {
      Require(clients::FromGrpc(stream_->Finish(), "matcher"));
    }
  }
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PushRequest, v1::PushReceipt>>
      stream_;
  std::uint64_t number_ = 0;
};

// Follows the feed and remembers when the newest entry came.
class Follower {
 public:
  explicit Follower(std::shared_ptr<grpc::Channel> channel)
      : stub_(v1::Alerts::NewStub(channel)),
        reader_(stub_->Follow(&context_, v1::FollowRequest())),
        thread_([this] { Read(); }) {}
  ~Follower() {
    context_.TryCancel();
    thread_.join();
  }
  // When entry `sequence` came; waits at most 10 s.
  Clock::time_point WaitFor(std::uint64_t sequence) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(10),
                           [&] { return sequence_ >= sequence; })) {
      Require(absl::DeadlineExceededError("the feed was silent for 10 s"));
    }
    return came_;
  }
  std::uint64_t sequence() {
    std::lock_guard lock(mutex_);
    return sequence_;
  }

 private:
  void Read() {
    v1::FeedEvent event;
    while (reader_->Read(&event)) {
      const auto now = Clock::now();
      if (!event.has_entry()) continue;
      std::lock_guard lock(mutex_);
      sequence_ = event.entry().sequence();
      came_ = now;
      changed_.notify_all();
    }
  }
  grpc::ClientContext context_;
  std::unique_ptr<v1::Alerts::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::FeedEvent>> reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t sequence_ = 0;
  Clock::time_point came_;
  std::thread thread_;
};

// One synced write of 4 KiB and two calls over TLS.
double PeerMilliseconds(int file, Department& department) {
  const auto start = Clock::now();
  const std::string block(4096, 'x');
  if (write(file, block.data(), block.size()) < 0 || fdatasync(file) != 0) {
    Require(absl::UnavailableError("cannot write to the directory"));
  }
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    clients::SetDeadline(context);
    v1::GetIntakeInfoResponse info;
    Require(clients::FromGrpc(department.matcher->GetIntakeInfo(
                                  &context, v1::GetIntakeInfoRequest(), &info),
                              "matcher"));
  }
  return Milliseconds(start, Clock::now());
}

int Run(int count, const std::string& directory, const std::string& coordinator,
        char** configs) {
  constexpr std::uint64_t kTotal = 4'000'000;
  Department first = Connect(configs[0]), second = Connect(configs[1]);
  v1::ClientConfig config;
  Require(proto::ReadYamlFile(coordinator, config));
  auto channel =
      clients::OpenChannel(config.matcher(), config.tls(), coordinator);
  Require(channel.status());
  Follower follower(*channel);
  OpenDelta before(first), timed(second);
  const std::string path = directory + "/peer";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  std::vector<double> ours, peers;
  for (int i = 0; i < count + 20; ++i) {
    // Row i of department 1 is the person of row i + stride of department 0.
    const std::uint64_t quarter = kTotal / kDepartments;
    const std::uint64_t stride = quarter - quarter / 10;
    before.Send(MakeRecord(i + stride, kTotal, 0));
    const double peer = PeerMilliseconds(file, first);
    const std::uint64_t next = follower.sequence() + 1;
    const auto start = Clock::now();
    timed.Send(MakeRecord(quarter + i, kTotal, 0));
    const double mine = Milliseconds(start, follower.WaitFor(next));
    if (i < 20) continue;  // warm-up
    ours.push_back(mine);
    peers.push_back(peer);
  }
  close(file);
  unlink(path.c_str());
  std::printf("follow_median %.3f ms\n", Percentile(ours, 0.5));
  std::printf("follow_p99 %.3f ms\n", Percentile(ours, 0.99));
  std::printf("fsync_two_calls_median %.3f ms\n", Percentile(peers, 0.5));
  std::printf("fsync_two_calls_p99 %.3f ms\n", Percentile(peers, 0.99));
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 6 || !samkoer::crypto::InitializeProcess()) {
    std::fprintf(
        stderr,
        "usage: follow_bench COUNT DIRECTORY COORDINATOR_CONFIG CONFIG "
        "CONFIG\n");
    return 64;
  }
  return samkoer::bench::Run(std::atoi(argv[1]), argv[2], argv[3], argv + 4);
}
