// The sockets of the page: HTTPS with TLS 1.3, client certificates where people
// come in with them, bounds on what a browser may send and how long it may
// take.
#ifndef SAMKOER_CLIENTS_WEB_HTTP_SERVER_H_
#define SAMKOER_CLIENTS_WEB_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "clients/web/app.h"
#include "clients/web/page_tls.h"

namespace samkoer::clients {

// Thread safety: Stop and figures may be called from any thread; the rest by
// one.
class HttpServer {
 public:
  using Handler = std::function<WebResponse(const WebRequest&)>;

  struct Limits {
    // Requests of one connection, after which it is ended; 1 or more.
    std::size_t calls_per_connection = 1000;
    // For the other side to take a whole answer, or one piece of a stream: a
    // thread is held as long.
    std::chrono::milliseconds answer = std::chrono::seconds(60);
    // From the accept to the end of TLS, waiting for a thread included. A slow
    // line needs under 2 s; the rest is for a machine that is busy.
    std::chrono::milliseconds handshake = std::chrono::seconds(20);
    // For a connection's next request; answers tell the browser. A change is
    // news to all pages at once, and 200 that must shake hands before they can
    // read it wait for each other.
    std::chrono::milliseconds keep_alive = std::chrono::minutes(5);
    // The same while over half of `connections` are open.
    std::chrono::milliseconds crowded_keep_alive = std::chrono::seconds(30);
    // How often it is asked whether a standing connection's certificate is
    // still taken: as often as the files are read again.
    std::chrono::milliseconds trust_look = std::chrono::seconds(10);
    // Open ones at once: a browser has six, and most of them wait for its next
    // call. The unit's LimitNOFILE knows of this number.
    std::size_t connections = 4096;
    // Connections of one address: half of all, so that none keeps the others
    // out. Behind a proxy all browsers have one, and 200 with six connections
    // each need 1,200.
    std::size_t connections_of_address = 2048;
    // Of them, those that are not through their handshake: whoever makes none
    // does not hold more. After a restart 200 browsers come with two or three.
    std::size_t handshakes_of_address = 640;
  };

  // Binds `address`, "host:port"; port 0 takes any. A new connection gets what
  // `tls`, which must outlive this, has then. `handler` is called by many
  // threads at once. INVALID_ARGUMENT: no such address; UNAVAILABLE: it is
  // taken, also by another process of the same user.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Bind(
      const std::string& address, const PageTls& tls, Handler handler,
      const Limits& limits);
  static absl::StatusOr<std::unique_ptr<HttpServer>> Bind(
      const std::string& address, const PageTls& tls, Handler handler) {
    return Bind(address, tls, std::move(handler), Limits());
  }
  virtual ~HttpServer() = default;

  virtual int port() const = 0;
  // Serves until Stop; false if it ended by itself. Connections that come to
  // nothing are logged (connection.refused), each reason once a minute, without
  // addresses.
  virtual bool Serve() = 0;
  // Streams must be ending by themselves (LiveHub::Stop).
  virtual void Stop() = 0;

  struct Figures {
    std::size_t connections = 0;  // open ones
    std::size_t waiting = 0;      // of them, that no thread has taken up yet
    std::uint64_t refused = 0;    // that came to nothing, since the start
  };
  virtual Figures figures() const = 0;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_HTTP_SERVER_H_
