// How many of something each address may have at once.
#ifndef SAMKOER_CLIENTS_WEB_ADDRESS_BOUND_H_
#define SAMKOER_CLIENTS_WEB_ADDRESS_BOUND_H_

#include <sys/socket.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace samkoer::clients {

// Thread safety: Take may be called from many threads at once, and places may
// go in any.
class AddressBound {
 public:
  // Held until it is destroyed, or another takes its place. Must not outlive
  // its bound.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept
        : bound_(std::exchange(other.bound_, nullptr)),
          address_(std::move(other.address_)) {}
    Place& operator=(Place&& other) noexcept {
      Place old(std::move(other));
      std::swap(bound_, old.bound_);
      std::swap(address_, old.address_);
      return *this;
    }
    ~Place() {
      if (bound_ != nullptr) bound_->Release(address_);
    }
    bool held() const { return bound_ != nullptr; }

   private:
    friend class AddressBound;
    AddressBound* bound_ = nullptr;
    std::string address_;
  };

  explicit AddressBound(std::size_t most) : most_(most) {}

  // A place of the address, that of a network of the size a home or an office
  // gets where it is IPv6 (64 bits); one that is not held if it has as many as
  // it may.
  Place Take(const sockaddr_storage& address);

 private:
  void Release(const std::string& address);

  const std::size_t most_;
  absl::Mutex mutex_;
  std::map<std::string, std::size_t> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_ADDRESS_BOUND_H_
