#include "storage/department_registry.h"

#include "proto/absl_text.h"
#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxDepartments = 65535;

}  // namespace

absl::StatusOr<DepartmentRegistry> DepartmentRegistry::Load(
    const Reader& reader, const ValueSealer& sealer) {
  DepartmentRegistry registry;
  absl::Status status;
  absl::Status scanned = reader.Scan(
      TablePrefix(Table::kDepartment), "",
      [&](std::string_view key, std::string_view value) {
        auto plaintext = sealer.Open(key, value);
        if (!plaintext.ok()) {
          status = plaintext.status();
          return false;
        }
        ByteReader in(*plaintext);
        if (in.U8() != kVersion) {
          status = absl::FailedPreconditionError(
              "a department has an unknown version; use a newer program");
          return false;
        }
        const std::string id(in.String16());
        if (!in.Done() || id.empty() || registry.numbers_.contains(id) ||
            ParseNumberKey(Table::kDepartment, key) != registry.ids_.size()) {
          status = absl::DataLossError("the department table is malformed");
          return false;
        }
        registry.numbers_[id] = static_cast<std::uint16_t>(registry.size());
        registry.ids_.push_back(id);
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  return registry;
}

std::optional<std::uint16_t> DepartmentRegistry::Find(
    std::string_view id) const {
  const auto found = numbers_.find(proto::Absl(id));
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<std::uint16_t> DepartmentRegistry::FindOrAdd(
    std::string_view id, const ValueSealer& sealer,
    std::vector<NewEntry>& to_write) {
  if (const auto found = Find(id)) return *found;
  if (ids_.size() >= kMaxDepartments) {
    return absl::ResourceExhaustedError(
        "the store has known 65535 departments, which is its limit");
  }
  const auto number = static_cast<std::uint16_t>(ids_.size());
  NewEntry entry;
  entry.key = NumberKey(Table::kDepartment, number);
  std::string plaintext;
  PutU8(plaintext, kVersion);
  PutString16(plaintext, id);
  entry.value = sealer.Seal(entry.key, plaintext);
  to_write.push_back(std::move(entry));
  numbers_[std::string(id)] = number;
  ids_.emplace_back(id);
  return number;
}

}  // namespace samkoer::storage
