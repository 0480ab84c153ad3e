#include "clients/audit/witness_figures.h"

namespace samkoer::clients {

std::vector<Figure> WitnessFigures(const std::vector<WitnessedState>& logs,
                                   absl::Duration interval) {
  std::vector<Figure> all;
  all.push_back({"samkoer_witness_interval_seconds",
                 "How long after a round the next one comes.",
                 absl::ToDoubleSeconds(interval)});
  for (const WitnessedState& log : logs) {
    const auto gauge = [&](const char* name, const char* help, double value) {
      all.push_back(
          {name, help, value, Figure::Kind::kGauge, {{"log", log.log}}});
    };
    gauge("samkoer_witness_round_timestamp_seconds",
          "When a round with the log last came through (Unix time); 0: never.",
          Seconds(log.round));
    gauge("samkoer_witness_round_failed", "1 if the last round failed.",
          log.round_failed ? 1 : 0);
    gauge("samkoer_witness_log_refused",
          "1 if the log was found broken and is not cosigned any more.",
          log.refused ? 1 : 0);
    gauge("samkoer_certificate_expiry_timestamp_seconds",
          "When the own certificate expires (Unix time).", Seconds(log.expiry));
    gauge("samkoer_certificate_files_broken",
          "1 while the files of the certificate cannot be used.",
          log.files_broken ? 1 : 0);
  }
  return all;
}

}  // namespace samkoer::clients
