#include "storage/audit_leaf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <iomanip>
#include <sstream>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using samkoer::v1::AuditLeaf;

// 16 bytes that sort as `n`.
std::string Subject(int n) {
  std::ostringstream text;
  text << std::setw(16) << std::setfill('0') << n;
  return text.str();
}

TEST(AuditLeafValidation, FullLeafIsAccepted) {
  AuditLeaf leaf = TestLeaf(1);
  leaf.set_actor_certificate(std::string(32, 'c'));
  leaf.set_digest(std::string(32, 'd'));
  leaf.set_push_id(std::string(16, 'p'));
  leaf.set_reason(std::string(500, 'r'));
  leaf.set_detail(std::string(200, 'd'));
  for (int i = 0; i < static_cast<int>(kMaxLeafSubjects); ++i) {
    leaf.add_subjects(Subject(i));
  }
  SAMKOER_EXPECT_OK(ValidateLeaf(leaf));
  EXPECT_LE(leaf.ByteSizeLong(), kMaxLeafBytes);
}

struct Case {
  const char* name;
  std::function<void(AuditLeaf&)> spoil;
  const char* message;
};

class AuditLeafRefusal : public testing::TestWithParam<Case> {};

TEST_P(AuditLeafRefusal, NamesTheField) {
  AuditLeaf leaf = TestLeaf(1);
  GetParam().spoil(leaf);
  const auto status = ValidateLeaf(leaf);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(status), testing::HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, AuditLeafRefusal,
    testing::Values(
        Case{"Version", [](AuditLeaf& l) { l.set_version(2); }, "version"},
        Case{"Time", [](AuditLeaf& l) { l.clear_time(); }, "time"},
        Case{"Actor", [](AuditLeaf& l) { l.clear_actor(); }, "actor"},
        Case{"Purpose", [](AuditLeaf& l) { l.clear_purpose(); }, "purpose"},
        Case{"NoAction", [](AuditLeaf& l) { l.clear_action(); }, "action"},
        Case{"UnknownAction",
             [](AuditLeaf& l) {
               l.set_action(static_cast<samkoer::v1::AuditAction>(9999));
             },
             "action"},
        Case{"Certificate",
             [](AuditLeaf& l) { l.set_actor_certificate("short"); },
             "actor_certificate"},
        Case{"Digest", [](AuditLeaf& l) { l.set_digest("short"); }, "digest"},
        Case{"PushId", [](AuditLeaf& l) { l.set_push_id("short"); }, "push_id"},
        Case{"Reason",
             [](AuditLeaf& l) { l.set_reason(std::string(501, 'r')); },
             "reason"},
        Case{"Detail",
             [](AuditLeaf& l) { l.set_detail(std::string(201, 'd')); },
             "detail"},
        Case{"SubjectLength", [](AuditLeaf& l) { l.add_subjects("short"); },
             "16 bytes"},
        Case{"SubjectTwice",
             [](AuditLeaf& l) {
               l.add_subjects(Subject(1));
               l.add_subjects(Subject(1));
             },
             "ascending"},
        Case{"SubjectOrder",
             [](AuditLeaf& l) {
               l.add_subjects(Subject(2));
               l.add_subjects(Subject(1));
             },
             "ascending"},
        Case{"TooManySubjects",
             [](AuditLeaf& l) {
               for (int i = 0; i <= static_cast<int>(kMaxLeafSubjects); ++i) {
                 l.add_subjects(Subject(i));
               }
             },
             "more than 3000"},
        Case{"TooLong",
             [](AuditLeaf& l) {
               l.mutable_counts(0)->set_name(std::string(70000, 'n'));
             },
             "65535"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace samkoer::storage
