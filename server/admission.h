// Counts what runs at once and refuses what is over a bound, so that the
// threads of gRPC's sync server stay bounded.
//
// Thread safety: all methods may be called from many threads at once. Tickets
// must not outlive their Admission.
#ifndef SAMKOER_SERVER_ADMISSION_H_
#define SAMKOER_SERVER_ADMISSION_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace samkoer::server {

class Admission {
 public:
  // Holds its places until destroyed.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept
        : owner_(std::exchange(other.owner_, nullptr)),
          names_(std::move(other.names_)) {}
    Ticket& operator=(Ticket&& other) noexcept {
      Ticket old(std::move(other));
      std::swap(owner_, old.owner_);
      std::swap(names_, old.names_);
      return *this;
    }
    ~Ticket() {
      if (owner_ != nullptr) owner_->Release(names_);
    }

   private:
    friend class Admission;
    Admission* owner_ = nullptr;
    std::vector<std::string> names_;
  };

  struct Bound {
    std::string name;  // what is counted, for example "push/familie"
    int at_most;
  };

  // Takes one place under every bound, or none. RESOURCE_EXHAUSTED "too many
  // calls at once; try again later" if one is full.
  absl::StatusOr<Ticket> Enter(const std::vector<Bound>& bounds);

  // How many places are taken under a name.
  int Taken(const std::string& name) const;

 private:
  void Release(const std::vector<std::string>& names);

  mutable absl::Mutex mutex_;
  std::map<std::string, int> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_ADMISSION_H_
