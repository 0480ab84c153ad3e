#include "server/grpc_log.h"

#include <grpc/support/log.h>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "server/limits.h"
#include "server/log.h"

namespace samkoer::server {
namespace {

void Write(gpr_log_func_args* message) {
  static absl::Mutex mutex(absl::kConstInit);
  // Never destroyed: gRPC's threads may log while the process ends.
  static LineBudget* const budget ABSL_PT_GUARDED_BY(mutex) =
      new LineBudget(kGrpcLogLinesPerMinute);
  std::uint64_t suppressed = 0;
  {
    absl::MutexLock lock(&mutex);
    if (!budget->Take(absl::Now(), suppressed)) return;
  }
  if (message->severity == GPR_LOG_SEVERITY_ERROR) {
    log::Warning("grpc.error", {{"text", message->message},
                                {"suppressed_before", suppressed}});
  } else {
    log::Debug("grpc.message",
               {{"text", message->message}, {"suppressed_before", suppressed}});
  }
}

}  // namespace

bool LineBudget::Take(absl::Time now, std::uint64_t& suppressed) {
  if (now - minute_ >= absl::Minutes(1)) {
    minute_ = now;
    taken_ = 0;
  }
  if (taken_ >= per_minute_) {
    ++suppressed_;
    return false;
  }
  ++taken_;
  suppressed = suppressed_;
  suppressed_ = 0;
  return true;
}

void RouteGrpcLogs() {
  // Before gRPC's own initialisation nothing would be passed on.
  gpr_log_verbosity_init();
  gpr_set_log_function(Write);
}

}  // namespace samkoer::server
