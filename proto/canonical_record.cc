#include "proto/canonical_record.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace samkoer::proto {
namespace {

void PutU8(std::string& out, unsigned value) {
  out.push_back(static_cast<char>(value & 0xff));
}

void PutU32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) PutU8(out, value >> shift);
}

void PutText(std::string& out, std::string_view text) {
  PutU8(out, text.size());
  PutU8(out, text.size() >> 8);
  out.append(text);
}

}  // namespace

void CanonicalRecord(const samkoer::v1::CaseRecord& record, std::string& out) {
  out.clear();
  PutU8(out, 1);
  out.append(record.pseudonym());
  PutText(out, record.case_ref());
  PutText(out, record.unit());
  PutU8(out, record.domain());
  PutU8(out, record.status());
  PutU32(out, record.opened_month());
  PutU32(out, record.closed_month());
  PutU32(out, record.birth_month());
  PutU8(out, record.criteria_size());
  if (record.criteria_size() == 1) {
    PutText(out, record.criteria(0));
  } else if (record.criteria_size() > 1) {
    std::vector<std::string_view> criteria(record.criteria().begin(),
                                           record.criteria().end());
    std::sort(criteria.begin(), criteria.end());
    for (std::string_view code : criteria) PutText(out, code);
  }
  PutU8(out, record.consent());
  PutU8(out, (record.coordinator_exists() ? 1u : 0u) |
                 (record.plan().exists() ? 2u : 0u) |
                 (record.protected_identity() ? 4u : 0u));
  PutText(out, record.plan().owner_unit());
  PutU32(out, record.plan().last_review_month());
  PutText(out, record.contact());
}

}  // namespace samkoer::proto
