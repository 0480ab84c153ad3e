#include "matcher/feed_dictionaries.h"

#include <limits>
#include <utility>

#include "matcher/alert_lifecycle.h"
#include "matcher/rule_reasons.h"

namespace samkoer::matcher {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{32} << 10;

// An alert in which every unit takes part.
AlertContent ContentOfEverybody(const CompiledPolicy& policy, int rule) {
  AlertContent content;
  content.rule = policy.proto().rules(rule).id();
  content.rule_version = policy.proto().version();
  std::vector<CaseFacts> cases;
  std::vector<std::uint32_t> counting;
  for (std::uint16_t u = 0; u < policy.units().size(); ++u) {
    const CompiledUnit& unit = policy.units()[u];
    const auto& department = policy.department(unit.department);
    auto& participant = content.participants.emplace_back();
    participant.set_department(department.id());
    participant.set_department_name(department.name());
    participant.set_unit(unit.name);
    if (department.domains_size() > 0) {
      participant.set_domain(department.domains(0));
    }
    CaseFacts facts;
    facts.department = unit.department;
    facts.unit = u;
    facts.domain = static_cast<std::uint8_t>(participant.domain());
    counting.push_back(static_cast<std::uint32_t>(cases.size()));
    cases.push_back(facts);
  }
  content.reasons = RuleReasons(policy, rule, cases, counting);
  return content;
}

}  // namespace

std::string SampleAlerts(const CompiledPolicy& policy) {
  std::string sample;
  for (int rule = 0; rule < policy.proto().rules_size(); ++rule) {
    const absl::Time never = absl::UnixEpoch();
    samkoer::v1::Alert alert =
        OpenAlert("A-", ContentOfEverybody(policy, rule), never);
    ApplyRuleCeased(alert, never);
    sample.append(alert.SerializeAsString());
    ApplyRuleHolds(alert, ContentOfEverybody(policy, rule), never);
    sample.append(alert.SerializeAsString());
  }
  if (sample.size() > kMaxBytes) sample.erase(0, sample.size() - kMaxBytes);
  return sample;
}

absl::Status FeedDictionaries::Load(const storage::Reader& reader,
                                    const storage::ValueSealer& sealer) {
  all_.clear();
  policy_.reset();
  for (std::uint16_t number = 1; number != 0; ++number) {
    const std::string key = storage::DictionaryKey(number);
    auto value = reader.Get(key);
    if (absl::IsNotFound(value.status())) break;
    if (!value.ok()) return value.status();
    auto plaintext = sealer.Open(key, *value);
    if (!plaintext.ok()) return plaintext.status();
    auto bytes = storage::DecodeDictionary(*plaintext);
    if (!bytes.ok()) return bytes.status();
    all_.push_back(
        std::make_unique<const storage::Dictionary>(number, *std::move(bytes)));
  }
  // A new one must not take the number of one that older entries need.
  std::size_t stored = 0;
  absl::Status scanned = reader.Scan(storage::DictionaryPrefix(), "",
                                     [&](std::string_view, std::string_view) {
                                       ++stored;
                                       return true;
                                     });
  if (scanned.ok() && stored != all_.size()) {
    return absl::DataLossError("a dictionary of the feed is missing");
  }
  return scanned;
}

const storage::Dictionary* FeedDictionaries::Find(std::uint16_t number) const {
  return number == 0 || number > all_.size() ? nullptr
                                             : all_[number - 1u].get();
}

const storage::Dictionary* FeedDictionaries::ForPolicy(
    const std::shared_ptr<const CompiledPolicy>& policy,
    const storage::ValueSealer& sealer, PendingWrites& writes) {
  if (policy == nullptr) return nullptr;
  if (policy != policy_) {
    std::string sample = SampleAlerts(*policy);
    if (all_.empty() || all_.back()->bytes() != sample) {
      if (all_.size() >= std::numeric_limits<std::uint16_t>::max()) {
        return nullptr;
      }
      const auto number = static_cast<std::uint16_t>(all_.size() + 1);
      std::string key = storage::DictionaryKey(number);
      std::string value = sealer.Seal(key, storage::EncodeDictionary(sample));
      writes.Put(std::move(key), std::move(value));
      all_.push_back(std::make_unique<const storage::Dictionary>(
          number, std::move(sample)));
    }
    policy_ = policy;
  }
  return all_.back().get();
}

}  // namespace samkoer::matcher
