// Looks at text eight bytes at a time. A push brings half a dozen short texts a
// record, and each is looked through twice.
#ifndef SAMKOER_PROTO_EIGHT_BYTES_H_
#define SAMKOER_PROTO_EIGHT_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace samkoer::proto {

// How many bytes of `text` are ASCII digits.
inline std::size_t CountDigits(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = kOnes << 7;
  std::size_t digits = 0, at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, 8);
    // A digit's byte becomes 0 to 9; no sum carries into the next byte.
    bytes ^= kOnes * '0';
    const std::uint64_t others =
        (((bytes & ~kHigh) + kOnes * (0x80 - 10)) | bytes) & kHigh;
    digits += 8 - ((others >> 7) * kOnes >> 56);
  }
  for (; at < text.size(); ++at) digits += text[at] >= '0' && text[at] <= '9';
  return digits;
}

// How many bytes `text` has before the first that is not ' ' to '~'.
inline std::size_t PrintableAsciiPrefix(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = kOnes << 7;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, 8);
    const std::uint64_t low = bytes & ~kHigh;
    const std::uint64_t printable =
        (low + kOnes * (0x80 - ' ')) & ~(low + kOnes) & ~bytes;
    if ((printable & kHigh) != kHigh) break;
  }
  while (at < text.size() && text[at] >= ' ' && text[at] <= '~') ++at;
  return at;
}

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_EIGHT_BYTES_H_
