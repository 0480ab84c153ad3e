#include "clients/web/shared_reads.h"

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

// A call takes some milliseconds; where one hangs, the others do not wait for
// it.
constexpr absl::Duration kPatience = absl::Milliseconds(250);
constexpr absl::Duration kAlone = absl::Minutes(10);

}  // namespace

SharedReads::Shared SharedReads::Get(const std::string& what,
                                     const std::string& person,
                                     const Ask& ask) {
  const auto alone = [&]() -> Shared {
    auto answer = ask({person});
    if (!answer.ok()) return answer.status();
    return std::make_shared<const Answer>(*std::move(answer));
  };
  bool together = false;
  {
    const absl::MutexLock lock(&mutex_);
    together = absl::Now() >= alone_until_;
  }
  if (!together) return alone();
  std::size_t people = 0;
  Shared shared = Together(what, person, ask, people);
  if (people < 2) return shared;
  if (absl::IsPermissionDenied(shared.status())) {
    const absl::MutexLock lock(&mutex_);
    alone_until_ = absl::Now() + kAlone;
  }
  // Perhaps one of them only has asked too often.
  if (absl::IsPermissionDenied(shared.status()) ||
      absl::IsResourceExhausted(shared.status())) {
    return alone();
  }
  return shared;
}

SharedReads::Shared SharedReads::Together(const std::string& what,
                                          const std::string& person,
                                          const Ask& ask, std::size_t& people) {
  std::shared_ptr<Group> group;
  bool leads = false;
  {
    const absl::MutexLock lock(&mutex_);
    Question& question = questions_[what];
    group = question.next;
    if (group == nullptr || group->people.size() == proto::kMaxPeopleOfCall) {
      group = question.next = std::make_shared<Group>();
      ++question.groups;
    }
    group->people.push_back(person);
    leads = group->people.size() == 1;
  }
  if (leads) Lead(what, group, ask);
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&group->ended));
  people = group->people.size();
  return group->answer;
}

void SharedReads::Lead(const std::string& what,
                       const std::shared_ptr<Group>& group, const Ask& ask) {
  std::vector<std::string> people;
  {
    const absl::MutexLock lock(&mutex_);
    Question& question = questions_.at(what);
    const auto may_begin = [&] {
      return question.running == 0 ||
             group->people.size() == proto::kMaxPeopleOfCall;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&may_begin), kPatience);
    // Nobody joins any more.
    if (question.next == group) question.next = nullptr;
    ++question.running;
    people = group->people;
  }
  const absl::Cleanup end = [&] {
    const absl::MutexLock lock(&mutex_);
    group->ended = true;
    Question& question = questions_.at(what);
    --question.running;
    if (--question.groups == 0) questions_.erase(what);
  };
  absl::StatusOr<Answer> answer = ask(people);
  Shared shared =
      answer.ok() ? Shared(std::make_shared<const Answer>(*std::move(answer)))
                  : Shared(answer.status());
  const absl::MutexLock lock(&mutex_);
  group->answer = std::move(shared);
}

}  // namespace samkoer::clients
