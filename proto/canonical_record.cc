#include "proto/canonical_record.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace samkoer::proto {
namespace {

// Writes into a string that is as long as it will be.
class Writer {
 public:
  explicit Writer(std::string& out) : at_(out.data()) {}
  void U8(unsigned value) { *at_++ = static_cast<char>(value & 0xff); }
  void U32(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) U8(value >> shift);
  }
  void Bytes(std::string_view bytes) {
    at_ = std::copy(bytes.begin(), bytes.end(), at_);
  }
  void Text(std::string_view text) {
    U8(static_cast<unsigned>(text.size()));
    U8(static_cast<unsigned>(text.size() >> 8));
    Bytes(text);
  }

 private:
  char* at_;
};

// Everything but the texts: version, five numbers of a byte, four of four
// bytes, and the lengths of four texts.
constexpr std::size_t kFixedBytes = 1 + 5 + 4 * 4 + 4 * 2;

}  // namespace

void CanonicalRecord(const samkoer::v1::CaseRecord& record, std::string& out) {
  const auto& plan = record.plan();
  std::size_t size = kFixedBytes + record.pseudonym().size() +
                     record.case_ref().size() + record.unit().size() +
                     plan.owner_unit().size() + record.contact().size();
  for (const std::string& code : record.criteria()) size += 2 + code.size();
  out.resize(size);
  Writer writer(out);
  writer.U8(1);
  writer.Bytes(record.pseudonym());
  writer.Text(record.case_ref());
  writer.Text(record.unit());
  writer.U8(static_cast<unsigned>(record.domain()));
  writer.U8(static_cast<unsigned>(record.status()));
  writer.U32(record.opened_month());
  writer.U32(record.closed_month());
  writer.U32(record.birth_month());
  writer.U8(static_cast<unsigned>(record.criteria_size()));
  if (record.criteria_size() == 1) {
    writer.Text(record.criteria(0));
  } else if (record.criteria_size() > 1) {
    std::vector<std::string_view> criteria(record.criteria().begin(),
                                           record.criteria().end());
    std::sort(criteria.begin(), criteria.end());
    for (std::string_view code : criteria) writer.Text(code);
  }
  writer.U8(static_cast<unsigned>(record.consent()));
  writer.U8((record.coordinator_exists() ? 1u : 0u) |
            (plan.exists() ? 2u : 0u) |
            (record.protected_identity() ? 4u : 0u));
  writer.Text(plan.owner_unit());
  writer.U32(plan.last_review_month());
  writer.Text(record.contact());
}

}  // namespace samkoer::proto
