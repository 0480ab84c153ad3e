// samkoer-web: the coordinators' page.
#include <grpcpp/channel.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "clients/common/cli.h"
#include "clients/common/live_channel.h"
#include "clients/common/metrics_page.h"
#include "clients/common/private_file.h"
#include "clients/web/app.h"
#include "clients/web/certificate_watch.h"
#include "clients/web/config.h"
#include "clients/web/http_server.h"
#include "clients/web/id_token.h"
#include "clients/web/live_feed.h"
#include "clients/web/page_tls.h"
#include "clients/web/web_figures.h"
#include "crypto/secret.h"
#include "proto/log.h"
#include "proto/service_manager.h"
#include "proto/usage_text.h"

namespace {

using namespace samkoer::clients;  // NOLINT: the program is this namespace's
namespace v1 = samkoer::v1;
namespace log = samkoer::log;

// At the end of --help, as the table in docs/operations.md.
constexpr const char* kExitCodes =
    R"(Exit codes: 0 fine; 64 wrong usage; 65 a file cannot be used; 66 a file is
missing; 69 the address cannot be listened on; 70 program error; 77 not
permitted; 78 configuration.)";

constexpr std::size_t kMaxSessionBytes = 1024 * 1024;

using Identify = decltype(AppOptions::identify);

// How people come in, and how the file that it rests on is read again.
struct WayIn {
  Identify identify;
  std::function<absl::Status()> reread;
  // Of certificates; null where people come in otherwise.
  std::function<bool(std::string_view der)> revoked = {};
};

absl::StatusOr<WayIn> ByCertificate(const v1::WebConfig& config) {
  const auto revoked =
      std::make_shared<RevokedFile>(config.certificates().revoked_file());
  if (absl::Status s = revoked->Read(); !s.ok()) return s;
  return WayIn{
      [revoked, municipality = config.municipality()](
          const WebRequest& request, absl::Time now) -> absl::StatusOr<Person> {
        if (revoked->IsRevoked(request.certificate, now)) {
          return absl::PermissionDeniedError("the certificate is revoked");
        }
        return PersonOfCertificate(request.certificate, municipality, now);
      },
      [revoked] { return revoked->Read(); },
      [revoked](std::string_view der) {
        return revoked->IsRevoked(der, absl::Now());
      }};
}

absl::StatusOr<WayIn> ByToken(const v1::WebConfig& config) {
  const auto verifier = std::make_shared<IdTokenVerifier>(config.openid());
  if (absl::Status s = verifier->Read(); !s.ok()) return s;
  return WayIn{[verifier](const WebRequest& request, absl::Time now) {
                 constexpr std::string_view kBearer = "Bearer ";
                 std::string_view token = request.authorization;
                 token.remove_prefix(token.starts_with(kBearer) ? kBearer.size()
                                                                : token.size());
                 return verifier->Verify(token, now);
               },
               [verifier] { return verifier->Read(); }};
}

std::string Origin(const v1::WebConfig& config, int port) {
  if (!config.listen().origin().empty()) return config.listen().origin();
  const std::string& address = config.listen().address();
  return "https://" + address.substr(0, address.rfind(':') + 1) +
         std::to_string(port);
}

// Sessions of before a restart in good order. Their file is then gone: whoever
// logs out must not come back with it.
void RestoreSessions(const std::string& file, Sessions& sessions) {
  const auto text =
      ReadSmallFile(file, kMaxSessionBytes, FileReaders::kOwnerOnly);
  std::remove(file.c_str());
  if (absl::IsNotFound(text.status())) return;
  const absl::Status status =
      text.ok() ? sessions.Restore(*text, absl::Now()) : text.status();
  if (!status.ok()) {
    log::Warning("sessions.not_restored",
                 {{"status", status}, {"hint", "people log in again"}});
  }
}

// The files that people's way in rests on, and the way in.
absl::StatusOr<WayIn> OpenWayIn(const v1::WebConfig& config) {
  return config.has_certificates() ? ByCertificate(config) : ByToken(config);
}

PageTlsFiles FilesOf(const v1::WebConfig& config) {
  return {config.listen().certificate_file(), config.listen().key_file(),
          config.certificates().ca_file()};
}

// Takes no address: the page may be running.
absl::Status Check(const std::string& path) {
  const auto config = LoadWebConfig(path);
  if (!config.ok()) return config.status();
  const auto matcher =
      LiveChannel::Open(config->matcher(), config->tls(), path);
  if (!matcher.ok()) return matcher.status();
  if (const auto in = OpenWayIn(*config); !in.ok()) return in.status();
  if (absl::Status s = MakePrivateDirectory(config->state_dir()); !s.ok()) {
    return s;
  }
  return PageTls::Load(FilesOf(*config)).status();
}

absl::Status Run(const std::string& path) {
  const auto config = LoadWebConfig(path);
  if (!config.ok()) return config.status();
  const auto matcher =
      LiveChannel::Open(config->matcher(), config->tls(), path);
  if (!matcher.ok()) return matcher.status();
  const auto in = OpenWayIn(*config);
  if (!in.ok()) return in.status();
  if (absl::Status s = MakePrivateDirectory(config->state_dir()); !s.ok()) {
    return s;
  }
  const auto tls = PageTls::Load(FilesOf(*config));
  if (!tls.ok()) return tls.status();
  (*tls)->set_revoked(in->revoked);
  LiveHub hub;
  LiveFeedOptions feed_options;
  feed_options.cursor_file = config->state_dir() + "/feed.cursor";
  LiveFeed feed([&matcher] { return v1::Alerts::NewStub((*matcher)->Get()); },
                hub, feed_options);

  std::unique_ptr<App> app;
  const auto server = HttpServer::Bind(
      config->listen().address(), **tls,
      [&app](const WebRequest& request) { return app->Handle(request); });
  if (!server.ok()) return server.status();
  const std::string origin = Origin(*config, (*server)->port());
  AppOptions options;
  options.municipality = config->municipality();
  options.origin = origin;
  options.login = config->has_certificates() ? "certificate" : "openid";
  options.sign_out_path = config->openid().sign_out_path();
  options.access_contact = config->access_contact();
  options.sessions.idle = absl::Minutes(config->idle_minutes());
  options.sessions.longest = absl::Hours(config->session_hours());
  options.identify = in->identify;
  options.channel = [&matcher] { return (*matcher)->Get(); };
  options.clock = absl::Now;
  app = std::make_unique<App>(std::move(options), hub);
  CertificateWatch certificates(**tls, **matcher, in->reread);
  std::unique_ptr<MetricsPage> metrics;
  if (!config->metrics_listen().empty()) {
    auto page = MetricsPage::Serve(config->metrics_listen(), [&] {
      return WebFigures(
          {app->figures(), (*server)->figures(), app->streams(),
           app->sessions().size(), feed.last_contact(), (*tls)->not_after(),
           (*matcher)->not_after(), certificates.page_broken(),
           certificates.matcher_broken(), certificates.login_broken()});
    });
    if (!page.ok()) return page.status();
    metrics = *std::move(page);
  }
  if (absl::Status s = feed.Start(); !s.ok()) return s;
  certificates.Start();
  // Last: whoever does not come up leaves them for the next try.
  const std::string sessions_file = config->state_dir() + "/sessions";
  RestoreSessions(sessions_file, app->sessions());

  const auto keep_sessions = [&] {
    const absl::Status kept =
        WritePrivateFile(sessions_file, app->sessions().Dump());
    if (!kept.ok()) log::Error("sessions.not_kept", {{"status", kept}});
  };

  std::thread stopper([&] {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
    int signal = 0;
    sigwait(&signals, &signal);
    hub.Stop();
    (*server)->Stop();
    // Already now: whoever takes an answer slowly holds the end up, and systemd
    // does not wait for ever.
    keep_sessions();
    feed.Stop();
  });
  std::cout << "listening on " << origin << std::endl;
  if (absl::Status s =
          samkoer::proto::TellServiceManager(samkoer::proto::kServiceReady);
      !s.ok()) {
    log::Warning("manager.not_told", {{"status", s}});
  }
  log::Info("web.started", {{"version", SAMKOER_VERSION}, {"origin", origin}});
  const bool stopped = (*server)->Serve();
  if (!stopped) ::kill(::getpid(), SIGTERM);
  stopper.join();
  metrics.reset();
  // Somebody may have logged out in its last answers.
  keep_sessions();
  log::Info("web.stopped");
  return stopped ? absl::OkStatus()
                 : absl::InternalError("the server has ended by itself");
}

// Blocked before any thread is made, so that only one waits for them.
void BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

int main(int argc, char** argv) {
  if (!samkoer::crypto::InitializeProcess()) {
    std::cerr << "error: the machine gives no safe random numbers\n";
    return 70;
  }
  CLI::App app("The youth coordinators' web page", "samkoer-web");
  app.set_version_flag("--version", SAMKOER_VERSION);
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.fallthrough();
  std::string config;
  app.add_option("-c,--config", config, "configuration file (YAML)")
      ->required()
      ->envname("SAMKOER_WEB_CONFIG");
  app.add_subcommand("run", "serve the page until SIGTERM");
  auto* check = app.add_subcommand(
      "check",
      "read the configuration and the files it names, and say what is "
      "wrong; takes no address");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    const auto problem =
        samkoer::proto::ReadUsageProblem(app, error, argc, argv);
    PrintError(absl::InvalidArgumentError(samkoer::proto::UsageText(
                   problem, samkoer::proto::UsageLanguage::kEnglish)),
               "samkoer-web --help says how to call it");
    return kExitUsage;
  }
  BlockSignals();
  const absl::Status status = check->parsed() ? Check(config) : Run(config);
  return status.ok() ? 0 : Fail(status);
}
