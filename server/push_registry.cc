#include "server/push_registry.h"

#include <utility>

namespace samkoer::server {
namespace {

absl::Status NewerPush() {
  return absl::AbortedError("a newer push of this department has begun");
}

absl::Status OtherStream() {
  return absl::AbortedError("this push goes on on another stream");
}

}  // namespace

PushRegistry::Place::Place(PushRegistry& registry, std::string department,
                           std::shared_ptr<PushMailbox> mailbox)
    : registry_(registry),
      department_(std::move(department)),
      mailbox_(std::move(mailbox)) {
  absl::MutexLock lock(&registry_.mutex_);
  position_ = registry_.places_.insert(registry_.places_.end(), this);
  if (!registry_.ended_.ok()) mailbox_->PostEnd(registry_.ended_);
}

PushRegistry::Place::~Place() {
  absl::MutexLock lock(&registry_.mutex_);
  registry_.places_.erase(position_);
}

absl::Status PushRegistry::Place::Begin(
    const std::string& push_id,
    absl::FunctionRef<absl::StatusOr<bool>()> begin) {
  const auto its_turn =
      [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(registry_.mutex_) {
        return !registry_.beginning_.contains(department_);
      };
  const auto same_push_at_rest =
      [this, &push_id]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(registry_.mutex_) {
        for (const Place* place : registry_.places_) {
          if (place != this && place->department_ == department_ &&
              place->push_id_ == push_id && place->handing_over_) {
            return false;
          }
        }
        return true;
      };
  {
    absl::MutexLock lock(&registry_.mutex_);
    registry_.mutex_.Await(absl::Condition(&its_turn));
    registry_.beginning_.insert(department_);
    for (Place* place : registry_.places_) {
      // Streams that have not begun have no id, and an empty one is refused.
      if (place == this || place->department_ != department_ ||
          push_id.empty() || place->push_id_ != push_id) {
        continue;
      }
      place->over_ = true;
      place->mailbox_->PostEnd(OtherStream());
    }
    push_id_ = push_id;
    registry_.mutex_.Await(absl::Condition(&same_push_at_rest));
  }
  const absl::StatusOr<bool> open = begin();
  absl::MutexLock lock(&registry_.mutex_);
  registry_.beginning_.erase(department_);
  if (!open.ok()) return open.status();
  if (!*open) return absl::OkStatus();
  number_ = ++registry_.last_number_;
  for (Place* place : registry_.places_) {
    if (place->department_ == department_ && place->number_ != 0 &&
        place->number_ < number_) {
      place->mailbox_->PostEnd(NewerPush());
    }
  }
  return absl::OkStatus();
}

absl::Status PushRegistry::Place::HandOver(
    absl::FunctionRef<absl::Status()> hand_over) {
  {
    absl::MutexLock lock(&registry_.mutex_);
    if (over_) return OtherStream();
    handing_over_ = true;
  }
  const absl::Status status = hand_over();
  absl::MutexLock lock(&registry_.mutex_);
  handing_over_ = false;
  return status;
}

void PushRegistry::EndAll(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  ended_ = status;
  for (Place* place : places_) place->mailbox_->PostEnd(status);
}

void PushRegistry::EndDepartment(const std::string& department,
                                 const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  for (Place* place : places_) {
    if (place->department_ == department) place->mailbox_->PostEnd(status);
  }
}

std::size_t PushRegistry::size() const {
  absl::MutexLock lock(&mutex_);
  return places_.size();
}

}  // namespace samkoer::server
