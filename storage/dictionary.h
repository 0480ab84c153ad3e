// Compression of short texts that resemble one another, before they are sealed:
// zstd (RFC 8878) with a dictionary, a sample of what such texts say. Without
// one a text of some hundred bytes hardly shrinks.
//
// Packed form: one zstd frame without its first four bytes (the magic number,
// always the same), made with the dictionary as raw content; the frame says how
// long the text is.
//
// Whoever sees lengths of packed texts learns a little of how much they
// resemble the dictionary. A dictionary stays as long as anything that was
// packed with it: nothing personal may stand in one.
//
// Thread safety: const methods may be called from many threads at once.
#ifndef SAMKOER_STORAGE_DICTIONARY_H_
#define SAMKOER_STORAGE_DICTIONARY_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct ZSTD_CDict_s;
struct ZSTD_DDict_s;

namespace samkoer::storage {

class Dictionary {
 public:
  // The longest text that is unpacked; a frame that claims more is damaged.
  static constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;

  // `number` names it among the store's, from 1.
  Dictionary(std::uint16_t number, std::string bytes);
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  std::uint16_t number() const { return number_; }
  const std::string& bytes() const { return bytes_; }

  // Appends the packed form of `text`, at most kMaxTextBytes long, to `out`.
  void Pack(std::string_view text, std::string& out) const;
  // The text. DATA_LOSS if `packed` is no packed form. Made with another
  // dictionary it may open to nonsense: what is packed is to be sealed.
  absl::StatusOr<std::string> Unpack(std::string_view packed) const;

 private:
  struct FreePacker {
    void operator()(ZSTD_CDict_s* packer) const;
  };
  struct FreeUnpacker {
    void operator()(ZSTD_DDict_s* unpacker) const;
  };
  const std::uint16_t number_;
  const std::string bytes_;
  // Made by the first Pack: most are only read with.
  mutable std::once_flag packing_;
  mutable std::unique_ptr<ZSTD_CDict_s, FreePacker> packer_;
  std::unique_ptr<ZSTD_DDict_s, FreeUnpacker> unpacker_;
};

// A dictionary as it is stored: version (u8 = 1), then its bytes, under the
// meta word "feed-dictionary/" and its number in decimal digits.
std::string DictionaryKey(std::uint16_t number);
// What the keys of all of them begin with.
std::string DictionaryPrefix();
std::string EncodeDictionary(std::string_view bytes);
// The bytes. FAILED_PRECONDITION for an unknown version.
absl::StatusOr<std::string> DecodeDictionary(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_DICTIONARY_H_
