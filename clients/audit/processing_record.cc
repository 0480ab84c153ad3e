#include "clients/audit/processing_record.h"

#include "absl/strings/numbers.h"
#include "clients/audit/leaf_filter.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "proto/absl_text.h"

namespace samkoer::clients {
namespace {

constexpr LogFacts::Place kNever;

void Count(LogFacts::Place& place, std::uint64_t index,
           const v1::AuditLeaf& leaf) {
  place.index = index;
  place.seconds = leaf.time().seconds();
  ++place.times;
}

// "samkoer://viborg/coordinator/anna" as "coordinator".
std::string RoleOf(std::string_view actor) {
  const std::size_t scheme = actor.find("://");
  if (scheme == std::string_view::npos) return std::string(actor);
  const std::size_t role = actor.find('/', scheme + 3);
  if (role == std::string_view::npos) return "unidentified";
  return std::string(
      actor.substr(role + 1, actor.find('/', role + 1) - role - 1));
}

std::string PlaceJson(const LogFacts::Place& place) {
  return Cat("{\"times\":", place.times, ",\"newest_leaf\":", place.index,
             ",\"newest_time\":", place.seconds, "}");
}

}  // namespace

void LogFacts::Take(std::uint64_t index, const v1::AuditLeaf& leaf) {
  ++size_;
  Count(by_action_[leaf.action()], index, leaf);
  if (leaf.action() == v1::AUDIT_ACTION_POLICY_APPLIED) {
    for (const v1::AuditCount& count : leaf.counts()) {
      if (count.name() == "version") {
        Count(policies_[count.value()], index, leaf);
      }
    }
  }
  if (IsRead(leaf) || leaf.action() == v1::AUDIT_ACTION_FEED_READ ||
      leaf.action() == v1::AUDIT_ACTION_INBOX_READ) {
    ++reads_by_role_[RoleOf(leaf.actor())];
  }
}

const LogFacts::Place& LogFacts::Of(v1::AuditAction action) const {
  const auto found = by_action_.find(action);
  return found == by_action_.end() ? kNever : found->second;
}

LogFacts::Place LogFacts::Policy(std::uint32_t version) const {
  const auto found = policies_.find(version);
  return found == policies_.end() ? kNever : found->second;
}

absl::StatusOr<QuotaFacts> ParseQuota(std::string_view text,
                                      Language language) {
  const std::size_t colon = text.find(':');
  QuotaFacts quota;
  if (colon != std::string_view::npos &&
      absl::SimpleAtoi(proto::Absl(text.substr(0, colon)), &quota.burst) &&
      absl::SimpleAtoi(proto::Absl(text.substr(colon + 1)), &quota.per_day) &&
      quota.burst > 0) {
    return quota;
  }
  return absl::InvalidArgumentError(
      Say(language, "kvoten skrives som 20000:500 (på én gang og pr. dag)",
          "a quota is written as 20000:500 (at once, and a day)"));
}

std::uint64_t YearsToTry(std::uint64_t numbers, const QuotaFacts& quota) {
  if (numbers <= quota.burst) return 0;
  // Without a refill it never ends; a thousand years are as good.
  if (quota.per_day == 0) return 1000;
  return (numbers - quota.burst) / quota.per_day / 365;
}

absl::StatusOr<std::string> RecordJson(const ProcessingRecord& record) {
  auto described = JsonText(record.described);
  if (!described.ok()) return described.status();
  std::string reads;
  for (const auto& [role, times] : record.log.reads_by_role()) {
    // A role is letters and hyphens, or came from a verified log all the same.
    if (role.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") !=
        std::string::npos) {
      continue;
    }
    reads += Cat(reads.empty() ? "" : ",", "\"", role, "\":", times);
  }
  return Cat(
      "{\"described\":", *described, ",\n\"log\":{\"size\":", record.log.size(),
      ",\"policy\":",
      PlaceJson(record.log.Policy(record.described.policy().version())),
      ",\"sweeps\":", PlaceJson(record.log.Of(v1::AUDIT_ACTION_SWEEP)),
      ",\"erasures\":",
      PlaceJson(record.log.Of(v1::AUDIT_ACTION_PERSON_ERASED)),
      ",\"look_ups\":",
      PlaceJson(record.log.Of(v1::AUDIT_ACTION_PERSON_LOOKED_UP)),
      ",\"refusals\":", PlaceJson(record.log.Of(v1::AUDIT_ACTION_REFUSED)),
      ",\"reads_by_role\":{", reads,
      "}},\n\"risks\":{\"quota_burst\":", record.quota.burst,
      ",\"quota_per_day\":", record.quota.per_day,
      ",\"plausible_numbers\":", kPlausibleNumbers,
      ",\"years_to_try_plausible\":",
      YearsToTry(kPlausibleNumbers, record.quota),
      ",\"years_to_try_all\":", YearsToTry(kPossibleNumbers, record.quota),
      "}}\n");
}

}  // namespace samkoer::clients
