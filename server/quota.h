// How many evaluations a certificate may ask for: a bucket with a slow refill.
// Pure: no clock and no store; time is passed in.
//
// The time is monotonic and counts only while the process runs, so neither a
// restart nor a changed clock fills a bucket.
//
// Thread safety: for one thread at a time.
#ifndef SAMKOER_SERVER_QUOTA_H_
#define SAMKOER_SERVER_QUOTA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/identity.h"

namespace samkoer::server {

// A bucket holds at most this many: what fits its billionths.
inline constexpr std::uint64_t kMaxQuotaBurst = 10'000'000'000;

struct QuotaLimit {
  std::uint64_t burst = 0;    // how many at once
  std::uint64_t per_day = 0;  // how many come back in 24 hours, evenly
};

// The limits in force.
class QuotaTable {
 public:
  explicit QuotaTable(std::vector<v1::QuotaConfig> entries)
      : entries_(std::move(entries)) {}
  // The entry whose subject is the whole URI, else the one of the role, else
  // none: then the caller gets nothing.
  std::optional<QuotaLimit> Find(const Identity& who) const;

 private:
  std::vector<v1::QuotaConfig> entries_;
};

// One subject's bucket. Its level is kept in billionths, so that a slow refill
// is not lost in rounding; rounding is always down.
class TokenBucket {
 public:
  // A full bucket, of a subject that was never seen.
  TokenBucket(const QuotaLimit& limit, std::int64_t now_ns);
  // A stored level. A level over the burst is cut to it.
  TokenBucket(const QuotaLimit& limit, std::uint64_t level_billionths,
              std::int64_t now_ns);

  // Whole evaluations that are there. A time before the last one counts as the
  // last one.
  std::uint64_t Available(std::int64_t now_ns);
  // Takes `count`, all or none; whether they were there.
  bool Take(std::uint64_t count, std::int64_t now_ns);
  // How long until `count` are there; none if never.
  std::optional<absl::Duration> WaitFor(std::uint64_t count,
                                        std::int64_t now_ns);
  // How much of the burst is not there, in whole percent, rounded down; as of
  // the last call with a time.
  std::uint64_t used_percent() const;
  // Another limit from now on. What a higher burst adds is there at once; a
  // level over a lower one is cut to it.
  void Change(const QuotaLimit& limit, std::int64_t now_ns);
  // What is to be stored.
  std::uint64_t level_billionths() const { return level_; }
  std::uint64_t burst() const { return limit_.burst; }

 private:
  void Refill(std::int64_t now_ns);

  QuotaLimit limit_;
  std::uint64_t level_ = 0;  // billionths
  std::int64_t last_ns_ = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_QUOTA_H_
