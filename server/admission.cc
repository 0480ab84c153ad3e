#include "server/admission.h"

#include "absl/status/status.h"

namespace samkoer::server {

absl::StatusOr<Admission::Ticket> Admission::Enter(
    const std::vector<Bound>& bounds) {
  absl::MutexLock lock(&mutex_);
  for (const Bound& bound : bounds) {
    const auto found = taken_.find(bound.name);
    if (found != taken_.end() && found->second >= bound.at_most) {
      return absl::ResourceExhaustedError(
          "too many calls at once; try again later");
    }
  }
  Ticket ticket;
  ticket.owner_ = this;
  for (const Bound& bound : bounds) {
    ++taken_[bound.name];
    ticket.names_.push_back(bound.name);
  }
  return ticket;
}

int Admission::Taken(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  const auto found = taken_.find(name);
  return found == taken_.end() ? 0 : found->second;
}

void Admission::Release(const std::vector<std::string>& names) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& name : names) {
    const auto found = taken_.find(name);
    // Empty entries go, so that the map holds only what runs now.
    if (found != taken_.end() && --found->second == 0) taken_.erase(found);
  }
}

}  // namespace samkoer::server
