#include <gtest/gtest.h>

#include "clients/agent/config.h"
#include "clients/agent/domain_map.h"
#include "clients/agent/permitted.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

// The error of the sample with one change.
std::string ErrorOf(std::string_view from, std::string_view to) {
  const auto config = ParseConfig(Replaced(kSampleConfig, from, to), "a.yaml");
  return config.ok() ? "none" : std::string(config.status().message());
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ParseConfig, PathsAreRelativeToTheFile) {
  const auto config = ParseConfig(kSampleConfig, "/etc/samkoer/agent.yaml");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->proto.source_file(), "/etc/samkoer/eksport.csv");
  EXPECT_EQ(config->proto.state_dir(), "/etc/samkoer/state");
  EXPECT_EQ(config->proto.rejects_file(), "/etc/samkoer/state/rejects.csv");
  EXPECT_EQ(config->proto.tls().key_file(), "/etc/samkoer/pki/a.key");
  EXPECT_EQ(config->proto.cache_passphrase(), "file:/etc/samkoer/passphrase");
  EXPECT_EQ(config->proto.number_map_file(), "");
}

TEST(ParseConfig, DefaultsAreFilledIn) {
  const Config config = SampleConfig(
      Replaced(kSampleConfig, "delimiter: \";\", encoding: utf-8, ", ""));
  EXPECT_EQ(config.proto.dialect().delimiter(), ";");
  EXPECT_EQ(config.proto.dialect().encoding(), "utf-8");
  EXPECT_EQ(config.proto.rejects_limit_percent(), 5u);
  EXPECT_EQ(config.proto.closed_cases(), v1::CLOSED_CASES_OMIT);
}

TEST(ParseConfig, AnExplicitZeroIsNotTheDefault) {
  const Config config =
      SampleConfig(std::string(kSampleConfig) + "rejects_limit_percent: 0\n");
  EXPECT_EQ(config.proto.rejects_limit_percent(), 0u);
}

TEST(ParseConfig, StatusWordsDisregardCase) {
  const Config config = SampleConfig();
  EXPECT_EQ(config.status_words.at("åben"), v1::CASE_STATUS_OPEN);
  EXPECT_EQ(config.status_words.at("afsluttet"), v1::CASE_STATUS_CLOSED);
}

TEST(ParseConfig, ErrorsNameFileAndLine) {
  EXPECT_TRUE(Has(ErrorOf("delimiter", "delimeter"), "a.yaml:7:"));
  EXPECT_TRUE(
      Has(ErrorOf("delimiter: \";\"", "delimiter: \";;\""), "a.yaml:7:"));
  EXPECT_TRUE(Has(ErrorOf("age_below: 30", "age_below: 15"), "a.yaml:28:"));
}

TEST(ParseConfig, WhatIsRefused) {
  const struct {
    std::string_view from, to, says;
  } cases[] = {
      {"department: familie", "department: Familie Ø", "department"},
      {"purpose: ungeindsats\n", "", "purpose"},
      {"matcher: {address: \"localhost:1\"}", "matcher: {}", "matcher.address"},
      {"ca_file: pki/ca.pem, ", "", "tls.ca_file"},
      {"source_file: eksport.csv\n", "", "source_file"},
      {"encoding: utf-8", "encoding: utf-9", "utf-9"},
      {"%d-%m-%Y", "%d-%m", "date format"},
      {"  cpr: CPR\n", "", "columns.cpr"},
      {"  case_ref: Sag\n", "", "columns.case_ref"},
      {"  unit: Enhed\n", "", "fixed_unit"},
      {"state_dir: state", "state_dir: state\nfixed_unit: X", "fixed_unit"},
      {"state_dir: state", "state_dir: state\nfixed_contact: X",
       "fixed_contact"},
      {"  kle: KLE\n", "", "empty prefix"},
      {"closed_words: [\"Afsluttet\"]", "closed_words: [\"ÅBEN\"]", "twice"},
      {"prefix: \"27.24.9\"", "prefix: \"27.24\"", "twice"},
      {"domain: EMPLOYMENT", "domain: JOBS", "JOBS"},
      {"permitted:\n  - {domains: [FAMILY, SOCIAL], age_from: 15, age_below: "
       "30}\n",
       "", "permitted"},
      {"age_below: 30", "age_below: 121", "120"},
      {"state_dir: state", "state_dir: state\nrejects_limit_percent: 101",
       "rejects_limit_percent"},
      {"cache_passphrase: \"file:passphrase\"\n", "", "cache_passphrase"},
  };
  for (const auto& one : cases) {
    const std::string error = ErrorOf(one.from, one.to);
    EXPECT_TRUE(Has(error, one.says)) << one.from << ": " << error;
  }
}

TEST(ParseConfig, AFixedDomainNeedsNoColumn) {
  const std::string text = Replaced(Replaced(kSampleConfig, "  kle: KLE\n", ""),
                                    "prefix: \"15.\"", "prefix: \"\"");
  EXPECT_EQ(SampleConfig(text).domains.Find(""), v1::DOMAIN_EMPLOYMENT);
}

TEST(LoadConfig, AFileThatIsNotThere) {
  EXPECT_TRUE(absl::IsNotFound(LoadConfig("/nonexistent/a.yaml").status()));
}

TEST(DomainMap, TheLongestPrefixWins) {
  const DomainMap& domains = SampleConfig().domains;
  EXPECT_EQ(domains.Find("27.24.03"), v1::DOMAIN_FAMILY);
  EXPECT_EQ(domains.Find("27.24.90-G01"), v1::DOMAIN_SOCIAL);
  EXPECT_EQ(domains.Find("15.20.00"), v1::DOMAIN_EMPLOYMENT);
  EXPECT_EQ(domains.Find("27.2"), v1::DOMAIN_UNSPECIFIED);
  EXPECT_EQ(domains.Find(""), v1::DOMAIN_UNSPECIFIED);
}

TEST(Permitted, NothingIsPermittedByDefault) {
  const Permitted none;
  EXPECT_EQ(none.Check(v1::DOMAIN_FAMILY, 20), Permission::kLegalBasis);
  EXPECT_FALSE(none.AgeFitsAny(20));
}

TEST(Permitted, AgesAreInclusiveBelowAndExclusiveAbove) {
  const Permitted permitted = SampleConfig().permitted;
  EXPECT_EQ(permitted.Check(v1::DOMAIN_FAMILY, 14), Permission::kAge);
  EXPECT_EQ(permitted.Check(v1::DOMAIN_FAMILY, 15), Permission::kPermitted);
  EXPECT_EQ(permitted.Check(v1::DOMAIN_FAMILY, 29), Permission::kPermitted);
  EXPECT_EQ(permitted.Check(v1::DOMAIN_FAMILY, 30), Permission::kAge);
  EXPECT_EQ(permitted.Check(v1::DOMAIN_FAMILY, -1), Permission::kAge);
  EXPECT_EQ(permitted.Check(v1::DOMAIN_EMPLOYMENT, 20),
            Permission::kLegalBasis);
}

TEST(Permitted, TheMatchersRangesOfOneDomainAddUp) {
  v1::GetIntakeInfoResponse info;
  auto* permitted = info.add_permitted();
  permitted->set_domain(v1::DOMAIN_FAMILY);
  for (const auto& [from, below] : {std::pair{13, 15}, std::pair{18, 25}}) {
    auto* ages = permitted->add_ages();
    ages->set_age_from(static_cast<std::uint32_t>(from));
    ages->set_age_below(static_cast<std::uint32_t>(below));
  }
  const Permitted guard = Permitted::FromMatcher(info.permitted());
  EXPECT_EQ(guard.Check(v1::DOMAIN_FAMILY, 14), Permission::kPermitted);
  EXPECT_EQ(guard.Check(v1::DOMAIN_FAMILY, 16), Permission::kAge);
  EXPECT_EQ(guard.Check(v1::DOMAIN_FAMILY, 18), Permission::kPermitted);
  EXPECT_EQ(guard.Check(v1::DOMAIN_SOCIAL, 18), Permission::kLegalBasis);
}

}  // namespace
}  // namespace samkoer::agent
