#include "clients/web/http_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// A file of figures (500 rows of some 200 bytes). Forms are shorter: the
// library takes 8 KiB of them, where a text of 2,000 bytes takes 6,000.
constexpr std::size_t kMaxBodyBytes = 128 * 1024;
constexpr int kBacklog = 1024;
// A stream of events holds a thread, and so does a connection between two
// calls, briefly. App allows 512 streams; as many pages again may ask at the
// same moment, because one change is news to all of them.
constexpr std::size_t kThreads = 1024;
constexpr std::size_t kMaxWaiting = 512;
constexpr int kIoSeconds = 5;
constexpr int kKeepAliveSeconds = 3;
constexpr std::size_t kCallsPerConnection = 1000;

// Threads that are made when they are needed. Where as many connections wait
// as may, no more are accepted: the kernel's own queue is bounded.
class Threads final : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> task) override {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return tasks_.size() < kMaxWaiting; });
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < kThreads) {
      threads_.emplace_back([this] { Work(); });
    }
    work_.notify_one();
  }

  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      work_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      --idle_;
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      room_.notify_one();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable work_, room_;
  std::deque<std::function<void()>> tasks_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

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

void Deliver(WebResponse from, httplib::Response& to) {
  to.status = from.status;
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

// With a longer queue of connections that wait than the library's 5.
class Listener final : public httplib::SSLServer {
 public:
  using SSLServer::SSLServer;
  bool Widen() { return ::listen(svr_sock_, kBacklog) == 0; }
};

class Server final : public HttpServer {
 public:
  Server(HttpServerOptions options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        server_([this](SSL_CTX& context) { return SetUp(context); }) {
    server_.new_task_queue = [] { return new Threads; };
    server_.set_payload_max_length(kMaxBodyBytes);
    server_.set_read_timeout(kIoSeconds);
    server_.set_write_timeout(kIoSeconds);
    server_.set_keep_alive_timeout(kKeepAliveSeconds);
    server_.set_keep_alive_max_count(kCallsPerConnection);
    server_.set_tcp_nodelay(true);
    // A body whose length is not said first could be of any length.
    server_.set_pre_routing_handler(
        [](const httplib::Request& request, httplib::Response& response) {
          if (!request.has_header("Transfer-Encoding")) {
            return httplib::Server::HandlerResponse::Unhandled;
          }
          response.status = 411;
          response.set_header("Connection", "close");
          return httplib::Server::HandlerResponse::Handled;
        });
    server_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response,
           std::exception_ptr) { response.status = 500; });
    const auto serve = [this](const httplib::Request& request,
                              httplib::Response& response) {
      Deliver(handler_(Translate(request)), response);
    };
    server_.Get(".*", serve);
    server_.Post(".*", serve);
    server_.Delete(".*", serve);
  }

  absl::Status Bind() {
    if (!server_.is_valid()) {
      return absl::InvalidArgumentError(
          Cat(problem_.empty() ? "OpenSSL refuses its settings" : problem_));
    }
    const std::size_t colon = options_.address.rfind(':');
    if (colon == std::string::npos ||
        !absl::SimpleAtoi(options_.address.substr(colon + 1), &port_)) {
      return absl::InvalidArgumentError(
          Cat("the address '", options_.address, "' is not \"host:port\""));
    }
    const std::string host = options_.address.substr(0, colon);
    const bool bound = port_ == 0 ? (port_ = server_.bind_to_any_port(host)) > 0
                                  : server_.bind_to_port(host, port_);
    if (bound && server_.Widen()) return absl::OkStatus();
    return WithHint(
        absl::UnavailableError(Cat("cannot listen on ", options_.address)),
        "is it an address of this machine, and taken by nothing else?");
  }

  int port() const override { return port_; }
  bool Serve() override { return server_.listen_after_bind(); }
  void Stop() override { server_.stop(); }

 private:
  bool SetUp(SSL_CTX& context) {
    SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION);
    SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION);
    // Every connection shows its certificate anew.
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(&context, 0);
    if (SSL_CTX_use_certificate_chain_file(
            &context, options_.certificate_file.c_str()) != 1) {
      problem_ = Cat(options_.certificate_file, " holds no PEM certificate");
      return false;
    }
    if (SSL_CTX_use_PrivateKey_file(&context, options_.key_file.c_str(),
                                    SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(&context) != 1) {
      problem_ = Cat(options_.key_file, " does not belong to ",
                     options_.certificate_file);
      return false;
    }
    if (options_.client_ca_file.empty()) return true;
    const char* file = options_.client_ca_file.c_str();
    if (SSL_CTX_load_verify_locations(&context, file, nullptr) != 1) {
      problem_ = Cat(options_.client_ca_file, " holds no PEM certificate");
      return false;
    }
    SSL_CTX_set_client_CA_list(&context, SSL_load_client_CA_file(file));
    SSL_CTX_set_verify(
        &context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return true;
  }

  const HttpServerOptions options_;
  const Handler handler_;
  std::string problem_;
  Listener server_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Bind(
    const HttpServerOptions& options, Handler handler) {
  constexpr std::size_t kMaxPemBytes = 256 * 1024;
  // Says which file is missing, and refuses a key that others can read.
  const auto certificate =
      ReadSmallFile(options.certificate_file, kMaxPemBytes);
  if (!certificate.ok()) return certificate.status();
  const auto key =
      ReadSmallFile(options.key_file, kMaxPemBytes, FileReaders::kOwnerOnly);
  if (!key.ok()) return key.status();
  auto server = std::make_unique<Server>(options, std::move(handler));
  if (absl::Status s = server->Bind(); !s.ok()) return s;
  return server;
}

}  // namespace samkoer::clients
