// Takes renewed certificates into use while the page is served, and tells the
// log how that went.
#ifndef SAMKOER_CLIENTS_WEB_CERTIFICATE_WATCH_H_
#define SAMKOER_CLIENTS_WEB_CERTIFICATE_WATCH_H_

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/common/live_channel.h"
#include "clients/web/page_tls.h"

namespace samkoer::clients {

// How often the files are read.
inline constexpr absl::Duration kCertificateReread = absl::Seconds(10);

// Thread safety: the flags may be read by any thread; the rest by one at a
// time.
class CertificateWatch {
 public:
  // Both must outlive this. `login` reads the list or the keys again by which
  // people come in; what was read before stays where it fails.
  CertificateWatch(PageTls& page, LiveChannel& matcher,
                   std::function<absl::Status()> login)
      : page_{"page", [&page](absl::Time now) { return page.Reload(now); },
              [&page] { return page.not_after(); }},
        matcher_{"matcher",
                 [&matcher](absl::Time now) { return matcher.Reload(now); },
                 [&matcher] { return matcher.not_after(); }},
        login_{"login",
               [login = std::move(login)](absl::Time) -> absl::StatusOr<bool> {
                 if (absl::Status s = login(); !s.ok()) return s;
                 return false;
               },
               [] { return absl::InfiniteFuture(); }} {}
  ~CertificateWatch() { Stop(); }

  // Looks every kCertificateReread from now on, until Stop or destruction.
  void Start();
  void Stop();

  // Reads the files of all again. Files that cannot be used leave the
  // certificate in force; that is logged once, until it is another trouble.
  void Look(absl::Time now);

  // Whether the files were of no use the last time.
  bool page_broken() const { return page_.broken; }
  bool matcher_broken() const { return matcher_.broken; }
  bool login_broken() const { return login_.broken; }

 private:
  struct Watched {
    const char* name;
    std::function<absl::StatusOr<bool>(absl::Time)> reload;
    std::function<absl::Time()> not_after;
    std::atomic<bool> broken = false;
    std::string told = {};
  };
  static void LookAt(Watched& watched, absl::Time now);

  Watched page_, matcher_, login_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_CERTIFICATE_WATCH_H_
