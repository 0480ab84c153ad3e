#include "storage/feed_id.h"

#include <sodium.h>

#include "proto/limits.h"
#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string NewFeedId() {
  std::string id(proto::kFeedIdBytes, '\0');
  randombytes_buf(id.data(), id.size());
  return id;
}

std::string EncodeFeedId(std::string_view id) {
  std::string out;
  PutU8(out, kVersion);
  out.append(id);
  return out;
}

absl::StatusOr<std::string> DecodeFeedId(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "the feed's id has an unknown version; use a newer program");
  }
  std::string id(in.Text(proto::kFeedIdBytes));
  if (!in.Done()) return absl::DataLossError("the feed's id is malformed");
  return id;
}

}  // namespace samkoer::storage
