// Joins text and numbers. Debian 12's Abseil is built with a string_view of its
// own, which does not convert from std::string_view, so absl::StrCat cannot
// take the views that our interfaces use.
#ifndef SAMKOER_CLIENTS_COMMON_CAT_H_
#define SAMKOER_CLIENTS_COMMON_CAT_H_

#include <concepts>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace samkoer::clients {

inline std::string_view View(absl::string_view text) {
  return {text.data(), text.size()};
}

namespace internal {
template <typename T>
void AppendPart(std::string& out, const T& part) {
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    out += std::string_view(part);
  } else if constexpr (std::same_as<T, absl::string_view>) {
    out += View(part);
  } else {
    static_assert(std::integral<T> && !std::same_as<T, char> &&
                  !std::same_as<T, bool>);
    out += std::to_string(part);
  }
}
}  // namespace internal

// Texts (any view, std::string, literal) and integers, one after the other.
template <typename... Parts>
std::string Cat(const Parts&... parts) {
  std::string out;
  (internal::AppendPart(out, parts), ...);
  return out;
}

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CAT_H_
