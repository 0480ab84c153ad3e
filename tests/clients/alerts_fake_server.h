// A server of the Alerts rpcs that a test scripts. In the same process, without
// a port.
#ifndef SAMKOER_TESTS_CLIENTS_ALERTS_FAKE_SERVER_H_
#define SAMKOER_TESTS_CLIENTS_ALERTS_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "samkoer/v1/alerts.grpc.pb.h"
#include "tests/clients/alerts_samples.h"

namespace samkoer::clients {

class FakeAlerts final : public v1::Alerts::Service {
 public:
  using FeedWriter = grpc::ServerWriter<v1::FeedEvent>;
  // One stream of the feed.
  using Script = std::function<grpc::Status(std::uint64_t after, FeedWriter&,
                                            grpc::ServerContext&)>;

  FakeAlerts() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Alerts::NewStub(server_->InProcessChannel({}));
  }
  ~FakeAlerts() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }

  grpc::Status ListAlerts(grpc::ServerContext* context,
                          const v1::ListAlertsRequest* request,
                          v1::ListAlertsResponse* response) override {
    {
      const std::lock_guard lock(mutex_);
      lists.push_back(*request);
      const auto [begin, end] =
          context->client_metadata().equal_range("samkoer-on-behalf-of");
      for (auto name = begin; name != end; ++name) {
        on_behalf_of = {name->second.data(), name->second.size()};
        named.push_back(on_behalf_of);
      }
    }
    if (list_takes > std::chrono::milliseconds::zero()) {
      std::this_thread::sleep_for(list_takes);
    }
    std::size_t at =
        request->page_token().empty() ? 0 : std::stoul(request->page_token());
    for (int i = 0; i < page_size && at < alerts.size(); ++i) {
      *response->add_alerts() = alerts[at++];
    }
    if (at < alerts.size()) {
      response->set_next_page_token(std::to_string(at));
    }
    return grpc::Status::OK;
  }

  grpc::Status GetAlert(grpc::ServerContext*,
                        const v1::GetAlertRequest* request,
                        v1::GetAlertResponse* response) override {
    for (const v1::Alert& alert : alerts) {
      if (alert.alert_id() != request->alert_id()) continue;
      *response->mutable_alert() = alert;
      return grpc::Status::OK;
    }
    return {grpc::StatusCode::NOT_FOUND, "no such alert"};
  }

  grpc::Status SetAlertState(grpc::ServerContext*,
                             const v1::SetAlertStateRequest* request,
                             v1::SetAlertStateResponse* response) override {
    sets.push_back(*request);
    for (v1::Alert& alert : alerts) {
      if (alert.alert_id() != request->alert_id()) continue;
      if (request->expected_revision() != alert.revision()) {
        return {grpc::StatusCode::ABORTED, "the alert has changed"};
      }
      alert.set_state(request->state());
      alert.set_revision(alert.revision() + 1);
      *response->mutable_alert() = alert;
      return grpc::Status::OK;
    }
    return {grpc::StatusCode::NOT_FOUND, "no such alert"};
  }

  grpc::Status Follow(grpc::ServerContext* context,
                      const v1::FollowRequest* request,
                      FeedWriter* writer) override {
    Script script;
    {
      const std::lock_guard lock(mutex_);
      follows.push_back(request->after_sequence());
      feeds.push_back(request->feed_id());
      if (scripts.empty()) {
        return {grpc::StatusCode::UNIMPLEMENTED, "no more scripts"};
      }
      script = std::move(scripts.front());
      scripts.pop_front();
    }
    return script(request->after_sequence(), *writer, *context);
  }

  std::shared_ptr<grpc::Channel> Channel() {
    return server_->InProcessChannel({});
  }

  static v1::FeedEvent Entry(std::uint64_t sequence) {
    v1::FeedEvent event;
    event.mutable_entry()->set_sequence(sequence);
    SetTime(*event.mutable_entry()->mutable_time(), 22);
    *event.mutable_entry()->mutable_alert() = SampleAlert();
    return event;
  }
  static v1::FeedEvent Heartbeat(std::uint64_t caught_up_to) {
    v1::FeedEvent event;
    event.mutable_heartbeat()->set_caught_up_to(caught_up_to);
    return event;
  }
  // The entries after the cursor up to `last`, then a heartbeat, then `end`.
  static Script Serve(std::uint64_t last,
                      grpc::Status end = {grpc::StatusCode::UNAVAILABLE,
                                          "stopping"}) {
    return [=](std::uint64_t after, FeedWriter& writer, grpc::ServerContext&) {
      for (std::uint64_t i = after + 1; i <= last; ++i) writer.Write(Entry(i));
      writer.Write(Heartbeat(last));
      return end;
    };
  }

  int page_size = 100;
  std::vector<v1::Alert> alerts;
  std::vector<v1::ListAlertsRequest> lists;
  std::vector<v1::SetAlertStateRequest> sets;
  std::string on_behalf_of;        // of the last list
  std::vector<std::string> named;  // of all lists
  std::chrono::milliseconds list_takes{0};
  std::deque<Script> scripts;          // one for each stream
  std::vector<std::uint64_t> follows;  // the cursors asked with
  std::vector<std::string> feeds;      // and their feeds
  std::unique_ptr<v1::Alerts::Stub> stub;

 private:
  std::mutex mutex_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_ALERTS_FAKE_SERVER_H_
