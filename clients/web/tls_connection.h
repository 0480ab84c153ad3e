// One accepted connection under TLS, with an end to every wait.
#ifndef SAMKOER_CLIENTS_WEB_TLS_CONNECTION_H_
#define SAMKOER_CLIENTS_WEB_TLS_CONNECTION_H_

#include <openssl/types.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace samkoer::clients {

// A browser whose machine is gone without a word, asleep or out of the net, is
// given up after this long.
inline constexpr std::chrono::seconds kPeerSilence{30};
// Sets what an accepted socket needs: answers go out at once, and a peer that
// confirms nothing for kPeerSilence ends it.
void SetSocketOptions(int socket);

// For one thread at a time.
class TlsConnection {
 public:
  using Clock = std::chrono::steady_clock;

  // Takes `socket` over, which does not block. `wake` is a file descriptor that
  // becomes readable when the server stops; it must outlive this.
  TlsConnection(int socket, int wake) : socket_(socket), wake_(wake) {}
  // Closes the socket.
  ~TlsConnection();
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  // Until `until`. The message of an error is one of few, without any address:
  // DEADLINE_EXCEEDED (or the server stops), CANCELLED (the other side closed),
  // UNAUTHENTICATED (what OpenSSL says of the other side's messages).
  absl::Status Handshake(SSL_CTX& context, Clock::time_point until);

  // Whether there is something to read now: data, or the other side's end.
  bool HasMore();

  // No Read waits beyond this moment; from the start there is none.
  void ReadUntil(Clock::time_point until) { read_until_ = until; }
  // Nor any Write.
  void WriteUntil(Clock::time_point until) { write_until_ = until; }
  // How long the other side still has to take what is being written when the
  // server stops.
  static constexpr std::chrono::seconds kOnceStopping{5};

  // The bytes that were read, 0 at the end, -1 if nothing comes within
  // `patience` or before the server stops.
  ssize_t Read(char* to, std::size_t size, Clock::duration patience);
  // False unless all of it goes, each 16 KiB within `patience`, and the server
  // does not stop long before.
  bool Write(const char* from, std::size_t size, Clock::duration patience);
  // Whether the other side has ended, as far as the system knows now. What it
  // sent before may still be unread.
  bool PeerGone() const;

  // Whether the other side's certificate is still taken: asked of `trusts`, but
  // only when `look` has passed since it last said so. True where nobody was
  // set to be asked.
  using Trusts = std::function<bool(SSL&)>;
  void SetTrusts(Trusts trusts, Clock::duration look);
  bool IsTrusted();

  // Whether something can be written within `patience`.
  bool CanWrite(Clock::duration patience);

  // Says goodbye and lets the other side have what was sent: what it still
  // sends is read for up to `patience`, because a socket that is closed with
  // something unread takes back what the other side has not read yet.
  void Close(Clock::duration patience);

  SSL* ssl() const { return ssl_.get(); }
  int socket() const { return socket_; }
  // The other side's address and port.
  void Peer(std::string& address, int& port) const;
  void Local(std::string& address, int& port) const;

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };

  // Waits for what OpenSSL wants after `result`; false if it wants nothing, or
  // it did not come.
  bool WaitFor(int result, Clock::time_point until);
  bool PollToWrite(Clock::time_point until);
  bool Poll(short events, Clock::time_point until, bool or_wake);

  const int socket_;
  const int wake_;
  std::unique_ptr<SSL, Free> ssl_;
  Clock::time_point read_until_ = Clock::time_point::max();
  Clock::time_point write_until_ = Clock::time_point::max();
  // From when it was seen that the server stops.
  Clock::time_point stop_until_ = Clock::time_point::max();
  bool broken_ = false;  // nothing more may be said over it
  Trusts trusts_;
  Clock::duration trust_look_{};
  Clock::time_point trusted_until_ = Clock::time_point::max();
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_TLS_CONNECTION_H_
