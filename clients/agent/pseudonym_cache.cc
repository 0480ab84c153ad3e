#include "clients/agent/pseudonym_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "clients/agent/little_endian.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kMagic = "samkoer-pseudonyms";
constexpr char kVersion = 1;
constexpr std::size_t kLengthBytes = 4;
constexpr std::uint64_t kMaxCacheBytes = std::uint64_t{4} << 30;

absl::Status IoError(std::string_view what, const std::string& path) {
  const std::string message =
      clients::Cat("cannot ", what, " ", path, ": ", std::strerror(errno));
  return errno == ENOSPC || errno == EDQUOT
             ? absl::Status(absl::StatusCode::kDataLoss, message)
             : absl::InternalError(message);
}

absl::Status Damaged(const std::string& path) {
  return clients::WithHint(
      absl::DataLossError(clients::Cat(path, " is damaged")),
      "`samkoer-agent cache clear` starts a new cache, which costs quota");
}

std::string HeaderOf(std::string_view purpose, std::uint32_t epoch,
                     const crypto::Element& public_key) {
  std::string header(kMagic);
  header.push_back(kVersion);
  PutU32(header, epoch);
  header.append(crypto::AsText(public_key));
  header.push_back(static_cast<char>(purpose.size()));
  header.append(purpose);
  return header;
}

// Writes all or says why not.
absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return IoError("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return absl::OkStatus();
}

}  // namespace

PseudonymCache::PseudonymCache(std::string path, const CacheKeys& keys,
                               std::string header)
    : path_(std::move(path)), keys_(keys), header_(std::move(header)) {}

PseudonymCache::~PseudonymCache() {
  if (fd_ >= 0) ::close(fd_);
}

absl::StatusOr<std::unique_ptr<PseudonymCache>> PseudonymCache::Open(
    const std::string& dir, const CacheKeys& keys, std::string_view purpose,
    std::uint32_t epoch, const crypto::Element& public_key) {
  std::unique_ptr<PseudonymCache> cache(new PseudonymCache(
      clients::Cat(dir, "/pseudonyms-", purpose, "-", epoch, ".cache"), keys,
      HeaderOf(purpose, epoch, public_key)));
  if (absl::Status status = cache->Load(); !status.ok()) return status;
  return cache;
}

absl::Status PseudonymCache::Load() {
  auto file = clients::ReadSmallFile(path_, kMaxCacheBytes);
  if (absl::IsNotFound(file.status())) {
    if (absl::Status status = Create(""); !status.ok()) return status;
    return OpenForAppend(bytes_);
  }
  if (!file.ok()) return file.status();
  std::string_view rest = *file;
  if (!rest.starts_with(kMagic) || rest.size() <= kMagic.size()) {
    return Damaged(path_);
  }
  if (rest[kMagic.size()] != kVersion) {
    return clients::WithHint(
        absl::FailedPreconditionError(
            clients::Cat(path_,
                         " is of a version that this program does not "
                         "know")),
        "use a newer samkoer-agent, or `samkoer-agent cache clear`");
  }
  if (!rest.starts_with(header_)) {
    return clients::WithHint(
        absl::FailedPreconditionError(
            clients::Cat(path_, " belongs to another key of the key service")),
        "if the operator has made new keys, run `samkoer-agent cache clear`");
  }
  rest.remove_prefix(header_.size());
  if (rest.size() < crypto::kSealOverheadBytes) return Damaged(path_);
  const auto check =
      crypto::Open(keys_.seal, crypto::AsBytes(header_),
                   crypto::AsBytes(rest.substr(0, crypto::kSealOverheadBytes)));
  if (!check.ok()) {
    return clients::WithHint(
        absl::UnauthenticatedError(
            clients::Cat(path_, " was not made with this cache key")),
        "`samkoer-agent cache clear` starts a new cache, which costs quota");
  }
  rest.remove_prefix(crypto::kSealOverheadBytes);
  entries_.reserve(rest.size() / kEntryBytes + 1);
  while (!rest.empty()) {
    const std::size_t length =
        rest.size() < kLengthBytes ? 0 : GetU32(rest.substr(0, kLengthBytes));
    const bool whole = length >= crypto::kSealOverheadBytes + kEntryBytes &&
                       length <= kMaxFrameBytes &&
                       length <= rest.size() - kLengthBytes;
    absl::StatusOr<crypto::SecretBuffer> entries =
        absl::DataLossError("cut off");
    if (whole) {
      std::string associated = header_;
      PutU64(associated, frames_);
      entries = crypto::OpenSecret(
          keys_.seal, crypto::AsBytes(associated),
          crypto::AsBytes(rest.substr(kLengthBytes, length)));
    }
    if (!entries.ok() || entries->size() % kEntryBytes != 0) {
      // Only the last append can be unfinished.
      if (rest.size() > kLengthBytes + kMaxFrameBytes) return Damaged(path_);
      break;
    }
    Take(*std::move(entries));
    ++frames_;
    rest.remove_prefix(kLengthBytes + length);
  }
  return OpenForAppend(file->size() - rest.size());
}

absl::Status PseudonymCache::Create(std::string_view frames) {
  const std::string file = clients::Cat(
      header_, crypto::Seal(keys_.seal, crypto::AsBytes(header_), {}), frames);
  if (absl::Status status = clients::WritePrivateFile(path_, file);
      !status.ok()) {
    return status;
  }
  bytes_ = file.size();
  return absl::OkStatus();
}

absl::Status PseudonymCache::OpenForAppend(std::uint64_t size) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd_ < 0) return IoError("open", path_);
  // Drops what a crash left unfinished.
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0 ||
      ::lseek(fd_, 0, SEEK_END) < 0) {
    return IoError("open", path_);
  }
  bytes_ = size;
  return absl::OkStatus();
}

std::string PseudonymCache::SealFrame(crypto::Bytes entries,
                                      std::uint64_t number) const {
  std::string associated = header_;
  PutU64(associated, number);
  const std::string sealed =
      crypto::Seal(keys_.seal, crypto::AsBytes(associated), entries);
  std::string frame;
  PutU32(frame, static_cast<std::uint32_t>(sealed.size()));
  return frame + sealed;
}

absl::Status PseudonymCache::AppendFrame(crypto::Bytes entries) {
  if (fd_ < 0) {
    return absl::FailedPreconditionError(
        clients::Cat(path_, " could not be written before"));
  }
  const std::string frame = SealFrame(entries, frames_);
  absl::Status status = WriteAll(fd_, frame, path_);
  if (status.ok() && ::fdatasync(fd_) != 0) status = IoError("sync", path_);
  if (!status.ok()) {
    // What is on disk now is not known: nothing more is appended to it.
    if (::ftruncate(fd_, static_cast<off_t>(bytes_)) != 0 ||
        ::lseek(fd_, 0, SEEK_END) < 0) {
      ::close(std::exchange(fd_, -1));
    }
    return status;
  }
  bytes_ += frame.size();
  ++frames_;
  return absl::OkStatus();
}

void PseudonymCache::Take(crypto::SecretBuffer entries) {
  const crypto::Bytes bytes = entries.Expose();
  for (std::size_t at = 0; at < bytes.size(); at += kEntryBytes) {
    crypto::Hash16 index;
    std::memcpy(index.data(), bytes.data() + at, index.size());
    entries_.emplace(index, bytes.data() + at + index.size());
  }
  // A SecretBuffer keeps its bytes in place when it is moved.
  blocks_.push_back(std::move(entries));
}

std::optional<std::span<const std::uint8_t, crypto::kOprfOutputBytes>>
PseudonymCache::Find(std::string_view input) const {
  const auto hit = entries_.find(CacheIndex(keys_, input));
  if (hit == entries_.end()) return std::nullopt;
  return std::span<const std::uint8_t, crypto::kOprfOutputBytes>(
      hit->second, crypto::kOprfOutputBytes);
}

absl::Status PseudonymCache::Append(
    std::span<const std::string_view> inputs,
    std::span<const crypto::OprfOutput> outputs) {
  if (inputs.size() != outputs.size()) {
    return absl::InvalidArgumentError("inputs and outputs differ in number");
  }
  for (std::size_t first = 0; first < inputs.size();
       first += kMaxFrameEntries) {
    const std::size_t count = std::min(kMaxFrameEntries, inputs.size() - first);
    crypto::SecretBuffer entries(count * kEntryBytes);
    std::uint8_t* put = entries.ExposeMutable().data();
    for (std::size_t i = first; i < first + count; ++i) {
      const crypto::Hash16 index = CacheIndex(keys_, inputs[i]);
      std::memcpy(put, index.data(), index.size());
      std::memcpy(put + index.size(), outputs[i].Expose().data(),
                  crypto::kOprfOutputBytes);
      put += kEntryBytes;
    }
    if (absl::Status status = AppendFrame(entries.Expose()); !status.ok()) {
      return status;
    }
    Take(std::move(entries));
  }
  return absl::OkStatus();
}

absl::Status PseudonymCache::KeepOnly(
    std::span<const std::string_view> inputs) {
  std::string frames;
  std::vector<crypto::SecretBuffer> kept;
  std::uint64_t number = 0;
  for (std::size_t first = 0; first < inputs.size();
       first += kMaxFrameEntries) {
    const std::size_t end = std::min(first + kMaxFrameEntries, inputs.size());
    crypto::SecretBuffer all((end - first) * kEntryBytes);
    std::size_t used = 0;
    for (std::size_t i = first; i < end; ++i) {
      const crypto::Hash16 index = CacheIndex(keys_, inputs[i]);
      const auto hit = entries_.find(index);
      if (hit == entries_.end()) continue;
      std::uint8_t* put = all.ExposeMutable().data() + used;
      std::memcpy(put, index.data(), index.size());
      std::memcpy(put + index.size(), hit->second, crypto::kOprfOutputBytes);
      used += kEntryBytes;
    }
    if (used == 0) continue;
    frames += SealFrame(all.Expose().first(used), number++);
    kept.emplace_back(all.Expose().first(used));
  }
  if (absl::Status status = Create(frames); !status.ok()) return status;
  entries_.clear();
  blocks_.clear();
  frames_ = number;
  for (crypto::SecretBuffer& block : kept) Take(std::move(block));
  return OpenForAppend(bytes_);
}

}  // namespace samkoer::agent
