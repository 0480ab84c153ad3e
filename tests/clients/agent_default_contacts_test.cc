#include <gtest/gtest.h>

#include "clients/agent/default_contacts.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kContacts = R"(default_contacts:
  - {domains: [FAMILY], units: [" ungehuset "], age_from: 15, age_below: 18, contact: Ungehuset}
  - {domains: [FAMILY], age_from: 0, age_below: 18, contact: Familievejlederen}
  - {domains: [SOCIAL], age_from: 0, age_below: 30, contact: Socialvagten}
)";

Config ContactConfig() {
  return SampleConfig(std::string(kSampleConfig).append(kContacts));
}

std::vector<CleanCase> Cases(std::string_view rows) {
  auto data = ReadSample(rows, ContactConfig());
  EXPECT_TRUE(data.ok()) << data.status();
  return data.ok() ? std::move(data->cases) : std::vector<CleanCase>();
}

v1::InboxEntry Entry(std::string_view alert, std::string_view ref) {
  v1::InboxEntry entry;
  entry.set_alert_id(std::string(alert));
  entry.set_case_ref(std::string(ref));
  return entry;
}

ContactList List(std::string_view rows,
                 const std::vector<v1::InboxEntry>& inbox = {}) {
  const auto cases = Cases(rows);
  return ListContacts(cases, inbox, ContactConfig().proto, kDay);
}

std::string Text(const ContactList& list) {
  std::string out;
  for (const CaseContact& one : list.cases) {
    out += one.case_ref + "=" + one.contact + " ";
  }
  return out;
}

// B is 16, A is 24.
std::string Young(std::string_view ref, std::string_view unit = "Team Ung",
                  std::string_view kind = "27.24.03") {
  return Row(kCprB, ref, "Åben", "01-02-2026", "", kind, unit);
}

TEST(ListContacts, TheFirstEntryThatFitsAgeDomainAndUnitCounts) {
  const ContactList list =
      List(Young("S-1") + Young("S-2", "Ungehuset") +
           Young("S-3", "Ungehuset", "27.24.90") + Row(kCprA, "S-4"));
  EXPECT_EQ(Text(list),
            "S-2=Ungehuset S-1=Familievejlederen S-3=Socialvagten S-4= ");
  EXPECT_EQ(list.without_contact, 1u);
  EXPECT_EQ(list.coordinated, 0u);
}

TEST(ListContacts, AgesAreOfTheDayFromInclusiveToExclusive) {
  // Born 15 August 2010.
  const auto cases = Cases(Young("S-1"));
  const auto on = [&](CivilDate day) {
    return Text(ListContacts(cases, {}, ContactConfig().proto, day));
  };
  EXPECT_EQ(on({2028, 8, 14}), "S-1=Familievejlederen ");
  EXPECT_EQ(on({2028, 8, 15}), "S-1= ");
}

TEST(ListContacts, WhoIsInTheInboxIsLeftOutWithAllCases) {
  const ContactList list = List(Young("S-1") + Young("S-2") + Row(kCprA, "S-3"),
                                {Entry("A-1", "S-2"), Entry("A-9", "GONE")});
  EXPECT_EQ(Text(list), "S-3= ");
  EXPECT_EQ(list.coordinated, 2u);
}

TEST(ListContacts, ACaseOfTwoOfWhomOneIsConvenedStaysSinceTheInboxNamesNobody) {
  const std::string rows = Young("S-1") + Row(kCprA, "S-1") + Row(kCprA, "S-2");
  EXPECT_EQ(Text(List(rows, {Entry("A-1", "S-1")})),
            "S-1=Familievejlederen S-1= S-2= ");
  // Two alerts: both of them.
  EXPECT_EQ(Text(List(rows, {Entry("A-1", "S-1"), Entry("A-2", "S-1")})), "");
  EXPECT_EQ(List(rows, {Entry("A-1", "S-1"), Entry("A-1", "S-1")}).cases.size(),
            3u);
}

TEST(ContactTexts, HoldReferencesAndContactsAndNothingElse) {
  const ContactList list = List(Young("=S\x1b") + Row(kCprA, "S-4"));
  // A control character is set aside by the cleaner; what is left is plain.
  ASSERT_EQ(Text(list), "S-4= ");
  ContactList shown;
  shown.cases = {{"=S-1", "Ungehuset, tlf. 1234"}, {"S-\x1b", ""}};
  shown.without_contact = 1;
  EXPECT_EQ(ContactSheet(shown, kDay),
            "Sager uden koordineret indsats, 2026-11-02\n"
            "Det er jeres egne sager. Listen siger ikke, om andre kender den "
            "unge.\n\nUngehuset, tlf. 1234\n  [ ] =S-1\n\n"
            "Ingen fast kontakt passer; tilføj en i default_contacts\n"
            "  [ ] S-\\u{1B}\n");
  EXPECT_EQ(ContactCsv(shown),
            "\xEF\xBB\xBF\"sag\";\"kontakt\"\r\n"
            "\"'=S-1\";\"Ungehuset, tlf. 1234\"\r\n\"S-\x1b\";\"\"\r\n");
  EXPECT_EQ(ContactJson(shown),
            "{\"cases\": [{\"case_ref\": \"=S-1\", \"contact\": \"Ungehuset, "
            "tlf. 1234\"},\n {\"case_ref\": \"S-\\u001b\", \"contact\": "
            "\"\"}], \"without_contact\": 1, \"coordinated\": 0}\n");
  EXPECT_NE(ContactSheet({}, kDay).find("\nIngen.\n"), std::string::npos);
}

TEST(DefaultContacts, AnEntryThatCannotBeRightIsRefusedWithItsPlace) {
  for (const auto& [from, to] :
       {std::pair{"age_below: 18, contact: Ungehuset",
                  "age_below: 15, contact: X"},
        std::pair{"contact: Ungehuset", "contact: \"\""},
        std::pair{"contact: Ungehuset", "contact: \"020402-4104\""},
        std::pair{"contact: Ungehuset", "contact: \"a\\nb\""}}) {
    const auto config = ParseConfig(
        Replaced(std::string(kSampleConfig).append(kContacts), from, to),
        "agent.yaml");
    ASSERT_FALSE(config.ok()) << to;
    EXPECT_NE(config.status().message().find("default_contacts[0]"),
              std::string::npos)
        << config.status();
  }
}

}  // namespace
}  // namespace samkoer::agent
