// A random life of departments, for comparing the matcher with the reference.
#ifndef SAMKOER_TESTS_MATCHER_RANDOM_HISTORY_H_
#define SAMKOER_TESTS_MATCHER_RANDOM_HISTORY_H_

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/policy.pb.h"
#include "tests/matcher/installation.h"
#include "tests/matcher/reference_matcher.h"

namespace samkoer::matcher {

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed);

  // Does one thing to the installation and the same to the reference.
  void Step();
  // Everything that can be seen must agree.
  void Compare(bool everybody);
  // Empties all departments and lets time pass: nothing may be left.
  void EndAll();

  const std::string& what() const { return what_; }

 private:
  using Record = samkoer::v1::CaseRecord;

  std::uint32_t Random(std::uint32_t below) {
    return std::uniform_int_distribution<std::uint32_t>(0, below - 1)(rng_);
  }
  bool Chance(unsigned percent) { return Random(100) < percent; }

  // ---- The departments' own truth ----
  std::string RandomPerson();
  Record RandomRecord(const std::string& department, const std::string& ref);
  // Changes one case, and returns its reference.
  std::string Mutate(const std::string& department);
  // What of it may be sent, cases together.
  std::vector<Record> Lawful(const std::string& department);

  // ---- Steps ----
  void PushSnapshot();
  void PushDelta();
  void PassTime();
  void RandomRetention(samkoer::v1::Retention& retention);
  // Raises the version of the installation's policy and changes something.
  void WriteNewPolicy();
  void ChangePolicy();
  // Sometimes with a new policy on a new day.
  void Restart();
  void SetState();
  void RotateKek();
  // Erases somebody, sometimes with a push half sent, or lifts an objection.
  void Erase();
  // Pushes until it is through, whatever fails on the way.
  void PushThrough(const PushPlan& plan);
  void MaybeFail();
  void ReopenIfFailed();
  std::string RandomDepartment();

  void CompareAlerts();
  void CompareHeads();
  void CompareFeed();
  // The newest leaf of a sweep says what went and what is left.
  void CompareSweep(const std::map<std::string, std::uint64_t>& deleted);
  void ComparePerson(const std::string& person);

  std::mt19937_64 rng_;
  std::string what_;
  Installation installation_;
  ReferenceMatcher reference_;
  std::map<std::string, std::vector<Record>> truth_;  // by department
  std::map<int, std::string> alert_ids_;              // by Alert::serial
  std::set<std::string> seen_alerts_;                 // ids of all there were
  bool failing_ = false;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_RANDOM_HISTORY_H_
