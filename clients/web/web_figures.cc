#include "clients/web/web_figures.h"

#include <string>
#include <utility>

#include "clients/common/cat.h"

namespace samkoer::clients {

std::vector<Figure> WebFigures(const WebState& state) {
  using Kind = Figure::Kind;
  std::vector<Figure> all;
  const auto gauge = [&](std::string name, std::string help, double value) {
    all.push_back({std::move(name), std::move(help), value});
  };
  const auto counter = [&](std::string name, std::string help,
                           std::uint64_t value) {
    all.push_back({std::move(name), std::move(help), static_cast<double>(value),
                   Kind::kCounter});
  };
  const auto of_certificate = [&](const char* name, const char* help,
                                  double page, double matcher) {
    all.push_back({name, help, page, Kind::kGauge, {{"certificate", "page"}}});
    all.push_back(
        {name, help, matcher, Kind::kGauge, {{"certificate", "matcher"}}});
  };
  of_certificate("samkoer_certificate_expiry_timestamp_seconds",
                 "When the own certificate expires (Unix time).",
                 Seconds(state.page_expiry), Seconds(state.matcher_expiry));
  of_certificate("samkoer_certificate_files_broken",
                 "1 while the files of the certificate cannot be used.",
                 state.page_files_broken ? 1 : 0,
                 state.matcher_files_broken ? 1 : 0);
  all.push_back({"samkoer_certificate_files_broken",
                 "1 while the files of the certificate cannot be used.",
                 state.login_file_broken ? 1.0 : 0.0,
                 Kind::kGauge,
                 {{"certificate", "login"}}});
  gauge("samkoer_web_event_lines", "Lines of events that are open.",
        state.streams);
  gauge("samkoer_web_sessions", "Sessions of people, also idle ones.",
        static_cast<double>(state.sessions));
  gauge("samkoer_web_connections", "Connections that are open.",
        static_cast<double>(state.server.connections));
  gauge("samkoer_web_waiting_connections",
        "Connections with a request that no thread has taken up yet.",
        static_cast<double>(state.server.waiting));
  counter("samkoer_web_connections_refused_total",
          "Connections that came to nothing: no handshake, no certificate, no "
          "room.",
          state.server.refused);
  for (std::size_t i = 0; i < state.app.answers.size(); ++i) {
    all.push_back({"samkoer_web_calls_total",
                   "Answers to browsers, by the first digit of their status.",
                   static_cast<double>(state.app.answers[i]),
                   Kind::kCounter,
                   {{"status", Cat(i + 1, "xx")}}});
  }
  counter("samkoer_web_logins_refused_total",
          "Calls of those whom nobody lets in.", state.app.logins_refused);
  counter("samkoer_web_matcher_failures_total",
          "Calls that the matcher did not answer, or refused to the page "
          "itself.",
          state.app.matcher_failures);
  gauge("samkoer_web_matcher_contact_timestamp_seconds",
        "When the matcher was last heard (Unix time); 0: not since the start.",
        Seconds(state.matcher_contact));
  return all;
}

}  // namespace samkoer::clients
