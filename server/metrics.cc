#include "server/metrics.h"

#include <exception>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "crypto/absl_view.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "proto/metrics_address.h"

namespace samkoer::server {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter)
      : counter_(counter) {}
  void Increment(double by) override { counter_.Increment(by); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }
  void Add(double by) override { gauge_.Increment(by); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram)
      : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

// Handles by name and labels, so that the same gives the same.
template <typename Handle>
using Handles =
    std::map<std::pair<std::string, MetricLabels>, std::unique_ptr<Handle>>;

}  // namespace

struct Metrics::Impl {
  std::shared_ptr<prometheus::Registry> registry =
      std::make_shared<prometheus::Registry>();
  std::unique_ptr<prometheus::Exposer> exposer;
  absl::Mutex mutex;
  Handles<Counter> counters ABSL_GUARDED_BY(mutex);
  Handles<Gauge> gauges ABSL_GUARDED_BY(mutex);
  Handles<Histogram> histograms ABSL_GUARDED_BY(mutex);
};

Metrics::Metrics(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Metrics::~Metrics() = default;

absl::StatusOr<std::unique_ptr<Metrics>> Metrics::Create(
    std::string_view listen) {
  auto impl = std::make_unique<Impl>();
  if (!listen.empty()) {
    if (absl::Status s = proto::CheckMetricsAddress(listen); !s.ok()) return s;
    // civetweb throws where it cannot listen.
    try {
      impl->exposer =
          std::make_unique<prometheus::Exposer>(std::string(listen), 1);
      impl->exposer->RegisterCollectable(impl->registry);
    } catch (const std::exception&) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", crypto::AbslView(listen),
                       " for metrics; is the port taken?"));
    }
  }
  return std::unique_ptr<Metrics>(new Metrics(std::move(impl)));
}

Counter& Metrics::AddCounter(const std::string& name, const std::string& help,
                             const MetricLabels& labels) {
  absl::MutexLock lock(&impl_->mutex);
  auto& handle = impl_->counters[{name, labels}];
  if (handle == nullptr) {
    handle = std::make_unique<PrometheusCounter>(prometheus::BuildCounter()
                                                     .Name(name)
                                                     .Help(help)
                                                     .Register(*impl_->registry)
                                                     .Add(labels));
  }
  return *handle;
}

Gauge& Metrics::AddGauge(const std::string& name, const std::string& help,
                         const MetricLabels& labels) {
  absl::MutexLock lock(&impl_->mutex);
  auto& handle = impl_->gauges[{name, labels}];
  if (handle == nullptr) {
    handle = std::make_unique<PrometheusGauge>(prometheus::BuildGauge()
                                                   .Name(name)
                                                   .Help(help)
                                                   .Register(*impl_->registry)
                                                   .Add(labels));
  }
  return *handle;
}

Histogram& Metrics::AddHistogram(const std::string& name,
                                 const std::string& help,
                                 const std::vector<double>& bounds,
                                 const MetricLabels& labels) {
  absl::MutexLock lock(&impl_->mutex);
  auto& handle = impl_->histograms[{name, labels}];
  if (handle == nullptr) {
    handle =
        std::make_unique<PrometheusHistogram>(prometheus::BuildHistogram()
                                                  .Name(name)
                                                  .Help(help)
                                                  .Register(*impl_->registry)
                                                  .Add(labels, bounds));
  }
  return *handle;
}

int Metrics::port() const {
  if (impl_->exposer == nullptr) return 0;
  const std::vector<int> ports = impl_->exposer->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry->Collect());
}

std::vector<double> LatencyBounds() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
}

std::vector<double> SizeBounds() {
  return {1, 2, 5, 10, 25, 50, 100, 250, 500, 750, 999, 1000};
}

}  // namespace samkoer::server
