// Rereads the list of revoked certificates while the server runs, and tells log
// and metrics how that went.
#ifndef SAMKOER_SERVER_REVOCATION_WATCH_H_
#define SAMKOER_SERVER_REVOCATION_WATCH_H_

#include <optional>

#include "server/periodic.h"
#include "server/revocation.h"

namespace samkoer::server {

class Gauge;
class Metrics;

// Thread safety: construction and destruction by one thread; Look from any, one
// at a time.
class RevocationWatch {
 public:
  // Keeps samkoer_revoked_certificates and samkoer_revocation_list_broken. Both
  // must outlive this.
  RevocationWatch(RevocationList& list, Metrics& metrics);

  // Looks every kRevocationReread from now on, until Stop or destruction.
  void Start();
  void Stop() { periodic_.reset(); }

  // Reads the file again if it has changed. A file that cannot be read leaves
  // the list in force, is logged as an error and shown by the metric, each time
  // until it is whole again. A list that got shorter lets somebody back in and
  // is logged as a warning.
  void Look();

 private:
  RevocationList& list_;
  Gauge& count_;
  Gauge& broken_;
  std::optional<Periodic> periodic_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_REVOCATION_WATCH_H_
