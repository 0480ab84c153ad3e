// Writes that are decided and not yet on disk, and a view of the store as if
// they were. What is written twice before it reaches the disk is written once.
//
// Thread safety: Get may be called from many threads while nothing is put or
// deleted.
#ifndef SAMKOER_MATCHER_PENDING_WRITES_H_
#define SAMKOER_MATCHER_PENDING_WRITES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"

namespace samkoer::matcher {

class PendingWrites {
 public:
  // `store` must outlive it.
  explicit PendingWrites(const storage::Reader& store) : store_(store) {}

  // The pending value, or else the store's. NOT_FOUND if deleted or absent.
  absl::StatusOr<std::string> Get(std::string_view key) const;
  void Put(std::string key, std::string value);
  void Delete(std::string key);

  bool empty() const { return writes_.empty(); }
  std::size_t size_bytes() const { return bytes_; }
  // Everything as one batch, ascending by key; nothing is pending afterwards.
  storage::WriteBatch Take();

 private:
  const storage::Reader& store_;
  absl::flat_hash_map<std::string, std::optional<std::string>> writes_;
  std::size_t bytes_ = 0;  // put so far, overwritten values included
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PENDING_WRITES_H_
