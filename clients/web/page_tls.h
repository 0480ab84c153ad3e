// The page's own certificate, its key and whose certificates browsers must
// show: read from files that can be renewed while the page is served.
#ifndef SAMKOER_CLIENTS_WEB_PAGE_TLS_H_
#define SAMKOER_CLIENTS_WEB_PAGE_TLS_H_

#include <openssl/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace samkoer::clients {

struct PageTlsFiles {
  // PEM: the chain that browsers see, leaf first, and its key.
  std::string certificate;
  std::string key;
  // CA certificates that browsers' certificates must chain to; without, none is
  // asked for.
  std::string client_ca;
};

// Thread safety: all methods may be called from many threads at once.
class PageTls {
 public:
  // Errors name the file: NOT_FOUND, PERMISSION_DENIED (others can read the
  // key), INVALID_ARGUMENT (not PEM, or a key that does not belong to the
  // certificate).
  static absl::StatusOr<std::unique_ptr<PageTls>> Load(PageTlsFiles files);

  // For a new connection: TLS 1.3 alone, no resumption, so that every
  // connection shows its certificate anew. Those that stand keep theirs.
  struct InUse {
    std::shared_ptr<SSL_CTX> context;
    std::uint64_t version = 0;  // another one for other files
  };
  InUse in_use() const;
  std::shared_ptr<SSL_CTX> context() const { return in_use().context; }

  // Whether the certificate that a standing connection showed would be taken
  // now: that it is not revoked, and, if the files have changed since
  // `version`, that it chains to a CA of theirs. Moves `version` on. True where
  // none is asked for.
  bool Trusts(SSL& connection, std::uint64_t& version) const;
  // Who says of a certificate, in DER, that it is revoked. Set it before the
  // first call of Trusts; without, none is.
  void set_revoked(std::function<bool(std::string_view der)> revoked) {
    revoked_ = std::move(revoked);
  }

  // When the certificate in use expires.
  absl::Time not_after() const;

  // Reads the files again; returns whether they hold something new, which new
  // connections then get. On an error what was in use stays so: those of Load,
  // and FAILED_PRECONDITION for a new certificate that is out of date at `now`.
  absl::StatusOr<bool> Reload(absl::Time now);

 private:
  struct Made;
  explicit PageTls(PageTlsFiles files) : files_(std::move(files)) {}
  absl::StatusOr<Made> Make() const;

  const PageTlsFiles files_;
  std::function<bool(std::string_view der)> revoked_;
  mutable absl::Mutex mutex_;
  InUse in_use_ ABSL_GUARDED_BY(mutex_);
  std::string digest_ ABSL_GUARDED_BY(mutex_);  // of what is in use
  absl::Time not_after_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_PAGE_TLS_H_
