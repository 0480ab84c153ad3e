// Prometheus metrics behind a small facade. Names carry their unit; labels have
// few, fixed values (never a person, a case reference or a certificate).
//
// Thread safety: all methods may be called from many threads at once. Handles
// live as long as the Metrics that gave them.
#ifndef SAMKOER_SERVER_METRICS_H_
#define SAMKOER_SERVER_METRICS_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::server {

using MetricLabels = std::map<std::string, std::string>;

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Increment(double by = 1) = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
  virtual void Add(double by) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

class Metrics {
 public:
  // `listen` is "127.0.0.1:port" or "[::1]:port"; port 0 takes a free one;
  // empty means that metrics are kept but not served. INVALID_ARGUMENT for any
  // address that is not loopback: the page has no access control. UNAVAILABLE
  // if the port is taken.
  static absl::StatusOr<std::unique_ptr<Metrics>> Create(
      std::string_view listen);
  ~Metrics();

  // The same name and labels give the same handle. Names are
  // "samkoer_<what>_<unit>"; counters end in "_total".
  Counter& AddCounter(const std::string& name, const std::string& help,
                      const MetricLabels& labels = {});
  Gauge& AddGauge(const std::string& name, const std::string& help,
                  const MetricLabels& labels = {});
  // `bounds` are the buckets' upper bounds, ascending.
  Histogram& AddHistogram(const std::string& name, const std::string& help,
                          const std::vector<double>& bounds,
                          const MetricLabels& labels = {});

  // The port that is served, 0 if none.
  int port() const;
  // The page as it is served.
  std::string Text() const;

 private:
  struct Impl;
  explicit Metrics(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Bounds in seconds from 0.1 ms to 10 s, for writes and calls.
std::vector<double> LatencyBounds();
// Bounds for how many things come together, 1 to 1,000.
std::vector<double> SizeBounds();

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_METRICS_H_
