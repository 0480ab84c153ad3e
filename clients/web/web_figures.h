// What the page's server tells Prometheus. Pure.
#ifndef SAMKOER_CLIENTS_WEB_WEB_FIGURES_H_
#define SAMKOER_CLIENTS_WEB_WEB_FIGURES_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "clients/common/metrics_page.h"
#include "clients/web/app.h"
#include "clients/web/http_server.h"

namespace samkoer::clients {

struct WebState {
  AppFigures app;
  HttpServer::Figures server;
  int streams = 0;
  std::size_t sessions = 0;
  // InfinitePast: never since the start.
  absl::Time matcher_contact = absl::InfinitePast();
  // Of the page's own certificate, and of the one that the matcher sees.
  absl::Time page_expiry, matcher_expiry;
  bool page_files_broken = false, matcher_files_broken = false;
  // Of the revoked certificates, or of the keys of ID tokens.
  bool login_file_broken = false;
};

std::vector<Figure> WebFigures(const WebState& state);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_WEB_FIGURES_H_
