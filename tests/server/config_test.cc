#include "server/config.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_replace.h"

namespace samkoer::server {
namespace {

// 32 zero bytes in base64.
constexpr char kBytes32[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

std::string MatcherdText() {
  return absl::StrReplaceAll(R"(tls:
  listen: "127.0.0.1:0"
  ca_file: pki/ca.pem
  certificate_file: pki/matcherd.pem
  key_file: /etc/samkoer/matcherd.key
policy_file: policy.yaml
keyring_file: keyring
passphrase: file:secret/passphrase
data_dir: ../store
checkpoint_file: /mnt/other/checkpoint
oprf_keys:
  - epoch: 1
    public_key: KEY
    self_test: KEY
)",
                             {{"KEY", kBytes32}});
}

constexpr char kKeydText[] = R"(municipality: viborg
tls:
  listen: "127.0.0.1:7000"
  ca_file: ca.pem
  certificate_file: keyd.pem
  key_file: keyd.key
keyring_file: keyring
passphrase: "fd:3"
data_dir: data
checkpoint_file: checkpoint
quotas:
  - subject: department
    burst: 100000
    per_day: 5000
  - subject: samkoer://viborg/privacy-officer/dpo
    burst: 10
    per_day: 10
)";

constexpr char kPath[] = "/etc/samkoer/conf/server.yaml";

absl::Status Matcherd(const std::string& text) {
  return ParseMatcherdConfig(text, kPath).status();
}

// The matcher's configuration with one piece of text replaced.
absl::Status MatcherdWith(const std::string& from, const std::string& to) {
  const std::string text = MatcherdText();
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return Matcherd(absl::StrReplaceAll(text, {{from, to}}));
}

void ExpectRefused(const absl::Status& status, const std::string& place,
                   const std::string& what) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  const std::string message(status.message());
  EXPECT_TRUE(message.starts_with(place)) << message;
  EXPECT_NE(message.find(what), std::string::npos) << message;
}

TEST(MatcherdConfig, PathsAreRelativeToTheFile) {
  const auto config = ParseMatcherdConfig(MatcherdText(), kPath);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->tls().ca_file(), "/etc/samkoer/conf/pki/ca.pem");
  EXPECT_EQ(config->tls().key_file(), "/etc/samkoer/matcherd.key");
  EXPECT_EQ(config->tls().revoked_file(), "");
  EXPECT_EQ(config->policy_file(), "/etc/samkoer/conf/policy.yaml");
  EXPECT_EQ(config->passphrase(), "file:/etc/samkoer/conf/secret/passphrase");
  EXPECT_EQ(config->data_dir(), "/etc/samkoer/store");
  EXPECT_EQ(config->checkpoint_file(), "/mnt/other/checkpoint");
}

TEST(MatcherdConfig, AnUnknownKeyIsRefusedWithFileAndLine) {
  ExpectRefused(Matcherd(MatcherdText() + "metrics_lisen: \"127.0.0.1:1\"\n"),
                std::string(kPath) + ":15:", "metrics_lisen");
}

TEST(MatcherdConfig, MissingPathsAreRefused) {
  for (const char* line :
       {"  ca_file: pki/ca.pem\n", "  certificate_file: pki/matcherd.pem\n",
        "  key_file: /etc/samkoer/matcherd.key\n", "policy_file: policy.yaml\n",
        "keyring_file: keyring\n", "data_dir: ../store\n",
        "checkpoint_file: /mnt/other/checkpoint\n"}) {
    ExpectRefused(MatcherdWith(line, ""), kPath, "missing");
  }
}

TEST(MatcherdConfig, AddressesNeedAHostAndAPort) {
  for (const char* listen :
       {"127.0.0.1", ":80", "host:", "host:x", "host:65536", "host:-1"}) {
    ExpectRefused(MatcherdWith("127.0.0.1:0", listen),
                  std::string(kPath) + ":2:", "host:port");
  }
  EXPECT_TRUE(MatcherdWith("127.0.0.1:0", "[::1]:443").ok());
}

TEST(MatcherdConfig, APassphraseWrittenInTheFileIsRefusedAndNotRepeated) {
  const absl::Status status =
      MatcherdWith("file:secret/passphrase", "correct horse battery staple");
  ExpectRefused(status, std::string(kPath) + ":8:", "never the passphrase");
  EXPECT_EQ(std::string(status.message()).find("horse"), std::string::npos);
  EXPECT_TRUE(MatcherdWith("file:secret/passphrase", "credential:unlock").ok());
  EXPECT_FALSE(MatcherdWith("file:secret/passphrase", "\"file:\"").ok());
}

TEST(MatcherdConfig, KeysOfTheWrongLengthOrOrderAreRefused) {
  ExpectRefused(
      MatcherdWith(std::string("public_key: ") + kBytes32, "public_key: AAAA"),
      std::string(kPath) + ":13:", "32 bytes");
  ExpectRefused(
      MatcherdWith(std::string("self_test: ") + kBytes32, "self_test: AAAA"),
      std::string(kPath) + ":14:", "32 bytes");
  ExpectRefused(MatcherdWith("epoch: 1", "epoch: 0"), kPath, "start at 1");
  const std::string again = std::string("  - epoch: 1\n    public_key: ") +
                            kBytes32 + "\n    self_test: " + kBytes32 + "\n";
  ExpectRefused(Matcherd(MatcherdText() + again), kPath, "ascend");
}

TEST(MatcherdConfig, EveryKeyButTheNewestHasAClosingDay) {
  const std::string next = std::string("  - epoch: 2\n    public_key: ") +
                           kBytes32 + "\n    self_test: " + kBytes32 + "\n";
  ExpectRefused(Matcherd(MatcherdText() + next), kPath, "window ends");
  const std::string closing =
      MatcherdText() + "    closes_on: \"2026-12-24\"\n";
  EXPECT_TRUE(Matcherd(closing + next).ok());
  ExpectRefused(Matcherd(closing), kPath, "the newest key has none");
  ExpectRefused(
      Matcherd(MatcherdText() + "    closes_on: \"24.12.2026\"\n" + next),
      kPath, "YYYY-MM-DD");
}

TEST(MatcherdConfig, WithoutKeysOfTheKeyServiceItIsRefused) {
  const std::string text = MatcherdText();
  ExpectRefused(Matcherd(text.substr(0, text.find("oprf_keys"))), kPath,
                "samkoer-keyd public");
}

TEST(MatcherdConfig, UnknownLogLevelsAreRefused) {
  ExpectRefused(Matcherd(MatcherdText() + "log_level: loud\n"),
                std::string(kPath) + ":15:", "trace, debug");
  EXPECT_TRUE(Matcherd(MatcherdText() + "log_level: trace\n").ok());
}

TEST(MatcherdConfig, PortalsAreCoordinators) {
  const auto with = [](const std::string& uri) {
    return ParseMatcherdConfig(MatcherdText() + "portals: [\"" + uri + "\"]\n",
                               "f")
        .status();
  };
  EXPECT_TRUE(with("samkoer://viborg/coordinator/webside").ok());
  for (const char* uri : {"", "webside", "samkoer://viborg/department/x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(with(uri))) << uri;
  }
}

TEST(MatcherdConfig, AMissingFileIsNotFound) {
  EXPECT_EQ(ReadMatcherdConfig("/nonexistent/x.yaml").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(KeydConfig, ASoundOneIsRead) {
  const auto config = ParseKeydConfig(kKeydText, kPath);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->municipality(), "viborg");
  EXPECT_EQ(config->quotas_size(), 2);
  EXPECT_EQ(config->data_dir(), "/etc/samkoer/conf/data");
}

TEST(KeydConfig, UnsoundValuesAreRefused) {
  const std::pair<const char*, const char*> changes[] = {
      {"municipality: viborg", "municipality: Viborg"},
      {"municipality: viborg", "municipality: \"\""},
      {"subject: department", "subject: coordinator"},
      {"subject: department", "subject: samkoer://viborg/department"},
      {"samkoer://viborg/privacy-officer/dpo", "department"},
      {"burst: 10\n", "burst: 0\n"},
  };
  for (const auto& [from, to] : changes) {
    std::string text = kKeydText;
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, std::string(from).size(), to);
    EXPECT_EQ(ParseKeydConfig(text, kPath).status().code(),
              absl::StatusCode::kInvalidArgument)
        << to;
  }
}

TEST(MatcherdConfig, TheStoresKeyIsRotatedAtMostEveryTenYears) {
  EXPECT_TRUE(Matcherd(MatcherdText() + "kek_rotation_days: 3650\n").ok());
  ExpectRefused(Matcherd(MatcherdText() + "kek_rotation_days: 3651\n"),
                "/etc/samkoer/conf/server.yaml:", "kek_rotation_days");
}

TEST(KeydConfig, TheStoresKeyIsRotatedAtMostEveryTenYears) {
  const std::string text = kKeydText;
  const auto config = ParseKeydConfig(text + "kek_rotation_days: 90\n", kPath);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->kek_rotation_days(), 90u);
  ExpectRefused(
      ParseKeydConfig(text + "kek_rotation_days: 4000\n", kPath).status(),
      "/etc/samkoer/conf/server.yaml:", "0 (never) to 3650");
}

// Verifier keys of two witnesses.
constexpr char kWitnessKey[] =
    "witness.example.com/w1+a0059f11+"
    "BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

std::string Witness(const std::string& subject, const std::string& key) {
  return "witnesses:\n  - {subject: \"" + subject + "\", verifier_key: \"" +
         key + "\"}\n";
}

TEST(KeydConfigTest, AlarmsAreSetBySensibleThresholdsAndSizes) {
  const std::string text = kKeydText;
  const auto good = ParseKeydConfig(
      text +
          "alarms: {quota_used_percent: 80}\n"
          "department_sizes: [{department: job, persons: 1200}]\n",
      kPath);
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->alarms().quota_used_percent(), 80u);
  EXPECT_EQ(good->department_sizes(0).persons(), 1200u);
  const std::string size = "department_sizes: [{department: ";
  for (const auto& [bad, field] :
       {std::pair<std::string, std::string>{"alarms: {silent_days: 40}",
                                            "alarms.silent_days: must be"},
        {size + "job}]", "department_sizes[0].persons: expected"},
        {size + "'Job 1', persons: 5}]", "department_sizes[0].department"},
        {size + "job, persons: 5}, {department: job, persons: 6}]",
         "department_sizes[1].department: stands here twice"}}) {
    const absl::Status status =
        ParseKeydConfig(text + bad + "\n", kPath).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bad;
    EXPECT_NE(std::string(status.message()).find(field), std::string::npos)
        << status;
  }
}

TEST(KeydConfigTest, WitnessesAreOfTheirRoleAndMunicipality) {
  const std::string good =
      Witness("samkoer://viborg/witness/nabo", kWitnessKey);
  EXPECT_TRUE(ParseKeydConfig(std::string(kKeydText) + good, "f").ok());
  EXPECT_TRUE(ParseKeydConfig(
                  std::string(kKeydText) + good + "witness_hours: 24\n", "f")
                  .ok());
  for (const std::string& bad :
       {Witness("samkoer://aarhus/witness/nabo", kWitnessKey),
        Witness("samkoer://viborg/operator/nabo", kWitnessKey),
        Witness("nabo", kWitnessKey),
        Witness("samkoer://viborg/witness/nabo", "witness.example.com/w1"),
        // A log's key, not a witness's.
        Witness("samkoer://viborg/witness/nabo",
                "PeterNeumann+c74f20a3+"
                "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        good +
            "  - {subject: \"samkoer://viborg/witness/b\", verifier_key: \"" +
            kWitnessKey + "\"}\n",
        std::string("witness_hours: 24\n"), good + "witness_hours: 8761\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        ParseKeydConfig(std::string(kKeydText) + bad, "f").status()))
        << bad;
  }
}

}  // namespace
}  // namespace samkoer::server
