#include "clients/agent/text_decoder.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/ascii.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kPivotUnits = 8192;
constexpr std::size_t kOutputBytes = 16384;

struct Mark {
  std::string_view bytes;
  std::string_view encoding;
};
constexpr std::array<Mark, 3> kMarks = {{{"\xEF\xBB\xBF", "utf-8"},
                                         {"\xFF\xFE", "utf-16le"},
                                         {"\xFE\xFF", "utf-16be"}}};

UConverter* OpenConverter(const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(name, &error);
  if (U_FAILURE(error)) return nullptr;
  ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr,
                      nullptr, &error);
  ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr,
                        nullptr, &error);
  return converter;
}

}  // namespace

void TextDecoder::ConverterCloser::operator()(UConverter* converter) const {
  ucnv_close(converter);
}

TextDecoder::TextDecoder(TextDecoder&&) noexcept = default;
TextDecoder& TextDecoder::operator=(TextDecoder&&) noexcept = default;
TextDecoder::~TextDecoder() = default;

absl::StatusOr<TextDecoder> TextDecoder::Create(std::string_view encoding) {
  TextDecoder decoder;
  decoder.encoding_ = absl::AsciiStrToLower(crypto::AbslView(encoding));
  if (decoder.encoding_.empty() || decoder.encoding_ == "utf-8-sig" ||
      decoder.encoding_ == "utf8") {
    decoder.encoding_ = "utf-8";
  }
  decoder.source_.reset(OpenConverter(decoder.encoding_.c_str()));
  decoder.target_.reset(OpenConverter("utf-8"));
  if (!decoder.source_ || !decoder.target_) {
    return clients::WithHint(
        absl::InvalidArgumentError(
            clients::Cat("unknown encoding '", encoding, "'")),
        "use utf-8, windows-1252, iso-8859-1, utf-16, utf-16le or utf-16be");
  }
  decoder.pivot_.resize(kPivotUnits);
  decoder.pivot_read_ = decoder.pivot_write_ = decoder.pivot_.data();
  return decoder;
}

absl::Status TextDecoder::Start(bool at_end) {
  if (head_.size() < 3 && !at_end) return absl::OkStatus();
  started_ = true;
  for (const Mark& mark : kMarks) {
    if (!std::string_view(head_).starts_with(mark.bytes)) continue;
    const bool fits =
        encoding_ == mark.encoding ||
        (encoding_ == "utf-16" && mark.encoding != std::string_view("utf-8"));
    if (!fits) {
      return clients::WithHint(
          absl::InvalidArgumentError(
              clients::Cat("the file begins with the byte order mark of ",
                           mark.encoding, ", not ", encoding_)),
          clients::Cat("set dialect.encoding to ", mark.encoding));
    }
    head_.erase(0, mark.bytes.size());
    source_.reset(OpenConverter(std::string(mark.encoding).c_str()));
    return absl::OkStatus();
  }
  if (encoding_ == "utf-16" && !head_.empty()) {
    return clients::WithHint(
        absl::InvalidArgumentError("the file has no byte order mark"),
        "set dialect.encoding to utf-16le or utf-16be");
  }
  return absl::OkStatus();
}

absl::Status TextDecoder::BadBytes() const {
  return clients::WithHint(
      absl::InvalidArgumentError(clients::Cat(
          "line ", line_, " holds bytes that are not ", encoding_)),
      "is dialect.encoding right? Exports from Windows are often windows-1252");
}

absl::Status TextDecoder::Convert(std::string_view bytes, bool flush,
                                  std::string& out) {
  const char* read = bytes.data();
  const char* const read_end = bytes.data() + bytes.size();
  std::array<char, kOutputBytes> buffer;
  for (;;) {
    char* write = buffer.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_convertEx(target_.get(), source_.get(), &write,
                   buffer.data() + buffer.size(), &read, read_end,
                   pivot_.data(), &pivot_read_, &pivot_write_,
                   pivot_.data() + pivot_.size(), false, flush, &error);
    const std::string_view made(
        buffer.data(), static_cast<std::size_t>(write - buffer.data()));
    line_ += std::count(made.begin(), made.end(), '\n');
    if (made.find('\0') != std::string_view::npos) {
      return clients::WithHint(
          absl::InvalidArgumentError(
              clients::Cat("line ", line_, " holds a NUL character")),
          "is dialect.encoding right? Perhaps it is utf-16le");
    }
    out.append(made);
    if (error == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_FAILURE(error)) return BadBytes();
    return absl::OkStatus();
  }
}

absl::Status TextDecoder::Feed(std::string_view bytes, std::string& out) {
  if (started_) return Convert(bytes, false, out);
  head_.append(bytes);
  if (absl::Status status = Start(false); !status.ok()) return status;
  if (!started_) return absl::OkStatus();
  std::string head;
  head.swap(head_);
  return Convert(head, false, out);
}

absl::Status TextDecoder::Finish(std::string& out) {
  if (!started_) {
    if (absl::Status status = Start(true); !status.ok()) return status;
  }
  std::string head;
  head.swap(head_);
  return Convert(head, true, out);
}

}  // namespace samkoer::agent
