#include "server/listening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <string>

namespace samkoer::server {
namespace {

TEST(ListeningTest, TheLineAndTheServiceManagerHaveTheRealPort) {
  const std::string name = "@samkoer-listening-" + std::to_string(::getpid());
  const int manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, name.size());
  address.sun_path[0] = '\0';
  ASSERT_EQ(::bind(manager, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) +
                                          name.size())),
            0);
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  testing::internal::CaptureStdout();
  TellListening("[::1]:0", 8443, "Serving");
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "listening on [::1]:8443\n");
  char heard[256];
  const ssize_t size = ::recv(manager, heard, sizeof heard, MSG_DONTWAIT);
  ASSERT_GE(size, 0);
  EXPECT_EQ(std::string(heard, static_cast<std::size_t>(size)),
            "READY=1\nSTATUS=Serving");
  ::close(manager);

  // A manager that is gone keeps nobody from serving.
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  TellListening("127.0.0.1:0", 8444, "Serving");
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "listening on 127.0.0.1:8444\n");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("manager.not_told"));
  ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace samkoer::server
