// Secrets as a type: wiped when destroyed, compared in constant time, never
// printed, and readable only through calls that a reviewer can grep for
// ("Expose").
//
// What this does not do: the bytes are not locked in memory, so swap must be
// encrypted or off, and what a function copies to registers or its stack is not
// wiped. Core dumps are forbidden by InitializeProcess.
//
// Thread safety: a const object may be used by many threads.
#ifndef SAMKOER_CRYPTO_SECRET_H_
#define SAMKOER_CRYPTO_SECRET_H_

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace samkoer::crypto {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// Views text as bytes and bytes as text. The result lives as long as the input.
inline Bytes AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Exactly N secret bytes, zero when default-constructed. May be copied, as keys
// are kept in several places; each copy is wiped on its own.
template <std::size_t N>
class SecretArray {
 public:
  SecretArray() = default;
  // Copies; the source stays the caller's to wipe. `from` has N bytes.
  explicit SecretArray(std::span<const std::uint8_t, N> from) {
    std::memcpy(bytes_.data(), from.data(), N);
  }
  SecretArray(const SecretArray&) = default;
  SecretArray& operator=(const SecretArray&) = default;
  ~SecretArray() { sodium_memzero(bytes_.data(), N); }

  // N bytes from the operating system's generator.
  static SecretArray Random() {
    SecretArray s;
    randombytes_buf(s.bytes_.data(), N);
    return s;
  }

  // The bytes. The caller must not copy them anywhere that is not wiped.
  std::span<const std::uint8_t, N> Expose() const { return bytes_; }
  std::span<std::uint8_t, N> ExposeMutable() { return bytes_; }

  // Constant time.
  friend bool operator==(const SecretArray& a, const SecretArray& b) {
    return sodium_memcmp(a.bytes_.data(), b.bytes_.data(), N) == 0;
  }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

// Secret bytes of a length known at run time. Movable; wiped when destroyed,
// moved from or assigned over.
class SecretBuffer {
 public:
  SecretBuffer() = default;
  // Zeros.
  explicit SecretBuffer(std::size_t size) : bytes_(size) {}
  // Copies; the source stays the caller's to wipe.
  explicit SecretBuffer(Bytes from) : bytes_(from.begin(), from.end()) {}
  SecretBuffer(SecretBuffer&& other) noexcept
      : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBuffer& operator=(SecretBuffer&& other) noexcept {
    if (this != &other) {
      Wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  // A copy is made on purpose: SecretBuffer(other.Expose()).
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() { Wipe(); }

  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  // The bytes; valid until the buffer is moved, assigned to or destroyed. The
  // caller must not copy them anywhere that is not wiped.
  Bytes Expose() const { return bytes_; }
  MutableBytes ExposeMutable() { return bytes_; }

 private:
  void Wipe() {
    if (!bytes_.empty()) sodium_memzero(bytes_.data(), bytes_.size());
    bytes_.clear();
  }
  std::vector<std::uint8_t> bytes_;
};

// Prepares the process: initialises libsodium and forbids core dumps
// (RLIMIT_CORE = 0, not dumpable). Call first in every main. Returns false if
// the machine cannot give what cryptography needs; then exit. May be repeated.
bool InitializeProcess();

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_SECRET_H_
