#include "clients/common/metrics_page.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <exception>
#include <utility>

#include "clients/common/cat.h"
#include "proto/metrics_address.h"

namespace samkoer::clients {
namespace {

class Collector final : public prometheus::Collectable {
 public:
  explicit Collector(std::function<std::vector<Figure>()> figures)
      : figures_(std::move(figures)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::map<std::string, prometheus::MetricFamily> families;
    for (const Figure& figure : figures_()) {
      prometheus::MetricFamily& family = families[figure.name];
      family.name = figure.name;
      family.help = figure.help;
      prometheus::ClientMetric metric;
      for (const auto& [name, value] : figure.labels) {
        metric.label.push_back({name, value});
      }
      if (figure.kind == Figure::Kind::kCounter) {
        family.type = prometheus::MetricType::Counter;
        metric.counter.value = figure.value;
      } else {
        family.type = prometheus::MetricType::Gauge;
        metric.gauge.value = figure.value;
      }
      family.metric.push_back(std::move(metric));
    }
    std::vector<prometheus::MetricFamily> all;
    for (auto& [name, family] : families) all.push_back(std::move(family));
    return all;
  }

 private:
  const std::function<std::vector<Figure>()> figures_;
};

class Page final : public MetricsPage {
 public:
  // Throws where it cannot listen.
  Page(const std::string& listen, std::function<std::vector<Figure>()> figures)
      : collector_(std::make_shared<Collector>(std::move(figures))),
        exposer_(listen, 1) {
    exposer_.RegisterCollectable(collector_);
  }

  int port() const override {
    const std::vector<int> ports = exposer_.GetListeningPorts();
    return ports.empty() ? 0 : ports.front();
  }

 private:
  const std::shared_ptr<Collector> collector_;
  prometheus::Exposer exposer_;
};

}  // namespace

double Seconds(absl::Time time) {
  return time == absl::InfinitePast()
             ? 0
             : static_cast<double>(absl::ToUnixSeconds(time));
}

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Serve(
    std::string_view listen, std::function<std::vector<Figure>()> figures) {
  if (absl::Status s = proto::CheckMetricsAddress(listen); !s.ok()) return s;
  try {
    return std::make_unique<Page>(std::string(listen), std::move(figures));
  } catch (const std::exception&) {
    return absl::UnavailableError(
        Cat("cannot listen on ", listen, " for metrics; is the port taken?"));
  }
}

}  // namespace samkoer::clients
