// Takes a renewed certificate into use while the server runs, and tells log and
// metrics how that went.
#ifndef SAMKOER_SERVER_CERTIFICATE_WATCH_H_
#define SAMKOER_SERVER_CERTIFICATE_WATCH_H_

#include <optional>

#include "server/live_identity.h"
#include "server/periodic.h"

namespace samkoer::server {

class Gauge;
class Metrics;

// Thread safety: construction and destruction by one thread; Look from any, one
// at a time.
class CertificateWatch {
 public:
  // Keeps samkoer_certificate_expiry_timestamp_seconds and
  // samkoer_certificate_files_broken. Both must outlive this.
  CertificateWatch(LiveIdentity& identity, Metrics& metrics);

  // Looks every kCertificateReread from now on, until Stop or destruction.
  void Start();
  void Stop() { periodic_.reset(); }

  // Reads the files again. Files that cannot be used leave the certificate in
  // force, are logged as an error and shown by the metric, each time until they
  // are whole again.
  void Look();

 private:
  LiveIdentity& identity_;
  Gauge& expiry_;
  Gauge& broken_;
  std::optional<Periodic> periodic_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CERTIFICATE_WATCH_H_
