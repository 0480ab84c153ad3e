// The page with its sections (report_html.h, report_sections.h).
#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "clients/audit/report_html.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_report_samples.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Page(const v1::LookUpPersonResponse& person,
                 Language language = Language::kDanish) {
  return ReportPage(SampleReport(person), {language, absl::UTCTimeZone()});
}

// The names of the tags, closing ones with a slash; fails the test unless they
// nest.
std::vector<std::string> Tags(const std::string& page) {
  static const std::regex tag("<(/?[a-z][a-z0-9]*)([^<>]*)>");
  std::vector<std::string> open, all;
  for (std::sregex_iterator at(page.begin(), page.end(), tag), end; at != end;
       ++at) {
    const std::string name = (*at)[1];
    all.push_back(name);
    if (name == "meta") continue;
    if (name[0] != '/') {
      open.push_back(name);
      continue;
    }
    if (open.empty() || open.back() != name.substr(1)) {
      ADD_FAILURE() << name << " closes what is not open";
      return all;
    }
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
  return all;
}

std::size_t Count(const std::vector<std::string>& tags,
                  const std::string& name) {
  return static_cast<std::size_t>(std::count(tags.begin(), tags.end(), name));
}

TEST(ReportPageTest, TellsWhatIsHeldAndWhy) {
  const std::string page = Page(SamplePerson());
  for (const char* fact :
       {"Børn og Unge", "Myndighed Ø", "F-17/26", "lukket i 09-2026", "bu-vagt",
        "du har sagt ja", "Den 01-04-2027", "Jobcenter", "JC2057",
        "Beskæftigelse", "11-2004", "20-11-2026 11:18",
        "Lov om kommunal indsats for unge § 15 d", "gælder version 3",
        "2 sager fra 2 afdelinger", "<td>aldrig</td>", "Formål: ungeindsats",
        "viborg", "Journal 42"}) {
    EXPECT_THAT(page, HasSubstr(fact));
  }
}

TEST(ReportPageTest, TellsOfTheAlertAndOfWhoHasSeenIt) {
  const std::string page = Page(SamplePerson());
  for (const char* fact :
       {"A-7K3M-9QXD", "identificeret", "unge-15-30",
        "Åbne sager i 2 myndighedsafdelinger", "adviset blev oprettet",
        "konference planlagt", "aftalt med mor", "Læste adviset om dig",
        "Afdelingen Jobcenter", "Databeskyttelsesrådgiveren", "<td>88</td>",
        "set 4 gange", "2024-32-0283",
        "--subject 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}) {
    EXPECT_THAT(page, HasSubstr(fact));
  }
  EXPECT_THAT(page, Not(HasSubstr("anna")));
  EXPECT_THAT(page, Not(HasSubstr("peter")));
  EXPECT_THAT(page, Not(HasSubstr("afkortet")));
  auto cut = SamplePerson();
  cut.set_accesses_cut(true);
  EXPECT_THAT(Page(cut), HasSubstr("afkortet"));
}

TEST(ReportPageTest, TellsAllThatWasAgreedAboutTheCoordination) {
  const std::string page = Page(SamplePerson());
  for (const char* fact :
       {"en regel passede på dine sager, og en afdeling har indstillet dig",
        "Kultur og Fritid, Ungdomsskolen, sag KF-9, 01-11-2026: "
        "»kommer ikke mere«",
        "en medarbejder i Jobcenter, Ungeteam, har sagt ja 02-11-2026, du har "
        "selv ønsket vedkommende, fundet på konferencen K-7K3M-9QXD",
        "Jobcenter, Ydelsen: flest sager",
        "en medarbejder i Kultur og Fritid, Musikskolen, siden 03-11-2026, "
        "besluttet af: Ungekoordinatoren",
        "en uden for kommunen: Bostedet Engen, siden 04-11-2026, udvidet "
        "(Kontaktperson+), fortsætter efter aftale, etableret igen: 2 gange, "
        "ophørt 05-11-2026: »flyttet«",
        "findes, ejes af KUI, sidst gennemgået 05-2026",
        "»mentor«: du har sagt nej, noteret 06-11-2026",
        "Overdragelse 7",
        "Ungeguiden fra en medarbejder i Jobcenter, Ungeteam til en "
        "medarbejder i Jobcenter, Virksomhedsteam: afvist, spurgt 07-11-2026, "
        "afgjort 08-11-2026, skrevet af: Ungekoordinatoren",
        "11-2027: du fylder 23, markeret 09-11-2026",
        "24-12-2026: planen gennemgås (overskredet)",
        "1. halvår 2027",
        "STU",
        "Jobcenter, Indgangen: over 18",
        "K-7K3M-9QXD, 10-11-2026 11:18, Lokale 4, holdt",
        "»ring til skolen«, Kultur og Fritid, Biblioteket, senest 01-12-2026, "
        "gjort 11-11-2026",
        "tilbudt en samlet indsats",
        "12-11-2026",
        "jobcentret, når du er fyldt 18"}) {
    EXPECT_THAT(page, HasSubstr(fact));
  }
  EXPECT_THAT(page, Not(HasSubstr("Testesen")));
  auto person = SamplePerson();
  person.mutable_alert()->clear_coordination();
  EXPECT_THAT(Page(person), HasSubstr("ikke skrevet nogen aftaler ned"));
}

TEST(ReportPageTest, OfAnAlertWithoutARuleTheNominationIsTheReason) {
  auto person = SamplePerson();
  person.mutable_alert()->clear_rule();
  person.mutable_alert()->clear_reasons();
  const std::string page = Page(person);
  EXPECT_THAT(page, HasSubstr("ingen; du er indstillet af en afdeling"));
  EXPECT_THAT(page, HasSubstr("Begrundelsen står ved indstillingen"));
  EXPECT_THAT(page, Not(HasSubstr("Reglen passer ikke længere")));
}

TEST(ReportPageTest, TellsOfTheRightsAndWhereToComplain) {
  const std::string page = Page(SamplePerson());
  for (const char* right :
       {"artikel 15", "artikel 16", "artikel 17", "artikel 18", "artikel 21",
        "artikel 22", "https://www.datatilsynet.dk", "2500 Valby"}) {
    EXPECT_THAT(page, HasSubstr(right));
  }
}

TEST(ReportPageTest, AnUnknownPersonIsToldThatNothingIsHeldAndWhoAsked) {
  const std::string page = Page(UnknownPerson());
  EXPECT_THAT(page, HasSubstr("ikke registreret nogen oplysninger om dig"));
  EXPECT_THAT(page, HasSubstr("Databeskyttelsesrådgiveren"));
  EXPECT_THAT(page, HasSubstr("<td>96</td>"));
  EXPECT_THAT(page, HasSubstr("Dine rettigheder"));
  EXPECT_THAT(page, Not(HasSubstr("Advis om dig")));
  EXPECT_THAT(page, HasSubstr("kan de opslag ikke findes igen"));
}

TEST(ReportPageTest, AnObjectionIsToldEvenIfNothingIsHeld) {
  for (auto person : {UnknownPerson(), SamplePerson()}) {
    EXPECT_THAT(Page(person), Not(HasSubstr("indsigelse er registreret")));
    person.set_objection(true);
    EXPECT_THAT(Page(person), HasSubstr("indsigelse er registreret"));
  }
}

TEST(ReportPageTest, TwoNumbersAreTwoPartsOfOnePage) {
  auto report = SampleReport(SamplePerson());
  report.persons.push_back(UnknownPerson());
  const std::string page = ReportPage(report, {});
  EXPECT_THAT(page, HasSubstr("(dit nuværende CPR-nummer)"));
  EXPECT_THAT(page, HasSubstr("(dit tidligere CPR-nummer)"));
  EXPECT_THAT(page, HasSubstr("JC2057"));
  EXPECT_THAT(page, HasSubstr("ikke registreret nogen oplysninger om dig"));
  EXPECT_THAT(page, HasSubstr("--subject 2a2a"));
  EXPECT_EQ(Count(Tags(page), "h1"), 1u);
}

TEST(ReportPageTest, FetchesNothingAndRunsNothing) {
  for (const Language language : {Language::kDanish, Language::kEnglish}) {
    const std::string page = Page(SamplePerson(), language);
    for (const char* word : {"<script", "<link", "<img", "<iframe",
                             "src=", "url(", "@import", "javascript:",
                             " on"
                             "click"}) {
      EXPECT_THAT(page, Not(HasSubstr(word)));
    }
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_THAT(page, HasSubstr("@page { size: A4;"));
  }
}

TEST(ReportPageTest, CanBeReadAloud) {
  const std::string page = Page(SamplePerson());
  EXPECT_THAT(page, testing::StartsWith("<!DOCTYPE html>\n<html lang=\"da\">"));
  EXPECT_THAT(Page(SamplePerson(), Language::kEnglish),
              HasSubstr("<html lang=\"en\">"));
  const auto tags = Tags(page);
  EXPECT_EQ(Count(tags, "title"), 1u);
  EXPECT_EQ(Count(tags, "h1"), 1u);
  EXPECT_EQ(Count(tags, "main"), 1u);
  EXPECT_EQ(Count(tags, "table"), Count(tags, "caption"));
  // No heading without the one above it.
  int level = 0;
  for (const std::string& tag : tags) {
    if (tag.size() != 2 || tag[0] != 'h' || tag[1] < '1' || tag[1] > '6') {
      continue;
    }
    EXPECT_LE(tag[1] - '0', level + 1);
    level = tag[1] - '0';
  }
  // Every header says what it heads.
  std::size_t headers = 0;
  for (std::size_t at = 0; (at = page.find("<th", at)) != std::string::npos;
       ++at) {
    if (page.compare(at, 6, "<thead") == 0) continue;
    ++headers;
    EXPECT_EQ(page.substr(at, 11), "<th scope=\"");
  }
  EXPECT_EQ(headers, Count(tags, "th"));
}

TEST(ReportPageTest, HostileTextStaysText) {
  const std::vector<std::string> hostile = {"</td><script>alert(1)</script>",
                                            "\"'><img src=x onerror=alert(1)>",
                                            "\xE2\x80\xAE"
                                            "evil",
                                            "\xE2\x81\xA6x",
                                            "\x1b[2J",
                                            "\xff",
                                            "<!--",
                                            "]]>",
                                            "&lt;",
                                            std::string(100000, 'W')};
  const auto clean_tags = Tags(Page(SamplePerson()));
  for (const std::string& text : hostile) {
    auto person = SamplePerson();
    auto& record = *person.mutable_records(0);
    record.set_department_name(text);
    record.mutable_legal_bases(0)->set_text(text);
    record.add_criteria(text);
    record.mutable_plan()->set_exists(true);
    record.mutable_plan()->set_owner_unit(text);
    record.mutable_participant()->set_case_ref(text);
    record.mutable_participant()->set_unit(text);
    record.mutable_participant()->set_contact(text);
    auto& alert = *person.mutable_alert();
    alert.set_alert_id(text);
    alert.set_rule(text);
    alert.mutable_reasons(0)->set_text(text);
    alert.mutable_participants(0)->set_department_name(text);
    alert.mutable_participants(0)->set_unit(text);
    alert.mutable_participants(0)->set_case_ref(text);
    alert.mutable_history(1)->set_note(text);
    alert.mutable_history(1)->set_actor(text);
    auto& agreed = *alert.mutable_coordination();
    agreed.mutable_nominations(0)->set_reason(text);
    agreed.mutable_contact_person()->mutable_holder()->set_external(text);
    agreed.mutable_plan()->set_owner(text);
    agreed.mutable_conference()->mutable_action()->set_text(text);
    agreed.mutable_dues(0)->set_day(text);
    person.mutable_accesses(0)->set_actor("samkoer://" + text + "/x/y");
    person.mutable_accesses(1)->set_actor(text);
    person.mutable_accesses(2)->set_reason(text);
    person.mutable_accesses(2)->set_action(text);
    person.set_alert_deleted_on(text);
    auto report = SampleReport(person);
    report.reason = text;
    report.purpose = text;
    const std::string page = ReportPage(report, {});
    // Two cells that were empty get text, so <bdi> alone may differ.
    auto tags = Tags(page), expected = clean_tags;
    std::erase_if(tags, [](const auto& t) { return t.ends_with("bdi"); });
    std::erase_if(expected, [](const auto& t) { return t.ends_with("bdi"); });
    EXPECT_EQ(tags, expected) << text.substr(0, 40);
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("<img")));
    for (const char* raw : {"\xE2\x80\xAE", "\xE2\x81\xA6", "\x1b", "\xff"}) {
      EXPECT_EQ(page.find(raw), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace samkoer::clients
