#include "clients/web/tls_connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <utility>

namespace samkoer::clients {
namespace {

// What is read at most of whoever goes on sending after the end.
constexpr std::size_t kMostDiscarded = 64 * 1024;

int Milliseconds(TlsConnection::Clock::time_point until) {
  using std::chrono::milliseconds;
  const auto left =
      std::chrono::ceil<milliseconds>(until - TlsConnection::Clock::now());
  return static_cast<int>(
      std::clamp<milliseconds::rep>(left.count(), 0, 60'000));
}

// The peer's or our own end, by `get`.
template <typename Get>
void Describe(Get get, int socket, std::string& address, int& port) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  if (get(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
      ::getnameinfo(reinterpret_cast<sockaddr*>(&name), size, host.data(),
                    host.size(), service.data(), service.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return;
  }
  address = host.data();
  port = std::atoi(service.data());
}

}  // namespace

void SetSocketOptions(int socket) {
  const auto set = [socket](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof(value));
  };
  constexpr int kSilence{kPeerSilence.count()};
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  // What was sent and is not confirmed, and what is asked where nothing was.
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, kSilence * 1000);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kSilence / 2);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kSilence / 6);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

void TlsConnection::Free::operator()(SSL* ssl) const { SSL_free(ssl); }

TlsConnection::~TlsConnection() {
  ssl_.reset();
  ::close(socket_);
}

bool TlsConnection::Poll(short events, Clock::time_point until, bool or_wake) {
  std::array<pollfd, 2> wanted = {pollfd{socket_, events, 0},
                                  pollfd{wake_, POLLIN, 0}};
  while (true) {
    const int ready =
        ::poll(wanted.data(), or_wake ? 2 : 1, Milliseconds(until));
    if (ready > 0) return wanted[0].revents != 0;
    if (ready < 0 && errno != EINTR) return false;
    if (Clock::now() >= until) return false;
  }
}

bool TlsConnection::PollToWrite(Clock::time_point until) {
  std::array<pollfd, 2> wanted = {pollfd{socket_, POLLOUT, 0},
                                  pollfd{wake_, POLLIN, 0}};
  while (true) {
    const bool stops = stop_until_ != Clock::time_point::max();
    until = std::min({until, write_until_, stop_until_});
    const int ready = ::poll(wanted.data(), stops ? 1 : 2, Milliseconds(until));
    if (ready < 0 && errno != EINTR) return false;
    if (ready > 0 && !stops && wanted[1].revents != 0) {
      stop_until_ = Clock::now() + kOnceStopping;
    }
    if (ready > 0 && wanted[0].revents != 0) return true;
    if (Clock::now() >= until) return false;
  }
}

bool TlsConnection::WaitFor(int result, Clock::time_point until) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Poll(POLLIN, until, /*or_wake=*/true);
    case SSL_ERROR_WANT_WRITE:
      return PollToWrite(until);
    case SSL_ERROR_ZERO_RETURN:
      return false;
    default:
      broken_ = true;
      return false;
  }
}

absl::Status TlsConnection::Handshake(SSL_CTX& context,
                                      Clock::time_point until) {
  ERR_clear_error();
  ssl_.reset(SSL_new(&context));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_) != 1) {
    broken_ = true;
    ERR_clear_error();
    return absl::InternalError("OpenSSL makes no connection");
  }
  while (true) {
    // What an earlier call of this thread left behind would be taken for the
    // reason of this one.
    ERR_clear_error();
    errno = 0;
    const int result = SSL_accept(ssl_.get());
    if (result == 1) return absl::OkStatus();
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      if (WaitFor(result, until)) continue;
      broken_ = true;
      return absl::DeadlineExceededError("no handshake in time");
    }
    broken_ = true;
    const unsigned long reason = ERR_peek_last_error();
    const char* const text = ERR_reason_error_string(reason);
    const bool ended =
        error == SSL_ERROR_SYSCALL || error == SSL_ERROR_ZERO_RETURN ||
        ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    const long verified = SSL_get_verify_result(ssl_.get());
    absl::Status status =
        ended ? absl::CancelledError("the other side closed")
        : verified != X509_V_OK
            ? absl::UnauthenticatedError(
                  X509_verify_cert_error_string(verified))
            : absl::UnauthenticatedError(text == nullptr ? "unknown" : text);
    ERR_clear_error();
    return status;
  }
}

bool TlsConnection::HasMore() {
  return SSL_has_pending(ssl_.get()) == 1 ||
         Poll(POLLIN, Clock::now(), /*or_wake=*/false);
}

ssize_t TlsConnection::Read(char* to, std::size_t size,
                            Clock::duration patience) {
  const auto until = std::min(Clock::now() + patience, read_until_);
  const int most = static_cast<int>(
      std::min<std::size_t>(size, std::numeric_limits<int>::max()));
  while (!broken_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), to, most);
    if (got > 0) return got;
    if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN) return 0;
    if (!WaitFor(got, until)) break;
  }
  return -1;
}

bool TlsConnection::Write(const char* from, std::size_t size,
                          Clock::duration patience) {
  auto until = Clock::now() + patience;
  while (size > 0 && !broken_) {
    ERR_clear_error();
    const int put = SSL_write(ssl_.get(), from,
                              static_cast<int>(std::min<std::size_t>(
                                  size, std::numeric_limits<int>::max())));
    if (put > 0) {
      from += put;
      size -= static_cast<std::size_t>(put);
      until = Clock::now() + patience;
      // Whoever takes a little each time is never waited for in vain.
      if (size > 0 && Clock::now() >= std::min(write_until_, stop_until_)) {
        broken_ = true;
      }
    } else if (!WaitFor(put, until)) {
      broken_ = true;  // half of a record may have gone out
    }
  }
  return !broken_;
}

bool TlsConnection::PeerGone() const {
  pollfd ended{socket_, POLLRDHUP, 0};
  return ::poll(&ended, 1, 0) > 0;
}

void TlsConnection::SetTrusts(Trusts trusts, Clock::duration look) {
  trusts_ = std::move(trusts);
  trust_look_ = look;
  trusted_until_ = Clock::now() + look;
}

bool TlsConnection::IsTrusted() {
  const auto now = Clock::now();
  if (now < trusted_until_) return true;
  if (!trusts_(*ssl_)) return false;
  trusted_until_ = now + trust_look_;
  return true;
}

bool TlsConnection::CanWrite(Clock::duration patience) {
  return !broken_ && PollToWrite(Clock::now() + patience);
}

void TlsConnection::Close(Clock::duration patience) {
  if (ssl_ != nullptr && !broken_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  if (::shutdown(socket_, SHUT_WR) != 0) return;
  const auto until = Clock::now() + patience;
  std::array<char, 4096> discarded;
  for (std::size_t all = 0; all < kMostDiscarded;) {
    const ssize_t got = ::recv(socket_, discarded.data(), discarded.size(), 0);
    if (got > 0) {
      all += static_cast<std::size_t>(got);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR) ||
               !Poll(POLLIN, until, /*or_wake=*/true)) {
      return;
    }
  }
}

void TlsConnection::Peer(std::string& address, int& port) const {
  Describe(::getpeername, socket_, address, port);
}

void TlsConnection::Local(std::string& address, int& port) const {
  Describe(::getsockname, socket_, address, port);
}

}  // namespace samkoer::clients
