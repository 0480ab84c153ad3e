// The page's calls and the rpcs they become. A call's query or form fills the
// request (form_message.h), the response goes back as protobuf's JSON. What a
// person keeps as a file, and the report on the page, are made in documents.h.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_CALLS_H_
#define SAMKOER_CLIENTS_WEB_CALLS_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/web/http_rules.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace samkoer::clients {

// For whom a call is made, and over what.
struct CallContext {
  std::shared_ptr<grpc::Channel> channel;
  // The person's URI.
  std::string person;
  // Of a shared call (Call::shared), who else asks the same now: at most
  // proto::kMaxPeopleOfCall with the first.
  std::vector<std::string> others = {};
};

// Sets the deadline of an rpc that is made for the call, and for whom it is.
void Prepare(const CallContext& call, grpc::ClientContext& context);

// Whatever a call is answered with.
struct CallAnswer {
  std::string body;
  std::string_view type = "application/json";
  // Of what is kept as a file; else empty.
  std::string file_name = {};
};

struct Call {
  // "GET", or "POST" for whatever changes something.
  std::string_view verb;
  // "/api/alerts/{alert_id}": what stands for the braces fills that field.
  std::string_view path;
  // INVALID_ARGUMENT for fields that are not the
  // request's or hold a CPR number, which then leaves this machine not at all;
  // else as the matcher said, in Danish (clients/alerts/text.h).
  std::function<absl::StatusOr<CallAnswer>(const CallContext& context,
                                           const Fields& fields)>
      run;
  // Its body is separated values (text/csv) rather than a form, and becomes the
  // field "figures"; the other fields stand in the query.
  bool takes_figures = false;
  // Changes nothing, and its answer is the same for whoever asks: the matcher
  // lets several ask together.
  bool shared = false;
};

// Every call, once.
std::span<const Call> Calls();

// The call of that verb and path, and the fields that stand in the path; null
// if there is none.
struct FoundCall {
  const Call* call = nullptr;
  Fields fields;
};
FoundCall FindCall(std::string_view verb, std::string_view path);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_CALLS_H_
