// Reading and writing the bytes of values. Integers are little-endian in
// values; keys have their own order (key_layout.h).
#ifndef SAMKOER_STORAGE_CODING_H_
#define SAMKOER_STORAGE_CODING_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "crypto/secret.h"

namespace samkoer::storage {

// Appends the low `width` bytes of `value`, lowest first. 1 <= width <= 8.
inline void PutLittleEndian(std::string& out, std::uint64_t value,
                            unsigned width) {
  char bytes[8];
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i));
  }
  out.append(bytes, width);
}
inline void PutU8(std::string& out, std::uint8_t v) {
  out.push_back(static_cast<char>(v));
}
inline void PutU16(std::string& out, std::uint16_t v) {
  PutLittleEndian(out, v, 2);
}
inline void PutU32(std::string& out, std::uint32_t v) {
  PutLittleEndian(out, v, 4);
}
inline void PutU64(std::string& out, std::uint64_t v) {
  PutLittleEndian(out, v, 8);
}
inline void PutBytes(std::string& out, crypto::Bytes bytes) {
  out.append(crypto::AsText(bytes));
}
// Length (u16), then the text, which has at most 65,535 bytes.
inline void PutString16(std::string& out, std::string_view text) {
  PutU16(out, static_cast<std::uint16_t>(text.size()));
  out.append(text);
}
// Length (u32), then the text.
inline void PutString32(std::string& out, std::string_view text) {
  PutU32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

// Takes a value apart from the front. After reading past the end every read
// gives zeros or empty views and ok() is false, so that a parser checks once,
// at its end, with Done(). Views live as long as the input.
class ByteReader {
 public:
  explicit ByteReader(std::string_view input) : rest_(input) {}
  explicit ByteReader(crypto::Bytes input) : rest_(crypto::AsText(input)) {}

  std::uint8_t U8() { return static_cast<std::uint8_t>(LittleEndian(1)); }
  std::uint16_t U16() { return static_cast<std::uint16_t>(LittleEndian(2)); }
  std::uint32_t U32() { return static_cast<std::uint32_t>(LittleEndian(4)); }
  std::uint64_t U64() { return LittleEndian(8); }
  std::string_view Text(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  std::string_view String16() { return Text(U16()); }
  std::string_view String32() { return Text(U32()); }
  // Fills `out`; zeros if the input is too short.
  void Fill(std::span<std::uint8_t> out) {
    const std::string_view text = Text(out.size());
    if (text.size() == out.size()) {
      if (!out.empty()) std::memcpy(out.data(), text.data(), out.size());
    } else {
      std::fill(out.begin(), out.end(), std::uint8_t{0});
    }
  }

  std::size_t remaining() const { return rest_.size(); }
  bool ok() const { return ok_; }
  // Everything was read and nothing is left.
  bool Done() const { return ok_ && rest_.empty(); }

 private:
  std::uint64_t LittleEndian(unsigned width) {
    const std::string_view text = Text(width);
    if (text.size() != width) return 0;
    // So that compilers see one load.
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i) {
      value |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
    }
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_CODING_H_
