#include "clients/web/http_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "clients/common/cat.h"
#include "clients/common/utf8.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxFields = 100;
constexpr std::size_t kMaxNames = 10'000;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> Unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!IsText(out)) return std::nullopt;
  return out;
}

}  // namespace

const Headers& SecurityHeaders() {
  static const auto* headers = new Headers{
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
       "'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
       "form-action 'none'; frame-ancestors 'none'; "
       "require-trusted-types-for 'script'; trusted-types 'none'"},
      {"Strict-Transport-Security", "max-age=31536000"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy",
       "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
  };
  return *headers;
}

std::string SetCookie(std::string_view session) {
  return Cat(kSessionCookie, "=", session,
             "; Path=/; Secure; HttpOnly; SameSite=Strict",
             session.empty() ? "; Max-Age=0" : "");
}

std::optional<std::string> SessionOf(std::string_view cookies) {
  std::optional<std::string> found;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(cookies.data(), cookies.size()), ';')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (View(absl::StripAsciiWhitespace(pair.first)) != kSessionCookie) {
      continue;
    }
    if (found.has_value()) return std::nullopt;
    found = std::string(absl::StripAsciiWhitespace(pair.second));
  }
  return found;
}

bool IsOurOrigin(std::string_view origin, std::string_view fetch_site,
                 std::string_view ours) {
  return origin == ours && (fetch_site.empty() || fetch_site == "same-origin");
}

bool IsText(std::string_view bytes) {
  while (!bytes.empty()) {
    const char32_t c = NextCodePoint(bytes);
    if (c == kNotUtf8 || c == 0) return false;
  }
  return true;
}

std::optional<Fields> ReadFields(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (fields.size() == kMaxFields) return std::nullopt;
    const std::size_t equal = std::min(pair.find('='), pair.size());
    auto name = Unescape(pair.substr(0, equal));
    auto value = Unescape(pair.substr(std::min(equal + 1, pair.size())));
    if (!name || !value) return std::nullopt;
    fields.emplace_back(*std::move(name), *std::move(value));
  }
  return fields;
}

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (text.substr(i).starts_with("\xE2\x80\xA8") ||
        text.substr(i).starts_with("\xE2\x80\xA9")) {
      out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (c < 0x20 || c == 0x7F ||
               std::string_view("\"\\<>&'").find(text[i]) !=
                   std::string_view::npos) {
      out += absl::StrFormat("\\u%04x", c);
    } else {
      out += text[i];
    }
  }
  return out + "\"";
}

double Rates::LeftOf(const Bucket& bucket, absl::Time now) const {
  const double came =
      std::max(0.0, absl::FDivDuration(now - bucket.at, every_));
  return std::min(burst_, bucket.left + came);
}

bool Rates::Take(const std::string& name, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= kMaxNames && !buckets_.contains(name)) {
    for (auto it = buckets_.begin(); it != buckets_.end();) {
      it = LeftOf(it->second, now) >= burst_ ? buckets_.erase(it)
                                             : std::next(it);
    }
    if (buckets_.size() >= kMaxNames) return false;
  }
  auto [bucket, made] = buckets_.try_emplace(name, Bucket{burst_, now});
  bucket->second = {LeftOf(bucket->second, now), now};
  if (bucket->second.left < 1) return false;
  bucket->second.left -= 1;
  return true;
}

}  // namespace samkoer::clients
