#include "proto/yaml/yaml_message.h"

#include <cstdio>
#include <fstream>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "samkoer/v1/agent_config.pb.h"
#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/policy.pb.h"
#include "samkoer/v1/server_config.pb.h"

namespace samkoer::proto {
namespace {

using samkoer::v1::AgentConfig;
using samkoer::v1::MatcherdConfig;
using samkoer::v1::Policy;
using samkoer::v1::PushRequest;

template <typename T>
T Parsed(std::string_view text) {
  T message;
  const absl::Status status = ParseYaml(text, "x.yaml", message);
  EXPECT_TRUE(status.ok()) << status;
  return message;
}

template <typename T>
std::string ErrorOf(std::string_view text) {
  T message;
  const absl::Status status = ParseYaml(text, "x.yaml", message);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(status.message());
}

TEST(YamlMessageTest, EveryKindOfFieldIsFilled) {
  const Policy policy = Parsed<Policy>(R"(
municipality: viborg
version: 3
departments:
  - id: a
    name: "Rådgivning: unge"
    kind: PROVIDER
    units: [{name: Ét}, {name: "To", kind: AUTHORITY}]
    domains: [FAMILY, DISABILITY_PSYCHIATRY]
rules:
  - exclude_coordinator_exists: true
    criteria: [x, 'y']
    count: DOMAINS
retention: {closed_case_months: 0}
)");
  EXPECT_EQ(policy.municipality(), "viborg");
  EXPECT_EQ(policy.version(), 3u);
  ASSERT_EQ(policy.departments_size(), 1);
  const auto& department = policy.departments(0);
  EXPECT_EQ(department.name(), "Rådgivning: unge");
  EXPECT_EQ(department.kind(), samkoer::v1::UNIT_KIND_PROVIDER);
  ASSERT_EQ(department.units_size(), 2);
  EXPECT_EQ(department.units(0).name(), "Ét");
  EXPECT_EQ(department.units(1).kind(), samkoer::v1::UNIT_KIND_AUTHORITY);
  ASSERT_EQ(department.domains_size(), 2);
  EXPECT_EQ(department.domains(1), samkoer::v1::DOMAIN_DISABILITY_PSYCHIATRY);
  EXPECT_TRUE(policy.rules(0).exclude_coordinator_exists());
  EXPECT_EQ(policy.rules(0).criteria(1), "y");
  EXPECT_EQ(policy.rules(0).count(), samkoer::v1::COUNT_BASIS_DOMAINS);
  EXPECT_TRUE(policy.has_retention());
}

TEST(YamlMessageTest, OptionalFieldsKnowWhetherTheyWereGiven) {
  EXPECT_FALSE(
      Parsed<AgentConfig>("department: a\n").has_rejects_limit_percent());
  const auto zero = Parsed<AgentConfig>("rejects_limit_percent: 0\n");
  EXPECT_TRUE(zero.has_rejects_limit_percent());
  EXPECT_EQ(zero.rejects_limit_percent(), 0u);
}

TEST(YamlMessageTest, StringsStayAsWritten) {
  const auto config = Parsed<AgentConfig>(
      "department: 0123\npurpose: true\nfixed_unit: 1e5\nfixed_contact: ''\n"
      "dialect: {delimiter: \"\\t\", null_words: [\"NULL\", -]}\n");
  EXPECT_EQ(config.department(), "0123");
  EXPECT_EQ(config.purpose(), "true");
  EXPECT_EQ(config.fixed_unit(), "1e5");
  EXPECT_EQ(config.fixed_contact(), "");
  EXPECT_EQ(config.dialect().delimiter(), "\t");
  EXPECT_EQ(config.dialect().null_words(0), "NULL");
  EXPECT_EQ(config.dialect().null_words(1), "-");
}

TEST(YamlMessageTest, BytesAreBase64) {
  const auto config =
      Parsed<MatcherdConfig>("oprf_keys: [{epoch: 1, public_key: AAEC/w==}]\n");
  EXPECT_EQ(config.oprf_keys(0).public_key(),
            std::string("\x00\x01\x02\xff", 4));
  for (const std::string bad : {"AAEC/w", "AAEC/x==", "AA EC/w==", "!", "A"}) {
    EXPECT_EQ(
        ErrorOf<MatcherdConfig>("oprf_keys: [{public_key: \"" + bad + "\"}]\n"),
        "x.yaml:1:26: 'public_key' must be base64");
  }
}

TEST(YamlMessageTest, MapsAreMappings) {
  const auto values = Parsed<google::protobuf::Struct>(
      "fields: {a: {string_value: x}, b: {bool_value: true}}\n");
  ASSERT_EQ(values.fields().size(), 2u);
  EXPECT_EQ(values.fields().at("a").string_value(), "x");
  EXPECT_TRUE(values.fields().at("b").bool_value());
  EXPECT_EQ(ErrorOf<google::protobuf::Struct>("fields: [1]\n"),
            "x.yaml:1:9: 'fields' must be a mapping");
}

TEST(YamlMessageTest, UnknownKeysNameThePlaceAndTheNearestKey) {
  EXPECT_EQ(ErrorOf<Policy>("version: 1\ndepatments: []\n"),
            "x.yaml:2:1: unknown key 'depatments' (did you mean "
            "'departments'?)");
  EXPECT_EQ(ErrorOf<Policy>("departments:\n  - id: a\n    Name: b\n"),
            "x.yaml:3:5: unknown key 'Name' (did you mean 'name'?)");
  EXPECT_EQ(ErrorOf<Policy>("zzz: 1\n"), "x.yaml:1:1: unknown key 'zzz'");
}

TEST(YamlMessageTest, UnknownEnumNamesListWhatThereIs) {
  EXPECT_EQ(ErrorOf<Policy>("departments: [{kind: AUTORITY}]\n"),
            "x.yaml:1:22: unknown kind 'AUTORITY' (did you mean "
            "'AUTHORITY'?); one of AUTHORITY, PROVIDER");
  for (const std::string bad :
       {"UNSPECIFIED", "UNIT_KIND_AUTHORITY", "authority", "1", "\"\""}) {
    EXPECT_NE(ErrorOf<Policy>("departments: [{kind: " + bad + "}]\n"), "");
  }
}

TEST(YamlMessageTest, NumbersMustLookLikeTheirValue) {
  for (const std::string bad : {"-1", "4294967296", "01", "0x10", "1.0", "1e3",
                                "\"1\"", "one", "+1", "1_000", "[1]"}) {
    EXPECT_NE(ErrorOf<Policy>("version: " + bad + "\n"), "") << bad;
  }
  EXPECT_EQ(Parsed<Policy>("version: 4294967295\n").version(), 4294967295u);
}

TEST(YamlMessageTest, WrongShapesAreRefused) {
  EXPECT_EQ(ErrorOf<Policy>("departments: a\n"),
            "x.yaml:1:14: 'departments' must be a list");
  EXPECT_EQ(ErrorOf<Policy>("retention: 1\n"),
            "x.yaml:1:12: must be a mapping of keys to values");
  EXPECT_EQ(ErrorOf<Policy>("municipality: [a]\n"),
            "x.yaml:1:15: 'municipality' must be a single value");
  EXPECT_NE(ErrorOf<Policy>("- a\n"), "");
  for (const std::string bad : {"yes", "True", "1", "\"true\"", "on"}) {
    EXPECT_NE(
        ErrorOf<Policy>("rules: [{exclude_coordinator_exists: " + bad + "}]"),
        "")
        << bad;
  }
}

TEST(YamlMessageTest, ANullIsNoValue) {
  for (const std::string null : {"", " ~", " null", " NULL"}) {
    EXPECT_NE(ErrorOf<Policy>("municipality:" + null + "\n"), "") << null;
    EXPECT_NE(ErrorOf<Policy>("departments:" + null + "\n"), "") << null;
    EXPECT_NE(ErrorOf<Policy>("retention:" + null + "\n"), "") << null;
  }
  EXPECT_NE(ErrorOf<Policy>("rules: [{criteria: [a, ]}, ~]\n"), "");
}

TEST(YamlMessageTest, TwoKeysOfAOneofAreRefused) {
  EXPECT_NE(ErrorOf<PushRequest>("begin: {}\ncommit: {}\n"), "");
  EXPECT_TRUE(Parsed<PushRequest>("commit: {}\n").has_commit());
}

TEST(YamlMessageTest, ValuesAreNotEchoed) {
  const std::string secret = "hunter2hunter2";
  EXPECT_EQ(ErrorOf<Policy>("version: " + secret + "\n").find(secret),
            std::string::npos);
  EXPECT_EQ(
      ErrorOf<MatcherdConfig>("oprf_keys: [{self_test: " + secret + "!}]\n")
          .find(secret),
      std::string::npos);
}

TEST(YamlMessageTest, WhatTheMessageHeldIsCleared) {
  Policy policy;
  policy.set_purpose("old");
  ASSERT_TRUE(ParseYaml("version: 1\n", "x.yaml", policy).ok());
  EXPECT_EQ(policy.purpose(), "");
}

constexpr std::string_view kNested = R"(departments:
  - id: a
  - id: b
    units:
      - name: u
        kind: PROVIDER
      - name: v
)";

TEST(LocateYamlTest, AFieldPathIsFound) {
  EXPECT_EQ(LocateYaml(kNested, "p", "departments[1].units[1].name"), "p:7:15");
  EXPECT_EQ(LocateYaml(kNested, "p", "departments[0].id"), "p:2:9");
}

TEST(LocateYamlTest, AMissingKeyIsPlacedWhereItShouldStand) {
  EXPECT_EQ(LocateYaml(kNested, "p", "departments[1].name"), "p:3:5");
  EXPECT_EQ(LocateYaml(kNested, "p", "departments[7].name"), "p:2:3");
  EXPECT_EQ(LocateYaml(kNested, "p", "retention.x"), "p");
}

TEST(LocateYamlTest, PathsAndTextsThatMakeNoSenseGiveTheName) {
  EXPECT_EQ(LocateYaml("a: [", "p", "a[0]"), "p");
  for (const std::string path : {"", "[", "[0]", ".", "a..b", "departments[",
                                 "departments[x]", "[[", "..."}) {
    EXPECT_TRUE(LocateYaml(kNested, "p", path).starts_with("p")) << path;
  }
}

TEST(ReadYamlFileTest, FilesThatCannotBeReadSaySo) {
  Policy policy;
  EXPECT_EQ(ReadYamlFile("/nonexistent/policy.yaml", policy).code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(ReadYamlFile(testing::TempDir(), policy).ok());
}

TEST(ReadYamlFileTest, AFileIsReadAndNamedInErrors) {
  const std::string path = testing::TempDir() + "/samkoer_yaml_message_test";
  std::ofstream(path) << "version: 7\n";
  Policy policy;
  ASSERT_TRUE(ReadYamlFile(path, policy).ok());
  EXPECT_EQ(policy.version(), 7u);
  std::ofstream(path) << "verion: 7\n";
  EXPECT_EQ(ReadYamlFile(path, policy).message(),
            path + ":1:1: unknown key 'verion' (did you mean 'version'?)");
  std::remove(path.c_str());
}

}  // namespace
}  // namespace samkoer::proto
