// The parts of a ZIP package (libzip), read piece by piece. What a hostile file
// could make of it is bounded by `ZipLimits`.
#ifndef SAMKOER_CLIENTS_AGENT_ZIP_PACKAGE_H_
#define SAMKOER_CLIENTS_AGENT_ZIP_PACKAGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct zip;

namespace samkoer::agent {

struct ZipLimits {
  std::int64_t parts = 10'000;
  // What one part may unpack to.
  std::uint64_t part_bytes = std::uint64_t{2} << 30;
  // How many times larger than packed a part may become, once it is larger than
  // `free_bytes`. Sheets of real workbooks stay below 100.
  std::uint64_t ratio = 250;
  std::uint64_t free_bytes = 16 << 20;
};

// Thread safety: for one thread at a time.
class ZipPackage {
 public:
  // Reads the table of contents from `fd`, which is not closed and must stay
  // open as long as the package lives. INVALID_ARGUMENT if it is no ZIP file.
  static absl::StatusOr<std::unique_ptr<ZipPackage>> OpenFd(
      int fd, const ZipLimits& limits = {});
  // The same of bytes, which must outlive the package.
  static absl::StatusOr<std::unique_ptr<ZipPackage>> OpenBytes(
      std::string_view bytes, const ZipLimits& limits = {});
  ~ZipPackage();
  ZipPackage(const ZipPackage&) = delete;
  ZipPackage& operator=(const ZipPackage&) = delete;

  // True if there is such a part (without regard to case, as the standard has
  // it).
  bool Has(const std::string& name) const;
  // Hands the part to `take` in pieces, at most `most` bytes of it. NOT_FOUND
  // if there is no such part; INVALID_ARGUMENT if it is damaged, encrypted or
  // beyond the limits; or what `take` returned.
  absl::Status ReadPart(
      const std::string& name, std::uint64_t most,
      const std::function<absl::Status(std::string_view)>& take) const;
  // What the part says it unpacks to; 0 if it is not there.
  std::uint64_t PartBytes(const std::string& name) const;

 private:
  ZipPackage(zip* archive, const ZipLimits& limits)
      : archive_(archive), limits_(limits) {}
  zip* const archive_;
  const ZipLimits limits_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_ZIP_PACKAGE_H_
