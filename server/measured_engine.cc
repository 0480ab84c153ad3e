#include "server/measured_engine.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace samkoer::server {

MeasuredEngine::MeasuredEngine(std::unique_ptr<storage::Engine> engine,
                               Metrics& metrics)
    : engine_(std::move(engine)),
      write_seconds_(metrics.AddHistogram(
          "samkoer_store_write_seconds",
          "How long a synced write to the store took.", LatencyBounds())),
      write_operations_(
          metrics.AddHistogram("samkoer_store_write_operations",
                               "Puts and deletes in one synced write.",
                               {1, 10, 100, 1000, 10000, 100000, 1000000})),
      write_bytes_(metrics.AddCounter("samkoer_store_written_bytes_total",
                                      "Bytes of keys and values written.")),
      write_errors_(metrics.AddCounter("samkoer_store_write_errors_total",
                                       "Writes that failed.")) {}

absl::StatusOr<std::string> MeasuredEngine::Get(std::string_view key) const {
  return engine_->Get(key);
}

absl::Status MeasuredEngine::Scan(
    std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view key, std::string_view value)>&
        visit) const {
  return engine_->Scan(prefix, from, visit);
}

absl::Status MeasuredEngine::ScanBackward(
    std::string_view prefix, std::string_view before,
    const std::function<bool(std::string_view key, std::string_view value)>&
        visit) const {
  return engine_->ScanBackward(prefix, before, visit);
}

absl::Status MeasuredEngine::Write(const storage::WriteBatch& batch) {
  const absl::Time start = absl::Now();
  const absl::Status status = engine_->Write(batch);
  write_seconds_.Observe(absl::ToDoubleSeconds(absl::Now() - start));
  if (status.ok()) {
    write_operations_.Observe(static_cast<double>(batch.operations().size()));
    write_bytes_.Increment(static_cast<double>(batch.size_bytes()));
  } else {
    write_errors_.Increment();
  }
  return status;
}

std::unique_ptr<storage::Reader> MeasuredEngine::Snapshot() const {
  return engine_->Snapshot();
}

absl::Status MeasuredEngine::Compact() { return engine_->Compact(); }

void MeasuredEngine::StopCompacting() { engine_->StopCompacting(); }

absl::StatusOr<std::uint64_t> MeasuredEngine::DiskBytes() const {
  return engine_->DiskBytes();
}

}  // namespace samkoer::server
