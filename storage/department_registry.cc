#include "storage/department_registry.h"

#include <utility>

#include "proto/absl_text.h"
#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kTextsVersion = 2;
constexpr std::size_t kMaxNumbers = 65535;

}  // namespace

std::string DepartmentRegistry::Encode(const Department& department) {
  std::string out;
  PutU8(out, department.texts.empty() ? kVersion : kTextsVersion);
  PutString16(out, department.id);
  PutU16(out, static_cast<std::uint16_t>(department.units.size()));
  for (const std::string& unit : department.units) PutString16(out, unit);
  if (department.texts.empty()) return out;
  PutU16(out, static_cast<std::uint16_t>(department.texts.size()));
  for (const std::string& text : department.texts) PutString16(out, text);
  return out;
}

absl::Status DepartmentRegistry::TakeIn(std::string_view key,
                                        std::string_view plaintext) {
  ByteReader in(plaintext);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion && version != kTextsVersion) {
    return absl::FailedPreconditionError(
        "a department has an unknown version; use a newer program");
  }
  Department department;
  department.id = in.String16();
  const unsigned units = in.U16();
  for (unsigned i = 0; i < units && in.ok(); ++i) {
    department.units.emplace_back(in.String16());
    department.unit_numbers.emplace(department.units.back(),
                                    static_cast<std::uint16_t>(i));
  }
  const unsigned texts = version == kTextsVersion ? in.U16() : 0;
  for (unsigned i = 0; i < texts && in.ok(); ++i) {
    department.texts.emplace_back(in.String16());
    department.text_numbers.emplace(department.texts.back(),
                                    static_cast<std::uint16_t>(i));
  }
  if (!in.Done() || department.id.empty() ||
      department.text_numbers.size() != texts ||
      numbers_.contains(department.id) ||
      department.unit_numbers.size() != units ||
      ParseNumberKey(Table::kDepartment, key) != departments_.size()) {
    return absl::DataLossError("the department table is malformed");
  }
  numbers_[department.id] = static_cast<std::uint16_t>(departments_.size());
  departments_.push_back(std::move(department));
  return absl::OkStatus();
}

absl::StatusOr<DepartmentRegistry> DepartmentRegistry::Load(
    const Reader& reader, const ValueSealer& sealer) {
  DepartmentRegistry registry;
  absl::Status status;
  absl::Status scanned =
      reader.Scan(TablePrefix(Table::kDepartment), "",
                  [&](std::string_view key, std::string_view value) {
                    auto plaintext = sealer.Open(key, value);
                    status = plaintext.ok() ? registry.TakeIn(key, *plaintext)
                                            : plaintext.status();
                    return status.ok();
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

std::optional<std::uint16_t> DepartmentRegistry::FindUnit(
    std::uint16_t department, std::string_view unit) const {
  const auto& numbers = departments_[department].unit_numbers;
  const auto found = numbers.find(proto::Absl(unit));
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint16_t> DepartmentRegistry::FindText(
    std::uint16_t department, std::string_view text) const {
  const auto& numbers = departments_[department].text_numbers;
  const auto found = numbers.find(proto::Absl(text));
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

void DepartmentRegistry::AddTexts(std::uint16_t department,
                                  std::span<const std::string> texts,
                                  const ValueSealer& sealer,
                                  std::vector<Entry>& to_write) {
  Department& known = departments_[department];
  const std::size_t before = known.texts.size();
  for (const std::string& text : texts) {
    if (known.texts.size() >= kMaxTexts) break;
    if (known.text_numbers.contains(text)) continue;
    known.text_numbers.emplace(text,
                               static_cast<std::uint16_t>(known.texts.size()));
    known.texts.push_back(text);
  }
  if (known.texts.size() != before) {
    to_write.push_back(Sealed(department, sealer));
  }
}

DepartmentRegistry::Entry DepartmentRegistry::Sealed(
    std::uint16_t number, const ValueSealer& sealer) const {
  Entry entry;
  entry.key = NumberKey(Table::kDepartment, number);
  entry.value = sealer.Seal(entry.key, Encode(departments_[number]));
  return entry;
}

absl::StatusOr<std::uint16_t> DepartmentRegistry::Add(
    std::string_view id, std::span<const std::string> units,
    const ValueSealer& sealer, std::vector<Entry>& to_write) {
  bool changed = false;
  auto number = Find(id);
  if (!number) {
    if (departments_.size() >= kMaxNumbers) {
      return absl::ResourceExhaustedError(
          "the store has known 65535 departments, which is its limit");
    }
    number = static_cast<std::uint16_t>(departments_.size());
    departments_.emplace_back().id = id;
    numbers_[std::string(id)] = *number;
    changed = true;
  }
  Department& department = departments_[*number];
  for (const std::string& unit : units) {
    if (department.unit_numbers.contains(unit)) continue;
    if (department.units.size() >= kMaxNumbers) {
      return absl::ResourceExhaustedError(
          "a department has had 65535 units, which is the limit");
    }
    department.unit_numbers.emplace(
        unit, static_cast<std::uint16_t>(department.units.size()));
    department.units.push_back(unit);
    changed = true;
  }
  if (changed) to_write.push_back(Sealed(*number, sealer));
  return *number;
}

}  // namespace samkoer::storage
