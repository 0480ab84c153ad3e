#include "matcher/policy_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "support/source_folder.h"

namespace samkoer::matcher {
namespace {

std::string ExamplePath(const std::string& municipality) {
  return SourceFolder() + "/deploy/municipalities/" + municipality +
         "/policy.yaml";
}

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PolicyFileTest, TheExamplePoliciesAreSound) {
  for (const std::string municipality :
       {"viborg", "slagelse", "horsens", "ballerup"}) {
    const auto policy = LoadPolicyFile(ExamplePath(municipality));
    ASSERT_TRUE(policy.ok()) << policy.status();
    EXPECT_EQ(policy->proto().municipality(), municipality);
    EXPECT_EQ(policy->text(), TextOf(ExamplePath(municipality)));
    for (int i = 0; i < policy->proto().departments_size(); ++i) {
      const auto department = static_cast<std::uint16_t>(i);
      EXPECT_EQ(policy->PermittedFor(department).size(),
                static_cast<std::size_t>(
                    policy->department(department).domains_size()))
          << "a domain without a legal basis in " << municipality;
    }
  }
}

TEST(PolicyFileTest, ViborgCountsAuthoritiesFromFifteenToThirty) {
  const auto policy = LoadPolicyFile(ExamplePath("viborg")).value();
  const auto& rule = policy.proto().rules(0);
  EXPECT_EQ(rule.age_from(), 15u);
  EXPECT_EQ(rule.age_below(), 30u);
  EXPECT_EQ(rule.at_least(), 2u);
  EXPECT_EQ(rule.count(), samkoer::v1::COUNT_BASIS_AUTHORITY_DEPARTMENTS);
  const auto provider = policy.FindDepartment("basistilbud");
  EXPECT_FALSE(
      policy.units()[policy.FindUnit(provider, "Safranvej")].authority);
}

TEST(PolicyFileTest, AnErrorNamesFileLineAndField) {
  std::string text = TextOf(ExamplePath("viborg"));
  const std::string good = "shrink_limit_percent: 20";
  text.replace(text.find(good), good.size(), "shrink_limit_percent: 200");
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_EQ(ParsePolicy(text, "p.yaml").status().message(),
            "p.yaml:" + std::to_string(lines) +
                ":23: shrink_limit_percent: must be 1 to "
                "100");
  text = TextOf(ExamplePath("slagelse")) + "alarms: {silent_days: 40}\n";
  const auto last = std::count(text.begin(), text.end(), '\n');
  EXPECT_EQ(ParsePolicy(text, "p.yaml").status().message(),
            "p.yaml:" + std::to_string(last) +
                ":23: alarms.silent_days: must be at most 31");
}

TEST(PolicyFileTest, AMissingFieldIsPlacedAtWhatShouldHoldIt) {
  const std::string text =
      "municipality: a\npurpose: b\nversion: 1\ndepartments:\n  - id: c\n";
  EXPECT_EQ(ParsePolicy(text, "p.yaml").status().message(),
            "p.yaml:5:5: departments[0].name: must not be empty");
  EXPECT_EQ(ParsePolicy("purpose: b\n", "p.yaml").status().message(),
            "p.yaml: municipality: must be 1 to 64 of a-z, 0-9 and '-'");
}

TEST(PolicyFileTest, ABrokenSchemaNamesThePlace) {
  EXPECT_EQ(ParsePolicy("purpos: b\n", "p.yaml").status().message(),
            "p.yaml:1:1: unknown key 'purpos' (did you mean 'purpose'?)");
}

TEST(PolicyFileTest, AMissingFileIsNotFound) {
  EXPECT_EQ(LoadPolicyFile("/nonexistent/p.yaml").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(PolicyFileTest, JsonIsYaml) {
  const auto policy = ParsePolicy(
      R"({"municipality": "a", "purpose": "b", "version": 1,
          "departments": [{"id": "c", "name": "\u00c6rø", "kind": "AUTHORITY",
            "units": [{"name": "d"}], "domains": ["SOCIAL"]}],
          "legal_bases": [],
          "rules": [{"id": "r", "text": "t", "age_from": 15, "age_below": 30,
            "at_least": 2, "count": "DOMAINS"}],
          "retention": {"closed_case_months": 0, "ended_alert_months": 12},
          "shrink_limit_percent": 20})",
      "p.json");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->department(0).name(), "Ærø");
}

}  // namespace
}  // namespace samkoer::matcher
