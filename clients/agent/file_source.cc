#include "clients/agent/file_source.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "clients/agent/text_decoder.h"
#include "clients/agent/xlsx_reader.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/csv_reader.h"
#include "crypto/secret.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

// Bytes in, rows out.
class TextRows {
 public:
  static absl::StatusOr<TextRows> Create(const v1::CsvDialect& dialect,
                                         RowSink sink) {
    auto decoder = TextDecoder::Create(dialect.encoding());
    if (!decoder.ok()) return decoder.status();
    auto reader =
        clients::CsvReader::Create(dialect.delimiter(), std::move(sink));
    if (!reader.ok()) return reader.status();
    return TextRows(*std::move(decoder), *std::move(reader));
  }
  TextRows(TextRows&&) = default;
  ~TextRows() { Wipe(); }

  absl::Status Feed(std::string_view bytes) {
    Wipe();
    text_.clear();
    const absl::Status status = decoder_.Feed(bytes, text_);
    // Rows before the bad bytes are read first, so that their errors come
    // first too.
    if (absl::Status rows = reader_->Feed(text_); !rows.ok()) return rows;
    return status;
  }

  absl::Status Finish() {
    text_.clear();
    if (absl::Status status = decoder_.Finish(text_); !status.ok()) {
      return status;
    }
    if (absl::Status status = reader_->Feed(text_); !status.ok()) return status;
    return reader_->Finish();
  }

 private:
  TextRows(TextDecoder decoder, std::unique_ptr<clients::CsvReader> reader)
      : decoder_(std::move(decoder)), reader_(std::move(reader)) {}
  void Wipe() { sodium_memzero(text_.data(), text_.size()); }

  TextDecoder decoder_;
  std::unique_ptr<clients::CsvReader> reader_;
  std::string text_;
};

absl::Status CannotRead(const std::string& path) {
  if (errno == ENOENT) {
    return clients::WithHint(
        absl::NotFoundError(clients::Cat(path, " does not exist")),
        "has the case system written its export? See source_file");
  }
  return absl::PermissionDeniedError(
      clients::Cat(path, " cannot be read: ", std::strerror(errno)));
}

// Closes on the way out.
struct Fd {
  int fd;
  ~Fd() {
    if (fd >= 0) ::close(fd);
  }
};

class FileSource final : public RowSource {
 public:
  FileSource(std::string path, std::string sheet, const v1::CsvDialect& dialect,
             const DatePattern& pattern)
      : path_(std::move(path)),
        sheet_(std::move(sheet)),
        dialect_(dialect),
        pattern_(pattern) {}

  absl::Status Read(const RowSink& sink,
                    const ReadProgress& progress) override {
    const Fd file{::open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.fd < 0) return CannotRead(path_);
    struct stat info {};
    if (::fstat(file.fd, &info) != 0) return CannotRead(path_);
    if (S_ISDIR(info.st_mode)) {
      return InSource(path_,
                      absl::InvalidArgumentError("is a directory, not a file"));
    }
    // A pipe has no first bytes to look at; what comes through it is text.
    char first[8] = {};
    const ssize_t got = ::pread(file.fd, first, sizeof(first), 0);
    const std::string_view magic(first,
                                 got > 0 ? static_cast<std::size_t>(got) : 0);
    if (LooksLikeOldExcel(magic)) {
      return InSource(
          path_, clients::WithHint(
                     absl::InvalidArgumentError(
                         "is an old workbook (.xls), or one with a password"),
                     "save it as .xlsx without a password, or as CSV"));
    }
    if (LooksLikeXlsx(magic)) {
      const auto package = ZipPackage::OpenFd(file.fd);
      if (!package.ok()) return InSource(path_, package.status());
      return InSource(path_,
                      ReadXlsx(**package, sheet_, pattern_, sink, progress));
    }
    return ReadText(file.fd, static_cast<std::uint64_t>(info.st_size), sink,
                    progress);
  }

 private:
  absl::Status ReadText(int fd, std::uint64_t size, const RowSink& sink,
                        const ReadProgress& progress) {
    auto rows = TextRows::Create(dialect_, sink);
    if (!rows.ok()) return rows.status();
    crypto::SecretBuffer piece(kPieceBytes);
    std::uint64_t done = 0;
    for (;;) {
      const auto room = piece.ExposeMutable();
      const ssize_t got = ::read(fd, room.data(), room.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return CannotRead(path_);
      if (got == 0) return InSource(path_, rows->Finish());
      const absl::Status status =
          rows->Feed(crypto::AsText(room.first(static_cast<std::size_t>(got))));
      if (!status.ok()) return InSource(path_, status);
      done += static_cast<std::uint64_t>(got);
      if (progress) progress(done, size);
    }
  }

  const std::string path_, sheet_;
  const v1::CsvDialect& dialect_;
  const DatePattern& pattern_;
};

}  // namespace

absl::Status InSource(std::string_view name, const absl::Status& status) {
  if (status.ok()) return status;
  return clients::WithHint(
      absl::Status(status.code(), clients::Cat(name, ": ", status.message())),
      clients::HintOf(status));
}

std::unique_ptr<RowSource> MakeFileSource(std::string path, std::string sheet,
                                          const v1::CsvDialect& dialect,
                                          const DatePattern& pattern) {
  return std::make_unique<FileSource>(std::move(path), std::move(sheet),
                                      dialect, pattern);
}

absl::Status ReadTextRows(std::string_view bytes, std::string_view name,
                          const v1::CsvDialect& dialect, const RowSink& sink) {
  auto rows = TextRows::Create(dialect, sink);
  if (!rows.ok()) return rows.status();
  absl::Status status = rows->Feed(bytes);
  if (status.ok()) status = rows->Finish();
  return InSource(name, status);
}

}  // namespace samkoer::agent
