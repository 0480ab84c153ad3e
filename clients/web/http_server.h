// The sockets of the page: HTTPS with TLS 1.3, client certificates where people
// come in with them, bounds on what a browser may send. The only file that
// knows the HTTP library.
#ifndef SAMKOER_CLIENTS_WEB_HTTP_SERVER_H_
#define SAMKOER_CLIENTS_WEB_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/web/app.h"

namespace samkoer::clients {

struct HttpServerOptions {
  // "host:port"; port 0 takes any.
  std::string address;
  std::string certificate_file;
  std::string key_file;
  // CA certificates that browsers' certificates must chain to; without, none
  // is asked for.
  std::string client_ca_file;
};

// Thread safety: Stop may be called from any thread; the rest by one.
class HttpServer {
 public:
  using Handler = std::function<WebResponse(const WebRequest&)>;

  // Binds the address. Errors name the file or address: NOT_FOUND,
  // PERMISSION_DENIED (others can read the key), INVALID_ARGUMENT, UNAVAILABLE
  // (the address is taken). `handler` is called by many threads at once.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Bind(
      const HttpServerOptions& options, Handler handler);
  virtual ~HttpServer() = default;

  virtual int port() const = 0;
  // Serves until Stop; false if it ended by itself.
  virtual bool Serve() = 0;
  // Streams must be ending by themselves (LiveHub::Stop).
  virtual void Stop() = 0;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_HTTP_SERVER_H_
