// What the record of processing (GDPR art. 30) and the assessment of its
// consequences (art. 35) are made of: what the server says of itself, what the
// verified log shows, and what the municipality says of itself. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_PROCESSING_RECORD_H_
#define SAMKOER_CLIENTS_AUDIT_PROCESSING_RECORD_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/alerts/alert_text.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/reports.pb.h"

namespace samkoer::clients {

// What a log shows of the processing, leaf by leaf.
class LogFacts {
 public:
  void Take(std::uint64_t index, const v1::AuditLeaf& leaf);

  struct Place {
    std::uint64_t index = 0;
    std::int64_t seconds = 0;  // since 1970
    std::uint64_t times = 0;   // 0: never
  };
  // The newest leaf of an action, and how many there were.
  const Place& Of(v1::AuditAction action) const;
  // The leaf that brought a version of the policy into force; times 0: none.
  Place Policy(std::uint32_t version) const;
  // Refusals, look-ups and so on by the role of who did it ("coordinator").
  const std::map<std::string, std::uint64_t>& reads_by_role() const {
    return reads_by_role_;
  }
  // Erasures of persons of whom something was held.
  std::uint64_t erasures() const { return erasures_; }
  std::uint64_t size() const { return size_; }

 private:
  std::map<int, Place> by_action_;
  std::map<std::uint64_t, Place> policies_;
  std::map<std::string, std::uint64_t> reads_by_role_;
  std::uint64_t erasures_ = 0;
  std::uint64_t size_ = 0;
};

// What only people know.
struct ControllerFacts {
  std::string controller;  // name and address; empty: to be filled in
  std::string contact;
  std::string officer;
};

// One bucket of the key service's quota: how many evaluations at once, and how
// many come back a day.
struct QuotaFacts {
  std::uint64_t burst = 20'000;
  std::uint64_t per_day = 500;
};

struct ProcessingRecord {
  v1::DescribeProcessingResponse described;
  LogFacts log;
  ControllerFacts controller;
  QuotaFacts quota;
  absl::Time made;
};

// "20000:500". INVALID_ARGUMENT otherwise, and for 0 at once.
absl::StatusOr<QuotaFacts> ParseQuota(std::string_view text, Language language);

// Years until so many numbers have been tried with such a quota, rounded down;
// 0 for less than a year.
std::uint64_t YearsToTry(std::uint64_t numbers, const QuotaFacts& quota);

// CPR numbers of those who may be matched, born in 16 years: all that can be
// written, and those that pass modulus 11 (docs/threat-model.md).
inline constexpr std::uint64_t kPossibleNumbers = 35'000'000;
inline constexpr std::uint64_t kPlausibleNumbers = 3'200'000;

// Policy.withhold_below, where the policy does not say.
inline constexpr std::uint32_t kDefaultWithholdBelow = 5;

// The record of art. 30 and the assessment of art. 35 as Danish pages.
std::string Article30Page(const ProcessingRecord& record,
                          const TextStyle& style);
std::string DpiaPage(const ProcessingRecord& record, const TextStyle& style);

enum class RecordKind { kArticle30, kDpia };

// The same as one JSON object. Of art. 30: controller, officer, purposes,
// categories, policy and recipients; of art. 35: what was described, what the
// log shows, the limits and the risks. Persons and objections are rounded down
// to a multiple of the policy's withhold_below, as the statistics are.
absl::StatusOr<std::string> RecordJson(const ProcessingRecord& record,
                                       RecordKind kind);

// What a field of a case record means, in Danish; "" if nobody wrote it down.
std::string_view FieldMeaning(std::string_view field);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_PROCESSING_RECORD_H_
