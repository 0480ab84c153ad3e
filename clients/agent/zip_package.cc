#include "clients/agent/zip_package.h"

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>

#include "clients/common/cat.h"
#include "crypto/secret.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

absl::Status Damaged(std::string_view what) {
  return absl::InvalidArgumentError(
      clients::Cat("the workbook is damaged: ", what));
}

// Closes on the way out.
struct Part {
  zip_file_t* file;
  ~Part() {
    if (file != nullptr) zip_fclose(file);
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<ZipPackage>> ZipPackage::OpenFd(
    int fd, const ZipLimits& limits) {
  // libzip closes what it is given.
  const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return absl::InternalError("no file descriptor is free");
  int error = 0;
  zip_t* archive = zip_fdopen(own, 0, &error);
  if (archive == nullptr) {
    ::close(own);
    return Damaged("its table of contents cannot be read");
  }
  std::unique_ptr<ZipPackage> package(new ZipPackage(archive, limits));
  if (zip_get_num_entries(archive, 0) > limits.parts) {
    return Damaged("it has too many parts");
  }
  return package;
}

absl::StatusOr<std::unique_ptr<ZipPackage>> ZipPackage::OpenBytes(
    std::string_view bytes, const ZipLimits& limits) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* archive = source == nullptr
                       ? nullptr
                       : zip_open_from_source(source, ZIP_RDONLY, &error);
  zip_error_fini(&error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    return Damaged("its table of contents cannot be read");
  }
  std::unique_ptr<ZipPackage> package(new ZipPackage(archive, limits));
  if (zip_get_num_entries(archive, 0) > limits.parts) {
    return Damaged("it has too many parts");
  }
  return package;
}

ZipPackage::~ZipPackage() { zip_discard(archive_); }

bool ZipPackage::Has(const std::string& name) const {
  return zip_name_locate(archive_, name.c_str(), ZIP_FL_NOCASE) >= 0;
}

std::uint64_t ZipPackage::PartBytes(const std::string& name) const {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat(archive_, name.c_str(), ZIP_FL_NOCASE, &info) != 0 ||
      (info.valid & ZIP_STAT_SIZE) == 0) {
    return 0;
  }
  return info.size;
}

absl::Status ZipPackage::ReadPart(
    const std::string& name, std::uint64_t most,
    const std::function<absl::Status(std::string_view)>& take) const {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat(archive_, name.c_str(), ZIP_FL_NOCASE, &info) != 0) {
    return absl::NotFoundError("the workbook lacks a part");
  }
  if ((info.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
      info.encryption_method != ZIP_EM_NONE) {
    return Damaged("a part is encrypted");
  }
  const std::uint64_t packed =
      (info.valid & ZIP_STAT_COMP_SIZE) != 0 ? info.comp_size : 0;
  most = std::min(most, limits_.part_bytes);
  // By the bytes that come, not by what the table of contents claims.
  most = std::min(
      most,
      std::max(limits_.free_bytes,
               packed > most / limits_.ratio ? most : packed * limits_.ratio));
  const Part part{zip_fopen_index(archive_, info.index, 0)};
  if (part.file == nullptr) return Damaged("a part cannot be opened");
  crypto::SecretBuffer piece(kPieceBytes);
  std::uint64_t done = 0;
  for (;;) {
    const auto room = piece.ExposeMutable();
    const zip_int64_t got = zip_fread(part.file, room.data(), room.size());
    if (got < 0) return Damaged("a part cannot be unpacked");
    if (got == 0) return absl::OkStatus();
    done += static_cast<std::uint64_t>(got);
    if (done > most) return Damaged("a part unpacks to more than is allowed");
    const absl::Status status =
        take(crypto::AsText(room.first(static_cast<std::size_t>(got))));
    if (!status.ok()) return status;
  }
}

}  // namespace samkoer::agent
