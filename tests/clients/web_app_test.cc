#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "clients/web/app.h"
#include "tests/clients/alerts_fake_server.h"
#include "tests/clients/fake_reports.h"

namespace samkoer::clients {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrigin[] = "https://unge.example";

class WebApp : public ::testing::Test {
 protected:
  WebApp() {
    server_.alerts = {SampleAlert()};
    Start(server_.Channel());
  }

  void Start(std::shared_ptr<grpc::Channel> channel) {
    AppOptions options;
    options.municipality = "viborg";
    options.origin = kOrigin;
    options.login = "certificate";
    options.access_contact = "It-service";
    options.identify = [this](const WebRequest& request,
                              absl::Time now) -> absl::StatusOr<Person> {
      if (!refusal_.ok()) return refusal_;
      if (request.certificate.empty()) {
        return absl::PermissionDeniedError("no");
      }
      return Person{request.certificate, now + absl::Hours(1)};
    };
    options.channel = [channel = std::move(channel)] { return channel; };
    options.clock = [this] { return now_; };
    app_.emplace(std::move(options), hub_);
  }

  static WebRequest Ask(std::string verb, std::string path) {
    WebRequest request;
    request.verb = std::move(verb);
    request.path = std::move(path);
    request.certificate = "anna";
    request.address = "10.0.0.1";
    return request;
  }
  static std::string HeaderOf(const WebResponse& response,
                              std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  // Logs in and gives a request what the page would.
  WebRequest As(const std::string& person, WebRequest request) {
    request.certificate = person;
    if (!cookies_.contains(person)) {
      WebRequest login = Ask("POST", "/api/session");
      login.certificate = person;
      login.origin = kOrigin;
      const WebResponse response = app_->Handle(login);
      EXPECT_EQ(response.status, 200) << response.body;
      const std::string cookie = HeaderOf(response, "Set-Cookie");
      cookies_[person] = cookie.substr(0, cookie.find(';'));
      const std::size_t at = response.body.find("\"csrf\":\"") + 8;
      tokens_[person] = response.body.substr(at, 43);
    }
    request.cookies = cookies_[person];
    request.csrf = tokens_[person];
    request.origin = kOrigin;
    request.content_type = "application/x-www-form-urlencoded";
    return request;
  }
  WebRequest StateChange() {
    WebRequest request = Ask("POST", "/api/alerts/A-7K3M-9QXD/state");
    request.body = "state=ALERT_STATE_OFFERED&note=s%C3%A5&expected_revision=1";
    return As("anna", request);
  }

  absl::Time now_ = absl::Now();
  absl::Status refusal_;  // of everybody
  FakeAlerts server_;
  LiveHub hub_;
  std::optional<App> app_;
  std::map<std::string, std::string> cookies_, tokens_;
};

TEST_F(WebApp, WithoutALoginThereIsThePageAndNothingElse) {
  for (const char* path : {"/", "/advis", "/advis/A-7K3M-9QXD"}) {
    const WebResponse page = app_->Handle(Ask("GET", path));
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
    EXPECT_EQ(HeaderOf(page, "Cache-Control"), "no-cache");
  }
  EXPECT_EQ(app_->Handle(Ask("GET", "/../etc.passwd")).status, 404);
  EXPECT_EQ(app_->Handle(Ask("POST", "/")).status, 404);
  for (const char* path :
       {"/api/session", "/api/alerts", "/api/events", "/api/nothing"}) {
    const WebResponse response = app_->Handle(Ask("GET", path));
    EXPECT_EQ(response.status, 401) << path;
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
  }
  EXPECT_TRUE(server_.lists.empty());
}

TEST_F(WebApp, EveryAnswerHasTheSecurityHeaders) {
  for (const char* path : {"/", "/icon.svg", "/api/alerts", "/x.y"}) {
    const WebResponse response = app_->Handle(Ask("GET", path));
    for (const auto& [name, value] : SecurityHeaders()) {
      EXPECT_EQ(HeaderOf(response, name), value) << path;
    }
  }
}

TEST_F(WebApp, WhoeverShowsNothingIsRefusedAndSlowedDown) {
  WebRequest request = Ask("POST", "/api/session");
  request.certificate = "";
  request.origin = kOrigin;
  EXPECT_EQ(app_->Handle(request).status, 403);
  int refused = 0;
  const WebResponse stranger = app_->Handle(request);
  EXPECT_THAT(stranger.body, HasSubstr("\"no_role\":true"));
  EXPECT_THAT(stranger.body, HasSubstr("\"contact\":\"It-service\""));
  for (int i = 0; i < 300; ++i) refused += app_->Handle(request).status == 429;
  EXPECT_GT(refused, 50);
}

TEST_F(WebApp, ALoginFromAnotherPageIsRefused) {
  WebRequest request = Ask("POST", "/api/session");
  for (const char* origin : {"", "null", "https://evil.example"}) {
    request.origin = origin;
    const WebResponse response = app_->Handle(request);
    EXPECT_EQ(response.status, 403) << origin;
    EXPECT_EQ(HeaderOf(response, "Set-Cookie"), "");
  }
}

TEST_F(WebApp, AlertsAreReadInThePersonsName) {
  WebRequest request = Ask("GET", "/api/alerts");
  request.query = "states=ALERT_STATE_IDENTIFIED&page_size=5";
  const WebResponse response = app_->Handle(As("anna", request));
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_THAT(response.body, HasSubstr("\"alert_id\":\"A-7K3M-9QXD\""));
  ASSERT_EQ(server_.lists.size(), 1u);
  EXPECT_EQ(server_.lists[0].page_size(), 5u);
  EXPECT_EQ(server_.on_behalf_of, "samkoer://viborg/coordinator/anna");
}

TEST_F(WebApp, AChangeNeedsTheTokenTheOriginAndAForm) {
  EXPECT_EQ(app_->Handle(StateChange()).status, 200);
  EXPECT_EQ(server_.alerts[0].state(), v1::ALERT_STATE_OFFERED);
  const std::size_t changes = server_.sets.size();
  WebRequest request = StateChange();
  request.csrf = "";
  EXPECT_EQ(app_->Handle(request).status, 403);
  request.csrf = std::string(43, 'A');
  EXPECT_EQ(app_->Handle(request).status, 403);
  // That is about the call, not about the person.
  EXPECT_THAT(app_->Handle(request).body, HasSubstr("\"no_role\":false"));
  request = StateChange();
  request.origin = "https://evil.example";
  EXPECT_EQ(app_->Handle(request).status, 403);
  request = StateChange();
  request.fetch_site = "cross-site";
  EXPECT_EQ(app_->Handle(request).status, 403);
  request = StateChange();
  request.content_type = "text/plain";
  EXPECT_EQ(app_->Handle(request).status, 400);
  request = StateChange();
  request.cookies = "";
  EXPECT_EQ(app_->Handle(request).status, 401);
  EXPECT_EQ(server_.sets.size(), changes);
}

TEST_F(WebApp, AStolenCookieIsOfNoUseToAnother) {
  WebRequest request = As("anna", Ask("GET", "/api/alerts"));
  EXPECT_EQ(app_->Handle(request).status, 200);
  request.certificate = "bo";
  EXPECT_EQ(app_->Handle(request).status, 401);
}

TEST_F(WebApp, WhoeverWasSecondIsTold) {
  EXPECT_EQ(app_->Handle(StateChange()).status, 200);
  const WebResponse second = app_->Handle(StateChange());
  EXPECT_EQ(second.status, 409);
  EXPECT_THAT(second.body, HasSubstr("\"code\":\"ABORTED\""));
}

TEST_F(WebApp, ACprNumberDoesNotReachTheMatcher) {
  WebRequest request = StateChange();
  request.body = "state=ALERT_STATE_OFFERED&note=020402-4104";
  const WebResponse response = app_->Handle(request);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("CPR-nummer"));
  EXPECT_THAT(response.body, Not(HasSubstr("4104")));
  request = As("anna", Ask("GET", "/api/alerts/020402-4104"));
  EXPECT_EQ(app_->Handle(request).status, 400);
  EXPECT_TRUE(server_.sets.empty());
}

TEST_F(WebApp, ASessionEndsWhenNobodyDoesAnything) {
  WebRequest request = As("anna", Ask("GET", "/api/alerts"));
  request.background = true;
  now_ += absl::Minutes(20);
  EXPECT_EQ(app_->Handle(request).status, 200);
  now_ += absl::Minutes(11);
  EXPECT_EQ(app_->Handle(request).status, 401);
}

TEST_F(WebApp, LoggingOutEndsTheSessionAndTakesTheCookieAway) {
  const WebResponse response =
      app_->Handle(As("anna", Ask("DELETE", "/api/session")));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(HeaderOf(response, "Set-Cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(app_->Handle(As("anna", Ask("GET", "/api/alerts"))).status, 401);
}

TEST_F(WebApp, EventsAreToldToAsManyPagesAsMayBeOpen) {
  hub_.SetConnected(true);
  hub_.Publish({7, "A-7K3M-9QXD", 2});
  WebRequest request = As("anna", Ask("GET", "/api/events"));
  request.query = "after=6";
  std::vector<WebResponse> open;
  for (int i = 0; i < 6; ++i) {
    open.push_back(app_->Handle(request));
    ASSERT_NE(open.back().stream, nullptr);
  }
  EXPECT_EQ(app_->Handle(request).status, 429);
  EXPECT_THAT(*open[0].stream->Next(), HasSubstr("id: 7\nevent: change"));
  // What the browser saw itself counts more than the address it came to.
  open.pop_back();
  request.last_event_id = "7";
  hub_.Publish({8, "A-7K3M-9QXD", 3});
  open.push_back(app_->Handle(request));
  const std::string said = *open.back().stream->Next();
  EXPECT_THAT(said, HasSubstr("id: 8\n"));
  EXPECT_THAT(said, Not(HasSubstr("id: 7\n")));
  open.clear();
  EXPECT_EQ(app_->streams(), 0);
}

// As when all pages hear of one change.
TEST_F(WebApp, WhoeverAsksTheSameAtOnceIsNamedForTheirOwnReading) {
  server_.alerts.resize(30, SampleAlert());
  server_.list_takes = std::chrono::milliseconds(30);
  std::vector<WebRequest> requests;
  std::vector<std::string> people;
  for (int i = 0; i < 24; ++i) {
    people.push_back("p" + std::to_string(i));
    requests.push_back(As(people.back(), Ask("GET", "/api/alerts")));
    requests.back().query = "page_size=30";
    requests.back().takes_gzip = i % 3 != 0;
  }
  std::vector<WebResponse> responses(requests.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    threads.emplace_back([&, i] { responses[i] = app_->Handle(requests[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < responses.size(); ++i) {
    EXPECT_EQ(responses[i].status, 200) << responses[i].body;
    EXPECT_EQ(HeaderOf(responses[i], "Content-Encoding"),
              requests[i].takes_gzip ? "gzip" : "");
    EXPECT_EQ(responses[i].body,
              responses[requests[i].takes_gzip ? 1 : 0].body);
  }
  EXPECT_THAT(responses[0].body, HasSubstr("A-7K3M-9QXD"));
  std::vector<std::string> expected;
  for (const std::string& person : people) {
    expected.push_back("samkoer://viborg/coordinator/" + person);
  }
  EXPECT_THAT(server_.named, ::testing::UnorderedElementsAreArray(expected));
  EXPECT_LT(server_.lists.size(), people.size());
}

TEST_F(WebApp, AStreamThatNobodyReadsEndsSoon) {
  WebResponse response = app_->Handle(As("anna", Ask("GET", "/api/events")));
  ASSERT_NE(response.stream, nullptr);
  const absl::Time begun = absl::Now();
  int looks = 0;
  EXPECT_EQ(response.stream->Next([&] { return ++looks > 1; }), std::nullopt);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(8));
}

TEST_F(WebApp, AStreamEndsWithItsSession) {
  WebResponse response = app_->Handle(As("anna", Ask("GET", "/api/events")));
  ASSERT_NE(response.stream, nullptr);
  now_ += absl::Minutes(31);
  EXPECT_THAT(*response.stream->Next(), HasSubstr("event: ended"));
  EXPECT_EQ(response.stream->Next(), std::nullopt);
}

TEST_F(WebApp, AStreamEndsWithTheCertificateThatOpenedIt) {
  WebResponse response = app_->Handle(As("anna", Ask("GET", "/api/events")));
  ASSERT_NE(response.stream, nullptr);
  refusal_ = absl::PermissionDeniedError("the certificate is revoked");
  EXPECT_THAT(*response.stream->Next(), HasSubstr("event: ended"));
  EXPECT_EQ(response.stream->Next(), std::nullopt);
}

TEST_F(WebApp, ALoginThatIsOverIsNotTakenForAMissingRole) {
  const WebRequest request = As("anna", Ask("GET", "/api/session"));
  refusal_ = absl::UnauthenticatedError("the ID token has expired");
  const WebResponse over = app_->Handle(request);
  EXPECT_EQ(over.status, 401);
  EXPECT_THAT(over.body, HasSubstr("\"login_needed\":true"));
  EXPECT_THAT(over.body, HasSubstr("\"no_role\":false"));
  refusal_ = absl::PermissionDeniedError("no coordinator");
  const WebResponse other = app_->Handle(Ask("GET", "/api/session"));
  EXPECT_EQ(other.status, 403);
  EXPECT_THAT(other.body, HasSubstr("\"login_needed\":false"));
  EXPECT_THAT(other.body, HasSubstr("\"no_role\":true"));
  // A session that is over begins anew without another login.
  refusal_ = absl::OkStatus();
  EXPECT_THAT(app_->Handle(Ask("GET", "/api/session")).body,
              HasSubstr("\"login_needed\":false"));
}

TEST_F(WebApp, CountsWhatItAnswersAndWhomItRefuses) {
  app_->Handle(As("anna", Ask("GET", "/api/alerts")));  // and the login
  app_->Handle(Ask("GET", "/x.y"));
  WebRequest stranger = Ask("POST", "/api/session");
  stranger.certificate = "";
  stranger.origin = kOrigin;
  app_->Handle(stranger);
  AppFigures figures = app_->figures();
  EXPECT_EQ(figures.answers, (std::array<std::uint64_t, 5>{0, 2, 0, 2, 0}));
  EXPECT_EQ(figures.logins_refused, 1u);
  EXPECT_EQ(figures.matcher_failures, 0u);
  // What a person asks wrongly is no failure of the matcher's.
  app_->Handle(As("anna", Ask("GET", "/api/alerts/A-0000-0000")));
  EXPECT_EQ(app_->figures().matcher_failures, 0u);
  cookies_.clear();
  Start(grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
  EXPECT_EQ(app_->Handle(As("anna", Ask("GET", "/api/alerts"))).status, 503);
  figures = app_->figures();
  EXPECT_EQ(figures.matcher_failures, 1u);
  EXPECT_EQ(figures.answers[4], 1u);
}

TEST_F(WebApp, APersonsFloodIsRefused) {
  const WebRequest request = As("anna", Ask("GET", "/api/session"));
  int refused = 0;
  for (int i = 0; i < 200; ++i) refused += app_->Handle(request).status == 429;
  EXPECT_GT(refused, 70);
  // What a page reads by itself does not keep a person from saving.
  EXPECT_EQ(app_->Handle(StateChange()).status, 200);
  EXPECT_EQ(app_->Handle(As("bo", Ask("GET", "/api/session"))).status, 200);
}

TEST_F(WebApp, APersonsFloodOfChangesIsRefused) {
  const WebRequest request = StateChange();
  int refused = 0;
  for (int i = 0; i < 60; ++i) refused += app_->Handle(request).status == 429;
  EXPECT_GT(refused, 20);
  EXPECT_LT(server_.sets.size(), 40u);
}

TEST_F(WebApp, FiguresComeAsAFileAndAreKeptOut) {
  FakeReports reports;
  reports.statistics.set_day("2026-11-22");
  reports.statistics.set_withhold_below(5);
  Start(reports.Channel());
  WebRequest request = As("anna", Ask("POST", "/api/figures"));
  request.body = "indikator;periode;tal;kilde\nJob;2026;61 %;Jobindsats\n";
  EXPECT_EQ(app_->Handle(request).status, 400);  // a form
  request.content_type = "text/csv;charset=UTF-8";
  const WebResponse shown = app_->Handle(request);
  EXPECT_EQ(shown.status, 200) << shown.body;
  EXPECT_THAT(shown.body, HasSubstr("61 %"));
  request.body += "\xE6";
  EXPECT_THAT(app_->Handle(request).body, HasSubstr("ikke ren tekst"));
  request.csrf = "";
  EXPECT_EQ(app_->Handle(request).status, 403);
}

TEST(WebCalls, EveryCallIsThereOnceAndOnlyChangesArePosted) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Call& call : Calls()) {
    EXPECT_TRUE(seen.emplace(call.verb, call.path).second) << call.path;
    EXPECT_TRUE(call.verb == "GET" || call.verb == "POST");
    EXPECT_TRUE(call.path.starts_with("/api/"));
  }
  EXPECT_EQ(FindCall("GET", "/api/alerts/").call, nullptr);
  EXPECT_EQ(FindCall("GET", "/api/alerts/a/b").call, nullptr);
  EXPECT_EQ(FindCall("DELETE", "/api/alerts").call, nullptr);
  const FoundCall found = FindCall("GET", "/api/alerts/A-7K3M-9QXD");
  ASSERT_NE(found.call, nullptr);
  EXPECT_EQ(found.fields, (Fields{{"alert_id", "A-7K3M-9QXD"}}));
}

}  // namespace
}  // namespace samkoer::clients
