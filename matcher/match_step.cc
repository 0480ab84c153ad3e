#include "matcher/match_step.h"

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/alert_store.h"
#include "matcher/case_limit.h"
#include "matcher/coordination_facts.h"
#include "matcher/evaluation.h"
#include "matcher/nomination_steps.h"
#include "matcher/parallel.h"
#include "matcher/participant.h"
#include "storage/audit_log.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

// Alerts a thread builds at a time: about a millisecond.
constexpr std::size_t kGrain = 32;

enum class Outcome : std::uint8_t { kNothing, kOpened, kChanged, kWithdrawn };

struct Built {
  Outcome outcome = Outcome::kNothing;
  AlertChange change;
};

class MatchStep {
 public:
  MatchStep(LoopState& state, Transaction& tx, const RecordChanges& changes)
      : state_(state),
        tx_(tx),
        changes_(changes),
        evaluator_(*state.policy, state.day),
        rules_(state.policy->proto()) {}

  absl::StatusOr<MatchCounts> Run(std::span<const PersonNo> persons,
                                  std::string_view push_id) {
    state_.binding->Extend();
    candidates_ = FindCandidates(state_, evaluator_, persons);
    counts_.evaluated = persons.size();
    state_.persons_evaluated += persons.size();
    OrderByPlace();
    NumberNewAlerts();
    std::vector<Built> built(candidates_.size());
    absl::Status status =
        ParallelFor(state_.threads, candidates_.size(), kGrain,
                    [&](std::size_t begin, std::size_t end) {
                      Builder builder(*this);
                      for (std::size_t i = begin; i < end; ++i) {
                        if (absl::Status s = builder.Build(candidates_[i],
                                                           infos_[i], built[i]);
                            !s.ok()) {
                          return s;
                        }
                      }
                      return absl::OkStatus();
                    });
    if (!status.ok()) return status;
    Stage(built);
    AddLeaves(push_id);
    return counts_;
  }

 private:
  // Standing alerts in the order in which they lie in the feed, so that a page
  // is opened once for all of its alerts, then the new ones as they came.
  void OrderByPlace() {
    const auto place = [&](const Candidate& candidate) {
      const AlertInfo* info = state_.index.FindAlert(candidate.person);
      return info != nullptr
                 ? info->place
                 : storage::FeedPlace{.page = ~std::uint64_t{0}, .index = 0};
    };
    std::vector<std::pair<storage::FeedPlace, Candidate>> placed;
    placed.reserve(candidates_.size());
    for (const Candidate& c : candidates_) placed.emplace_back(place(c), c);
    std::stable_sort(placed.begin(), placed.end(),
                     [](const auto& a, const auto& b) {
                       return std::tie(a.first.page, a.first.index) <
                              std::tie(b.first.page, b.first.index);
                     });
    for (std::size_t i = 0; i < placed.size(); ++i) {
      candidates_[i] = placed[i].second;
    }
  }

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

  // Makes alerts on one thread.
  class Builder {
   public:
    explicit Builder(const MatchStep& step)
        : step_(step),
          contents_(step.changes_),
          alerts_(step.state_, step.tx_) {}

    absl::Status Build(const Candidate& candidate, AlertInfo info,
                       Built& built) {
      const LoopState& state = step_.state_;
      const absl::Time now = step_.tx_.now();
      const bool is_new = !state.index.person(candidate.person).has_alert;
      samkoer::v1::Alert alert;
      if (!is_new) {
        if (absl::Status s = alerts_.Load(candidate.person, alert); !s.ok()) {
          return s;
        }
      }
      bool changed = true;
      const bool dropped = DropNominations(
          alert,
          [&](const samkoer::v1::Nomination& nomination) {
            return FindOpenCase(state, candidate.person,
                                nomination.department(),
                                nomination.case_ref()) != kNone;
          },
          now);
      if (candidate.rule >= 0) {
        auto content = Content(candidate);
        if (!content.ok()) return content.status();
        if (is_new) {
          alert = OpenAlert(FormatAlertId(info.id), *std::move(content), now);
        } else {
          changed = ApplyRuleHolds(alert, *std::move(content), now);
        }
      } else {
        changed =
            ApplyRuleCeased(alert, now, HasOpenCase(state, candidate.person));
      }
      if (changed || dropped) {
        changed = true;
        RefreshCoordination(alert, GatherPersonFacts(state, candidate.person),
                            step_.rules_, state.day, now);
      }
      info.match_digest = candidate.digest;
      if (!changed) {
        // Only noted in memory; the next start compares the contents once more.
        built.change.person = candidate.person;
        built.change.info = std::move(info);
        return absl::OkStatus();
      }
      built.outcome = is_new ? Outcome::kOpened
                      : IsEnded(alert.state()) && candidate.rule < 0
                          ? Outcome::kWithdrawn
                          : Outcome::kChanged;
      built.change =
          MakeAlertChange(state, candidate.person, std::move(info), alert);
      return absl::OkStatus();
    }

   private:
    absl::StatusOr<AlertContent> Content(const Candidate& candidate) {
      const LoopState& state = step_.state_;
      GatherFacts(state, candidate.person, records_, facts_);
      std::optional<Match> match = step_.evaluator_.Evaluate(facts_);
      if (!match || match->rule != candidate.rule) {
        return absl::InternalError("two evaluations of a person differ");
      }
      AlertContent content;
      content.rule = state.policy->proto().rules(match->rule).id();
      content.rule_version = state.policy->proto().version();
      content.reasons = std::move(match->reasons);
      const std::size_t left_out =
          LimitShownCases(state, records_, match->cases);
      if (left_out > 0) {
        content.reasons.push_back(LeftOutReason(match->cases.size(), left_out));
      }
      content.participants.reserve(match->cases.size());
      for (const std::uint32_t i : match->cases) {
        auto bytes = contents_.Get(records_[i]);
        if (!bytes.ok()) return bytes.status();
        const std::uint16_t department =
            state.index.record(records_[i]).attributes.department;
        auto record = storage::ParseRecordContent(
            *bytes, state.departments.texts(department));
        if (!record.ok()) return record.status();
        FillParticipant(state, department, *record,
                        content.participants.emplace_back());
      }
      return content;
    }

    const MatchStep& step_;
    ContentReader contents_;
    AlertLoader alerts_;
    std::vector<RecordNo> records_;
    std::vector<CaseFacts> facts_;
  };

  void Stage(std::vector<Built>& built) {
    std::vector<AlertChange> changed;
    changed.reserve(built.size());
    for (Built& b : built) {
      switch (b.outcome) {
        case Outcome::kNothing:
          state_.index.PutAlert(b.change.person, std::move(b.change.info));
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
      subjects_.push_back(state_.index.person(b.change.person).subject_id());
      changed.push_back(std::move(b.change));
    }
    StageAlertChanges(state_, tx_, changed);
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
  const CoordinationRules rules_;
  std::vector<Candidate> candidates_;
  std::vector<AlertInfo> infos_;
  std::vector<crypto::Hash16> subjects_;
  MatchCounts counts_;
};

}  // namespace

void AddMatchCounts(samkoer::v1::AuditLeaf& leaf, const MatchCounts& counts) {
  AddCount(leaf, "evaluated", counts.evaluated);
  AddCount(leaf, "alerts_opened", counts.opened);
  AddCount(leaf, "alerts_changed", counts.changed);
  AddCount(leaf, "alerts_withdrawn", counts.withdrawn);
  AddCount(leaf, "persons_deleted", counts.persons_gone);
}

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
