#include "server/quota.h"

#include <algorithm>
#include <cmath>

namespace samkoer::server {
namespace {

constexpr std::uint64_t kBillion = 1'000'000'000;
constexpr double kSecondsPerDay = 86'400;

std::uint64_t Capacity(const QuotaLimit& limit) {
  return std::min(limit.burst, kMaxQuotaBurst) * kBillion;
}

}  // namespace

std::optional<QuotaLimit> QuotaTable::Find(const Identity& who) const {
  std::optional<QuotaLimit> by_role;
  for (const v1::QuotaConfig& entry : entries_) {
    const QuotaLimit limit{entry.burst(), entry.per_day()};
    if (entry.subject() == who.uri) return limit;
    if (entry.subject() == RoleName(who.role)) by_role = limit;
  }
  return by_role;
}

TokenBucket::TokenBucket(const QuotaLimit& limit, std::int64_t now_ns)
    : TokenBucket(limit, Capacity(limit), now_ns) {}

TokenBucket::TokenBucket(const QuotaLimit& limit,
                         std::uint64_t level_billionths, std::int64_t now_ns)
    : limit_(limit),
      level_(std::min(level_billionths, Capacity(limit))),
      last_ns_(now_ns) {}

void TokenBucket::Refill(std::int64_t now_ns) {
  if (now_ns <= last_ns_) return;
  // per_day evaluations in 86,400 s are per_day / 86,400 billionths a ns.
  const double earned = static_cast<double>(now_ns - last_ns_) *
                        static_cast<double>(limit_.per_day) / kSecondsPerDay;
  const std::uint64_t capacity = Capacity(limit_);
  const std::uint64_t room = capacity - level_;
  last_ns_ = now_ns;
  level_ = earned >= static_cast<double>(room)
               ? capacity
               : level_ + static_cast<std::uint64_t>(earned);
}

void TokenBucket::Change(const QuotaLimit& limit, std::int64_t now_ns) {
  Refill(now_ns);
  const std::uint64_t before = Capacity(limit_), after = Capacity(limit);
  if (after > before) level_ += after - before;
  level_ = std::min(level_, after);
  limit_ = limit;
}

std::uint64_t TokenBucket::Available(std::int64_t now_ns) {
  Refill(now_ns);
  return level_ / kBillion;
}

bool TokenBucket::Take(std::uint64_t count, std::int64_t now_ns) {
  if (count > Available(now_ns)) return false;
  level_ -= count * kBillion;
  return true;
}

std::uint64_t TokenBucket::used_percent() const {
  // Of the capacity in billionths; a hundredth of the largest times 100 would
  // be too much for 64 bits.
  const std::uint64_t hundredth = Capacity(limit_) / 100;
  if (hundredth == 0) return 100;
  return 100 - (level_ + hundredth - 1) / hundredth;
}

std::optional<absl::Duration> TokenBucket::WaitFor(std::uint64_t count,
                                                   std::int64_t now_ns) {
  Refill(now_ns);
  if (count > std::min(limit_.burst, kMaxQuotaBurst)) return std::nullopt;
  const std::uint64_t needed = count * kBillion;
  if (needed <= level_) return absl::ZeroDuration();
  if (limit_.per_day == 0) return std::nullopt;
  const double seconds = static_cast<double>(needed - level_) /
                         static_cast<double>(kBillion) * kSecondsPerDay /
                         static_cast<double>(limit_.per_day);
  return absl::Seconds(std::ceil(seconds));
}

}  // namespace samkoer::server
