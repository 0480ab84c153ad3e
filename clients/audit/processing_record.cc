#include "clients/audit/processing_record.h"

#include "absl/strings/numbers.h"
#include "clients/audit/leaf_filter.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "google/protobuf/wrappers.pb.h"
#include "proto/absl_text.h"
#include "samkoer/v1/intake.pb.h"

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
  if (leaf.action() == v1::AUDIT_ACTION_PERSON_ERASED) {
    // One that found nothing has erased nobody.
    for (const v1::AuditCount& count : leaf.counts()) {
      if ((count.name() == "records" || count.name() == "alerts") &&
          count.value() > 0) {
        ++erasures_;
        break;
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

namespace {

std::uint64_t Rounded(std::uint64_t count, std::uint64_t base) {
  return count - count % base;
}

// Fit to be shown around: as the statistics, no count tells of a single person.
v1::DescribeProcessingResponse WithRoundedCounts(
    const v1::DescribeProcessingResponse& described) {
  v1::DescribeProcessingResponse shown = described;
  if (shown.policy().withhold_below() == 0) {
    shown.mutable_policy()->set_withhold_below(kDefaultWithholdBelow);
  }
  const std::uint64_t base = shown.policy().withhold_below();
  shown.set_records(Rounded(shown.records(), base));
  shown.set_persons(Rounded(shown.persons(), base));
  shown.set_alerts(Rounded(shown.alerts(), base));
  shown.set_objections(Rounded(shown.objections(), base));
  return shown;
}

absl::StatusOr<std::string> Quoted(std::string_view text) {
  google::protobuf::StringValue value;
  value.set_value(std::string(text));
  return JsonText(value);
}

// What the municipality says of itself, and the fields of a case.
absl::StatusOr<std::string> Article30Json(const ProcessingRecord& record) {
  const std::pair<const char*, std::string_view> facts[] = {
      {"municipality", record.described.policy().municipality()},
      {"controller", record.controller.controller},
      {"contact", record.controller.contact},
      {"officer", record.controller.officer},
      // For the municipality to fill in: the system cannot know them.
      {"processors", ""},
      {"other_recipients", ""},
      {"third_countries", ""}};
  std::string json = "\"record\":\"article30\"";
  for (const auto& [name, text] : facts) {
    auto quoted = Quoted(text);
    if (!quoted.ok()) return quoted.status();
    json += Cat(",\n\"", name, "\":", *quoted);
  }
  json += ",\n\"categories\":{";
  const auto* fields = v1::CaseRecord::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    const std::string& name = fields->field(i)->name();
    auto quoted = Quoted(FieldMeaning(name));
    if (!quoted.ok()) return quoted.status();
    json += Cat(i == 0 ? "\"" : ",\n\"", name, "\":", *quoted);
  }
  return json + "}";
}

std::string RisksJson(const QuotaFacts& quota) {
  if (quota.burst == 0) return "\"risks\":{\"quota_burst\":null}";
  return Cat(
      "\"risks\":{\"quota_burst\":", quota.burst,
      ",\"quota_per_day\":", quota.per_day,
      ",\"plausible_numbers\":", kPlausibleNumbers,
      ",\"years_to_try_plausible\":", YearsToTry(kPlausibleNumbers, quota),
      ",\"years_to_try_all\":", YearsToTry(kPossibleNumbers, quota), "}");
}

}  // namespace

absl::StatusOr<std::string> RecordJson(const ProcessingRecord& record,
                                       RecordKind kind) {
  auto described = JsonText(WithRoundedCounts(record.described));
  if (!described.ok()) return described.status();
  absl::StatusOr<std::string> own =
      kind == RecordKind::kArticle30
          ? Article30Json(record)
          : Cat("\"record\":\"dpia\",\n", RisksJson(record.quota));
  if (!own.ok()) return own.status();
  std::string reads;
  for (const auto& [role, times] : record.log.reads_by_role()) {
    // A role is letters and hyphens, or came from a verified log all the same.
    if (role.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") !=
        std::string::npos) {
      continue;
    }
    reads += Cat(reads.empty() ? "" : ",", "\"", role, "\":", times);
  }
  LogFacts::Place erasures = record.log.Of(v1::AUDIT_ACTION_PERSON_ERASED);
  erasures.times = record.log.erasures();
  return Cat(
      "{", *own, ",\n\"described\":", *described,
      ",\n\"log\":{\"size\":", record.log.size(), ",\"policy\":",
      PlaceJson(record.log.Policy(record.described.policy().version())),
      ",\"sweeps\":", PlaceJson(record.log.Of(v1::AUDIT_ACTION_SWEEP)),
      ",\"erasures\":", PlaceJson(erasures), ",\"look_ups\":",
      PlaceJson(record.log.Of(v1::AUDIT_ACTION_PERSON_LOOKED_UP)),
      ",\"refusals\":", PlaceJson(record.log.Of(v1::AUDIT_ACTION_REFUSED)),
      ",\"reads_by_role\":{", reads, "}}}\n");
}

}  // namespace samkoer::clients
