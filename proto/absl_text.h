// Debian's Abseil is built with a string_view of its own, which
// std::string_view does not convert to.
#ifndef SAMKOER_PROTO_ABSL_TEXT_H_
#define SAMKOER_PROTO_ABSL_TEXT_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace samkoer::proto {

// The same text, for Abseil's functions. Lives as long as what `text` views.
inline absl::string_view Absl(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_ABSL_TEXT_H_
