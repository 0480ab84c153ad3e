#include "crypto/many_hashes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "crypto/blake2b_lanes.h"

namespace samkoer::crypto {
namespace {

constexpr std::size_t kBlock = kBlake2bBlockBytes;
constexpr std::size_t kLanes = kBlake2bLanes;

}  // namespace

ManyHashes ManyHashes::CaseIds(const HashKey& digest_key) {
  return {digest_key, 16, std::string("\x01", 1)};
}

ManyHashes ManyHashes::Fingerprints(const HashKey& digest_key) {
  return {digest_key, 16, std::string("\x02", 1)};
}

ManyHashes ManyHashes::PersonKeys(const HashKey& match_key,
                                  std::string_view purpose,
                                  std::uint32_t epoch) {
  std::string prefix("samkoer/v1/person\0", 18);
  prefix.append(purpose).push_back('\0');
  for (int i = 0; i < 4; ++i) {
    prefix.push_back(static_cast<char>(epoch >> (8 * i)));
  }
  return {match_key, 32, std::move(prefix)};
}

ManyHashes::ManyHashes(const HashKey& key, std::size_t digest_bytes,
                       std::string prefix)
    : key_(key),
      digest_bytes_(digest_bytes),
      prefix_(std::move(prefix)),
      in_lanes_(Lanes() > 1 && !prefix_.empty() && prefix_.size() < kBlock) {
  if (!in_lanes_) return;
  Blake2bLanes state;
  state.Start(Blake2bStart(digest_bytes_, key_.Expose().size()));
  for (auto& block : state.blocks) {
    std::memset(block, 0, kBlock);
    std::memcpy(block, key_.Expose().data(), key_.Expose().size());
  }
  // Never the last block: a message has its prefix at least.
  const std::uint64_t counts[kLanes] = {kBlock, kBlock, kBlock, kBlock};
  const bool last[kLanes] = {};
  state.Compress(counts, last);
  state.CopyState(0, keyed_);
}

ManyHashes::~ManyHashes() { sodium_memzero(keyed_.data(), sizeof keyed_); }

unsigned ManyHashes::Lanes() {
  static const bool wide = Blake2bLanes::Supported();
  return wide ? kLanes : 1;
}

void ManyHashes::HashOne(std::string_view message, Hash16& hash) const {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key_.Expose().data(), key_.Expose().size(),
                          digest_bytes_);
  const Bytes prefix = AsBytes(prefix_), bytes = AsBytes(message);
  crypto_generichash_update(&state, prefix.data(), prefix.size());
  crypto_generichash_update(&state, bytes.data(), bytes.size());
  std::array<std::uint8_t, crypto_generichash_BYTES_MAX> full;
  crypto_generichash_final(&state, full.data(), digest_bytes_);
  std::memcpy(hash.data(), full.data(), hash.size());
  sodium_memzero(&state, sizeof state);
}

void ManyHashes::Hash(std::span<const std::string_view> messages,
                      std::span<Hash16> hashes) const {
  std::size_t next = 0;
  Blake2bLanes state;
  while (in_lanes_ && messages.size() - next > 1) {
    const std::size_t used = std::min(messages.size() - next, kLanes);
    state.Start(keyed_);
    std::size_t size[kLanes] = {}, blocks[kLanes] = {}, most = 0;
    for (std::size_t lane = 0; lane < used; ++lane) {
      size[lane] = prefix_.size() + messages[next + lane].size();
      blocks[lane] = (size[lane] + kBlock - 1) / kBlock;
      most = std::max(most, blocks[lane]);
    }
    for (std::size_t i = 0; i < most; ++i) {
      std::uint64_t counts[kLanes] = {};
      bool last[kLanes] = {};
      for (std::size_t lane = 0; lane < used; ++lane) {
        if (i >= blocks[lane]) continue;  // it is done, and goes on for nothing
        const std::size_t end = std::min((i + 1) * kBlock, size[lane]);
        counts[lane] = kBlock + end;
        last[lane] = i + 1 == blocks[lane];
        std::uint8_t* block = state.blocks[lane];
        std::size_t from = i * kBlock;
        if (i == 0) {
          std::memcpy(block, prefix_.data(), prefix_.size());
          block += prefix_.size();
          from = prefix_.size();
        }
        const std::string_view part =
            messages[next + lane].substr(from - prefix_.size(), end - from);
        if (!part.empty()) std::memcpy(block, part.data(), part.size());
        if (last[lane]) {
          std::memset(block + part.size(), 0, (i + 1) * kBlock - end);
        }
      }
      state.Compress(counts, last);
      for (std::size_t lane = 0; lane < used; ++lane) {
        if (!last[lane]) continue;
        std::array<std::uint64_t, 8> done;
        state.CopyState(lane, done);
        std::memcpy(hashes[next + lane].data(), done.data(), sizeof(Hash16));
      }
    }
    next += used;
  }
  for (; next < messages.size(); ++next) HashOne(messages[next], hashes[next]);
}

}  // namespace samkoer::crypto
