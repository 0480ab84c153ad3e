#include "matcher/index.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

crypto::Hash16 H(std::uint32_t n) {
  // Spread over all bytes, as keyed hashes are.
  const std::string text = std::to_string(n);
  const crypto::Hash32 hash = crypto::Blake2b256(crypto::AsBytes(text));
  crypto::Hash16 out;
  std::copy_n(hash.begin(), 16, out.begin());
  return out;
}

RecordAttributes Of(std::uint16_t department) {
  RecordAttributes a;
  a.department = department;
  return a;
}

PersonNo AddPerson(Index& index, std::uint32_t n) {
  return index.AddPerson(H(n), storage::TestKey(1));
}

TEST(IndexTest, APersonIsFoundByKeyUntilRemoved) {
  Index index;
  const PersonNo a = AddPerson(index, 1), b = AddPerson(index, 2);
  EXPECT_EQ(index.FindPerson(H(1)), a);
  EXPECT_EQ(index.FindPerson(H(2)), b);
  EXPECT_EQ(index.FindPerson(H(3)), kNone);
  index.RemovePerson(a);
  EXPECT_EQ(index.FindPerson(H(1)), kNone);
  EXPECT_EQ(index.person_count(), 1u);
}

TEST(IndexTest, TheDataKeyNamesThePersonInTheLog) {
  Index index;
  const PersonNo a = AddPerson(index, 1);
  EXPECT_EQ(index.person(a).subject_id(),
            crypto::SubjectId(storage::TestKey(1)));
  ASSERT_TRUE(index.LoadPerson(9, H(9), storage::TestKey(2)));
  EXPECT_EQ(index.person(9).subject_id(),
            crypto::SubjectId(storage::TestKey(2)));
}

TEST(IndexTest, ARemovedPersonsKeysAreWiped) {
  Index index;
  const PersonNo a = AddPerson(index, 1);
  index.RemovePerson(a);
  EXPECT_EQ(index.person(a).person_key, crypto::Hash16{});
  EXPECT_TRUE(index.person(a).data_key == crypto::SealKey());
}

TEST(IndexTest, NumbersOfTheRemovedAreUsedAgain) {
  Index index;
  AddPerson(index, 1);
  const PersonNo b = AddPerson(index, 2);
  index.RemovePerson(b);
  EXPECT_EQ(AddPerson(index, 3), b);
  const PersonNo p = index.FindPerson(H(3));
  const RecordNo r = index.AddRecord(H(10), H(11), p, Of(0));
  index.RemoveRecord(r);
  EXPECT_EQ(index.AddRecord(H(12), H(13), p, Of(0)), r);
}

TEST(IndexTest, SiblingsShareACase) {
  Index index;
  const PersonNo a = AddPerson(index, 1), b = AddPerson(index, 2),
                 c = AddPerson(index, 3);
  const RecordNo ra = index.AddRecord(H(10), H(1), a, Of(0));
  const RecordNo rb = index.AddRecord(H(10), H(2), b, Of(0));
  const RecordNo rc = index.AddRecord(H(10), H(3), c, Of(0));
  EXPECT_EQ(index.FindRecord(H(10), a), ra);
  EXPECT_EQ(index.FindRecord(H(10), b), rb);
  EXPECT_EQ(index.FindRecord(H(10), c), rc);
  // The first of the chain, then the middle, then the last.
  for (const RecordNo gone : {ra, rc, rb}) {
    const PersonNo person = index.record(gone).person;
    index.RemoveRecord(gone);
    EXPECT_EQ(index.FindRecord(H(10), person), kNone);
  }
  EXPECT_EQ(index.FirstOfCase(H(10)), kNone);
}

TEST(IndexTest, LoadingRefusesWhatIsThereTwice) {
  Index index;
  EXPECT_TRUE(index.LoadPerson(70, H(1), storage::TestKey(1)));
  EXPECT_FALSE(index.LoadPerson(70, H(3), storage::TestKey(1)));
  EXPECT_FALSE(index.LoadPerson(71, H(1), storage::TestKey(1)));
  EXPECT_TRUE(index.LoadRecord(40, H(5), H(6), 70, Of(0)));
  EXPECT_FALSE(index.LoadRecord(40, H(7), H(6), 70, Of(0)));
  EXPECT_FALSE(index.LoadRecord(41, H(5), H(6), 70, Of(0)));
  EXPECT_FALSE(index.LoadRecord(42, H(8), H(6), 3, Of(0)));
  EXPECT_FALSE(index.LoadRecord(42, H(8), H(6), 4000, Of(0)));
  index.FinishLoading();
  // Gaps that loading left are used first.
  EXPECT_EQ(AddPerson(index, 9), 0u);
  EXPECT_EQ(index.AddRecord(H(9), H(9), 70, Of(0)), 0u);
}

TEST(IndexTest, AlertsAreFoundByPersonAndById) {
  Index index;
  const PersonNo a = AddPerson(index, 1);
  EXPECT_EQ(index.FindAlert(a), nullptr);
  AlertInfo info;
  info.number = 5;
  info.id = 99;
  index.PutAlert(a, info);
  EXPECT_TRUE(index.person(a).has_alert);
  EXPECT_EQ(index.FindAlert(a)->number, 5u);
  EXPECT_EQ(index.FindAlertId(99), a);
  index.RemoveAlert(a);
  EXPECT_FALSE(index.person(a).has_alert);
  EXPECT_EQ(index.FindAlertId(99), kNone);
  EXPECT_EQ(index.FindAlert(a), nullptr);
}

// Every record of the department stands in its bucket, once, and is summed.
void ExpectBucketsOf(const Index& index, std::uint16_t department) {
  const CaseBuckets& buckets = index.department_buckets(department);
  std::vector<crypto::FingerprintSum> sums(buckets.size());
  std::vector<std::set<RecordNo>> expected(buckets.size());
  for (RecordNo n = 0; n < index.record_slots(); ++n) {
    const Record& record = index.record(n);
    if (record.person == kNone || record.attributes.department != department) {
      continue;
    }
    const std::uint32_t bucket =
        (record.case_id[0] * 256u + record.case_id[1]) % buckets.size();
    sums[bucket].Add(record.fingerprint);
    expected[bucket].insert(n);
  }
  for (std::uint32_t bucket = 0; bucket < buckets.size(); ++bucket) {
    EXPECT_EQ(buckets.sum(bucket), sums[bucket]);
    std::size_t length = 0;
    for (RecordNo n = buckets.first(bucket); n != kNone;
         n = index.record(n).next_of_bucket) {
      EXPECT_TRUE(expected[bucket].contains(n));
      ASSERT_LE(++length, expected[bucket].size());
    }
    EXPECT_EQ(length, expected[bucket].size());
  }
}

// Against two maps, over many random steps and through several growths.
TEST(IndexTest, AgreesWithMapsOnRandomSteps) {
  std::mt19937_64 rng(storage::TestSeed());
  Index index;
  std::map<std::pair<std::uint32_t, std::uint32_t>, RecordNo> records;
  std::map<std::uint32_t, PersonNo> persons;
  std::map<std::uint16_t, std::uint64_t> departments;
  for (int step = 0; step < 60000; ++step) {
    const std::uint32_t person = rng() % 3000, case_no = rng() % 2000;
    const auto department = static_cast<std::uint16_t>(rng() % 3);
    if (!persons.contains(person)) persons[person] = AddPerson(index, person);
    ASSERT_EQ(index.FindPerson(H(person)), persons[person]);
    const auto key = std::pair(case_no, person);
    const auto found = records.find(key);
    const RecordNo number =
        index.FindRecord(H(case_no + 50000), persons[person]);
    ASSERT_EQ(number, found == records.end() ? kNone : found->second);
    if (number == kNone) {
      records[key] = index.AddRecord(H(case_no + 50000), H(step),
                                     persons[person], Of(department));
      ++departments[department];
    } else if (rng() % 4 == 0) {
      index.ChangeRecord(number, H(step), index.record(number).attributes);
    } else {
      --departments[index.record(number).attributes.department];
      index.RemoveRecord(number);
      records.erase(found);
      if (index.person(persons[person]).first_record == kNone) {
        index.RemovePerson(persons[person]);
        persons.erase(person);
      }
    }
  }
  EXPECT_EQ(index.record_count(), records.size());
  EXPECT_EQ(index.person_count(), persons.size());
  for (const auto& [department, count] : departments) {
    EXPECT_EQ(index.department_records(department), count);
    ExpectBucketsOf(index, department);
  }
  // Every person's chain holds just that person's records.
  for (const auto& [person, number] : persons) {
    std::set<RecordNo> chain, expected;
    for (RecordNo r = index.person(number).first_record; r != kNone;
         r = index.record(r).next_of_person) {
      chain.insert(r);
    }
    for (const auto& [key, record] : records) {
      if (key.second == person) expected.insert(record);
    }
    EXPECT_EQ(chain, expected);
    if (person > 100) break;
  }
}

}  // namespace
}  // namespace samkoer::matcher
