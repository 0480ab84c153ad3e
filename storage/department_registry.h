// The numbers of departments, of their units, and of texts that many of their
// records share, given once and never used again, so that records need not
// repeat them, and a department or unit that leaves the policy keeps its own.
//
// Plaintext of one department, version 1 (integers little-endian; texts as u16
// length, bytes):
//   version (u8 = 1), id (text), number of units (u16), their names (texts) in
//   the order of their numbers, from 0
// Version 2, written once there are shared texts: then their number (u16) and
// they themselves (texts), in the order of their numbers, from 0.
// The key holds the department's number.
#ifndef SAMKOER_STORAGE_DEPARTMENT_REGISTRY_H_
#define SAMKOER_STORAGE_DEPARTMENT_REGISTRY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
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
  // `department` < size().
  const std::string& id(std::uint16_t department) const {
    return departments_[department].id;
  }
  std::size_t size() const { return departments_.size(); }

  std::optional<std::uint16_t> FindUnit(std::uint16_t department,
                                        std::string_view unit) const;
  // The names, by number.
  const std::vector<std::string>& units(std::uint16_t department) const {
    return departments_[department].units;
  }

  // The number of a shared text.
  std::optional<std::uint16_t> FindText(std::uint16_t department,
                                        std::string_view text) const;
  // The texts, by number.
  const std::vector<std::string>& texts(std::uint16_t department) const {
    return departments_[department].texts;
  }

  // Gives numbers to `id` and `units` where they have none. What must be
  // written, durably and before a number is used, is appended to `to_write`.
  // Returns the department's number; RESOURCE_EXHAUSTED after 65,535
  // departments, or units of one.
  struct Entry {
    std::string key;
    std::string value;
  };
  absl::StatusOr<std::uint16_t> Add(std::string_view id,
                                    std::span<const std::string> units,
                                    const ValueSealer& sealer,
                                    std::vector<Entry>& to_write);
  // Gives numbers to texts of a known department, as long as there are fewer
  // than kMaxTexts; the others get none. As a text stays for good, nothing that
  // is about one person may be given a number.
  static constexpr std::size_t kMaxTexts = 1000;
  void AddTexts(std::uint16_t department, std::span<const std::string> texts,
                const ValueSealer& sealer, std::vector<Entry>& to_write);

 private:
  struct Department {
    std::string id;
    std::vector<std::string> units;
    absl::flat_hash_map<std::string, std::uint16_t> unit_numbers;
    std::vector<std::string> texts;
    absl::flat_hash_map<std::string, std::uint16_t> text_numbers;
  };
  Entry Sealed(std::uint16_t number, const ValueSealer& sealer) const;
  static std::string Encode(const Department& department);
  absl::Status TakeIn(std::string_view key, std::string_view plaintext);

  std::vector<Department> departments_;
  absl::flat_hash_map<std::string, std::uint16_t> numbers_;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_DEPARTMENT_REGISTRY_H_
