#ifndef SAMKOER_TESTS_CLIENTS_TEST_DIRECTORY_H_
#define SAMKOER_TESTS_CLIENTS_TEST_DIRECTORY_H_

#include <cstdlib>
#include <filesystem>
#include <string>

namespace samkoer::clients {

// A directory of the test's own, removed at the end.
class TestDirectory {
 public:
  TestDirectory() {
    std::string name =
        (std::filesystem::temp_directory_path() / "samkoer-test-XXXXXX");
    path_ = ::mkdtemp(name.data());
  }
  ~TestDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_TEST_DIRECTORY_H_
