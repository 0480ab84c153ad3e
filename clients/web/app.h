// The page's server without its sockets: who may have which answer.
#ifndef SAMKOER_CLIENTS_WEB_APP_H_
#define SAMKOER_CLIENTS_WEB_APP_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/web/calls.h"
#include "clients/web/http_rules.h"
#include "clients/web/live.h"
#include "clients/web/page_files.h"
#include "clients/web/person.h"
#include "clients/web/sessions.h"
#include "clients/web/shared_reads.h"

namespace samkoer::clients {

// What a browser asks. Texts are empty where the header is missing.
struct WebRequest {
  std::string verb;
  std::string path;   // as it was sent, without the query
  std::string query;  // without "?"
  std::string body;
  std::string content_type;
  std::string cookies;
  std::string origin;
  std::string fetch_site;
  std::string csrf;
  std::string authorization;
  std::string last_event_id;
  bool background = false;  // asked by the page itself, not by a person
  bool takes_gzip = false;
  std::string address;      // of the peer
  std::string certificate;  // the verified client certificate in DER, or empty
};

// Goes on until Next returns nothing. For one thread at a time; dies before the
// App does.
class EventStream {
 public:
  virtual ~EventStream() = default;
  // Waits up to ten seconds for the next piece of the body. Nothing soon after
  // `gone` says that nobody waits for it any more.
  virtual std::optional<std::string> Next(
      const std::function<bool()>& gone) = 0;
  std::optional<std::string> Next() {
    return Next([] { return false; });
  }
};

struct WebResponse {
  int status = 200;
  Headers headers;  // all of them, the security headers included
  std::string body;
  // Instead of a body.
  std::shared_ptr<EventStream> stream;
};

struct AppOptions {
  std::string municipality;
  // "https://ungeindsats.viborg.dk".
  std::string origin;
  // "certificate" or "openid": how people come in.
  std::string login;
  // OpenIdLogin.sign_out_path.
  std::string sign_out_path;
  // WebConfig.access_contact.
  std::string access_contact;
  SessionLimits sessions;
  // Who asks. PERMISSION_DENIED: somebody who may not come in; UNAUTHENTICATED:
  // somebody whose login is over, or was never made.
  std::function<absl::StatusOr<Person>(const WebRequest&, absl::Time now)>
      identify;
  // The channel for a new call.
  std::function<std::shared_ptr<grpc::Channel>()> channel;
  std::function<absl::Time()> clock;
};

// What has been answered since the start.
struct AppFigures {
  // By the first digit of the status, from 1xx.
  std::array<std::uint64_t, 5> answers{};
  // Calls of those whom nobody lets in.
  std::uint64_t logins_refused = 0;
  // Calls that the matcher did not answer, or refused to the page itself.
  std::uint64_t matcher_failures = 0;
};

// Thread safety: all methods may be called from many threads at once.
class App {
 public:
  // `hub` must outlive this.
  App(AppOptions options, LiveHub& hub);

  WebResponse Handle(const WebRequest& request);

  // Carries people through a restart.
  Sessions& sessions() { return sessions_; }

  // Streams of events that are open.
  int streams() const;

  AppFigures figures() const;

 private:
  class Stream;
  struct Caller {
    Person person;
    std::string session;  // its name
    Session held;
  };

  WebResponse Respond(const WebRequest& request);
  WebResponse Api(const WebRequest& request);
  WebResponse SessionCall(const WebRequest& request);
  WebResponse Events(const WebRequest& request, const Caller& caller);
  WebResponse File(const WebRequest& request) const;
  // The person and session of a call that must have both.
  absl::StatusOr<Caller> Admit(const WebRequest& request);
  // The matcher's answer. `gzip` gets it compressed where that was done.
  absl::StatusOr<CallAnswer> Ask(const WebRequest& request,
                                 const Caller& caller, const Call& call,
                                 const Fields& fields, std::string& gzip);
  absl::StatusOr<Person> Identify(const WebRequest& request, absl::Time now);
  std::string SessionJson(const Caller& caller) const;
  WebResponse Answer(int status, std::string body,
                     std::string type = "application/json") const;
  WebResponse Error(const absl::Status& status) const;

  const AppOptions options_;
  LiveHub& hub_;
  Sessions sessions_;
  std::array<std::atomic<std::uint64_t>, 5> answers_{};
  std::atomic<std::uint64_t> logins_refused_ = 0;
  std::atomic<std::uint64_t> matcher_failures_ = 0;
  Rates reads_;
  Rates changes_;
  Rates strangers_;
  SharedReads shared_reads_;
  mutable absl::Mutex mutex_;
  std::map<std::string, int> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_APP_H_
