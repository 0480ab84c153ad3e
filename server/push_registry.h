// The open push streams, by department: which of them is newest, and that only
// one at a time feeds a push.
#ifndef SAMKOER_SERVER_PUSH_REGISTRY_H_
#define SAMKOER_SERVER_PUSH_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/push_mailbox.h"

namespace samkoer::server {

// Thread safety: all methods may be called from many threads at once.
class PushRegistry {
 public:
  // One stream's place, from its construction to its destruction. Its methods
  // are for the stream's own thread.
  class Place {
   public:
    // `registry` must outlive this. After EndAll the stream is asked to end at
    // once.
    Place(PushRegistry& registry, std::string department,
          std::shared_ptr<PushMailbox> mailbox);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Runs `begin`, which begins the push at the matcher and returns whether
    // the push is open (not if it was committed before). The begins of one
    // department run one after the other, so that the order here is the
    // matcher's; no other lock is held meanwhile.
    //
    // Before it runs, an older stream of the same push is over: it is asked to
    // end, and what it was just handing over has been handed over. If the push
    // is open, every stream of the department that began before is asked to
    // end, and none that began later or has yet to begin.
    absl::Status Begin(const std::string& push_id,
                       absl::FunctionRef<absl::StatusOr<bool>()> begin);

    // Runs `hand_over` if this stream still feeds its push, else returns
    // ABORTED. A newer stream of the same push waits for it.
    absl::Status HandOver(absl::FunctionRef<absl::Status()> hand_over);

   private:
    friend class PushRegistry;
    PushRegistry& registry_;
    const std::string department_;
    const std::shared_ptr<PushMailbox> mailbox_;
    // All under the registry's mutex.
    std::list<Place*>::iterator position_;
    std::string push_id_;
    std::uint64_t number_ = 0;  // the order of begins; 0: not open
    bool over_ = false;         // another stream feeds the push
    bool handing_over_ = false;
  };

  // Asks all to end, those still to come included.
  void EndAll(const absl::Status& status);

  // Asks all streams of the department that are here now to end, begun or not.
  void EndDepartment(const std::string& department, const absl::Status& status);

  std::size_t size() const;

 private:
  mutable absl::Mutex mutex_;
  std::list<Place*> places_ ABSL_GUARDED_BY(mutex_);
  // Departments of which a push is just beginning.
  std::set<std::string> beginning_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PUSH_REGISTRY_H_
