#include "crypto/hash_to_group.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace samkoer::crypto {
namespace {

constexpr std::size_t kHashBytes = crypto_hash_sha512_BYTES;
constexpr std::size_t kBlockBytes = 128;  // SHA-512's s_in_bytes
constexpr std::size_t kWideBytes = 64;    // what the map and reduction take

template <std::size_t N>
constexpr std::string_view Tag(const char (&literal)[N]) {
  return {literal, N - 1};  // the context holds a zero byte
}

// Wiped, as what is hashed is personal.
class Sha512State {
 public:
  Sha512State() { crypto_hash_sha512_init(&state_); }
  ~Sha512State() { sodium_memzero(&state_, sizeof state_); }
  Sha512State(const Sha512State&) = delete;
  Sha512State& operator=(const Sha512State&) = delete;

  void Add(Bytes part) {
    crypto_hash_sha512_update(&state_, part.data(), part.size());
  }
  void Finish(std::span<std::uint8_t, kHashBytes> out) {
    crypto_hash_sha512_final(&state_, out.data());
  }

 private:
  crypto_hash_sha512_state state_;
};

}  // namespace

#define SAMKOER_OPRF_CONTEXT(mode) "OPRFV1-" mode "-ristretto255-SHA512"
#define SAMKOER_OPRF_TAGS(mode)                          \
  {                                                      \
    Tag(SAMKOER_OPRF_CONTEXT(mode)),                     \
        Tag("HashToGroup-" SAMKOER_OPRF_CONTEXT(mode)),  \
        Tag("HashToScalar-" SAMKOER_OPRF_CONTEXT(mode)), \
        Tag("DeriveKeyPair" SAMKOER_OPRF_CONTEXT(mode)), \
        Tag("Seed-" SAMKOER_OPRF_CONTEXT(mode)),         \
  }

const DomainTags& TagsOf(OprfMode mode) {
  static constexpr DomainTags kOprfTags = SAMKOER_OPRF_TAGS("\x00");
  static constexpr DomainTags kVoprfTags = SAMKOER_OPRF_TAGS("\x01");
  return mode == OprfMode::kOprf ? kOprfTags : kVoprfTags;
}

std::string_view OprfContext(OprfMode mode) { return TagsOf(mode).context; }

void Sha512(Parts message, std::span<std::uint8_t, kHashBytes> out) {
  Sha512State state;
  for (const Bytes part : message) state.Add(part);
  state.Finish(out);
}

void ExpandMessageXmd(Parts message, std::string_view dst, MutableBytes out) {
  if (dst.size() > 255 || out.empty() || out.size() > 255 * kHashBytes) {
    std::abort();
  }
  static constexpr std::uint8_t kZeroPad[kBlockBytes] = {};
  const auto dst_length = static_cast<std::uint8_t>(dst.size());
  const Bytes dst_suffix(&dst_length, 1);
  SecretArray<kHashBytes> b0;
  {
    Sha512State hash;
    hash.Add(kZeroPad);
    for (const Bytes part : message) hash.Add(part);
    hash.Add(TwoBytes(out.size()));
    hash.Add(Bytes(kZeroPad, 1));
    hash.Add(AsBytes(dst));
    hash.Add(dst_suffix);
    hash.Finish(b0.ExposeMutable());
  }
  SecretArray<kHashBytes> mixed = b0, block;  // b0 xor b(i-1); b(i)
  std::uint8_t counter = 0;
  while (!out.empty()) {
    ++counter;
    Sha512({mixed.Expose(), Bytes(&counter, 1), AsBytes(dst), dst_suffix},
           block.ExposeMutable());
    for (std::size_t i = 0; i < kHashBytes; ++i) {
      mixed.ExposeMutable()[i] = b0.Expose()[i] ^ block.Expose()[i];
    }
    const std::size_t taken = std::min(out.size(), kHashBytes);
    std::memcpy(out.data(), block.Expose().data(), taken);
    out = out.subspan(taken);
  }
}

Element HashToGroup(OprfMode mode, std::string_view input) {
  SecretArray<kWideBytes> wide;
  ExpandMessageXmd({AsBytes(input)}, TagsOf(mode).hash_to_group,
                   wide.ExposeMutable());
  Element element;
  crypto_core_ristretto255_from_hash(element.data(), wide.Expose().data());
  return element;
}

Scalar HashToScalar(Parts message, std::string_view dst) {
  SecretArray<kWideBytes> wide;
  ExpandMessageXmd(message, dst, wide.ExposeMutable());
  Scalar scalar;
  crypto_core_ristretto255_scalar_reduce(scalar.ExposeMutable().data(),
                                         wide.Expose().data());
  return scalar;
}

}  // namespace samkoer::crypto
