// Debian 12's Abseil has a string_view of its own, to which std::string_view
// does not convert.
#ifndef SAMKOER_CRYPTO_ABSL_VIEW_H_
#define SAMKOER_CRYPTO_ABSL_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace samkoer::crypto {

// The same text, for StrCat and its like; lives as long as the input.
inline absl::string_view AbslView(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_ABSL_VIEW_H_
