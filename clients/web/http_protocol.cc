#include "clients/web/http_protocol.h"

#include <httplib.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "clients/web/http_rules.h"
#include "clients/web/request_rules.h"
#include "clients/web/tls_connection.h"

namespace samkoer::clients {
namespace {

using Clock = TlsConnection::Clock;
using std::chrono::seconds;

// A file of figures (500 rows of some 200 bytes). Forms are shorter: the
// library takes 8 KiB of them, where a text of 2,000 bytes takes 6,000.
constexpr std::size_t kMaxBodyBytes = 128 * 1024;
// Of a request's line and headers, of which the library bounds each but not
// their number.
constexpr std::size_t kMaxHeadBytes = 64 * 1024;
constexpr int kBacklog = 1024;
constexpr seconds kIo{5};
constexpr seconds kWholeRequest{20};

// The verified client certificate in DER, or empty.
std::string PeerCertificate(const SSL* ssl) {
  if (ssl == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return "";
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      SSL_get1_peer_certificate(ssl), X509_free);
  if (certificate == nullptr) return "";
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  if (size <= 0) return "";
  std::string text(reinterpret_cast<char*>(der),
                   static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

// A header that must not stand there twice counts as missing if it does.
std::string Header(const httplib::Request& request, const char* name) {
  return request.get_header_value_count(name) == 1
             ? request.get_header_value(name)
             : "";
}

WebRequest Translate(const httplib::Request& from) {
  WebRequest to;
  to.verb = from.method == "HEAD" ? "GET" : from.method;
  const std::size_t mark = std::min(from.target.find('?'), from.target.size());
  to.path = from.target.substr(0, mark);
  if (mark < from.target.size()) to.query = from.target.substr(mark + 1);
  to.body = from.body;
  to.content_type = Header(from, "Content-Type");
  to.cookies = Header(from, "Cookie");
  to.origin = Header(from, "Origin");
  to.fetch_site = Header(from, "Sec-Fetch-Site");
  to.csrf = Header(from, "X-CSRF-Token");
  to.authorization = Header(from, "Authorization");
  to.last_event_id = Header(from, "Last-Event-ID");
  to.background = Header(from, "X-Background") == "1";
  to.takes_gzip =
      Header(from, "Accept-Encoding").find("gzip") != std::string::npos;
  to.address = from.remote_addr;
  to.certificate = PeerCertificate(from.ssl);
  return to;
}

int RefusalOfRequest(const httplib::Request& request) {
  RequestFrame frame;
  frame.verb = request.method;
  frame.transfer_encoding = request.has_header("Transfer-Encoding");
  const auto [first, last] = request.headers.equal_range("Content-Length");
  for (auto it = first; it != last; ++it) {
    frame.content_length.push_back(it->second);
  }
  return RefusalOf(frame);
}

void Deliver(WebResponse from, httplib::Response& to) {
  to.status = from.status;
  // Those of the server's own answers, which every answer of App has already.
  to.headers.clear();
  std::string type = "text/plain";
  for (const auto& [name, value] : from.headers) {
    if (name == "Content-Type") {
      type = value;
    } else {
      to.set_header(name, value);
    }
  }
  if (from.stream == nullptr) {
    if (from.body.empty()) return;
    // The library would compress what it is given whole, slowly, and again.
    const auto body = std::make_shared<const std::string>(std::move(from.body));
    to.set_content_provider(body->size(), type,
                            [body](std::size_t offset, std::size_t length,
                                   httplib::DataSink& sink) {
                              return sink.write(body->data() + offset, length);
                            });
    return;
  }
  to.set_chunked_content_provider(
      type,
      [stream = std::move(from.stream)](std::size_t, httplib::DataSink& sink) {
        const std::optional<std::string> piece = stream->Next();
        if (!piece) {
          sink.done();
          return true;
        }
        return sink.write(piece->data(), piece->size());
      });
}

// One request's bytes, as the library reads and writes them.
class RequestStream final : public httplib::Stream {
 public:
  explicit RequestStream(TlsConnection& connection) : connection_(connection) {
    connection_.ReadUntil(Clock::now() + kWholeRequest);
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return connection_.CanWrite(kIo); }
  ssize_t read(char* to, std::size_t size) override {
    const std::size_t most = std::min(size, left_);
    const ssize_t got = most == 0 ? -1 : connection_.Read(to, most, kIo);
    if (got > 0) left_ -= static_cast<std::size_t>(got);
    return got;
  }
  ssize_t write(const char* from, std::size_t size) override {
    return connection_.Write(from, size, kIo) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    connection_.Peer(ip, port);
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    connection_.Local(ip, port);
  }
  socket_t socket() const override { return connection_.socket(); }

 private:
  TlsConnection& connection_;
  std::size_t left_ = kMaxHeadBytes + kMaxBodyBytes;
};

// The library without its sockets: it ends for good at the first accept that
// fails, looks at each idle connection ninety times a second, holds a thread
// for it, and reads its certificate once.
class Protocol final : public HttpProtocol, private httplib::Server {
 public:
  explicit Protocol(HttpProtocol::Handler handler) {
    set_payload_max_length(kMaxBodyBytes);
    set_keep_alive_timeout(kKeepAlive.count());
    set_keep_alive_max_count(kCallsPerConnection);
    // Its own would let a second process take half of the connections.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    httplib::Headers headers;
    for (const auto& [name, value] : SecurityHeaders()) {
      headers.emplace(name, value);
    }
    set_default_headers(std::move(headers));
    set_pre_routing_handler(
        [](const httplib::Request& request, httplib::Response& response) {
          const int refusal = RefusalOfRequest(request);
          if (refusal == 0) return HandlerResponse::Unhandled;
          response.status = refusal;
          response.set_header("Connection", "close");
          return HandlerResponse::Handled;
        });
    set_exception_handler([](const httplib::Request&,
                             httplib::Response& response,
                             std::exception_ptr) { response.status = 500; });
    const auto serve = [handler = std::move(handler)](
                           const httplib::Request& request,
                           httplib::Response& response) {
      read_whole_ = true;
      Deliver(handler(Translate(request)), response);
    };
    Get(".*", serve);
    Post(".*", serve);
    Delete(".*", serve);
  }

  // With a longer queue of connections than the library's 5.
  bool Listen(const std::string& host, int& port) override {
    port = port == 0 ? bind_to_any_port(host)
                     : (bind_to_port(host, port) ? port : -1);
    if (port <= 0 || ::listen(svr_sock_, kBacklog) != 0) return false;
    listener_ = svr_sock_;
    return true;
  }
  ~Protocol() override {
    if (listener_ >= 0) ::close(listener_);
  }
  int listener() const override { return listener_; }
  void Stop() override { svr_sock_ = INVALID_SOCKET; }

  bool Answer(TlsConnection& connection, bool last) override {
    RequestStream stream(connection);
    bool closed = false;
    read_whole_ = false;
    const auto look = [&](httplib::Request& request) {
      request.ssl = connection.ssl();
      // An answer in many parts would be as many times as long.
      request.ranges.clear();
      // RFC 9112: without it there is none; the library would wait for one.
      if (RefusalOfRequest(request) == 0 &&
          !request.has_header("Content-Length")) {
        request.headers.emplace("Content-Length", "0");
      }
    };
    const bool good = process_request(stream, last, closed, look);
    // What is left of a request that the library gave up would be taken for the
    // next one.
    return good && !closed && read_whole_;
  }

 private:
  // Of the request that the thread is at: whether it came to the handler.
  static thread_local bool read_whole_;

  int listener_ = -1;
};

thread_local bool Protocol::read_whole_ = false;

}  // namespace

std::unique_ptr<HttpProtocol> HttpProtocol::Make(Handler handler) {
  return std::make_unique<Protocol>(std::move(handler));
}

}  // namespace samkoer::clients
