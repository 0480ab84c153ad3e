// A file that exists in this process's memory alone, with a path that libraries
// can open which take nothing but paths.
#ifndef SAMKOER_SERVER_MEMORY_FILE_H_
#define SAMKOER_SERVER_MEMORY_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::server {

// Thread safety: one caller of Replace at a time; whoever opens path() may do
// so from any thread at any time.
class MemoryFile {
 public:
  // An empty file. RESOURCE_EXHAUSTED if the system gives none.
  static absl::StatusOr<MemoryFile> Create();
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&&) = delete;

  // "/proc/self/fd/N": for this process only, as long as this lives.
  std::string path() const;

  // Puts `text` in its place at once: whoever opens path() finds the old text
  // or the new one, whole. On an error the old one stays.
  absl::Status Replace(std::string_view text);

 private:
  explicit MemoryFile(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MEMORY_FILE_H_
