// Turns an export's bytes into UTF-8, piece by piece in bounded memory (ICU).
//
// Byte order marks are dropped, and one that contradicts the configured
// encoding is an error, as are bytes that the encoding does not have: a wrong
// encoding must never become wrong letters in silence.
#ifndef SAMKOER_CLIENTS_AGENT_TEXT_DECODER_H_
#define SAMKOER_CLIENTS_AGENT_TEXT_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct UConverter;

namespace samkoer::agent {

// Decodes one text.
//
// Thread safety: for one thread at a time.
class TextDecoder {
 public:
  // `encoding` is an ICU name; empty means utf-8; "utf-8-sig" is utf-8;
  // "utf-16" demands a byte order mark. INVALID_ARGUMENT if there is none such.
  static absl::StatusOr<TextDecoder> Create(std::string_view encoding);
  TextDecoder(TextDecoder&&) noexcept;
  TextDecoder& operator=(TextDecoder&&) noexcept;
  ~TextDecoder();

  // Appends the UTF-8 of the next bytes to `out`. INVALID_ARGUMENT names the
  // line (from 1) and never the text. After an error the decoder is spent.
  absl::Status Feed(std::string_view bytes, std::string& out);
  // The end of the text. INVALID_ARGUMENT if a character is cut off.
  absl::Status Finish(std::string& out);

 private:
  struct ConverterCloser {
    void operator()(UConverter* converter) const;
  };
  using Converter = std::unique_ptr<UConverter, ConverterCloser>;

  TextDecoder() = default;
  absl::Status Start(bool at_end);
  absl::Status Convert(std::string_view bytes, bool flush, std::string& out);
  absl::Status BadBytes() const;

  std::string encoding_;  // as configured, lower case
  std::string head_;      // the first bytes, until the mark is decided
  bool started_ = false;
  std::int64_t line_ = 1;
  Converter source_, target_;
  std::vector<char16_t> pivot_;
  char16_t* pivot_read_ = nullptr;
  char16_t* pivot_write_ = nullptr;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_TEXT_DECODER_H_
