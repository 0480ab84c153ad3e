#include "server/listening.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "proto/service_manager.h"
#include "server/log.h"

namespace samkoer::server {

void TellListening(const std::string& listen, int port,
                   std::string_view status) {
  std::cout << "listening on " << listen.substr(0, listen.rfind(':') + 1)
            << port << std::endl;
  const absl::Status told = proto::TellServiceManager(
      absl::StrCat("READY=1\nSTATUS=", std::string(status)));
  if (!told.ok()) log::Warning("manager.not_told", {{"status", told}});
}

}  // namespace samkoer::server
