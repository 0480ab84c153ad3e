#include "proto/canonical_record.h"

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace samkoer::proto {
namespace {

using samkoer::v1::CaseRecord;

std::string Canonical(const CaseRecord& record) {
  std::string bytes;
  CanonicalRecord(record, bytes);
  return bytes;
}

CaseRecord FullRecord() {
  CaseRecord record;
  std::string pseudonym;
  for (int i = 0; i < 64; ++i) pseudonym.push_back(static_cast<char>(i));
  record.set_pseudonym(pseudonym);
  record.set_case_ref("DUB-26-6899");
  record.set_unit("Rådgivning");
  record.set_domain(samkoer::v1::DOMAIN_FAMILY);
  record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  record.set_opened_month(202401);
  record.set_closed_month(202611);
  record.set_birth_month(200804);
  record.add_criteria("shift");
  record.add_criteria("no-education");
  record.set_consent(samkoer::v1::CONSENT_GIVEN);
  record.set_coordinator_exists(true);
  record.mutable_plan()->set_exists(true);
  record.mutable_plan()->set_owner_unit("UU");
  record.mutable_plan()->set_last_review_month(202610);
  record.set_protected_identity(true);
  record.set_contact("MFR");
  return record;
}

// The bytes are a contract with adapters in other languages and with every
// store there is: a change here needs a new format version.
TEST(CanonicalRecordTest, AFullRecordHasThePinnedBytes) {
  EXPECT_EQ(absl::BytesToHexString(Canonical(FullRecord())),
            "01"
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
            "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
            "0b00"
            "4455422d32362d36383939"
            "0b00"
            "52c3a5646769766e696e67"
            "03"
            "02"
            "a1160300"
            "73170300"
            "64100300"
            "02"
            "0c00"
            "6e6f2d656475636174696f6e"
            "0500"
            "7368696674"
            "01"
            "07"
            "0200"
            "5555"
            "72170300"
            "0300"
            "4d4652");
}

TEST(CanonicalRecordTest, AnEmptyRecordHasThePinnedBytes) {
  CaseRecord record;
  record.set_pseudonym(std::string(64, '\xff'));
  EXPECT_EQ(absl::BytesToHexString(Canonical(record)),
            "01" + std::string(128, 'f') +
                "0000"
                "0000"
                "00"
                "00" +
                std::string(24, '0') +
                "00"
                "00"
                "00"
                "0000"
                "00000000"
                "0000");
}

TEST(CanonicalRecordTest, CriteriaCountAsASet) {
  CaseRecord turned = FullRecord();
  turned.mutable_criteria()->SwapElements(0, 1);
  EXPECT_EQ(Canonical(turned), Canonical(FullRecord()));
}

TEST(CanonicalRecordTest, EveryFieldChangesTheBytes) {
  const std::string full = Canonical(FullRecord());
  const auto* type = CaseRecord::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    // A pair of pseudonyms is no part of what is stated.
    if (type->field(i)->name() == "previous_pseudonym") continue;
    CaseRecord record = FullRecord();
    record.GetReflection()->ClearField(&record, type->field(i));
    if (type->field(i)->name() == "pseudonym") {
      record.set_pseudonym(std::string(64, 'x'));
    }
    EXPECT_NE(Canonical(record), full) << type->field(i)->name();
  }
}

TEST(CanonicalRecordTest, TextCannotSlipFromOneFieldIntoTheNext) {
  CaseRecord a = FullRecord(), b = FullRecord();
  a.set_case_ref("12");
  a.set_unit("3");
  b.set_case_ref("1");
  b.set_unit("23");
  EXPECT_NE(Canonical(a), Canonical(b));
}

TEST(CanonicalRecordTest, WhatWasInTheBufferIsReplaced) {
  std::string bytes = "old";
  CanonicalRecord(FullRecord(), bytes);
  EXPECT_EQ(bytes, Canonical(FullRecord()));
}

}  // namespace
}  // namespace samkoer::proto
