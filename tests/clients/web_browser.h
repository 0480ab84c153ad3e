// A browser as far as TLS and sockets go: connections whose bytes the test
// writes and reads itself.
#ifndef SAMKOER_TESTS_CLIENTS_WEB_BROWSER_H_
#define SAMKOER_TESTS_CLIENTS_WEB_BROWSER_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "support/test_pki.h"

namespace samkoer::clients {

class Browser {
 public:
  // With the certificate, if there is one.
  Browser(const testing::TestPki& pki,
          const testing::TestCertificate* certificate)
      : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    EXPECT_EQ(SSL_CTX_load_verify_file(context_.get(), pki.ca_file().c_str()),
              1);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (certificate == nullptr) return;
    EXPECT_EQ(SSL_CTX_use_certificate_file(
                  context_.get(), certificate->certificate_file.c_str(),
                  SSL_FILETYPE_PEM),
              1);
    EXPECT_EQ(
        SSL_CTX_use_PrivateKey_file(
            context_.get(), certificate->key_file.c_str(), SSL_FILETYPE_PEM),
        1);
  }
  SSL_CTX* context() const { return context_.get(); }

 private:
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
};

// Every wait ends after a minute.
class Connection {
 public:
  Connection(const Browser& browser, int port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        ssl_(SSL_new(browser.context()), SSL_free) {
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    const timeval minute{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof(minute));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address),
                           sizeof(address)) == 0;
    SSL_set_fd(ssl_.get(), socket_);
    connected_ = connected_ && SSL_connect(ssl_.get()) == 1;
  }
  ~Connection() {
    ssl_.reset();
    ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Whether the handshake was made, as this side sees it.
  bool connected() const { return connected_; }

  bool Send(const std::string& text) {
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) ==
           static_cast<int>(text.size());
  }
  // What comes up to and with `end`; less if the connection ends before.
  std::string ReadTo(const std::string& end) {
    while (read_.find(end) == std::string::npos && More()) {
    }
    const std::size_t size = std::min(read_.find(end), read_.size());
    return Take(std::min(size + end.size(), read_.size()));
  }
  // An answer, head and body; its length must be said.
  std::string ReadAnswer() {
    std::string head = ReadTo("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    const std::size_t size =
        at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    while (read_.size() < size && More()) {
    }
    return head + Take(std::min(size, read_.size()));
  }
  std::string Ask(const std::string& verb, const std::string& path,
                  const std::string& headers = "") {
    Send(verb + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    return ReadAnswer();
  }
  // Whether the other side says goodbye within three seconds, and sends nothing
  // else before. It must not be one that waits for more and gives up in the
  // end.
  bool Ended() {
    const timeval soon{3, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
    return read_.empty() && !More() && said_goodbye_;
  }

  // Reads that many bytes, or up to the end.
  void Skip(std::size_t size) {
    while (read_.size() < size && More()) {
    }
    Take(std::min(size, read_.size()));
  }

  // Of the certificate that the other side shows.
  std::string Fingerprint() const {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        SSL_get1_peer_certificate(ssl_.get()), X509_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
      constexpr char kDigits[] = "0123456789abcdef";
      hex += kDigits[digest[i] >> 4];
      hex += kDigits[digest[i] & 15];
    }
    return hex;
  }

 private:
  bool More() {
    std::array<char, 4096> buffer;
    const int got = SSL_read(ssl_.get(), buffer.data(), buffer.size());
    if (got > 0) read_.append(buffer.data(), static_cast<std::size_t>(got));
    if (got <= 0) {
      said_goodbye_ = SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN;
    }
    return got > 0;
  }
  std::string Take(std::size_t size) {
    std::string taken = read_.substr(0, size);
    read_.erase(0, size);
    return taken;
  }

  const int socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool connected_ = false;
  bool said_goodbye_ = false;
  std::string read_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_WEB_BROWSER_H_
