#include "clients/web/http_protocol.h"

#include <fcntl.h>
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

WebRequest Translate(const httplib::Request& from, std::string_view target) {
  WebRequest to;
  to.verb = from.method == "HEAD" ? "GET" : from.method;
  const std::size_t mark = std::min(target.find('?'), target.size());
  to.path = target.substr(0, mark);
  if (mark < target.size()) to.query = target.substr(mark + 1);
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

// One request's bytes, as the library reads and writes them. The head is read
// whole and judged before the library sees any of it: what it would make of a
// malformed one, a proxy may make otherwise.
class RequestStream final : public httplib::Stream {
 public:
  RequestStream(TlsConnection& connection, Clock::duration answer)
      : connection_(connection), answer_(answer) {
    connection_.WriteUntil(Clock::time_point::max());
    connection_.ReadUntil(Clock::now() + kWholeRequest);
  }

  // False if the other side has ended and asks nothing.
  bool ReadHead() {
    refusal_ = TakeHead();
    if (head_.empty()) return false;
    if (refusal_ != 0) {
      shown_ = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
      return true;
    }
    target_ = TargetOf(head_);
    // The library would match each target with regular expressions, which take
    // stack in the hundreds of its length, for good.
    shown_ = head_;
    shown_.replace(shown_.find(' ') + 1, target_.size(), "/");
    return true;
  }
  // 0, or the status of the answer, after which the connection ends.
  int refusal() const { return refusal_; }
  std::string_view target() const { return target_; }

  // Whether nobody may have, or will get, what comes next.
  bool IsOver() { return connection_.PeerGone() || !connection_.IsTrusted(); }

  // From the first byte of the answer on.
  void BeginPiece() { begun_ = false; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return connection_.CanWrite(kIo); }
  ssize_t read(char* to, std::size_t size) override {
    if (shown_at_ < shown_.size()) {
      const std::size_t put = shown_.copy(to, size, shown_at_);
      shown_at_ += put;
      return static_cast<ssize_t>(put);
    }
    const std::size_t most = std::min(size, left_);
    const ssize_t got = most == 0 ? -1 : connection_.Read(to, most, kIo);
    if (got > 0) left_ -= static_cast<std::size_t>(got);
    return got;
  }
  ssize_t write(const char* from, std::size_t size) override {
    if (!std::exchange(begun_, true)) {
      connection_.WriteUntil(Clock::now() + answer_);
    }
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
  // Byte by byte: what stands behind the blank line is the body's, or the next
  // request's.
  int TakeHead() {
    while (!head_.ends_with("\r\n\r\n")) {
      if (head_.size() == kMaxHeadBytes) return 431;
      if (line_ == 0 && head_.size() == kMaxRequestLineBytes) return 414;
      char byte = 0;
      if (connection_.Read(&byte, 1, kIo) <= 0) return 408;
      head_ += byte;
      if (byte != '\n') continue;
      // The blank line might never come.
      if (!head_.ends_with("\r\n")) return 400;
      ++line_;
    }
    return RefusalOfHead(head_);
  }

  TlsConnection& connection_;
  const Clock::duration answer_;
  bool begun_ = false;  // to write what has an end of its own
  std::string head_;
  std::size_t line_ = 0;  // how many have ended
  int refusal_ = 0;
  std::string_view target_;  // in head_
  std::string shown_;        // what the library takes for the head
  std::size_t shown_at_ = 0;
  std::size_t left_ = kMaxBodyBytes;
};

void Deliver(WebResponse from, httplib::Response& to, RequestStream& line) {
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
      type, [stream = std::move(from.stream), &line](std::size_t,
                                                     httplib::DataSink& sink) {
        const std::optional<std::string> piece =
            stream->Next([&line] { return line.IsOver(); });
        if (!piece) {
          sink.done();
          return true;
        }
        line.BeginPiece();
        return sink.write(piece->data(), piece->size());
      });
}

// The library without its sockets: it ends for good at the first accept that
// fails, looks at each idle connection ninety times a second, holds a thread
// for it, and reads its certificate once.
class Protocol final : public HttpProtocol, private httplib::Server {
 public:
  Protocol(HttpProtocol::Handler handler, const HttpServer::Limits& limits)
      : answer_(limits.answer) {
    set_payload_max_length(kMaxBodyBytes);
    set_keep_alive_timeout(
        std::chrono::ceil<std::chrono::seconds>(limits.keep_alive).count());
    set_keep_alive_max_count(limits.calls_per_connection);
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
        [](const httplib::Request&, httplib::Response& response) {
          if (stream_->refusal() == 0) return HandlerResponse::Unhandled;
          response.status = stream_->refusal();
          return HandlerResponse::Handled;
        });
    set_exception_handler([](const httplib::Request&,
                             httplib::Response& response,
                             std::exception_ptr) { response.status = 500; });
    const auto serve = [handler = std::move(handler)](
                           const httplib::Request& request,
                           httplib::Response& response) {
      read_whole_ = true;
      Deliver(handler(Translate(request, stream_->target())), response,
              *stream_);
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
    // Whoever is gone again before the accept would hold up all others.
    const int flags = ::fcntl(svr_sock_, F_GETFL);
    if (flags < 0 || ::fcntl(svr_sock_, F_SETFL, flags | O_NONBLOCK) != 0) {
      return false;
    }
    listener_ = svr_sock_;
    return true;
  }
  ~Protocol() override {
    if (listener_ >= 0) ::close(listener_);
  }
  int listener() const override { return listener_; }
  void Stop() override { svr_sock_ = INVALID_SOCKET; }

  bool Answer(TlsConnection& connection, bool last) override {
    RequestStream stream(connection, answer_);
    if (!stream.ReadHead()) return false;
    stream_ = &stream;
    bool closed = false;
    read_whole_ = false;
    const auto look = [&](httplib::Request& request) {
      request.ssl = connection.ssl();
      // RFC 9112: without it there is none; the library would wait for one.
      if (!request.has_header("Content-Length")) {
        request.headers.emplace("Content-Length", "0");
      }
    };
    const bool good = process_request(stream, last, closed, look);
    stream_ = nullptr;
    // What is left of a request that the library gave up would be taken for the
    // next one.
    return good && !closed && !last && read_whole_;
  }

 private:
  // The request that the thread is at, and whether it came to the handler.
  static thread_local RequestStream* stream_;
  static thread_local bool read_whole_;

  const Clock::duration answer_;
  int listener_ = -1;
};

thread_local RequestStream* Protocol::stream_ = nullptr;
thread_local bool Protocol::read_whole_ = false;

}  // namespace

std::unique_ptr<HttpProtocol> HttpProtocol::Make(
    Handler handler, const HttpServer::Limits& limits) {
  return std::make_unique<Protocol>(std::move(handler), limits);
}

}  // namespace samkoer::clients
