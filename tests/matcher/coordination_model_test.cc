// The steps of coordination against a naive model, on random histories.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"
#include "matcher/nomination_steps.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states

constexpr int kRoles = 3;

// What a sensible person would write down on a sheet of paper.
struct Sheet {
  AlertState state = ALERT_STATE_IDENTIFIED;
  bool rule = true;
  // Some open case is left, where neither rule nor nomination says so.
  bool open_case = true;
  std::set<int> nominated;  // cases
  std::optional<int> asked;
  std::array<std::optional<int>, kRoles> holder;
  std::array<std::optional<int>, kRoles> successor;
  bool had_contact = false;
  bool offered = false;

  bool Active() const { return state <= ALERT_STATE_PLAN_ACTIVE; }
  // Kædeansvar: whoever has a task, or waits for a successor, answers for the
  // young person as long as there is a case.
  bool Kept() const {
    if (rule || !nominated.empty()) return true;
    bool answers = false;
    for (int role = 0; role < kRoles; ++role) {
      answers |= holder[role] || successor[role];
    }
    return answers && open_case;
  }
  void Forget() {
    asked.reset();
    holder[0].reset();
    holder[1].reset();
    successor = {};
    offered = false;
  }
};

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    alert_ = OpenAlert("A-7K3M-9QXD", Content(), Next());
  }

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      One(i);
      Compare(i);
    }
  }

 private:
  int Below(int n) {
    return std::uniform_int_distribution<int>(0, n - 1)(random_);
  }
  absl::Time Next() {
    return absl::FromUnixSeconds(1'800'000'000) + absl::Seconds(++clock_);
  }
  static AlertContent Content() {
    AlertContent content;
    content.rule = "unge";
    content.participants.resize(1);
    content.participants[0].set_department("family");
    return content;
  }
  static Holder Person(int n) {
    Holder holder;
    holder.set_name("P" + std::to_string(n));
    holder.set_department("jobs");
    holder.set_unit("Team Unge");
    return holder;
  }
  bool Take(CoordinateRequest request) {
    StepContext context;
    context.policy = &policy_;
    context.birth = M(200603);
    context.day = D("2026-11-22");
    context.actor = "anna";
    context.now = Next();
    return Coordinate(alert_, request, context).ok();
  }
  void Expect(bool taken, bool should) { EXPECT_EQ(taken, should); }
  void Guided() {
    if (sheet_.state < ALERT_STATE_GUIDE_ASSIGNED) {
      sheet_.state = ALERT_STATE_GUIDE_ASSIGNED;
    }
  }
  // What keeps the alert open beside the rule has changed, or the rule has.
  void RuleSays() {
    if (sheet_.rule) {
      ApplyRuleHolds(alert_, Content(), Next());
    } else {
      ApplyRuleCeased(alert_, Next(), sheet_.open_case);
    }
    if (sheet_.Active() && !sheet_.Kept()) {
      sheet_.state = ALERT_STATE_WITHDRAWN;
      sheet_.successor = {};
    }
  }

  void One(int step) {
    CoordinateRequest request;
    const int who = Below(5), role = Below(kRoles);
    switch (Below(13)) {
      case 0: {
        request.mutable_offer();
        Expect(Take(request), sheet_.Active());
        if (!sheet_.Active()) return;
        sheet_.offered = true;
        if (sheet_.state == ALERT_STATE_IDENTIFIED) {
          sheet_.state = ALERT_STATE_OFFERED;
        }
        return;
      }
      case 1: {
        const bool yes = Below(2) == 0;
        *request.mutable_assign_guide()->mutable_holder() = Person(who);
        request.mutable_assign_guide()->set_accepted(yes);
        const bool may = sheet_.Active() && !sheet_.holder[0];
        Expect(Take(request), may);
        if (!may) return;
        sheet_.asked = yes ? std::nullopt : std::optional(who);
        if (yes) sheet_.holder[0] = who;
        if (yes) Guided();
        return;
      }
      case 2: {
        const bool yes = Below(2) == 0;
        request.mutable_answer_guide()->set_accepted(yes);
        const bool may = sheet_.Active() && sheet_.asked;
        Expect(Take(request), may);
        if (!may) return;
        if (yes) sheet_.holder[0] = sheet_.asked;
        if (yes) Guided();
        sheet_.asked.reset();
        return;
      }
      case 3: {
        *request.mutable_appoint_caseworker()->mutable_holder() = Person(who);
        const bool may = sheet_.Active() && !sheet_.holder[1];
        Expect(Take(request), may);
        if (may) sheet_.holder[1] = who;
        return;
      }
      case 4: {
        *request.mutable_appoint_contact_person()->mutable_holder() =
            Person(who);
        const bool may = sheet_.Active() && !sheet_.holder[2];
        Expect(Take(request), may);
        if (!may) return;
        sheet_.holder[2] = who;
        sheet_.had_contact = true;
        return;
      }
      case 5: {
        request.mutable_end_contact_person()->set_reason("x");
        const bool may =
            sheet_.Active() && sheet_.holder[2] && !sheet_.successor[2];
        Expect(Take(request), may);
        if (!may) return;
        sheet_.holder[2].reset();
        RuleSays();
        return;
      }
      case 6: {
        request.mutable_request_handover()->set_role(
            static_cast<HandoverRole>(role + 1));
        *request.mutable_request_handover()->mutable_to() = Person(who);
        const bool may = sheet_.Active() && sheet_.holder[role] &&
                         *sheet_.holder[role] != who && !sheet_.successor[role];
        Expect(Take(request), may);
        if (may) sheet_.successor[role] = who;
        return;
      }
      case 7: {
        std::uint32_t id = 999;
        for (const auto& handover : alert_.coordination().handovers()) {
          if (handover.role() == role + 1 &&
              handover.state() == HANDOVER_STATE_REQUESTED) {
            id = handover.handover_id();
          }
        }
        const int answer = Below(3);
        request.mutable_settle_handover()->set_handover_id(id);
        request.mutable_settle_handover()->set_state(
            static_cast<HandoverState>(answer + 2));
        const bool may = sheet_.Active() && sheet_.successor[role];
        Expect(Take(request), may);
        if (!may) return;
        if (answer == 0) sheet_.holder[role] = sheet_.successor[role];
        sheet_.successor[role].reset();
        return;
      }
      case 8: {
        Nomination nomination;
        nomination.set_department("family");
        nomination.set_case_ref("F-" + std::to_string(who));
        EXPECT_TRUE(
            samkoer::matcher::Nominate(alert_, nomination, "f", Next()).ok());
        sheet_.nominated.insert(who);
        if (sheet_.state == ALERT_STATE_CLOSED) sheet_.Forget();
        if (sheet_.state <= ALERT_STATE_OFFERED ||
            sheet_.state == ALERT_STATE_CLOSED ||
            sheet_.state == ALERT_STATE_WITHDRAWN) {
          sheet_.state = ALERT_STATE_NOMINATED;
        }
        return;
      }
      case 9: {
        sheet_.nominated.erase(who);
        DropNominations(
            alert_,
            [&](const Nomination& n) {
              return n.case_ref() != "F-" + std::to_string(who);
            },
            Next());
        RuleSays();
        return;
      }
      case 10: {
        const bool before = sheet_.rule;
        sheet_.rule = Below(2) == 0;
        RuleSays();
        if (sheet_.rule && !before && !sheet_.Active()) {
          if (sheet_.state != ALERT_STATE_WITHDRAWN) sheet_.Forget();
          sheet_.state = ALERT_STATE_IDENTIFIED;
        }
        return;
      }
      case 11: {
        sheet_.open_case = Below(3) != 0;
        RuleSays();
        return;
      }
      default: {
        const bool declines = step % 2 == 0;
        const AlertState to =
            declines ? ALERT_STATE_DECLINED : ALERT_STATE_CLOSED;
        bool waits = false;
        for (const auto& successor : sheet_.successor) waits |= !!successor;
        const bool may = declines ? sheet_.state != ALERT_STATE_DECLINED
                                  : sheet_.Active() && !waits;
        Expect(SetAlertState(alert_, to, "anna", "", 0, Next()).ok(), may);
        if (may) sheet_.state = to;
        if (may) sheet_.successor = {};  // nobody is asked any more
      }
    }
  }

  void Compare(int step) {
    const auto& c = alert_.coordination();
    EXPECT_EQ(alert_.state(), sheet_.state) << step;
    EXPECT_EQ(c.nominations_size(), static_cast<int>(sheet_.nominated.size()))
        << step;
    EXPECT_EQ(c.has_offered(), sheet_.offered) << step;
    const auto name = [](const std::optional<int>& who) {
      return who ? "P" + std::to_string(*who) : std::string();
    };
    EXPECT_EQ(c.guide().holder().name(),
              name(sheet_.asked ? sheet_.asked : sheet_.holder[0]))
        << step;
    EXPECT_EQ(c.caseworker().holder().name(), name(sheet_.holder[1])) << step;
    EXPECT_EQ(c.contact_person().has_ended()
                  ? ""
                  : c.contact_person().holder().name(),
              name(sheet_.holder[2]))
        << step;
    for (int role = 0; role < kRoles; ++role) {
      EXPECT_EQ(HandoverOpen(alert_, static_cast<HandoverRole>(role + 1)),
                sheet_.successor[role].has_value())
          << step;
    }
    EXPECT_LE(alert_.history_size(), kMaxHistory);
  }

  const CompiledPolicy policy_ = Compiled(ExamplePolicy());
  std::mt19937 random_;
  int clock_ = 0;
  Alert alert_;
  Sheet sheet_;
};

TEST(CoordinationModelTest, RandomHistoriesAreAsOnASheetOfPaper) {
  const char* given = std::getenv("SAMKOER_SEED");
  const unsigned first =
      given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                       : std::random_device()();
  for (unsigned seed = first; seed != first + 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("SAMKOER_SEED=" + std::to_string(seed));
    Model(seed).Run(300);
  }
}

}  // namespace
}  // namespace samkoer::matcher
