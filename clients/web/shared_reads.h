// Equal questions of several people at the same moment, as after a change that
// all pages hear of, put to the matcher in one call that names them all: it
// logs each of them before it answers (docs/decisions/0038). Nothing is kept:
// whoever asks later asks anew.
#ifndef SAMKOER_CLIENTS_WEB_SHARED_READS_H_
#define SAMKOER_CLIENTS_WEB_SHARED_READS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/web/calls.h"

namespace samkoer::clients {

// Thread safety: Get may be called from many threads at once.
class SharedReads {
 public:
  struct Answer {
    CallAnswer answer;
    std::string gzip;  // of the body; empty if it was not made
  };
  using Shared = absl::StatusOr<std::shared_ptr<const Answer>>;
  // Asks the matcher in the name of these people.
  using Ask =
      std::function<absl::StatusOr<Answer>(const std::vector<std::string>&)>;

  // The answer to `what`, asked after the call began, in a call that named
  // `person`. Whoever asks the same while it is being asked waits for the next
  // call, together with all who come meanwhile; a call that is refused for
  // several is made again for each alone. `ask` of equal `what` must be equal.
  Shared Get(const std::string& what, const std::string& person,
             const Ask& ask);

 private:
  // Those who ask together.
  struct Group {
    std::vector<std::string> people;
    bool ended = false;
    Shared answer = absl::InternalError("the call broke off");
  };
  // What is asked now.
  struct Question {
    int groups = 0;               // that have not ended
    int running = 0;              // of them, whose call is being made
    std::shared_ptr<Group> next;  // which still takes people in; may be null
  };

  Shared Together(const std::string& what, const std::string& person,
                  const Ask& ask, std::size_t& people);
  void Lead(const std::string& what, const std::shared_ptr<Group>& group,
            const Ask& ask);

  absl::Mutex mutex_;
  std::map<std::string, Question> questions_ ABSL_GUARDED_BY(mutex_);
  // The matcher does not permit it, as before an update: until then each asks
  // alone.
  absl::Time alone_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_SHARED_READS_H_
