#include "clients/web/request_rules.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMostDigits = 9;

bool IsLength(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kOthers.find(c) != kOthers.npos;
  });
}

// No control characters, of which a tab may stand in a header's value.
bool IsValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c != '\t' && absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
}

bool IsTarget(std::string_view text) {
  return text.starts_with('/') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c != '#' &&
                  absl::ascii_isgraph(static_cast<unsigned char>(c));
         });
}

absl::string_view Absl(std::string_view text) {
  return {text.data(), text.size()};
}

bool Is(std::string_view name, absl::string_view header) {
  return absl::EqualsIgnoreCase(Absl(name), header);
}

std::string_view Trim(std::string_view text) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(Absl(text));
  return {trimmed.data(), trimmed.size()};
}

// A body of several parts, also where the library, which decodes values, would
// take it for one.
bool IsMultipart(std::string_view type) {
  return absl::StartsWithIgnoreCase(Absl(type), "multipart/") ||
         type.find('%') != type.npos;
}

// Up to the next CRLF, and takes both off; nothing if there is none.
std::optional<std::string_view> NextLine(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  if (end == rest.npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

struct FirstLine {
  std::string_view verb, target, version;
};

FirstLine SplitFirst(std::string_view line) {
  const std::size_t one = std::min(line.find(' '), line.size());
  const std::size_t two = std::min(line.find(' ', one + 1), line.size());
  if (two == line.size()) return {};
  return {line.substr(0, one), line.substr(one + 1, two - one - 1),
          line.substr(two + 1)};
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

int RefusalOfHead(std::string_view head) {
  if (head.size() > kMaxHeadBytes) return 431;
  const auto line = NextLine(head);
  if (!line) return 400;
  if (line->size() > kMaxRequestLineBytes) return 414;
  const FirstLine first = SplitFirst(*line);
  RequestFrame frame;
  frame.verb = first.verb;
  bool range = false, packed = false;
  if (!IsToken(first.verb) ||
      (first.version != "HTTP/1.1" && first.version != "HTTP/1.0")) {
    return 400;
  }
  while (true) {
    const auto header = NextLine(head);
    if (!header) return 400;
    if (header->empty()) break;
    const std::size_t colon = header->find(':');
    if (colon == header->npos) return 400;
    const std::string_view name = header->substr(0, colon);
    const std::string_view value = Trim(header->substr(colon + 1));
    if (!IsToken(name) || !IsValue(header->substr(colon + 1))) return 400;
    if (Is(name, "Content-Length")) {
      frame.content_length.push_back(value);
    } else if (Is(name, "Transfer-Encoding")) {
      frame.transfer_encoding = true;
    } else if (Is(name, "Content-Encoding") ||
               (Is(name, "Content-Type") && IsMultipart(value))) {
      packed = true;
    } else if (Is(name, "Range")) {
      range = true;
    }
  }
  if (!head.empty()) return 400;
  if (const int refusal = RefusalOf(frame); refusal != 0) return refusal;
  if (!IsTarget(first.target)) return 400;
  std::size_t length = 0;
  if (!frame.content_length.empty() &&
      (!absl::SimpleAtoi(Absl(frame.content_length.front()), &length) ||
       length > kMaxBodyBytes)) {
    return 413;
  }
  if (packed) return 415;
  if (range) return 416;
  return 0;
}

std::string_view TargetOf(std::string_view head) {
  return SplitFirst(head.substr(0, head.find("\r\n"))).target;
}

}  // namespace samkoer::clients
