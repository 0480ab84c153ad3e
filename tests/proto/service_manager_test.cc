#include "proto/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>

namespace samkoer::proto {
namespace {

// The manager's end: a datagram socket, by a path or, with '@', abstract.
class Manager {
 public:
  explicit Manager(const std::string& name)
      : name_(name), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name.front() == '@') address.sun_path[0] = '\0';
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) +
                                            name.size())),
              0)
        << std::strerror(errno);
  }
  ~Manager() {
    ::close(fd_);
    if (name_.front() == '/') ::unlink(name_.c_str());
  }
  // The next message, or "none".
  std::string Heard() const {
    char text[256];
    const ssize_t size = ::recv(fd_, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "none" : std::string(text, static_cast<size_t>(size));
  }

 private:
  const std::string name_;
  const int fd_;
};

class ServiceManagerTest : public testing::Test {
 protected:
  void SetUp() override { ::unsetenv("NOTIFY_SOCKET"); }
  void TearDown() override { ::unsetenv("NOTIFY_SOCKET"); }
  static void Name(const std::string& socket) {
    ::setenv("NOTIFY_SOCKET", socket.c_str(), 1);
  }
  static std::string Unique(const std::string& start) {
    return start + "samkoer-manager-" + std::to_string(::getpid());
  }
};

TEST_F(ServiceManagerTest, NobodyIsToldWhereNobodyAsks) {
  EXPECT_TRUE(TellServiceManager(kServiceReady).ok());
  Name("");
  EXPECT_TRUE(TellServiceManager(kServiceReady).ok());
}

TEST_F(ServiceManagerTest, TheManagerHearsWhatIsSaidAndNothingElse) {
  for (const std::string& name : {Unique("/tmp/"), Unique("@")}) {
    const Manager manager(name);
    Name(name);
    EXPECT_TRUE(TellServiceManager(kServiceReady).ok()) << name;
    EXPECT_EQ(manager.Heard(), "READY=1\nSTATUS=Serving") << name;
    EXPECT_TRUE(TellServiceManager("STOPPING=1").ok()) << name;
    EXPECT_EQ(manager.Heard(), "STOPPING=1") << name;
    EXPECT_EQ(manager.Heard(), "none") << name;
  }
}

TEST_F(ServiceManagerTest, AManagerThatIsGoneIsAnErrorAndNotTheEnd) {
  Name(Unique("/tmp/"));
  EXPECT_TRUE(absl::IsUnavailable(TellServiceManager(kServiceReady)));
}

TEST_F(ServiceManagerTest, ANameThatIsNoSocketsIsRefused) {
  // What fits exactly would be cut by the end of the text.
  for (const std::string& name :
       {std::string("vsock:2:1234"), std::string("run/notify"),
        "/" + std::string(sizeof(sockaddr_un::sun_path) - 1, 'x')}) {
    Name(name);
    EXPECT_TRUE(absl::IsInvalidArgument(TellServiceManager(kServiceReady)))
        << name;
  }
}

}  // namespace
}  // namespace samkoer::proto
