// The numbers of departments, given once and never used again, so that records
// need not repeat names and a department that leaves the policy keeps its own.
//
// Plaintext of one department, version 1 (integers little-endian):
//   version (u8 = 1), id (u16 length, bytes)
// The key holds the number.
#ifndef SAMKOER_STORAGE_DEPARTMENT_REGISTRY_H_
#define SAMKOER_STORAGE_DEPARTMENT_REGISTRY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

// Thread safety: a value type; const methods may be called from many threads.
class DepartmentRegistry {
 public:
  // DATA_LOSS if the table is damaged or has gaps.
  static absl::StatusOr<DepartmentRegistry> Load(const Reader& reader,
                                                 const ValueSealer& sealer);

  std::optional<std::uint16_t> Find(std::string_view id) const;
  // `number` < size().
  const std::string& id(std::uint16_t number) const { return ids_[number]; }
  std::size_t size() const { return ids_.size(); }

  // The number of `id`, given now if it is new, with the value to write, which
  // the caller must write durably before the number is used.
  // RESOURCE_EXHAUSTED after 65,535 departments.
  struct NewEntry {
    std::string key;
    std::string value;
  };
  absl::StatusOr<std::uint16_t> FindOrAdd(std::string_view id,
                                          const ValueSealer& sealer,
                                          std::vector<NewEntry>& to_write);

 private:
  std::vector<std::string> ids_;
  absl::flat_hash_map<std::string, std::uint16_t> numbers_;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_DEPARTMENT_REGISTRY_H_
