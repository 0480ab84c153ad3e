// Conferences against a naive model, on random histories with restarts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/matcher/conference_fixture.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states

constexpr int kPersons = 6;
constexpr std::size_t kCases = 3;

// What a sensible person would keep in a ring binder: a sheet a conference with
// the cases on it in order, and a card a young person.
struct Sheet {
  ConferenceState state = CONFERENCE_STATE_PLANNED;
  std::vector<int> persons;
  std::uint64_t revision = 1;
};
struct Card {
  bool active = true;
  bool erased = false;
  std::string conference;  // the latest
  bool held = false;
  std::string action;
};

class ConferencesModelTest : public ConferenceTest {
 protected:
  void SetUp() override {
    in_.policy().set_version(4);
    in_.policy().mutable_coordination()->set_conference_cases(kCases);
    SAMKOER_ASSERT_OK(in_.ApplyPolicy());
    for (int p = 0; p < kPersons; ++p) alerts_.push_back(MatchOf(Name(p)));
  }
  static std::string Name(int person) { return "p" + std::to_string(person); }
  int Below(std::size_t n) {
    return std::uniform_int_distribution<int>(0,
                                              static_cast<int>(n) - 1)(random_);
  }
  std::string SomeConference() {
    if (sheets_.empty()) return "K-0000-0000";
    return std::next(sheets_.begin(), Below(sheets_.size()))->first;
  }
  bool Planned(const std::string& id) {
    return sheets_.contains(id) &&
           sheets_[id].state == CONFERENCE_STATE_PLANNED;
  }
  // Whose card says so.
  bool On(int person, const std::string& id) {
    return !cards_[person].erased && cards_[person].conference == id;
  }
  void TakeOff(int person, const std::string& id) {
    std::erase(sheets_[id].persons, person);
  }
  void Leave(int person) {
    if (!cards_[person].conference.empty() && !cards_[person].held) {
      TakeOff(person, cards_[person].conference);
      cards_[person].conference.clear();
      cards_[person].action.clear();
    }
  }

  void One(int step) {
    const std::string id = SomeConference(), other = SomeConference();
    const int person = Below(kPersons);
    Card& card = cards_[person];
    const std::string& alert = alerts_[person];
    switch (Below(11)) {
      case 0:
        if (sheets_.size() < 8) sheets_[Plan()] = {};
        return;
      case 1:
      case 2: {
        const bool may = Planned(id) && sheets_[id].persons.size() < kCases &&
                         card.active && !card.erased &&
                         (card.conference.empty() || card.held);
        EXPECT_EQ(Add(id, alert).ok(), may);
        if (!may) return;
        sheets_[id].persons.push_back(person);
        ++sheets_[id].revision;
        card.conference = id;
        card.held = false;
        card.action.clear();
        return;
      }
      case 3: {
        const bool may = Planned(id) && On(person, id);
        EXPECT_EQ(Remove(id, alert).ok(), may);
        if (!may) return;
        Leave(person);
        ++sheets_[id].revision;
        return;
      }
      case 4: {
        const bool may = Planned(id) && Planned(other) && id != other &&
                         On(person, id) &&
                         sheets_[other].persons.size() < kCases;
        EXPECT_EQ(Move(id, alert, other).ok(), may);
        if (!may) return;
        TakeOff(person, id);
        sheets_[other].persons.push_back(person);
        ++sheets_[id].revision;
        ++sheets_[other].revision;
        card.conference = other;
        return;
      }
      case 5:
      case 6: {
        const std::string text = "handling " + std::to_string(step);
        const bool may = sheets_.contains(id) &&
                         sheets_[id].state != CONFERENCE_STATE_CANCELLED &&
                         On(person, id) && card.active;
        EXPECT_EQ(Act(id, alert, text).ok(), may);
        if (!may) return;
        card.action = text;
        ++sheets_[id].revision;
        return;
      }
      case 7: {
        Sheet* sheet = sheets_.contains(id) ? &sheets_[id] : nullptr;
        bool may = Planned(id);
        if (may) {
          for (const int p : sheet->persons) may &= !cards_[p].action.empty();
        }
        EXPECT_EQ(End(id).ok(), may);
        if (!may) return;
        for (const int p : sheet->persons) cards_[p].held = true;
        sheet->state = CONFERENCE_STATE_HELD;
        ++sheet->revision;
        return;
      }
      case 8: {
        const bool may = Planned(id) && Below(2) == 0;
        if (!may) return;
        SAMKOER_EXPECT_OK(Cancel(id));
        const std::vector<int> persons = sheets_[id].persons;
        for (const int p : persons) Leave(p);
        sheets_[id].state = CONFERENCE_STATE_CANCELLED;
        ++sheets_[id].revision;
        return;
      }
      case 9: {
        if (card.erased) return;
        SAMKOER_EXPECT_OK(SetState(alert, card.active
                                              ? ALERT_STATE_DECLINED
                                              : ALERT_STATE_IDENTIFIED));
        if (card.active) {
          Leave(person);
        } else {
          // Another round of work begins.
          card.conference.clear();
          card.held = false;
          card.action.clear();
        }
        card.active = !card.active;
        return;
      }
      default:
        if (Below(8) == 0 && !card.erased) {
          in_.MustErase(Name(person));
          card = {false, true, "", false, ""};
          for (auto& [name, sheet] : sheets_) {
            std::erase(sheet.persons, person);
          }
        } else {
          in_.Restart();
        }
    }
  }

  void Compare(int step) {
    for (const auto& [id, sheet] : sheets_) {
      const auto shown = Get(id);
      EXPECT_EQ(shown.conference().state(), sheet.state) << step;
      EXPECT_EQ(shown.conference().revision(), sheet.revision) << step;
      EXPECT_EQ(shown.conference().cases(), sheet.persons.size()) << step;
      ASSERT_EQ(static_cast<std::size_t>(shown.agenda_size()),
                sheet.persons.size())
          << step;
      for (int n = 0; n < shown.agenda_size(); ++n) {
        const auto& item = shown.agenda(n);
        const int person = sheet.persons[static_cast<std::size_t>(n)];
        EXPECT_EQ(item.number(), static_cast<unsigned>(n + 1)) << step;
        EXPECT_EQ(item.alert_id(), alerts_[person]) << step;
        EXPECT_EQ(item.action().text(),
                  cards_[person].conference == id ? cards_[person].action : "")
            << step;
      }
    }
    for (int p = 0; p < kPersons; ++p) {
      if (cards_[p].erased) continue;
      const auto alert = AlertOf(Name(p));
      EXPECT_EQ(alert.coordination().conference().conference_id(),
                cards_[p].conference)
          << step << " " << p;
      EXPECT_EQ(alert.coordination().conference().held(), cards_[p].held);
      EXPECT_EQ(alert.state() == ALERT_STATE_DECLINED, !cards_[p].active);
      if (cards_[p].active && !cards_[p].held) {
        EXPECT_EQ(alert.state() == ALERT_STATE_CONFERENCE_PLANNED,
                  !cards_[p].conference.empty())
            << step << " " << p;
      }
    }
  }

  std::mt19937 random_;
  std::vector<std::string> alerts_;
  std::map<int, Card> cards_;
  std::map<std::string, Sheet> sheets_;
};

TEST_F(ConferencesModelTest, RandomHistoriesAreAsInARingBinder) {
  const char* given = std::getenv("SAMKOER_SEED");
  const unsigned seed =
      given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                       : std::random_device()();
  SCOPED_TRACE("SAMKOER_SEED=" + std::to_string(seed));
  random_.seed(seed);
  for (int step = 0; step < 400 && !HasFailure(); ++step) {
    One(step);
    if (step % 5 == 0) Compare(step);
  }
  Compare(-1);
}

}  // namespace
}  // namespace samkoer::matcher
