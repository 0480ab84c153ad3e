// Conferences: one value each, under its id (key_layout.h, kConference). Holds
// nothing of young persons but their alerts' ids.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), number of alerts (u16), their ids (u64 each, in the order
//   of the agenda), samkoer.v1.Conference without its counts (u16 length,
//   bytes)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_CONFERENCE_TABLE_H_
#define SAMKOER_STORAGE_CONFERENCE_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "samkoer/v1/conferences.pb.h"

namespace samkoer::storage {

struct StoredConference {
  // Without `cases` and `max_cases`.
  samkoer::v1::Conference conference;
  // At most 65,535.
  std::vector<std::uint64_t> alerts;
};

std::string EncodeConference(const StoredConference& conference);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredConference> DecodeConference(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_CONFERENCE_TABLE_H_
