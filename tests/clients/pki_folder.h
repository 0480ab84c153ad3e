// Certificates for one test, made with deploy/pki in a folder that goes away.
#ifndef SAMKOER_TESTS_CLIENTS_PKI_FOLDER_H_
#define SAMKOER_TESTS_CLIENTS_PKI_FOLDER_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "samkoer/v1/agent_config.pb.h"
#include "support/source_folder.h"

namespace samkoer::clients {

class PkiFolder {
 public:
  explicit PkiFolder(const std::string& municipality = "viborg") {
    char name[] = "/tmp/samkoer-pki.XXXXXX";
    folder_ = mkdtemp(name);
    Run("ca '" + folder_ + "' " + municipality);
  }
  ~PkiFolder() { std::filesystem::remove_all(folder_); }
  PkiFolder(const PkiFolder&) = delete;
  PkiFolder& operator=(const PkiFolder&) = delete;

  // NAME.pem and NAME.key for localhost and 127.0.0.1, or for `names` alone.
  void Server(const std::string& name, const std::string& names = "") const {
    Run("server '" + folder_ + "' " + name + " " + names);
  }
  void Client(const std::string& role, const std::string& name) const {
    Run("client '" + folder_ + "' " + role + " " + name);
  }
  std::string Path(const std::string& file) const {
    return folder_ + "/" + file;
  }
  std::string Text(const std::string& file) const {
    std::ifstream in(Path(file), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  v1::ClientTls Tls(const std::string& client) const {
    v1::ClientTls tls;
    tls.set_ca_file(Path("ca.pem"));
    tls.set_certificate_file(Path(client + ".pem"));
    tls.set_key_file(Path(client + ".key"));
    return tls;
  }

 private:
  static void Run(const std::string& arguments) {
    const std::string command = SourceFolder() + "/deploy/pki " + arguments;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string folder_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_PKI_FOLDER_H_
