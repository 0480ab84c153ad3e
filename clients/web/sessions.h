// Sessions of people at browsers: random names in a cookie, an end when nobody
// does anything, and an end whatever happens. Kept in memory; Dump and Restore
// carry them through a restart. Pure: time is passed in.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_SESSIONS_H_
#define SAMKOER_CLIENTS_WEB_SESSIONS_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace samkoer::clients {

// What a session is.
struct Session {
  // Person.name.
  std::string person;
  // What the page must send with every change; 43 characters of base64url.
  std::string csrf;
  absl::Time begun = absl::InfinitePast();
  absl::Time used = absl::InfinitePast();
};

struct SessionLimits {
  absl::Duration idle = absl::Minutes(30);
  absl::Duration longest = absl::Hours(10);
  // Sessions at once; of one person.
  std::size_t all = 2000;
  std::size_t of_person = 8;
};

class Sessions {
 public:
  explicit Sessions(SessionLimits limits) : limits_(limits) {}

  // Begins a session and returns its name: 43 characters of base64url, 32
  // random bytes. A person's oldest ends where there are too many.
  // RESOURCE_EXHAUSTED if there are too many of all.
  absl::StatusOr<std::string> Begin(std::string_view person, absl::Time now);

  // The session of that name and person that has not ended. `acts`: a person
  // does something, so that the time without begins anew; what a page asks by
  // itself does not keep a session.
  std::optional<Session> Find(std::string_view name, std::string_view person,
                              bool acts, absl::Time now);

  // Ends a session; nothing happens if there is none.
  void End(std::string_view name);

  // All of them as text, without their names: only hashes of those.
  std::string Dump() const;
  // Adds what Dump wrote and has not ended at `now`. INVALID_ARGUMENT, and
  // nothing is added, if the text is no such.
  absl::Status Restore(std::string_view text, absl::Time now);

  std::size_t size() const;

 private:
  void Sweep(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool Ended(const Session& session, absl::Time now) const;

  const SessionLimits limits_;
  mutable absl::Mutex mutex_;
  // By a hash of the name: how long a search takes says nothing about it.
  std::map<std::string, Session, std::less<>> sessions_ ABSL_GUARDED_BY(mutex_);
};

// 32 random bytes as 43 characters of base64url.
std::string RandomName();

// Whether two texts are equal, in a time that does not depend on where they
// differ.
bool EqualSecrets(std::string_view a, std::string_view b);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_SESSIONS_H_
