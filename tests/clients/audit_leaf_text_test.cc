#include "clients/audit/leaf_text.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LeafLine, TellsWhoWhatWhenAndWhy) {
  v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_PERSON_LOOKED_UP,
                                "samkoer://viborg/privacy-officer/dpo");
  leaf.set_reason("Anmodning om indsigt");
  leaf.add_subjects(std::string(16, 'a'));
  auto* count = leaf.add_counts();
  count->set_name("records");
  count->set_value(3);
  const std::string line = LeafLine(17, leaf.SerializeAsString(), {});
  EXPECT_EQ(line,
            "     17  22-11-2026 11:18:37  "
            "samkoer://viborg/privacy-officer/dpo  Person slået op  "
            "(records 3)  personer: 1  grund: Anmodning om indsigt");
  EXPECT_THAT(LeafLine(17, leaf.SerializeAsString(), {Language::kEnglish}),
              HasSubstr("Person looked up  (records 3)  persons: 1  reason: "));
}

TEST(LeafLine, CannotSpeakToTheTerminal) {
  v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_ALERT_STATE_SET);
  leaf.set_reason("\x1b[2J\x1b]0;owned\x07");
  leaf.set_detail("first\nsecond\xe2\x80\xae");
  leaf.set_actor("samkoer://x/y/\r");
  const std::string line = LeafLine(1, leaf.SerializeAsString(), {});
  for (char c : line) {
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  }
  EXPECT_THAT(line, Not(HasSubstr("\xe2\x80\xae")));
}

TEST(LeafLine, AnEntryOfANewerProgramIsShownAsWhatItIs) {
  v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_STARTED);
  leaf.set_version(2);
  EXPECT_THAT(LeafLine(1, leaf.SerializeAsString(), {}),
              HasSubstr("ukendt format"));
  EXPECT_THAT(LeafLine(1, "\xff\xff", {}), HasSubstr("2 bytes"));
  EXPECT_EQ(*LeafJson(9, "\xff\xff"), "{\"index\":9,\"unknown_bytes\":2}");
}

TEST(LeafJson, KeepsTheFieldNamesOfTheProto) {
  v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_LOG_READ);
  const std::string json = *LeafJson(4, leaf.SerializeAsString());
  EXPECT_THAT(json, HasSubstr("{\"index\":4,\"leaf\":{"));
  EXPECT_THAT(json, HasSubstr("\"action\":\"AUDIT_ACTION_LOG_READ\""));
  EXPECT_THAT(json, HasSubstr("\"actor_certificate\":\"\""));
}

TEST(ParseAction, EveryActionHasWordsAndAName) {
  const auto* values = v1::AuditAction_descriptor();
  for (int i = 0; i < values->value_count(); ++i) {
    const auto action =
        static_cast<v1::AuditAction>(values->value(i)->number());
    if (action == v1::AUDIT_ACTION_UNSPECIFIED) continue;
    const std::string name = values->value(i)->name();
    EXPECT_THAT(ActionText(action, Language::kDanish), Not(HasSubstr("ukendt")))
        << name;
    const auto parsed = ParseAction(name, Language::kDanish);
    ASSERT_TRUE(parsed.ok()) << name;
    EXPECT_EQ(*parsed, action);
  }
}

TEST(ParseAction, TakesTheShortForm) {
  EXPECT_EQ(*ParseAction("alerts-read", Language::kDanish),
            v1::AUDIT_ACTION_ALERTS_READ);
  EXPECT_EQ(*ParseAction("Alerts_Read", Language::kDanish),
            v1::AUDIT_ACTION_ALERTS_READ);
  EXPECT_EQ(ParseAction("070205-1234", Language::kDanish).status().message(),
            "det er ingen handling");
  const auto wrong = ParseAction("reading", Language::kDanish);
  EXPECT_TRUE(absl::IsInvalidArgument(wrong.status()));
  EXPECT_THAT(HintOf(wrong.status()), HasSubstr("log-read"));
}

}  // namespace
}  // namespace samkoer::clients
