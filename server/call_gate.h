// What every rpc goes through: identity and role, admission, the allowance of
// logged calls, metrics, and the record of refusals. A handler is one line:
//
//   return gate.Run(*context, "/samkoer.v1.KeyService/GetKeyInfo",
//                   [&](const Identity& who) { return Answer(who, ...); });
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_CALL_GATE_H_
#define SAMKOER_SERVER_CALL_GATE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "server/access.h"
#include "server/admission.h"
#include "server/call_allowance.h"
#include "server/identity.h"

namespace grpc {
class ServerContextBase;
}

namespace samkoer::server {

class Metrics;
class RefusalRecorder;

class CallGate {
 public:
  // Nanoseconds of a clock that never goes back.
  using Clock = std::function<std::int64_t()>;
  static std::int64_t SteadyClock();

  // All must outlive this. `metrics` gets samkoer_calls_total by rpc and code,
  // samkoer_call_seconds by rpc, and samkoer_denials_total by reason.
  CallGate(const AccessControl& access, Metrics& metrics,
           RefusalRecorder& refusals, Clock clock = SteadyClock);

  // Runs `handler` if the caller may call `method`, there is room, and the
  // caller has not made too many logged calls. Whatever
  // is not OK, from here or from the handler, is recorded as a refusal, except
  // what is nobody's fault or ours: CANCELLED, UNAVAILABLE, INTERNAL, UNKNOWN,
  // DATA_LOSS (the last three are logged as errors).
  grpc::Status Run(
      const grpc::ServerContextBase& context, std::string_view method,
      absl::FunctionRef<absl::Status(const Identity& who)> handler);

  // The same for an rpc that a portal may call for several people at once
  // (AccessRule::shared): `people` are all for whom it is answered, one or
  // more. Each uses their own allowance; where one has none left, nobody is
  // answered, and nobody's is used.
  grpc::Status RunShared(
      const grpc::ServerContextBase& context, std::string_view method,
      absl::FunctionRef<absl::Status(std::span<const Identity> people)>
          handler);

  // Asked of every call that the access rules permit; what is not OK refuses
  // it. Set it before the first call.
  using Ready =
      std::function<absl::Status(const Identity& who, std::string_view method)>;
  void set_ready(Ready ready) { ready_ = std::move(ready); }

  // The same in two steps, for calls that do not end with their handler. Admit
  // fills `call`; after it, OK or not, Complete must follow once.
  struct Call {
    Identity who;
    std::vector<Identity> others;  // of a shared rpc, beside `who`
    std::string method;
    absl::Time start;
    std::string denial;  // why the access rules refused it; empty if not
    Admission::Ticket ticket;
  };
  absl::Status Admit(const grpc::ServerContextBase& context,
                     std::string_view method, Call& call);
  grpc::Status Complete(Call& call, const absl::Status& status);

  // For rpcs that do not exist: records and refuses as if the role were wrong.
  grpc::Status RefuseUnknown(const grpc::ServerContextBase& context);

  // Asked before every call that the table names a change; what it answers, if
  // not OK, ends the call. Call once, before the server serves.
  void set_change_check(std::function<absl::Status()> check) {
    change_check_ = std::move(check);
  }
  // For streams: whether changes are taken now.
  absl::Status CheckChange() const {
    return change_check_ ? change_check_() : absl::OkStatus();
  }

  const AccessControl& access() const { return access_; }
  Admission& admission() { return admission_; }

 private:
  const AccessControl& access_;
  Metrics& metrics_;
  RefusalRecorder& refusals_;
  const Clock clock_;
  Ready ready_ = [](const Identity&, std::string_view) {
    return absl::OkStatus();
  };
  Admission admission_;
  CallAllowance logged_calls_;
  std::function<absl::Status()> change_check_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CALL_GATE_H_
