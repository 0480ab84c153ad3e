// `samkoer-audit report`: statistics, the sample of the log, and the records of
// art. 30 and 35.
#include <grpcpp/grpcpp.h>

#include <fstream>
#include <set>
#include <sstream>

#include "clients/audit/log_control.h"
#include "clients/audit/processing_record.h"
#include "clients/audit/report_family.h"
#include "clients/audit/statistics_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "samkoer/v1/intake.pb.h"
#include "tests/clients/audit_fake_log.h"
#include "tests/clients/fake_reports.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReportsTest : public testing::Test {
 protected:
  ReportsTest() {
    v1::StatisticsTable& table = *reports_.statistics.add_tables();
    table.set_name("alerts-by-state");
    const auto add = [&](const char* row, std::uint64_t count, bool withheld) {
      v1::StatisticsCell& cell = *table.add_cells();
      cell.set_row(row);
      cell.set_column("alerts");
      cell.set_count(count);
      cell.set_withheld(withheld);
    };
    add("IDENTIFIED", 35, false);
    add("OFFERED", 0, true);
    add("total", 35, false);
    reports_.statistics.set_day("2026-11-22");
    reports_.statistics.set_withhold_below(5);

    v1::Policy& policy = *reports_.described.mutable_policy();
    policy.set_municipality("viborg");
    policy.set_purpose("ungeindsats");
    policy.set_version(7);
    v1::PolicyDepartment& department = *policy.add_departments();
    department.set_name("Jobcenter <b>");
    department.add_domains(v1::DOMAIN_EMPLOYMENT);
    policy.add_legal_bases()->set_text("Lov om noget § 4");
    policy.add_rules()->set_text("To afdelinger.");
    policy.mutable_retention()->set_closed_case_months(6);
    reports_.described.set_persons(4711);

    NaiveLeaves leaves = NumberedLeaves(10);
    v1::AuditLeaf applied = TestLeaf(v1::AUDIT_ACTION_POLICY_APPLIED);
    v1::AuditCount* version = applied.add_counts();
    version->set_name("version");
    version->set_value(7);
    leaves.push_back(applied.SerializeAsString());
    for (int i = 0; i < 50; ++i) {
      v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_ALERTS_READ,
                                    "samkoer://viborg/coordinator/anna");
      leaf.set_detail("read " + std::to_string(i));
      leaf.mutable_time()->set_seconds(leaf.time().seconds() + i * 86400);
      leaves.push_back(leaf.SerializeAsString());
    }
    log_.Become(leaves);
  }

  absl::Status Run(ReportArguments arguments,
                   OutputFormat format = OutputFormat::kHuman,
                   Language language = Language::kDanish) {
    out_.str("");
    return RunReport(
        arguments, *reports_.stub, server_, verifier_, store_,
        {out_, out_, format, {language, absl::UTCTimeZone()}, false});
  }
  ReportArguments Control(const std::string& seed, std::size_t sample = 5) {
    ReportArguments arguments;
    arguments.name = ReportName::kLogControl;
    arguments.seed = seed;
    arguments.sample = sample;
    return arguments;
  }
  std::string Record(ReportName name, bool json = false) {
    ReportArguments arguments;
    arguments.name = name;
    arguments.json = json;
    arguments.controller.controller = "Viborg Kommune";
    arguments.controller.officer = "dpo \"x\"";
    arguments.quota = quota_;
    arguments.out = dir_.file(json ? "record.json" : "record.html");
    std::filesystem::remove(arguments.out);
    const absl::Status status = Run(arguments);
    EXPECT_TRUE(status.ok()) << status;
    std::ifstream file(arguments.out);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string quota_;
  const TestDirectory dir_;
  FakeReports reports_;
  FakeLog log_{TestSigner("log")};
  const crypto::NoteVerifier verifier_ = TestVerifier(log_.signer);
  const CheckpointStore store_{dir_.file("state"), "matcher"};
  LogServer server_{Peer::kMatcher, *log_.stub, Language::kDanish};
  std::ostringstream out_;
};

TEST_F(ReportsTest, StatisticsSayHowTheyAreRoundedAndWhatIsWithheld) {
  ASSERT_TRUE(Run({}).ok());
  EXPECT_THAT(out_.str(), HasSubstr("22-11-2026"));
  EXPECT_THAT(out_.str(), HasSubstr("et helt antal gange 5"));
  EXPECT_THAT(out_.str(), HasSubstr("identificeret  35"));
  EXPECT_THAT(out_.str(), HasSubstr("tilbudt        –"));
  ASSERT_TRUE(Run({}, OutputFormat::kHuman, Language::kEnglish).ok());
  EXPECT_THAT(out_.str(), HasSubstr("fewer than 5"));
  ASSERT_TRUE(Run({}, OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"withhold_below\""));
}

TEST_F(ReportsTest, ARefusalIsTheAnswer) {
  reports_.error = {grpc::StatusCode::PERMISSION_DENIED, "not permitted"};
  EXPECT_TRUE(absl::IsPermissionDenied(Run({})));
  ReportArguments arguments;
  arguments.name = ReportName::kDpia;
  arguments.out = dir_.path();
  EXPECT_TRUE(absl::IsPermissionDenied(Run(arguments)));
}

TEST_F(ReportsTest, TheSampleIsTheSameForASeedAndAnotherForAnother) {
  ASSERT_TRUE(Run(Control("abc")).ok());
  const std::string first = out_.str();
  EXPECT_THAT(first, HasSubstr("Stikprøve: 5 af 50 opslag"));
  EXPECT_THAT(first, HasSubstr("alle 61 indgange"));
  EXPECT_THAT(first, HasSubstr("Frø: abc"));
  EXPECT_THAT(first, Not(HasSubstr("batch")));
  ASSERT_TRUE(Run(Control("abc")).ok());
  EXPECT_EQ(out_.str(), first);
  ASSERT_TRUE(Run(Control("abd")).ok());
  EXPECT_NE(out_.str(), first);
}

TEST_F(ReportsTest, TheLogGivesTheSeedAndTheSameOneHoweverItGrows) {
  ReportArguments arguments = Control("");
  arguments.until = "26-11-2026";
  arguments.now =
      absl::FromCivil(absl::CivilDay(2027, 1, 15), absl::UTCTimeZone());
  ASSERT_TRUE(Run(arguments).ok());
  const std::string first = out_.str();
  EXPECT_THAT(first, HasSubstr("Stikprøve: 5 af 5 opslag"));
  EXPECT_THAT(first, HasSubstr("loggens egen rod efter de første 16 indgange"));
  const auto seed_line = [](const std::string& page) {
    const std::size_t at = page.find("Frø: ");
    return page.substr(at, page.find('\n', at) - at);
  };
  EXPECT_EQ(seed_line(first).size(), std::string("Frø: ").size() + 32);
  NaiveLeaves grown = log_.leaves;
  v1::AuditLeaf later = TestLeaf(v1::AUDIT_ACTION_LOG_READ);
  later.mutable_time()->set_seconds(later.time().seconds() + 100 * 86400);
  grown.push_back(later.SerializeAsString());
  log_.Become(grown);
  ASSERT_TRUE(Run(arguments).ok());
  EXPECT_EQ(seed_line(out_.str()), seed_line(first));
  // The seed as printed gives the same sample.
  arguments.seed = seed_line(first).substr(std::string("Frø: ").size());
  ASSERT_TRUE(Run(arguments).ok());
  EXPECT_EQ(out_.str().substr(0, out_.str().find("Stikprøve")),
            first.substr(0, first.find("Stikprøve")));
  // Another past gives another seed.
  grown[3] = TestLeaf(v1::AUDIT_ACTION_STARTED).SerializeAsString();
  log_.Become(grown);
  arguments.seed.clear();
  ASSERT_TRUE(Run(arguments).ok());
  EXPECT_NE(seed_line(out_.str()), seed_line(first));
  arguments.now =
      absl::FromCivil(absl::CivilDay(2026, 11, 26), absl::UTCTimeZone());
  EXPECT_TRUE(absl::IsInvalidArgument(Run(arguments)));
}

TEST_F(ReportsTest, ReadsOfInboxesMayBeDrawn) {
  NaiveLeaves leaves = NumberedLeaves(3);
  leaves.push_back(TestLeaf(v1::AUDIT_ACTION_INBOX_READ,
                            "samkoer://viborg/department/familie")
                       .SerializeAsString());
  log_.Become(leaves);
  ASSERT_TRUE(Run(Control("abc")).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Stikprøve: 1 af 1 opslag"));
}

TEST_F(ReportsTest, TheSampleIsOfThePeriod) {
  ReportArguments arguments = Control("abc", 100);
  arguments.from = "24-11-2026";
  arguments.until = "26-11-2026";
  ASSERT_TRUE(Run(arguments).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Stikprøve: 3 af 3 opslag"));
  EXPECT_THAT(out_.str(), HasSubstr("Periode: fra 24-11-2026 00:00 til 2"));
  arguments.from = "24-11-2020";
  arguments.until = "26-11-2020";
  ASSERT_TRUE(Run(arguments).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Der er ingen opslag i perioden"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("Frø")));
  arguments.from = "i går";
  EXPECT_TRUE(absl::IsInvalidArgument(Run(arguments)));
}

TEST_F(ReportsTest, AForgedLogGivesNoSampleAndNoRecord) {
  log_.leaves[20] = TestLeaf(v1::AUDIT_ACTION_STARTED).SerializeAsString();
  EXPECT_TRUE(absl::IsDataLoss(Run(Control("abc"))));
  EXPECT_EQ(out_.str(), "");
  ReportArguments arguments;
  arguments.name = ReportName::kArticle30;
  arguments.out = dir_.file("never.html");
  EXPECT_TRUE(absl::IsDataLoss(Run(arguments)));
  EXPECT_FALSE(std::filesystem::exists(arguments.out));
}

TEST_F(ReportsTest, SeedsAndSizesAreChecked) {
  EXPECT_TRUE(absl::IsInvalidArgument(Run(Control("a\"b"))));
  EXPECT_TRUE(absl::IsInvalidArgument(Run(Control(std::string(65, 'a')))));
  EXPECT_TRUE(absl::IsInvalidArgument(Run(Control("abc", 0))));
  EXPECT_TRUE(absl::IsInvalidArgument(Run(Control("abc", 10'001))));
}

// Every read is as likely as any other: over many seeds each is chosen about
// equally often. With 4,000 draws of 5 in 50 a count lies between 300 and 500
// but for one time in a million.
TEST(ReadSample, ChoosesEachAsOftenAsAnyOther) {
  std::vector<int> chosen(50);
  for (int seed = 0; seed < 4000; ++seed) {
    ReadSample sample(std::to_string(seed), 5);
    for (std::uint64_t i = 0; i < chosen.size(); ++i) sample.Offer(i, "leaf");
    EXPECT_EQ(sample.Chosen().size(), 5u);
    for (const auto& [index, leaf] : sample.Chosen()) ++chosen[index];
  }
  for (const int times : chosen) {
    EXPECT_GT(times, 300);
    EXPECT_LT(times, 500);
  }
}

TEST_F(ReportsTest, TheRecordOfArticle30HasWhatTheArticleAsksFor) {
  const std::string page = Record(ReportName::kArticle30);
  for (const char* heading :
       {"Dataansvarlig", "Formål", "Registrerede", "Kategorier", "Hjemmel",
        "Modtagere", "Slettefrister", "Sikkerhedsforanstaltninger"}) {
    EXPECT_THAT(page, HasSubstr(heading));
  }
  EXPECT_THAT(page, HasSubstr("Lov om noget § 4"));
  EXPECT_THAT(page, HasSubstr("ifølge indgang 10 i loggen"));
  EXPECT_THAT(page, HasSubstr("Alle 61 indgange"));
  EXPECT_THAT(page, HasSubstr("Jobcenter &lt;b&gt;"));
  // Names of employees and free text are in the system.
  EXPECT_THAT(page, Not(HasSubstr("er ikke i systemet")));
  for (const char* category :
       {"Medarbejderes navne er med", "Ungekonferencer",
        "Spørgsmål fra afdelinger", "fri tekst", "Ungeguide", "Kontaktperson",
        "Samtykker", "Overdragelser", "Indstillinger"}) {
    EXPECT_THAT(page, HasSubstr(category));
  }
  EXPECT_THAT(page, HasSubstr("(udfyldes af kommunen)"));
  // How many persons there are is for the officer alone.
  EXPECT_THAT(page, Not(HasSubstr("4711")));
  // The system cannot know what the municipality has arranged around it.
  EXPECT_THAT(page, HasSubstr("Databehandlere"));
  EXPECT_THAT(page, HasSubstr("Kommunen bekræfter"));
  EXPECT_THAT(page, Not(HasSubstr("Ingen uden for kommunen")));
}

TEST_F(ReportsTest, TheJsonOfArticle30HasItsPartiesAndCategoriesNotTheDpias) {
  const std::string json = Record(ReportName::kArticle30, /*json=*/true);
  for (const char* part :
       {"\"record\":\"article30\"", "\"controller\":\"Viborg Kommune\"",
        "\"officer\":\"dpo \\\"x\\\"\"", "\"processors\":\"\"",
        "\"categories\":{\"pseudonym\":\"", "\"reads_by_role\""}) {
    EXPECT_THAT(json, HasSubstr(part));
  }
  EXPECT_THAT(json, Not(HasSubstr("\"risks\"")));
  EXPECT_THAT(Record(ReportName::kDpia, true),
              Not(HasSubstr("\"categories\"")));
}

TEST_F(ReportsTest, JsonRoundsCountsOfPersonsAsTheStatisticsDo) {
  reports_.described.set_objections(3);
  reports_.described.set_records(13);
  for (const ReportName name : {ReportName::kArticle30, ReportName::kDpia}) {
    reports_.described.mutable_policy()->set_withhold_below(0);
    std::string json = Record(name, /*json=*/true);
    EXPECT_THAT(json, HasSubstr("\"persons\":\"4710\""));
    EXPECT_THAT(json, HasSubstr("\"objections\":\"0\""));
    EXPECT_THAT(json, HasSubstr("\"records\":\"10\""));
    EXPECT_THAT(json, HasSubstr("\"withhold_below\":5"));
    reports_.described.mutable_policy()->set_withhold_below(100);
    json = Record(name, /*json=*/true);
    EXPECT_THAT(json, HasSubstr("\"persons\":\"4700\""));
  }
}

TEST_F(ReportsTest, AnErasureThatFoundNobodyErasedNobody) {
  NaiveLeaves leaves = log_.leaves;
  for (const std::uint64_t records : {0u, 2u, 0u}) {
    v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_PERSON_ERASED);
    v1::AuditCount& count = *leaf.add_counts();
    count.set_name("records");
    count.set_value(records);
    leaves.push_back(leaf.SerializeAsString());
  }
  log_.Become(leaves);
  EXPECT_THAT(Record(ReportName::kDpia), HasSubstr("artikel 17: 1<"));
  EXPECT_THAT(Record(ReportName::kDpia, true),
              HasSubstr("\"erasures\":{\"times\":1,"));
}

TEST_F(ReportsTest, TheAssessmentHasFlowsFieldsLimitsAndRisksWithNumbers) {
  // No quota is assumed.
  EXPECT_THAT(Record(ReportName::kDpia), HasSubstr("samkoer-audit quota list"));
  EXPECT_THAT(Record(ReportName::kDpia, true),
              HasSubstr("\"risks\":{\"quota_burst\":null}"));
  quota_ = "20000:500";
  const std::string page = Record(ReportName::kDpia);
  EXPECT_THAT(page, HasSubstr("Datastrømme"));
  EXPECT_THAT(page, HasSubstr("previous_pseudonym"));
  EXPECT_THAT(page, HasSubstr("Andre afdelingers sager, hverken før eller "
                              "efter"));
  EXPECT_THAT(page, HasSubstr("Med 20000 på én gang og 500 om dagen: 17 år "
                              "for de 3,2 mio. numre"));
  EXPECT_THAT(page, Not(HasSubstr("4711")));
  const std::string json = Record(ReportName::kDpia, /*json=*/true);
  EXPECT_THAT(json, HasSubstr("\"years_to_try_plausible\":17"));
  EXPECT_THAT(json, HasSubstr("\"reads_by_role\":{\"coordinator\":50}"));
}

TEST_F(ReportsTest, AFileIsNeverReplaced) {
  ReportArguments arguments;
  arguments.name = ReportName::kDpia;
  arguments.out = dir_.file("there.html");
  std::ofstream(arguments.out) << "mine";
  EXPECT_TRUE(absl::IsAlreadyExists(Run(arguments)));
}

TEST(ProcessingRecord, EveryFieldOfACaseRecordHasItsMeaning) {
  const auto* record = v1::CaseRecord::descriptor();
  for (int i = 0; i < record->field_count(); ++i) {
    EXPECT_NE(FieldMeaning(record->field(i)->name()), "")
        << record->field(i)->name();
  }
  EXPECT_EQ(FieldMeaning("cpr"), "");
}

TEST(ProcessingRecord, YearsFollowFromTheQuota) {
  EXPECT_EQ(YearsToTry(3'200'000, {20'000, 500}), 17u);
  EXPECT_EQ(YearsToTry(1000, {1000, 0}), 0u);
  EXPECT_EQ(YearsToTry(1001, {1000, 0}), 1000u);
  const auto quota = ParseQuota("400:20", Language::kDanish);
  ASSERT_TRUE(quota.ok());
  EXPECT_EQ(quota->burst, 400u);
  EXPECT_EQ(quota->per_day, 20u);
  for (const char* bad : {"", "400", "0:5", ":", "x:1", "1:x", "-1:1"}) {
    EXPECT_FALSE(ParseQuota(bad, Language::kDanish).ok()) << bad;
  }
}

}  // namespace
}  // namespace samkoer::clients
