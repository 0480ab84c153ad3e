// What every answer of the page carries, and what every question must: headers,
// cookies, origins, forms, rates. Pure.
//
// Thread safety: all functions and methods may be called from many threads at
// once.
#ifndef SAMKOER_CLIENTS_WEB_HTTP_RULES_H_
#define SAMKOER_CLIENTS_WEB_HTTP_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace samkoer::clients {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Of every answer: nothing inline, nothing from elsewhere, no frames, HTTPS
// only, no referrer.
const Headers& SecurityHeaders();

// The cookie of a session: this page's only, HTTPS only, out of reach of
// scripts, and never sent from another page.
inline constexpr std::string_view kSessionCookie = "__Host-samkoer";
// The value of Set-Cookie; an empty name takes the cookie away.
std::string SetCookie(std::string_view session);
// Its value in a Cookie header; nothing if it is not there exactly once.
std::optional<std::string> SessionOf(std::string_view cookies);

// Whether a call that changes something comes from our own page: the Origin
// header is `origin` exactly, and Sec-Fetch-Site, where the browser sends it,
// says same-origin.
bool IsOurOrigin(std::string_view origin, std::string_view fetch_site,
                 std::string_view ours);

// Whether it is UTF-8 without NUL.
bool IsText(std::string_view bytes);

// The fields of a query or form (application/x-www-form-urlencoded), in order.
// Nothing if an escape is broken, a value is not UTF-8 or holds NUL, or there
// are over 100 fields.
using Fields = std::vector<std::pair<std::string, std::string>>;
std::optional<Fields> ReadFields(std::string_view text);

// Text as a JSON string with its quotes. The marks < > & ' and the line
// separators are escaped, too, so that it can stand anywhere.
std::string JsonString(std::string_view text);

// A bucket of calls for each name: `burst` at once, one more each `every`.
class Rates {
 public:
  Rates(double burst, absl::Duration every) : burst_(burst), every_(every) {}
  // Whether `name` may call now. 10,000 names are remembered at most; whoever
  // comes when there are as many that are not full may not.
  bool Take(const std::string& name, absl::Time now);

 private:
  struct Bucket {
    double left;
    absl::Time at;
  };
  double LeftOf(const Bucket& bucket, absl::Time now) const;

  const double burst_;
  const absl::Duration every_;
  absl::Mutex mutex_;
  std::map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_HTTP_RULES_H_
