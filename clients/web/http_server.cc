#include "clients/web/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <map>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/web/address_bound.h"
#include "clients/web/http_protocol.h"
#include "clients/web/tls_connection.h"
#include "clients/web/worker_threads.h"
#include "proto/log.h"

namespace samkoer::clients {
namespace {

using Clock = TlsConnection::Clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A thread is held by a request and by a stream of events, of which App allows
// 512; as many pages again may ask at the same moment, because one change is
// news to all of them. The unit's TasksMax knows of this number.
constexpr std::size_t kThreads = 1024;
constexpr std::size_t kOtherFiles = 256;
constexpr milliseconds kFarewell{500};
// Where the system has no room for another connection just now.
constexpr milliseconds kBreath{50};
constexpr absl::Duration kTellAgain = absl::Minutes(1);

// Counts what came to nothing, and says so in the log, but seldom: whoever can
// reach the port could otherwise fill the disk.
class Refusals {
 public:
  void Count(std::string_view reason) {
    ++all_;
    const absl::Time now = absl::Now();
    std::uint64_t times = 0;
    {
      const absl::MutexLock lock(&mutex_);
      Told& told = told_[std::string(reason)];
      ++told.times;
      if (now - told.at < kTellAgain) return;
      times = std::exchange(told.times, 0);
      told.at = now;
    }
    log::Warning("connection.refused", {{"reason", reason}, {"times", times}});
  }
  std::uint64_t all() const { return all_; }

 private:
  struct Told {
    std::uint64_t times = 0;  // since it was told
    absl::Time at = absl::InfinitePast();
  };
  std::atomic<std::uint64_t> all_ = 0;
  absl::Mutex mutex_;
  std::map<std::string, Told> told_ ABSL_GUARDED_BY(mutex_);
};

// A connection and what is left of it; its place goes after it.
struct Line {
  Line(int socket, int wake, std::size_t most)
      : connection(socket, wake), calls(most) {}
  AddressBound::Place place;
  AddressBound::Place handshake;  // until it is made
  TlsConnection connection;
  std::size_t calls;
  Clock::time_point handshake_until;
  std::uint64_t trusted = 0;  // PageTls's version
};
using LinePtr = std::unique_ptr<Line>;

// A connection that waits for its next request, or for its first byte, waits
// with all others in one thread and holds none.
class Server final : public HttpServer {
 public:
  Server(const PageTls& tls, Handler handler, const Limits& limits)
      : tls_(tls),
        limits_(limits),
        protocol_(HttpProtocol::Make(std::move(handler), limits)),
        of_address_(limits.connections_of_address),
        handshakes_(limits.handshakes_of_address),
        most_(limits.connections),
        threads_(kThreads) {}
  ~Server() override {
    for (const int fd : {wake_, back_, epoll_}) {
      if (fd >= 0) ::close(fd);
    }
  }

  absl::Status Bind(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos ||
        !absl::SimpleAtoi(address.substr(colon + 1), &port_)) {
      return absl::InvalidArgumentError(
          Cat("the address '", address, "' is not \"host:port\""));
    }
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    back_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (wake_ < 0 || back_ < 0 || epoll_ < 0) {
      return absl::ResourceExhaustedError(
          Cat("cannot open another file: ", std::strerror(errno)));
    }
    if (!protocol_->Listen(address.substr(0, colon), port_)) {
      return WithHint(
          absl::UnavailableError(Cat("cannot listen on ", address)),
          "is it an address of this machine, and taken by nothing else?");
    }
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  bool Serve() override {
    MakeRoom();
    bool good = true;
    for (const int fd : {protocol_->listener(), wake_, back_}) {
      if (good && !Watch(fd)) {
        log::Error("serve.ended", {{"error", std::strerror(errno)}});
        good = false;
      }
    }
    while (good && !stopping_) {
      std::array<epoll_event, 64> events;
      const int ready = ::epoll_wait(epoll_, events.data(), events.size(),
                                     waiting_.empty() ? -1 : 1000);
      for (int i = 0; i < ready && good; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == protocol_->listener()) {
          good = Accept();
        } else if (fd == back_) {
          TakeBack();
        } else if (fd != wake_) {
          TakeUp(fd);
        }
      }
      EndOldOnes();
    }
    // Whoever waits for nothing more is told so; the others end by themselves.
    for (auto& [fd, waiting] : waiting_) Drop(std::move(waiting.line));
    waiting_.clear();
    threads_.Finish();
    for (LinePtr& line : Returned()) Drop(std::move(line));
    return good || stopping_;
  }

  void Stop() override {
    stopping_ = true;
    protocol_->Stop();
    Signal(wake_);
  }

  Figures figures() const override {
    return {connections_, threads_.waiting(), refusals_.all()};
  }

 private:
  struct Waiting {
    LinePtr line;
    Clock::time_point since;
  };

  // As many files as connections need, where the system lets us.
  void MakeRoom() {
    rlimit limit{};
    const rlim_t wanted = limits_.connections + kOtherFiles;
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    if (limit.rlim_cur < wanted) {
      limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= wanted) return;
    most_ = limit.rlim_cur > 2 * kOtherFiles ? limit.rlim_cur - kOtherFiles
                                             : limit.rlim_cur / 2;
    log::Warning("connections.bounded",
                 {{"files", std::uint64_t{limit.rlim_cur}},
                  {"connections", std::uint64_t{most_}}});
  }

  bool Watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
  }
  void Unwatch(int fd) const {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  }
  static void Signal(int fd) {
    const std::uint64_t one = 1;
    // Full only where it was not read yet, which is as good.
    if (::write(fd, &one, sizeof(one)) < 0) return;
  }

  // False if there is nothing to accept from any more.
  bool Accept() {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    const int socket =
        ::accept4(protocol_->listener(), reinterpret_cast<sockaddr*>(&peer),
                  &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return !stopping_ && AfterFailedAccept(errno);
    auto line =
        std::make_unique<Line>(socket, wake_, limits_.calls_per_connection);
    line->place = of_address_.Take(peer);
    line->handshake = handshakes_.Take(peer);
    const bool full = connections_ >= most_;
    if (full || !line->place.held() || !line->handshake.held()) {
      refusals_.Count(full ? "too many connections"
                      : line->place.held()
                          ? "too many handshakes of an address"
                          : "too many connections of an address");
      return true;
    }
    SetSocketOptions(socket);
    ++connections_;
    line->handshake_until = Clock::now() + limits_.handshake;
    Wait(std::move(line));
    return true;
  }

  bool AfterFailedAccept(int error) {
    switch (error) {
      case EBADF:
      case EINVAL:
      case ENOTSOCK:
      case EFAULT:
        log::Error("accept.ended", {{"error", std::strerror(error)}});
        return false;
      case EAGAIN:
      case EINTR:
        return true;
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        refusals_.Count(std::strerror(error));
        std::this_thread::sleep_for(kBreath);
        return true;
      default:  // what happened to that one connection, or to its network
        refusals_.Count(std::strerror(error));
        return true;
    }
  }

  void Wait(LinePtr line) {
    const int fd = line->connection.socket();
    if (!Watch(fd)) {  // fs.epoll.max_user_watches, or no memory
      refusals_.Count(std::strerror(errno));
      Drop(std::move(line));
      return;
    }
    waiting_[fd] = {std::move(line), Clock::now()};
  }

  // Something came, or the other side has ended.
  void TakeUp(int fd) {
    const auto found = waiting_.find(fd);
    if (found == waiting_.end()) return;
    Unwatch(fd);
    // A std::function must be copyable.
    const auto line = std::make_shared<LinePtr>(std::move(found->second.line));
    waiting_.erase(found);
    if (threads_.Run([this, line] { Work(std::move(*line)); })) return;
    refusals_.Count("no thread");
    Drop(std::move(*line));
  }

  // How long it may wait: for its handshake, or for its next request.
  Clock::duration Patience(const TlsConnection& connection) const {
    if (connection.ssl() == nullptr) return limits_.handshake;
    return connections_ > most_ / 2 ? limits_.crowded_keep_alive
                                    : limits_.keep_alive;
  }

  void EndOldOnes() {
    const auto now = Clock::now();
    if (now < next_look_) return;
    next_look_ = now + seconds(1);
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      TlsConnection& connection = it->second.line->connection;
      if (now - it->second.since < Patience(connection) &&
          connection.IsTrusted()) {
        ++it;
        continue;
      }
      if (connection.ssl() == nullptr) {
        refusals_.Count("no handshake in time");
      }
      Unwatch(it->first);
      Drop(std::move(it->second.line));
      it = waiting_.erase(it);
    }
  }

  std::vector<LinePtr> Returned() {
    const absl::MutexLock lock(&mutex_);
    return std::exchange(returned_, {});
  }
  void TakeBack() {
    std::uint64_t times = 0;
    if (::read(back_, &times, sizeof(times)) < 0) return;
    for (LinePtr& line : Returned()) Wait(std::move(line));
  }

  // The end of a connection that nobody expects anything of.
  void Drop(LinePtr line) {
    line->connection.Close(Clock::duration::zero());
    line.reset();
    --connections_;
  }

  // In one of the threads: the handshake, or the requests that have come. A
  // connection that does not end with them goes back to the listener, to wait
  // there for its next one.
  void Work(LinePtr line) {
    TlsConnection& connection = line->connection;
    bool open = true;
    try {
      if (connection.ssl() == nullptr) open = ShakeHands(*line);
      while (open && connection.HasMore()) {
        open = connection.IsTrusted() &&
               protocol_->Answer(connection, --line->calls == 0) && !stopping_;
      }
    } catch (const std::exception&) {  // no memory
      open = false;
    }
    if (!open) {
      connection.Close(kFarewell);
      line.reset();
      --connections_;
      return;
    }
    {
      const absl::MutexLock lock(&mutex_);
      returned_.push_back(std::move(line));
    }
    Signal(back_);
  }

  bool ShakeHands(Line& line) {
    TlsConnection& connection = line.connection;
    // Whoever only looks whether somebody listens: that is no news each time.
    char first = 0;
    if (::recv(connection.socket(), &first, 1, MSG_PEEK) == 0) return false;
    const PageTls::InUse tls = tls_.in_use();
    const absl::Status status =
        connection.Handshake(*tls.context, line.handshake_until);
    if (!status.ok() && !stopping_) refusals_.Count(View(status.message()));
    if (!status.ok()) return false;
    line.handshake = AddressBound::Place();
    line.trusted = tls.version;
    connection.SetTrusts(
        [this, &line](SSL& ssl) { return tls_.Trusts(ssl, line.trusted); },
        limits_.trust_look);
    return true;
  }

  const PageTls& tls_;
  const Limits limits_;
  const std::unique_ptr<HttpProtocol> protocol_;
  AddressBound of_address_, handshakes_;
  int port_ = 0;
  int wake_ = -1, back_ = -1, epoll_ = -1;
  std::size_t most_;
  Refusals refusals_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> connections_ = 0;
  // By socket; of the thread that serves.
  std::unordered_map<int, Waiting> waiting_;
  Clock::time_point next_look_;
  absl::Mutex mutex_;
  std::vector<LinePtr> returned_ ABSL_GUARDED_BY(mutex_);
  WorkerThreads threads_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Bind(
    const std::string& address, const PageTls& tls, Handler handler,
    const Limits& limits) {
  auto server = std::make_unique<Server>(tls, std::move(handler), limits);
  if (absl::Status s = server->Bind(address); !s.ok()) return s;
  return server;
}

}  // namespace samkoer::clients
