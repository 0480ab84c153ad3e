// An engine that measures its writes: how long a synced write takes, and how
// much it carries. Changes nothing else.
#ifndef SAMKOER_SERVER_MEASURED_ENGINE_H_
#define SAMKOER_SERVER_MEASURED_ENGINE_H_

#include <memory>

#include "server/metrics.h"
#include "storage/engine.h"

namespace samkoer::server {

// Thread safety: as the engine's.
class MeasuredEngine final : public storage::Engine {
 public:
  // `metrics` must outlive this.
  MeasuredEngine(std::unique_ptr<storage::Engine> engine, Metrics& metrics);

  absl::StatusOr<std::string> Get(std::string_view key) const override;
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override;
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override;
  absl::Status Write(const storage::WriteBatch& batch) override;
  std::unique_ptr<storage::Reader> Snapshot() const override;
  absl::Status Compact() override;
  void StopCompacting() override;
  absl::StatusOr<std::uint64_t> DiskBytes() const override;

 private:
  const std::unique_ptr<storage::Engine> engine_;
  Histogram& write_seconds_;
  Histogram& write_operations_;
  Counter& write_bytes_;
  Counter& write_errors_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MEASURED_ENGINE_H_
