// A case record as the bytes that its fingerprint covers, the same in every
// language. Format, version 1, integers little-endian, text as UTF-8 preceded
// by its length (u16):
//   version (u8 = 1), pseudonym (64), case_ref, unit, domain (u8),
//   status (u8), opened_month (u32), closed_month (u32), birth_month (u32),
//   number of criteria (u8), criteria in ascending byte order, consent (u8),
//   flags (u8: 1 coordinator exists, 2 plan exists, 4 protected identity),
//   plan owner unit, plan last_review_month (u32), contact.
#ifndef SAMKOER_PROTO_CANONICAL_RECORD_H_
#define SAMKOER_PROTO_CANONICAL_RECORD_H_

#include <string>

#include "samkoer/v1/intake.pb.h"

namespace samkoer::proto {

// Replaces `out` with the canonical bytes. `record` must be valid (a 64-byte
// pseudonym, texts of at most 65,535 bytes, at most 255 criteria).
void CanonicalRecord(const samkoer::v1::CaseRecord& record, std::string& out);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_CANONICAL_RECORD_H_
