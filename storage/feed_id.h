// Of which feed the sequence numbers are: a cursor from before a restored store
// would else point at other entries than its reader has seen.
//
// One value under the meta word "feed-id". Plaintext, version 1:
//   version (u8 = 1), id (16, random)
// The matcher makes it at its first start, and at the first one after the loss
// of a part of the store was declared, whose write removes it.
//
// Thread safety: all functions are pure, but for chance.
#ifndef SAMKOER_STORAGE_FEED_ID_H_
#define SAMKOER_STORAGE_FEED_ID_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace samkoer::storage {

inline constexpr std::string_view kFeedIdWord = "feed-id";

// proto::kFeedIdBytes of chance.
std::string NewFeedId();

std::string EncodeFeedId(std::string_view id);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<std::string> DecodeFeedId(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_FEED_ID_H_
