// Checkpoint of crypto/signed_note.h.
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/base64.h"
#include "crypto/signed_note.h"

namespace samkoer::crypto {
namespace {

absl::Status Malformed(absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("the checkpoint is malformed: ", reason));
}

// Takes a line and its newline off `text`.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string Checkpoint::Format() const {
  return absl::StrCat(origin, "\n", size, "\n", EncodeBase64(root), "\n");
}

absl::StatusOr<Checkpoint> Checkpoint::Parse(std::string_view text) {
  Checkpoint checkpoint;
  const std::optional<std::string_view> origin = TakeLine(text);
  if (!origin || origin->empty()) return Malformed("there is no origin line");
  checkpoint.origin = std::string(*origin);
  const std::optional<std::string_view> size = TakeLine(text);
  // Written back, as SimpleAtoi also takes spaces, signs and leading zeros.
  if (!size || !absl::SimpleAtoi(AbslView(*size), &checkpoint.size) ||
      absl::StrCat(checkpoint.size) != *size) {
    return Malformed("the size line is not a decimal number");
  }
  const std::optional<std::string_view> root = TakeLine(text);
  if (!root || !DecodeBase64Into(*root, checkpoint.root)) {
    return Malformed("the root line is not base64 of 32 bytes");
  }
  while (!text.empty()) {
    const std::optional<std::string_view> extension = TakeLine(text);
    if (!extension || extension->empty()) {
      return Malformed("an extension line is empty or has no newline");
    }
  }
  return checkpoint;
}

}  // namespace samkoer::crypto
