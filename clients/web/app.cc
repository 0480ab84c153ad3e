#include "clients/web/app.h"

#include <algorithm>
#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// What a person reads: a view that opens makes up to ten calls, a busy one some
// a second. What a person changes counts by itself: whatever the pages read
// meanwhile, a change is not refused.
constexpr double kReadsAtOnce = 120;
constexpr absl::Duration kReadEvery = absl::Milliseconds(100);
constexpr double kChangesAtOnce = 30;
constexpr absl::Duration kChangeEvery = absl::Milliseconds(500);
// Of an address, calls that name nobody.
constexpr double kStrangersAtOnce = 200;
constexpr absl::Duration kStrangerEvery = absl::Milliseconds(50);
// Open streams of events, of all and of one person: tabs and machines.
constexpr int kMaxStreams = 512;
constexpr int kMaxStreamsOfPerson = 6;
constexpr absl::Duration kStreamStep = absl::Seconds(10);
// A person who loads the page again and again has a line for each until it is
// seen that the ones before are gone.
constexpr absl::Duration kGoneLook = absl::Seconds(2);
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kCsv = "text/csv";

// A page of alerts is 60 kB, and 6 kB compressed.
constexpr std::size_t kLeastCompressed = 2048;
constexpr int kQuickly = 4;

constexpr char kEncoding[] = "Content-Encoding";

// The body as the browser is sent it; empty if it is sent as it is.
std::string Compressed(const WebRequest& request, const std::string& body) {
  return request.takes_gzip && body.size() >= kLeastCompressed
             ? Gzip(body, kQuickly)
             : std::string();
}

void Compress(const WebRequest& request, WebResponse& response) {
  std::string small = Compressed(request, response.body);
  if (small.empty()) return;
  response.body = std::move(small);
  response.headers.emplace_back(kEncoding, "gzip");
}

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kFailedPrecondition:
      return 422;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return 503;
    default:
      return 500;
  }
}

// Marks the refusal of whoever is no coordinator. Other refusals are of a call.
constexpr char kNoRole[] = "samkoer.dk/no-role";
bool HasNoRole(const absl::Status& status) {
  return status.GetPayload(kNoRole).has_value();
}

// Marks the refusal of whoever must log in again before anything else: not at
// the page, but where its tokens come from.
constexpr char kLoginNeeded[] = "samkoer.dk/login-needed";
bool NeedsLogin(const absl::Status& status) {
  return status.GetPayload(kLoginNeeded).has_value();
}

// A session that is over or was never begun; the page begins one.
absl::Status NoSession() {
  return absl::UnauthenticatedError("du er ikke logget ind");
}

// What says that the matcher is away or does not serve the page, and not that a
// person asked for what cannot be.
bool IsMatcherFailure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

}  // namespace

// Ends with its session, and with the hub.
class App::Stream final : public EventStream {
 public:
  Stream(App& app, WebRequest request, Caller caller, LiveCursor cursor)
      : app_(app),
        request_(std::move(request)),
        caller_(std::move(caller)),
        cursor_(std::move(cursor)) {}
  ~Stream() override {
    const absl::MutexLock lock(&app_.mutex_);
    const auto own = app_.streams_.find(caller_.person.name);
    if (--own->second == 0) app_.streams_.erase(own);
  }

  using EventStream::Next;
  std::optional<std::string> Next(const std::function<bool()>& gone) override {
    const absl::Time now = app_.options_.clock();
    // A certificate may have been revoked since, and a token has its end.
    const auto person = app_.options_.identify(request_, now);
    if (!person.ok() || person->name != caller_.person.name ||
        now > person->not_after ||
        !app_.sessions_.Find(caller_.session, caller_.person.name,
                             /*acts=*/false, now)) {
      if (std::exchange(ended_, true)) return std::nullopt;
      return "event: ended\ndata: {}\n\n";
    }
    const absl::Time end = absl::Now() + kStreamStep;
    do {
      if (gone()) return std::nullopt;
    } while (!app_.hub_.Await(cursor_, connected_,
                              std::min(end, absl::Now() + kGoneLook)) &&
             absl::Now() < end);
    const LiveNews news =
        app_.hub_.Read(cursor_, connected_, absl::InfinitePast());
    if (news.stopped) return std::nullopt;
    connected_ = news.connected;
    return Cat(std::exchange(begun_, true) ? "" : "retry: 1000\n",
               EventText(news, cursor_));
  }

 private:
  App& app_;
  const WebRequest request_;
  const Caller caller_;
  LiveCursor cursor_;
  bool connected_ = false;
  bool begun_ = false;
  bool ended_ = false;
};

App::App(AppOptions options, LiveHub& hub)
    : options_(std::move(options)),
      hub_(hub),
      sessions_(options_.sessions),
      reads_(kReadsAtOnce, kReadEvery),
      changes_(kChangesAtOnce, kChangeEvery),
      strangers_(kStrangersAtOnce, kStrangerEvery) {}

int App::streams() const {
  const absl::MutexLock lock(&mutex_);
  int all = 0;
  for (const auto& [unused, count] : streams_) all += count;
  return all;
}

AppFigures App::figures() const {
  AppFigures figures;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    figures.answers[i] = answers_[i];
  }
  figures.logins_refused = logins_refused_;
  figures.matcher_failures = matcher_failures_;
  return figures;
}

WebResponse App::Handle(const WebRequest& request) {
  WebResponse response = Respond(request);
  ++answers_[static_cast<std::size_t>(std::clamp(response.status / 100, 1, 5) -
                                      1)];
  return response;
}

WebResponse App::Respond(const WebRequest& request) {
  if (request.path.starts_with("/api/")) {
    WebResponse response = Api(request);
    const bool compressed = std::any_of(
        response.headers.begin(), response.headers.end(),
        [](const auto& header) { return header.first == kEncoding; });
    if (!compressed) Compress(request, response);
    return response;
  }
  if (request.verb != "GET") {
    return Error(absl::NotFoundError("siden findes ikke"));
  }
  return File(request);
}

WebResponse App::Answer(int status, std::string body, std::string type) const {
  WebResponse response;
  response.status = status;
  response.headers = SecurityHeaders();
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

WebResponse App::Error(const absl::Status& status) const {
  std::string json = Cat("{\"error\":{\"code\":",
                         JsonString(absl::StatusCodeToString(status.code())),
                         ",\"message\":", JsonString(View(status.message())),
                         ",\"hint\":", JsonString(HintOf(status)), "}");
  if (absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status)) {
    json += Cat(",\"login\":", JsonString(options_.login),
                ",\"sign_out_path\":", JsonString(options_.sign_out_path),
                ",\"no_role\":", HasNoRole(status) ? "true" : "false",
                ",\"login_needed\":", NeedsLogin(status) ? "true" : "false",
                ",\"contact\":", JsonString(options_.access_contact));
  }
  return Answer(HttpStatus(status.code()), json + "}");
}

absl::StatusOr<Person> App::Identify(const WebRequest& request,
                                     absl::Time now) {
  absl::StatusOr<Person> person = options_.identify(request, now);
  if (!person.ok()) {
    ++logins_refused_;
    if (!strangers_.Take(request.address, now)) {
      return absl::ResourceExhaustedError("for mange forsøg; prøv igen senere");
    }
    if (absl::IsUnauthenticated(person.status())) {
      absl::Status again = WithHint(
          absl::UnauthenticatedError("dit login er udløbet"), "log ind igen");
      again.SetPayload(kLoginNeeded, absl::Cord("1"));
      return again;
    }
    absl::Status refusal =
        WithHint(absl::PermissionDeniedError("du har ikke adgang til siden"),
                 options_.login == "certificate"
                     ? "siden kræver en ungekoordinators certifikat"
                     : "siden kræver et login med rollen som ungekoordinator");
    refusal.SetPayload(kNoRole, absl::Cord("1"));
    return refusal;
  }
  Rates& rates = request.verb == "GET" ? reads_ : changes_;
  if (!rates.Take(person->name, now)) {
    return absl::ResourceExhaustedError(
        "for mange opslag på kort tid; prøv igen om lidt");
  }
  return person;
}

absl::StatusOr<App::Caller> App::Admit(const WebRequest& request) {
  const absl::Time now = options_.clock();
  absl::StatusOr<Person> person = Identify(request, now);
  if (!person.ok()) return person.status();
  const auto name = SessionOf(request.cookies);
  if (!name) return NoSession();
  auto held = sessions_.Find(*name, person->name, !request.background, now);
  if (!held) return NoSession();
  if (request.verb != "GET") {
    if (!IsOurOrigin(request.origin, request.fetch_site, options_.origin) ||
        !EqualSecrets(request.csrf, held->csrf)) {
      return absl::PermissionDeniedError(
          "kaldet kom ikke fra denne side; hent siden igen");
    }
  }
  return Caller{*std::move(person), *name, *std::move(held)};
}

std::string App::SessionJson(const Caller& caller) const {
  return Cat("{\"person\":", JsonString(caller.person.name),
             ",\"municipality\":", JsonString(options_.municipality),
             ",\"csrf\":", JsonString(caller.held.csrf),
             ",\"login\":", JsonString(options_.login),
             ",\"sign_out_path\":", JsonString(options_.sign_out_path),
             ",\"idle_seconds\":", absl::ToInt64Seconds(options_.sessions.idle),
             "}");
}

WebResponse App::SessionCall(const WebRequest& request) {
  if (request.verb == "POST") {
    if (!IsOurOrigin(request.origin, request.fetch_site, options_.origin)) {
      return Error(absl::PermissionDeniedError("kaldet kom ikke fra siden"));
    }
    const absl::Time now = options_.clock();
    absl::StatusOr<Person> person = Identify(request, now);
    if (!person.ok()) return Error(person.status());
    auto name = sessions_.Begin(person->name, now);
    if (!name.ok()) return Error(name.status());
    // Whoever comes in again leaves nothing behind.
    if (const auto old = SessionOf(request.cookies)) sessions_.End(*old);
    auto held = sessions_.Find(*name, person->name, /*acts=*/true, now);
    if (!held) return Error(NoSession());
    WebResponse response =
        Answer(200, SessionJson({*std::move(person), *name, *std::move(held)}));
    response.headers.emplace_back("Set-Cookie", SetCookie(*name));
    return response;
  }
  const auto caller = Admit(request);
  if (!caller.ok()) return Error(caller.status());
  if (request.verb == "GET") return Answer(200, SessionJson(*caller));
  if (request.verb != "DELETE") {
    return Error(absl::NotFoundError("kaldet findes ikke"));
  }
  sessions_.End(caller->session);
  WebResponse response = Answer(200, "{}");
  response.headers.emplace_back("Set-Cookie", SetCookie(""));
  return response;
}

WebResponse App::Events(const WebRequest& request, const Caller& caller) {
  const auto fields = ReadFields(request.query);
  std::optional<LiveCursor> seen = ParseEventId(request.last_event_id);
  if (!seen && fields && fields->size() == 1 &&
      fields->front().first == "after") {
    seen = ParseEventId(fields->front().second);
  }
  {
    const absl::MutexLock lock(&mutex_);
    int all = 0;
    for (const auto& [unused, count] : streams_) all += count;
    const auto own = streams_.find(caller.person.name);
    if (all >= kMaxStreams ||
        (own != streams_.end() && own->second >= kMaxStreamsOfPerson)) {
      return Error(absl::ResourceExhaustedError(
          "der er for mange åbne sider; luk en af dem"));
    }
    ++streams_[caller.person.name];
  }
  WebResponse response;
  response.headers = SecurityHeaders();
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Content-Type", "text/event-stream");
  // Reverse proxies would otherwise hold it back.
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.stream =
      std::make_shared<Stream>(*this, request, caller, hub_.Open(seen));
  return response;
}

absl::StatusOr<CallAnswer> App::Ask(const WebRequest& request,
                                    const Caller& caller, const Call& call,
                                    const Fields& fields, std::string& gzip) {
  const std::string person =
      PersonUri(options_.municipality, caller.person.name);
  if (!call.shared) return call.run({options_.channel(), person}, fields);
  // Equal addresses are equal fields.
  const auto shared = shared_reads_.Get(
      Cat(request.path, "?", request.query), person,
      [&](const std::vector<std::string>& people)
          -> absl::StatusOr<SharedReads::Answer> {
        auto answer = call.run(
            {options_.channel(), people.front(),
             std::vector<std::string>(people.begin() + 1, people.end())},
            fields);
        if (!answer.ok()) return answer.status();
        std::string small = Compressed(request, answer->body);
        return SharedReads::Answer{*std::move(answer), std::move(small)};
      });
  if (!shared.ok()) return shared.status();
  if (request.takes_gzip) gzip = (*shared)->gzip;
  const CallAnswer& answer = (*shared)->answer;
  return CallAnswer{gzip.empty() ? answer.body : std::string(), answer.type,
                    answer.file_name};
}

WebResponse App::Api(const WebRequest& request) {
  if (request.path == "/api/session") return SessionCall(request);
  const auto caller = Admit(request);
  if (!caller.ok()) return Error(caller.status());
  if (request.path == "/api/events" && request.verb == "GET") {
    return Events(request, *caller);
  }
  FoundCall found = FindCall(request.verb, request.path);
  if (found.call == nullptr) {
    return Error(absl::NotFoundError("kaldet findes ikke"));
  }
  const bool file = found.call->takes_figures;
  const bool form = request.verb == "POST" && !file;
  if (form && !request.content_type.starts_with(kForm)) {
    return Error(absl::InvalidArgumentError("kaldet er ikke en formular"));
  }
  if (file && !request.content_type.starts_with(kCsv)) {
    return Error(absl::InvalidArgumentError("kaldet er ikke en CSV-fil"));
  }
  auto fields = ReadFields(form ? request.body : request.query);
  if (!fields || (form && !request.query.empty())) {
    return Error(absl::InvalidArgumentError("kaldets felter kan ikke læses"));
  }
  if (file) {
    if (!IsText(request.body)) {
      return Error(absl::InvalidArgumentError("filen er ikke ren tekst"));
    }
    fields->emplace_back("figures", request.body);
  }
  std::move(found.fields.begin(), found.fields.end(),
            std::back_inserter(*fields));
  std::string gzip;
  auto answer = Ask(request, *caller, *found.call, *fields, gzip);
  if (IsMatcherFailure(answer.status())) ++matcher_failures_;
  // What the matcher says of our own certificate is not about the person.
  if (absl::IsUnauthenticated(answer.status()) ||
      absl::IsPermissionDenied(answer.status())) {
    return Error(WithHint(
        absl::InternalError("matcheren afviser sidens eget certifikat"),
        "spørg driften: står det blandt portals i matcherens konfiguration?"));
  }
  if (!answer.ok()) return Error(answer.status());
  const bool compressed = !gzip.empty();
  WebResponse response =
      Answer(200, std::move(compressed ? gzip : answer->body),
             std::string(answer->type));
  if (compressed) response.headers.emplace_back(kEncoding, "gzip");
  if (!answer->file_name.empty()) {
    response.headers.emplace_back(
        "Content-Disposition",
        Cat("attachment; filename=\"", answer->file_name, "\""));
  }
  return response;
}

WebResponse App::File(const WebRequest& request) const {
  const PageFile* file = FindPageFile(request.path);
  const bool named = file != nullptr && file != &IndexFile();
  if (file == nullptr) {
    // Addresses of the page's own views have no dot; files do.
    if (request.path.find('.') != std::string::npos) {
      return Error(absl::NotFoundError("filen findes ikke"));
    }
    file = &IndexFile();
  }
  WebResponse response;
  response.headers = SecurityHeaders();
  // The files' names hold what they are made of; the page itself does not.
  response.headers.emplace_back("Cache-Control",
                                named && request.path.starts_with("/assets/")
                                    ? "public, max-age=31536000, immutable"
                                    : "no-cache");
  response.headers.emplace_back("ETag", file->etag);
  response.headers.emplace_back("Content-Type", std::string(file->type));
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (request.takes_gzip && !file->gzip.empty()) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = file->gzip;
  } else {
    response.body = std::string(file->bytes);
  }
  return response;
}

}  // namespace samkoer::clients
