#include "storage/dictionary.h"

#include <zstd.h>

#include <cstdlib>
#include <utility>

#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
// Positive levels win five bytes of an alert and cost three times as much.
constexpr int kLevel = -1;
constexpr std::string_view kMagic{"\x28\xb5\x2f\xfd", 4};

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

absl::Status Damaged() {
  return absl::DataLossError("a compressed text is malformed");
}

}  // namespace

void Dictionary::FreePacker::operator()(ZSTD_CDict_s* packer) const {
  ZSTD_freeCDict(packer);
}

void Dictionary::FreeUnpacker::operator()(ZSTD_DDict_s* unpacker) const {
  ZSTD_freeDDict(unpacker);
}

Dictionary::Dictionary(std::uint16_t number, std::string bytes)
    : number_(number),
      bytes_(std::move(bytes)),
      unpacker_(ZSTD_createDDict(bytes_.data(), bytes_.size())) {}

Dictionary::~Dictionary() = default;

void Dictionary::Pack(std::string_view text, std::string& out) const {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(
      ZSTD_createCCtx());
  std::call_once(packing_, [this] {
    packer_.reset(ZSTD_createCDict(bytes_.data(), bytes_.size(), kLevel));
  });
  const std::size_t start = out.size();
  const std::size_t bound = ZSTD_compressBound(text.size());
  out.resize(start + bound);
  const std::size_t size =
      ZSTD_compress_usingCDict(context.get(), out.data() + start, bound,
                               text.data(), text.size(), packer_.get());
  // It has all the room it can need, so only memory can be missing.
  if (ZSTD_isError(size) != 0) std::abort();
  out.resize(start + size);
  out.erase(start, kMagic.size());
}

absl::StatusOr<std::string> Dictionary::Unpack(std::string_view packed) const {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(
      ZSTD_createDCtx());
  std::string frame;
  frame.reserve(kMagic.size() + packed.size());
  frame.append(kMagic);
  frame.append(packed);
  const unsigned long long size =
      ZSTD_getFrameContentSize(frame.data(), frame.size());
  // Errors and "unknown" are the two largest numbers.
  if (size > kMaxTextBytes) return Damaged();
  std::string text(size, '\0');
  const std::size_t done =
      ZSTD_decompress_usingDDict(context.get(), text.data(), text.size(),
                                 frame.data(), frame.size(), unpacker_.get());
  if (ZSTD_isError(done) != 0 || done != text.size()) return Damaged();
  return text;
}

std::string DictionaryKey(std::uint16_t number) {
  return DictionaryPrefix() + std::to_string(number);
}

std::string DictionaryPrefix() { return MetaKey("feed-dictionary/"); }

std::string EncodeDictionary(std::string_view bytes) {
  std::string out;
  PutU8(out, kVersion);
  out.append(bytes);
  return out;
}

absl::StatusOr<std::string> DecodeDictionary(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); !in.ok() || version != kVersion) {
    return absl::FailedPreconditionError(
        "a dictionary has an unknown version; use a newer program");
  }
  return std::string(in.Text(in.remaining()));
}

}  // namespace samkoer::storage
