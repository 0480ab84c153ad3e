// What a witness tells Prometheus. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_WITNESS_FIGURES_H_
#define SAMKOER_CLIENTS_AUDIT_WITNESS_FIGURES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/common/metrics_page.h"

namespace samkoer::clients {

// How it goes with one log.
struct WitnessedState {
  std::string log;  // its name in the configuration
  // The last round that came through; InfinitePast: none yet.
  absl::Time round = absl::InfinitePast();
  bool round_failed = false;
  // It was found broken, and is not cosigned any more.
  bool refused = false;
  // Of the certificate with which the witness calls the log's server.
  absl::Time expiry = absl::InfinitePast();
  bool files_broken = false;
};

std::vector<Figure> WitnessFigures(const std::vector<WitnessedState>& logs,
                                   absl::Duration interval);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_WITNESS_FIGURES_H_
