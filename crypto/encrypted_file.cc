#include "crypto/encrypted_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/base64.h"

namespace samkoer::crypto {
namespace {

constexpr std::string_view kMagic = "samkoer-encrypted\x01";
constexpr std::string_view kPublicPrefix = "samkoer-backup+";
constexpr std::string_view kPrivatePrefix = "samkoer-backup-private+";
constexpr std::size_t kKeyBytes =
    crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t kBoxBytes = kKeyBytes + crypto_box_SEALBYTES;
constexpr std::size_t kHeadBytes = kMagic.size() + kBoxBytes;
constexpr std::size_t kStreamHeadBytes =
    crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kChunkBytes = 65536;
constexpr std::size_t kTagBytes = crypto_secretstream_xchacha20poly1305_ABYTES;
static_assert(kMagic.size() == 18 && kBoxBytes == 80 && kHeadBytes == 98 &&
              kStreamHeadBytes == 24 && kTagBytes == 17 && kKeyBytes == 32);

absl::Status FileError(std::string_view doing, const std::string& path,
                       int error) {
  const std::string message = absl::StrCat("cannot ", AbslView(doing), " ",
                                           path, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

class Blake {
 public:
  Blake() { crypto_generichash_init(&state_, nullptr, 0, sizeof(Hash32)); }
  void Add(Bytes bytes) {
    crypto_generichash_update(&state_, bytes.data(), bytes.size());
  }
  Hash32 Finish() {
    Hash32 hash;
    crypto_generichash_final(&state_, hash.data(), hash.size());
    return hash;
  }

 private:
  crypto_generichash_state state_;
};

// A file that is read or written from its beginning to its end, counted and
// hashed.
class HashedFile {
 public:
  static absl::StatusOr<HashedFile> Open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return FileError("read", path, errno);
    return HashedFile(path, fd);
  }
  static absl::StatusOr<HashedFile> Create(const std::string& path) {
    const int fd =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return FileError("write", path, errno);
    return HashedFile(path, fd);
  }
  HashedFile(HashedFile&& other) noexcept
      : path_(std::move(other.path_)),
        fd_(std::exchange(other.fd_, -1)),
        bytes_(other.bytes_),
        hash_(other.hash_) {}
  HashedFile& operator=(HashedFile&&) = delete;
  ~HashedFile() {
    if (fd_ >= 0) ::close(fd_);
  }

  // Fills the buffer, or what is left of the file; how much.
  absl::StatusOr<std::size_t> Read(MutableBytes into) {
    std::size_t have = 0;
    while (have < into.size()) {
      const ssize_t n = ::read(fd_, into.data() + have, into.size() - have);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return FileError("read", path_, errno);
      if (n == 0) break;
      have += static_cast<std::size_t>(n);
    }
    hash_.Add(Bytes(into.data(), have));
    bytes_ += have;
    return have;
  }
  absl::Status Write(Bytes bytes) {
    hash_.Add(bytes);
    bytes_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return FileError("write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return absl::OkStatus();
  }
  absl::Status Sync() {
    if (::fsync(fd_) != 0) return FileError("sync", path_, errno);
    return absl::OkStatus();
  }
  std::uint64_t bytes() const { return bytes_; }
  Hash32 Finish() { return hash_.Finish(); }

 private:
  HashedFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::string path_;
  int fd_;
  std::uint64_t bytes_ = 0;
  Blake hash_;
};

bool Goes(const FileProgress& progress, std::size_t bytes) {
  return !progress || progress(bytes);
}

absl::Status Stopped() { return absl::CancelledError("stopped on request"); }

// Reads ahead by one chunk, so that the last one is known as it is handed out.
class ChunkReader {
 public:
  ChunkReader(HashedFile& file, std::size_t chunk)
      : file_(file), next_(chunk), chunk_(chunk) {}
  // The first chunk; the others come with Next.
  absl::Status Begin() {
    auto size = file_.Read(next_.ExposeMutable());
    if (!size.ok()) return size.status();
    size_ = *size;
    return absl::OkStatus();
  }
  struct Chunk {
    Bytes bytes;
    bool last;
  };
  absl::StatusOr<Chunk> Next() {
    std::swap(now_, next_);
    const std::size_t size = size_;
    size_ = 0;
    if (size == chunk_) {
      if (next_.size() != chunk_) next_ = SecretBuffer(chunk_);
      auto read = file_.Read(next_.ExposeMutable());
      if (!read.ok()) return read.status();
      size_ = *read;
    }
    return Chunk{now_.Expose().first(size), size_ == 0};
  }

 private:
  HashedFile& file_;
  SecretBuffer now_;
  SecretBuffer next_;
  const std::size_t chunk_;
  std::size_t size_ = 0;
};

}  // namespace

std::uint64_t EncryptedBytes(std::uint64_t plain_bytes) {
  const std::uint64_t chunks =
      plain_bytes == 0 ? 1 : (plain_bytes - 1) / kChunkBytes + 1;
  return kHeadBytes + kStreamHeadBytes + plain_bytes + chunks * kTagBytes;
}

absl::StatusOr<EncryptionKey> EncryptionKey::Parse(std::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError(
      "expected samkoer-backup+<8 hex digits>+<base64>, as backup-key prints");
  EncryptionKey key;
  if (!text.starts_with(kPublicPrefix)) return malformed;
  std::string_view rest = text.substr(kPublicPrefix.size());
  if (rest.size() < 9 || rest[8] != '+' ||
      !DecodeBase64Into(rest.substr(9), key.key_) || key.Text() != text) {
    return malformed;
  }
  std::array<std::uint8_t, crypto_box_SEALBYTES + 1> probe;
  const std::uint8_t nothing = 0;
  // Refuses points of small order, with which everybody can open everything.
  if (crypto_box_seal(probe.data(), &nothing, 1, key.key_.data()) != 0) {
    return absl::InvalidArgumentError("the backup key keeps nothing secret");
  }
  return key;
}

std::string EncryptionKey::Text() const {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> sum;
  crypto_hash_sha256(sum.data(), key_.data(), key_.size());
  return absl::StrCat(
      AbslView(kPublicPrefix),
      absl::BytesToHexString(AbslView(AsText(Bytes(sum).first(4)))), "+",
      EncodeBase64(key_));
}

DecryptionKey DecryptionKey::Random() {
  DecryptionKey key;
  key.key_ = SecretArray<32>::Random();
  return key;
}

absl::StatusOr<DecryptionKey> DecryptionKey::Parse(const SecretBuffer& text) {
  std::string_view rest = AsText(text.Expose());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    DecryptionKey key;
    if (rest.find_first_not_of('\n') == std::string_view::npos &&
        line.starts_with(kPrivatePrefix) &&
        DecodeBase64Into(line.substr(kPrivatePrefix.size()),
                         key.key_.ExposeMutable())) {
      return key;
    }
    break;
  }
  return absl::InvalidArgumentError(
      "expected the private key of backups, as backup-key wrote it");
}

SecretBuffer DecryptionKey::Text() const {
  std::string text = absl::StrCat(
      "# Opens backups encrypted to ", Public().Text(),
      "\n# Keep it off the servers: on paper, or a medium in a safe.\n",
      AbslView(kPrivatePrefix), EncodeBase64(key_.Expose()), "\n");
  SecretBuffer secret(AsBytes(text));
  sodium_memzero(text.data(), text.size());
  return secret;
}

EncryptionKey DecryptionKey::Public() const {
  EncryptionKey key;
  crypto_scalarmult_base(key.key_.data(), key_.Expose().data());
  return key;
}

// The stream of one file.
class FileEncrypter {
 public:
  static absl::Status Run(HashedFile& in, HashedFile& out,
                          const EncryptionKey& key,
                          const FileProgress& progress) {
    const auto file_key = SecretArray<kKeyBytes>::Random();
    std::array<std::uint8_t, kHeadBytes> head;
    std::memcpy(head.data(), kMagic.data(), kMagic.size());
    if (crypto_box_seal(head.data() + kMagic.size(), file_key.Expose().data(),
                        kKeyBytes, key.key_.data()) != 0) {
      return absl::InternalError("cannot encrypt to this key");
    }
    std::array<std::uint8_t, kStreamHeadBytes> stream_head;
    crypto_secretstream_xchacha20poly1305_state state;
    const absl::Cleanup wipe = [&] { sodium_memzero(&state, sizeof(state)); };
    crypto_secretstream_xchacha20poly1305_init_push(&state, stream_head.data(),
                                                    file_key.Expose().data());
    absl::Status status = out.Write(head);
    if (status.ok()) status = out.Write(stream_head);
    std::vector<std::uint8_t> sealed(kChunkBytes + kTagBytes);
    ChunkReader chunks(in, kChunkBytes);
    if (status.ok()) status = chunks.Begin();
    for (bool last = false; status.ok() && !last;) {
      const auto chunk = chunks.Next();
      if (!chunk.ok()) return chunk.status();
      last = chunk->last;
      crypto_secretstream_xchacha20poly1305_push(
          &state, sealed.data(), nullptr, chunk->bytes.data(),
          chunk->bytes.size(), head.data(), head.size(),
          last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
               : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
      status = out.Write(Bytes(sealed).first(chunk->bytes.size() + kTagBytes));
      if (status.ok() && !Goes(progress, chunk->bytes.size())) return Stopped();
    }
    return status.ok() ? out.Sync() : status;
  }
};

class FileDecrypter {
 public:
  static absl::Status Run(HashedFile& in, HashedFile& out,
                          const std::string& path, const DecryptionKey& key,
                          const FileProgress& progress) {
    std::array<std::uint8_t, kHeadBytes> head;
    std::array<std::uint8_t, kStreamHeadBytes> stream_head;
    const auto had = in.Read(head);
    if (!had.ok()) return had.status();
    const auto had_stream = in.Read(stream_head);
    if (!had_stream.ok()) return had_stream.status();
    const std::string_view magic = AsText(head).substr(0, kMagic.size());
    if (*had != head.size() || *had_stream != stream_head.size() ||
        magic.substr(0, kMagic.size() - 1) !=
            kMagic.substr(0, kMagic.size() - 1)) {
      return absl::DataLossError(
          absl::StrCat(path, " is damaged: no encrypted file"));
    }
    if (magic != kMagic) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, " has the unknown format version ",
                       static_cast<unsigned>(head[kMagic.size() - 1]),
                       "; a newer program wrote it"));
    }
    const EncryptionKey own = key.Public();
    SecretArray<kKeyBytes> file_key;
    if (crypto_box_seal_open(file_key.ExposeMutable().data(),
                             head.data() + kMagic.size(), kBoxBytes,
                             own.key_.data(), key.key_.Expose().data()) != 0) {
      return absl::UnauthenticatedError(absl::StrCat(
          path, " does not open with this key, which is that of ", own.Text()));
    }
    crypto_secretstream_xchacha20poly1305_state state;
    const absl::Cleanup wipe = [&] { sodium_memzero(&state, sizeof(state)); };
    const absl::Status damaged = absl::DataLossError(
        absl::StrCat(path, " is damaged: changed or cut short"));
    if (crypto_secretstream_xchacha20poly1305_init_pull(
            &state, stream_head.data(), file_key.Expose().data()) != 0) {
      return damaged;
    }
    SecretBuffer plain(kChunkBytes);
    ChunkReader chunks(in, kChunkBytes + kTagBytes);
    if (absl::Status begun = chunks.Begin(); !begun.ok()) return begun;
    while (true) {
      const auto chunk = chunks.Next();
      if (!chunk.ok()) return chunk.status();
      if (chunk->bytes.size() < kTagBytes) return damaged;
      const std::size_t size = chunk->bytes.size() - kTagBytes;
      unsigned char tag = 0;
      if (crypto_secretstream_xchacha20poly1305_pull(
              &state, plain.ExposeMutable().data(), nullptr, &tag,
              chunk->bytes.data(), chunk->bytes.size(), head.data(),
              head.size()) != 0 ||
          (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) !=
              chunk->last) {
        return damaged;
      }
      if (absl::Status s = out.Write(plain.Expose().first(size)); !s.ok()) {
        return s;
      }
      if (!Goes(progress, size)) return Stopped();
      if (chunk->last) return out.Sync();
    }
  }
};

absl::StatusOr<FileSums> EncryptFile(const std::string& from,
                                     const std::string& to,
                                     const EncryptionKey& key,
                                     const FileProgress& progress) {
  auto in = HashedFile::Open(from);
  if (!in.ok()) return in.status();
  auto out = HashedFile::Create(to);
  if (!out.ok()) return out.status();
  const absl::Status status = FileEncrypter::Run(*in, *out, key, progress);
  if (!status.ok()) {
    ::unlink(to.c_str());
    return status;
  }
  return FileSums{in->bytes(), in->Finish(), out->bytes(), out->Finish()};
}

absl::StatusOr<FileSums> DecryptFile(const std::string& from,
                                     const std::string& to,
                                     const DecryptionKey& key,
                                     const FileProgress& progress) {
  auto in = HashedFile::Open(from);
  if (!in.ok()) return in.status();
  auto out = HashedFile::Create(to);
  if (!out.ok()) return out.status();
  const absl::Status status =
      FileDecrypter::Run(*in, *out, from, key, progress);
  if (!status.ok()) {
    ::unlink(to.c_str());
    return status;
  }
  return FileSums{out->bytes(), out->Finish(), in->bytes(), in->Finish()};
}

absl::StatusOr<FileHash> HashFile(const std::string& path,
                                  const FileProgress& progress) {
  auto in = HashedFile::Open(path);
  if (!in.ok()) return in.status();
  std::vector<std::uint8_t> buffer(kChunkBytes);
  while (true) {
    const auto size = in->Read(buffer);
    if (!size.ok()) return size.status();
    if (*size == 0) break;
    if (!Goes(progress, *size)) return Stopped();
  }
  return FileHash{in->bytes(), in->Finish()};
}

}  // namespace samkoer::crypto
