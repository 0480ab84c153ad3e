// Rows with anything in their fields: never a crash, and nothing leaves that
// the matcher would refuse or that carries a CPR number.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "clients/agent/row_cleaner.h"
#include "clients/common/cpr.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace {

using samkoer::agent::CleanCase;
using samkoer::agent::Config;
using samkoer::agent::RowCleaner;
using samkoer::agent::RowView;

const Config& SampleConfig() {
  static const Config config = [] {
    auto parsed = samkoer::agent::ParseConfig(R"(department: a
purpose: p
matcher: {address: "h:1"}
key_service: {address: "h:2"}
tls: {ca_file: a, certificate_file: b, key_file: c}
source_file: s
dialect: {date_format: "%d-%m-%Y"}
columns: {cpr: A, case_ref: B, unit: C, kle: D, opened: E, closed: F, status: G}
open_words: [o]
closed_words: [c]
domains: [{prefix: "", domain: FAMILY}]
permitted: [{age_from: 0, age_below: 120}]
state_dir: s
cache_passphrase: "file:p"
)",
                                              "fuzz.yaml");
    if (!parsed.ok()) std::abort();
    return *std::move(parsed);
  }();
  return config;
}

void Check(std::string_view text, std::size_t most) {
  if (text.size() > most || !samkoer::proto::IsPlainLine(text) ||
      samkoer::proto::LooksLikeCprNumber(text) ||
      samkoer::clients::ContainsCpr(text)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // Fields are separated by zero bytes, in the order of Column.
  std::string_view text(reinterpret_cast<const char*>(data), size);
  RowView row;
  for (std::string_view& value : row.values) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    value = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const samkoer::agent::NumberMap numbers;
  const auto outcome = RowCleaner(SampleConfig(), numbers, nullptr, nullptr,
                                  {2026, 11, 2}, samkoer::v1::PUSH_KIND_DELTA)
                           .Clean(row);
  const auto* clean = std::get_if<CleanCase>(&outcome.result);
  if (clean == nullptr) return 0;
  const auto& record = clean->record;
  if (record.case_ref().empty() || record.unit().empty()) std::abort();
  Check(record.case_ref(), samkoer::proto::kMaxCaseRefBytes);
  Check(record.unit(), samkoer::proto::kMaxUnitBytes);
  Check(record.contact(), samkoer::proto::kMaxContactBytes);
  for (const auto& code : record.criteria()) {
    Check(code, samkoer::proto::kMaxCriterionBytes);
  }
  if (record.opened_month() > 202611 || record.closed_month() > 202611 ||
      record.birth_month() < 190001 || record.birth_month() > 202611) {
    std::abort();
  }
  return 0;
}
