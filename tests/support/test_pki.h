// Certificates for tests, made in the process: a CA, a foreign CA, servers and
// clients of any role, in date or not. P-256, seconds to make hundreds.
#ifndef SAMKOER_TESTS_SUPPORT_TEST_PKI_H_
#define SAMKOER_TESTS_SUPPORT_TEST_PKI_H_

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace grpc {
class ChannelCredentials;
}

namespace samkoer::testing {

// A directory that is removed when the object goes.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  std::string path() const { return path_.string(); }
  // The path of a file in it.
  std::string File(std::string_view name) const { return path_ / name; }
  // Writes a file in it, mode 0600, and returns its path.
  std::string Write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

// A certificate and its key, on disk and in memory.
struct TestCertificate {
  std::string certificate_file, key_file;  // the key's mode is 0600
  std::string certificate_pem, key_pem;
  std::string sha256_hex;  // of the DER form, as a revocation list wants it
};

// Not for use by many threads at once.
class TestPki {
 public:
  explicit TestPki(std::string municipality = "eksempelby");
  ~TestPki();

  std::string ca_file() const;
  const std::string& ca_pem() const;
  const std::string& municipality() const { return municipality_; }
  const TestDirectory& directory() const { return directory_; }

  struct Request {
    std::string name = "test";  // the subject's common name
    // URI subject alternative names, taken as they are.
    std::vector<std::string> uris;
    // DNS names; a server's certificate also gets the address 127.0.0.1.
    std::vector<std::string> dns_names;
    bool server = false;  // extended key usage serverAuth, else clientAuth
    absl::Time not_before = absl::Now() - absl::Hours(1);
    absl::Time not_after = absl::Now() + absl::Hours(24);
    // Signed by a CA that nobody trusts.
    bool foreign = false;
  };
  TestCertificate Issue(const Request& request);

  // For localhost and 127.0.0.1.
  TestCertificate Server();
  // samkoer://<municipality>/<role>/<name>, valid now.
  TestCertificate Client(std::string_view role, std::string_view name);

  // What a client connects with: its certificate, trusting this CA.
  std::shared_ptr<grpc::ChannelCredentials> Credentials(
      const TestCertificate& client) const;

 private:
  struct Authority;
  const std::string municipality_;
  TestDirectory directory_;
  std::unique_ptr<Authority> trusted_;
  std::unique_ptr<Authority> foreign_;
  int issued_ = 0;
};

}  // namespace samkoer::testing

#endif  // SAMKOER_TESTS_SUPPORT_TEST_PKI_H_
