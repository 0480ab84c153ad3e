// Requests and answers over a connection. The only file that knows the HTTP
// library, of which it uses the reading of requests and the writing of answers.
#ifndef SAMKOER_CLIENTS_WEB_HTTP_PROTOCOL_H_
#define SAMKOER_CLIENTS_WEB_HTTP_PROTOCOL_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "clients/web/app.h"
#include "clients/web/http_server.h"

namespace samkoer::clients {

class TlsConnection;

// Thread safety: Answer and Stop may be called from many threads at once; the
// rest by one.
class HttpProtocol {
 public:
  using Handler = std::function<WebResponse(const WebRequest&)>;

  static std::unique_ptr<HttpProtocol> Make(Handler handler,
                                            const HttpServer::Limits& limits);
  virtual ~HttpProtocol() = default;

  // Binds and listens; port 0 takes any, and is set to it. False if the address
  // is none of this machine, or taken.
  virtual bool Listen(const std::string& host, int& port) = 0;
  virtual int listener() const = 0;

  // Reads a request and writes its answer, the `last` of the connection if so;
  // false if the connection is at its end, as after the last.
  virtual bool Answer(TlsConnection& connection, bool last) = 0;

  // Ends what is being written piece by piece.
  virtual void Stop() = 0;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_HTTP_PROTOCOL_H_
