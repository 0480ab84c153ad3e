// A count that many ask for at once, made once for all of them.
#ifndef SAMKOER_MATCHER_SHARED_COUNT_H_
#define SAMKOER_MATCHER_SHARED_COUNT_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/statusor.h"

namespace samkoer::matcher {

// `Basis` is what the count depends on, all of it: equal bases make equal
// counts. It can be default-constructed and compared.
//
// Nobody is given a count that was begun before they asked unless its basis is
// still what holds then; so what is given is as fresh as one's own count. One
// runs at a time; whoever asks meanwhile waits, for two at most.
//
// Thread safety: Get may be called from many threads at once.
template <typename Basis, typename Value>
class SharedCount {
 public:
  using Counted = absl::StatusOr<std::shared_ptr<const Value>>;

  // `now` says what holds now; short, and must not call Get. `count` makes the
  // count of what holds when it is called: of that basis, or a later one. Its
  // error is told to whoever asked before it was begun, and is not kept.
  Counted Get(const std::function<Basis()>& now,
              const std::function<absl::StatusOr<Value>(const Basis&)>& count) {
    std::unique_lock lock(mutex_);
    const std::uint64_t asked = begun_;
    while (ended_ <= asked) {
      Basis basis = now();
      if (counted_.ok() && basis_ == basis) break;
      if (begun_ == ended_) return Count(std::move(basis), count, lock);
      done_.wait(lock);
    }
    return counted_;
  }

 private:
  // `lock` is held before and after.
  Counted Count(Basis basis,
                const std::function<absl::StatusOr<Value>(const Basis&)>& count,
                std::unique_lock<std::mutex>& lock) {
    ++begun_;
    lock.unlock();
    absl::StatusOr<Value> value = count(basis);
    Counted counted;
    if (value.ok()) {
      counted = std::make_shared<const Value>(*std::move(value));
    } else {
      counted = value.status();
    }
    lock.lock();
    ended_ = begun_;
    basis_ = std::move(basis);
    counted_ = counted;
    done_.notify_all();
    return counted;
  }

  std::mutex mutex_;
  std::condition_variable done_;
  // How many counts were begun and ended, one more at most; under mutex_, as
  // all below.
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;
  // Of the count that ended last; an error before the first.
  Counted counted_;
  Basis basis_{};
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SHARED_COUNT_H_
