#include "clients/web/request_rules.h"

#include <algorithm>
#include <cstddef>

namespace samkoer::clients {
namespace {

constexpr std::size_t kMostDigits = 9;

bool IsLength(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

int RefusalOf(const RequestFrame& frame) {
  const bool reads = frame.verb == "GET" || frame.verb == "HEAD";
  if (!reads && frame.verb != "POST" && frame.verb != "DELETE") return 405;
  if (frame.transfer_encoding) return 411;
  if (frame.content_length.empty()) return 0;
  const std::string_view length = frame.content_length.front();
  if (frame.content_length.size() > 1 || !IsLength(length)) return 400;
  const bool has_body = length.find_first_not_of('0') != length.npos;
  return reads && has_body ? 400 : 0;
}

}  // namespace samkoer::clients
