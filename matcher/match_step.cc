#include "matcher/match_step.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/alert_store.h"
#include "matcher/evaluation.h"
#include "matcher/parallel.h"
#include "storage/audit_log.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

// Alerts a thread builds at a time: about a millisecond.
constexpr std::size_t kGrain = 32;

enum class Outcome : std::uint8_t { kNothing, kOpened, kChanged, kWithdrawn };

struct Built {
  Outcome outcome = Outcome::kNothing;
  SealedChange change;
  SealedFeedEntry feed;
};

class MatchStep {
 public:
  MatchStep(LoopState& state, Transaction& tx, const RecordChanges& changes)
      : state_(state),
        tx_(tx),
        changes_(changes),
        evaluator_(*state.policy, state.day) {}

  absl::StatusOr<MatchCounts> Run(std::span<const PersonNo> persons,
                                  std::string_view push_id) {
    state_.binding->Extend();
    candidates_ = FindCandidates(state_, evaluator_, persons);
    counts_.evaluated = persons.size();
    state_.persons_evaluated += persons.size();
    NumberNewAlerts();
    std::vector<Built> built(candidates_.size());
    absl::Status status = ParallelFor(
        state_.threads, candidates_.size(), kGrain,
        [&](std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) {
            if (absl::Status s = Build(candidates_[i], infos_[i], built[i]);
                !s.ok()) {
              return s;
            }
          }
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    SealFeed(built);
    Stage(built);
    AddLeaves(push_id);
    return counts_;
  }

 private:
  // Gives new alerts ascending numbers and descending ids, so that "newest
  // first, then by id" is the numbers' order backwards.
  void NumberNewAlerts() {
    infos_.resize(candidates_.size());
    std::vector<std::size_t> fresh;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const PersonNo person = candidates_[i].person;
      if (state_.index.person(person).has_alert) {
        infos_[i] = *state_.index.FindAlert(person);
      } else {
        fresh.push_back(i);
      }
    }
    std::vector<std::uint64_t> ids;
    absl::flat_hash_set<std::uint64_t> drawn;
    while (ids.size() < fresh.size()) {
      std::uint64_t id;
      randombytes_buf(&id, sizeof(id));
      id &= kAlertIdMask;
      if (state_.index.FindAlertId(id) == kNone && drawn.insert(id).second) {
        ids.push_back(id);
      }
    }
    std::sort(ids.begin(), ids.end(), std::greater<>());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      infos_[fresh[i]].number = state_.state.next_alert++;
      infos_[fresh[i]].id = ids[i];
    }
  }

  absl::StatusOr<AlertContent> Content(const Candidate& candidate) const {
    std::vector<RecordNo> records;
    std::vector<CaseFacts> facts;
    GatherFacts(state_, candidate.person, records, facts);
    std::optional<Match> match = evaluator_.Evaluate(facts);
    if (!match || match->rule != candidate.rule) {
      return absl::InternalError("two evaluations of a person differ");
    }
    AlertContent content;
    content.rule = state_.policy->proto().rules(match->rule).id();
    content.rule_version = state_.policy->proto().version();
    content.reasons = std::move(match->reasons);
    for (const std::uint32_t i : match->cases) {
      auto bytes = changes_.Content(records[i]);
      if (!bytes.ok()) return bytes.status();
      auto record = storage::ParseRecordContent(*bytes);
      if (!record.ok()) return record.status();
      const auto& department = state_.policy->department(facts[i].department);
      auto& participant = content.participants.emplace_back();
      participant.set_department(department.id());
      participant.set_department_name(department.name());
      participant.set_unit(std::string(record->unit));
      participant.set_domain(static_cast<samkoer::v1::Domain>(record->domain));
      participant.set_case_ref(std::string(record->case_ref));
      participant.set_contact(std::string(record->contact));
      participant.set_since_month(record->opened_month);
      participant.set_protected_identity(record->protected_identity);
    }
    return content;
  }

  absl::Status Build(const Candidate& candidate, AlertInfo info,
                     Built& built) const {
    const bool is_new = !state_.index.person(candidate.person).has_alert;
    samkoer::v1::Alert alert;
    if (!is_new) {
      auto loaded = LoadAlert(state_, tx_, candidate.person);
      if (!loaded.ok()) return loaded.status();
      alert = *std::move(loaded);
    }
    bool changed = true;
    if (candidate.rule >= 0) {
      auto content = Content(candidate);
      if (!content.ok()) return content.status();
      if (is_new) {
        alert =
            OpenAlert(FormatAlertId(info.id), *std::move(content), tx_.now());
      } else {
        changed = ApplyRuleHolds(alert, *std::move(content), tx_.now());
      }
    } else {
      changed = ApplyRuleCeased(alert, tx_.now());
    }
    info.match_digest = candidate.digest;
    if (!changed) {
      // Only noted in memory; the next start compares the contents once more.
      built.change.person = candidate.person;
      built.change.info = info;
      return absl::OkStatus();
    }
    built.outcome = is_new                ? Outcome::kOpened
                    : candidate.rule >= 0 ? Outcome::kChanged
                                          : Outcome::kWithdrawn;
    built.change = SealAlertChange(state_, candidate.person, info, alert);
    return absl::OkStatus();
  }

  void SealFeed(std::vector<Built>& built) {
    std::vector<std::uint64_t> sequences(built.size());
    for (std::size_t i = 0; i < built.size(); ++i) {
      if (built[i].outcome == Outcome::kNothing) continue;
      sequences[i] = ++state_.state.feed_sequence;
    }
    ParallelFor(state_.threads, built.size(), kGrain,
                [&](std::size_t begin, std::size_t end) {
                  for (std::size_t i = begin; i < end; ++i) {
                    if (sequences[i] == 0) continue;
                    built[i].feed = SealFeedChange(state_, built[i].change,
                                                   sequences[i], tx_.now());
                  }
                  return absl::OkStatus();
                })
        .IgnoreError();
  }

  void Stage(std::vector<Built>& built) {
    for (Built& b : built) {
      state_.index.PutAlert(b.change.person, b.change.info);
      switch (b.outcome) {
        case Outcome::kNothing:
          continue;
        case Outcome::kOpened:
          ++counts_.opened;
          break;
        case Outcome::kChanged:
          ++counts_.changed;
          break;
        case Outcome::kWithdrawn:
          ++counts_.withdrawn;
          break;
      }
      ++state_.alerts_changed;
      subjects_.push_back(state_.index.person(b.change.person).subject_id);
      tx_.writes().Put(std::move(b.change.alert_key),
                       std::move(b.change.alert_value));
      tx_.writes().Put(std::move(b.feed.key), std::move(b.feed.value));
    }
  }

  void AddLeaves(std::string_view push_id) {
    for (std::size_t i = 0; i < subjects_.size();
         i += storage::kMaxLeafSubjects) {
      const std::size_t end =
          std::min(subjects_.size(), i + storage::kMaxLeafSubjects);
      auto leaf = state_.MakeLeaf(tx_.now(), kMatcherActor, "",
                                  samkoer::v1::AUDIT_ACTION_ALERTS_MATCHED);
      SetSubjects(leaf, {subjects_.begin() + static_cast<std::ptrdiff_t>(i),
                         subjects_.begin() + static_cast<std::ptrdiff_t>(end)});
      if (i == 0) {
        AddCount(leaf, "opened", counts_.opened);
        AddCount(leaf, "changed", counts_.changed);
        AddCount(leaf, "withdrawn", counts_.withdrawn);
      }
      leaf.set_push_id(std::string(push_id));
      tx_.AddLeaf(std::move(leaf));
    }
  }

  LoopState& state_;
  Transaction& tx_;
  const RecordChanges& changes_;
  const RuleEvaluator evaluator_;
  std::vector<Candidate> candidates_;
  std::vector<AlertInfo> infos_;
  std::vector<crypto::Hash16> subjects_;
  MatchCounts counts_;
};

}  // namespace

absl::StatusOr<MatchCounts> MatchPersons(LoopState& state, Transaction& tx,
                                         const RecordChanges& changes,
                                         std::span<const PersonNo> persons,
                                         std::string_view push_id) {
  return MatchStep(state, tx, changes).Run(persons, push_id);
}

absl::StatusOr<MatchCounts> FinishChanges(LoopState& state, Transaction& tx,
                                          RecordChanges& changes,
                                          std::string_view push_id) {
  changes.Settle();
  auto counts = MatchPersons(state, tx, changes, changes.touched(), push_id);
  if (!counts.ok()) return counts;
  counts->persons_gone = changes.DropEmptyPersons();
  if (absl::Status s = changes.Flush(); !s.ok()) return s;
  return counts;
}

}  // namespace samkoer::matcher
