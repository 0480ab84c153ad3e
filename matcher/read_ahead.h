// Reads the batches of commits that wait for their turn, on a thread of its
// own, so that the commit loop finds them opened and parsed. One at a time:
// what is held beside the commit that has its turn is one push, at most.
//
// Thread safety: all methods may be called from many threads.
#ifndef SAMKOER_MATCHER_READ_AHEAD_H_
#define SAMKOER_MATCHER_READ_AHEAD_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "matcher/staged_snapshot.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

class ReadAhead {
 public:
  // A push of more records is read in its turn: each takes some 350 bytes.
  static constexpr std::uint64_t kMostRecords = 1'000'000;

  // A commit that waits. Whoever drops it gives up what was read.
  class Request {
   public:
    explicit Request(ReadAhead& owner) : owner_(owner) {}
    ~Request() { owner_.Drop(*this); }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

   private:
    friend class ReadAhead;
    enum class State { kWaiting, kReading, kRead, kOver };
    ReadAhead& owner_;
    // What the commit says of the push.
    std::uint64_t push_ = 0;
    std::uint64_t batches_ = 0;
    std::uint64_t records_ = 0;
    State state_ = State::kWaiting;  // under the owner's mutex
    std::optional<StagedSnapshot> snapshot_;
  };

  // Both must outlive it.
  ReadAhead(const storage::Reader& store, const storage::ValueSealer& sealer,
            unsigned threads);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // The push whose commit is about to wait for its turn. Pushes are read in the
  // order in which they are asked for.
  std::shared_ptr<Request> Ask(std::uint64_t push, std::uint64_t batches,
                               std::uint64_t records);
  // When it has its turn: what was read, or none if that was not begun or did
  // not succeed; then the commit loop reads, and learns why. Waits for what is
  // being read.
  std::optional<StagedSnapshot> Take(Request& request);

 private:
  void Run();
  void ReadNow(Request& request);
  void Drop(Request& request);

  const storage::Reader& store_;
  const storage::ValueSealer& sealer_;
  const unsigned threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Oldest first.
  std::deque<std::weak_ptr<Request>> waiting_;  // under mutex_, as all below
  bool held_ = false;  // one is being read, or was and is not taken
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_READ_AHEAD_H_
