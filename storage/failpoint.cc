#include "storage/failpoint.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace samkoer::storage {
namespace {

struct Armed {
  std::string name;
  std::uint64_t count = 0;
};

const Armed& FromEnvironment() {
  static const Armed armed = [] {
    Armed a;
    const char* text = std::getenv("SAMKOER_FAILPOINT");
    if (text == nullptr) return a;
    const std::string value = text;
    const std::size_t colon = value.rfind(':');
    a.name = value.substr(0, colon);
    a.count = colon == std::string::npos
                  ? 1
                  : std::strtoull(value.c_str() + colon + 1, nullptr, 10);
    return a;
  }();
  return armed;
}

}  // namespace

void PassFailpoint(std::string_view name) {
  const Armed& armed = FromEnvironment();
  if (armed.name.empty() || armed.name != name) return;
  static std::atomic<std::uint64_t> passed{0};
  // SIGKILL, not abort: no handler, no destructor, no flush may soften it.
  if (++passed == armed.count) kill(getpid(), SIGKILL);
}

}  // namespace samkoer::storage
