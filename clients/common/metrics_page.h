// A page of figures for Prometheus, of the programs that run as services and
// are no servers of ours. Names carry their unit; labels have few, fixed values
// (never a person, a case reference or an address).
#ifndef SAMKOER_CLIENTS_COMMON_METRICS_PAGE_H_
#define SAMKOER_CLIENTS_COMMON_METRICS_PAGE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace samkoer::clients {

// One series. Those of one name have one help and kind, too.
struct Figure {
  enum class Kind { kGauge, kCounter };
  std::string name;  // "samkoer_<what>_<unit>"; counters end in "_total"
  std::string help;
  double value = 0;
  Kind kind = Kind::kGauge;
  std::map<std::string, std::string> labels = {};
};

// A time as figures have it, in seconds since 1970; 0 for never.
double Seconds(absl::Time time);

// Served while it lives.
class MetricsPage {
 public:
  // Port 0 takes a free one. `figures` is called each time somebody asks, by a
  // thread of the page. INVALID_ARGUMENT for an address that is not
  // loopback (proto/metrics_address.h); UNAVAILABLE if the port is taken.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Serve(
      std::string_view listen, std::function<std::vector<Figure>()> figures);
  virtual ~MetricsPage() = default;

  virtual int port() const = 0;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_METRICS_PAGE_H_
