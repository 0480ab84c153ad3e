// Reads the checkout for tests about the repository itself.
#ifndef SAMKOER_TESTS_REPO_REPOSITORY_H_
#define SAMKOER_TESTS_REPO_REPOSITORY_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/source_folder.h"

namespace samkoer::repo {

// A file of the checkout: its path from the root, with '/', and its bytes.
struct File {
  std::string path;
  std::string text;
};

// Every regular file below `folder` ("" for all) except build output and git's
// own, sorted by path.
inline std::vector<File> Files(const std::string& folder) {
  namespace fs = std::filesystem;
  const fs::path root = SourceFolder();
  std::vector<File> files;
  const fs::path start = folder.empty() ? root : root / folder;
  for (auto it = fs::recursive_directory_iterator(start);
       it != fs::recursive_directory_iterator(); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory() && (name == ".git" || name == "build" ||
                               name == ".cache" || name == "node_modules")) {
      it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file()) continue;
    std::ifstream in(it->path(), std::ios::binary);
    files.push_back({fs::relative(it->path(), root).generic_string(),
                     std::string(std::istreambuf_iterator<char>(in), {})});
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

inline bool IsCpp(const std::string& path) {
  return path.ends_with(".h") || path.ends_with(".cc");
}

}  // namespace samkoer::repo

#endif  // SAMKOER_TESTS_REPO_REPOSITORY_H_
