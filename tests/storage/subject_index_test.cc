#include "storage/subject_index.h"

#include "storage/index_hash.h"
#include "storage/key_layout.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

std::string Subject(int number) {
  std::string subject(16, 's');
  subject[0] = static_cast<char>(number);
  return subject;
}

TEST(SubjectIndexTest, ALeafHasAKeyOfEachSubject) {
  samkoer::v1::AuditLeaf leaf = TestLeaf(1);
  EXPECT_TRUE(SubjectIndexKeysOf(TestIndexKey(), leaf, 7).empty());
  leaf.add_subjects(Subject(1));
  leaf.add_subjects(Subject(2));
  const auto keys = SubjectIndexKeysOf(TestIndexKey(), leaf, 7);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0],
            SubjectIndexKey(IndexHash(TestIndexKey(), "subject",
                                      crypto::AsBytes(leaf.subjects(0))),
                            7));
  EXPECT_EQ(ParseSubjectIndexKey(keys[1]), 7u);
}

TEST(SubjectIndexTest, ALongLeafOfTheMatcherHasOneKeyForAll) {
  samkoer::v1::AuditLeaf leaf = TestLeaf(1);
  for (int i = 0; i < 65; ++i) leaf.add_subjects(Subject(i));
  EXPECT_EQ(SubjectIndexKeysOf(TestIndexKey(), leaf, 7).size(), 65u);
  leaf.set_action(samkoer::v1::AUDIT_ACTION_ALERTS_MATCHED);
  EXPECT_EQ(SubjectIndexKeysOf(TestIndexKey(), leaf, 7),
            std::vector<std::string>{SubjectIndexKey(
                IndexHash(TestIndexKey(), "many-subjects", {}), 7)});
  leaf.mutable_subjects()->RemoveLast();
  EXPECT_EQ(SubjectIndexKeysOf(TestIndexKey(), leaf, 7).size(), 64u);
}

}  // namespace
}  // namespace samkoer::storage
