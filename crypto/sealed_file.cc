#include "crypto/sealed_file.h"

#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/envelope.h"
#include "crypto/file_io.h"

namespace samkoer::crypto {
namespace {

constexpr std::string_view kMagic = "samkoer-sealed";
constexpr std::uint8_t kVersion = 0x01;
constexpr std::size_t kSaltBytes = crypto_pwhash_SALTBYTES;
constexpr std::size_t kVersionAt = 14, kPassesAt = 15, kMemoryAt = 23,
                      kSaltAt = 31, kHeaderBytes = 47;
static_assert(kMagic.size() == kVersionAt);
static_assert(kSaltAt + kSaltBytes == kHeaderBytes);

constexpr std::size_t kMaxFileBytes =
    kHeaderBytes + kSealOverheadBytes + kMaxSealedPlaintextBytes;
constexpr std::uint64_t kMaxPasses = 16;
constexpr std::uint64_t kMaxMemoryBytes = std::uint64_t{4} << 30;

void PutU64(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) {
    out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
}

std::uint64_t GetU64(Bytes from) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | from[i];
  return value;
}

// The key that passphrase and header make.
absl::StatusOr<SealKey> StretchPassphrase(const SecretBuffer& passphrase,
                                          Bytes header) {
  const std::uint64_t memory = GetU64(header.subspan(kMemoryAt, 8));
  SealKey key;
  if (crypto_pwhash(key.ExposeMutable().data(), key.Expose().size(),
                    AsText(passphrase.Expose()).data(), passphrase.size(),
                    header.data() + kSaltAt,
                    GetU64(header.subspan(kPassesAt, 8)), memory,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("stretching the passphrase needs ", memory >> 20,
                     " MiB of memory; give the process that much"));
  }
  return key;
}

std::string AssociatedData(Bytes header, std::string_view label) {
  return absl::StrCat(AbslView(AsText(header)), AbslView(label));
}

std::string NewHeader(SealStrength strength) {
  const bool sensitive = strength == SealStrength::kSensitive;
  std::string header(kMagic);
  header.push_back(kVersion);
  PutU64(header, sensitive ? crypto_pwhash_OPSLIMIT_SENSITIVE
                           : crypto_pwhash_OPSLIMIT_INTERACTIVE);
  PutU64(header, sensitive ? crypto_pwhash_MEMLIMIT_SENSITIVE
                           : crypto_pwhash_MEMLIMIT_INTERACTIVE);
  header.resize(kHeaderBytes);
  randombytes_buf(header.data() + kSaltAt, kSaltBytes);
  return header;
}

absl::Status CheckHeader(const std::string& path, Bytes file) {
  if (file.size() < kHeaderBytes + kSealOverheadBytes ||
      file.size() > kMaxFileBytes ||
      AsText(file.first(kMagic.size())) != kMagic) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is not a sealed file"));
  }
  if (file[kVersionAt] != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is a sealed file of format version ",
                     file[kVersionAt], "; this program reads version 1"));
  }
  const std::uint64_t passes = GetU64(file.subspan(kPassesAt, 8));
  const std::uint64_t memory = GetU64(file.subspan(kMemoryAt, 8));
  if (passes < crypto_pwhash_OPSLIMIT_MIN || passes > kMaxPasses ||
      memory < crypto_pwhash_MEMLIMIT_MIN || memory > kMaxMemoryBytes) {
    return absl::UnauthenticatedError(absl::StrCat(
        path, " was changed: it asks for ", passes, " passes over ", memory,
        " bytes; restore it from a backup"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteSealedFile(const std::string& path, std::string_view label,
                             const SecretBuffer& passphrase, Bytes plaintext,
                             SealStrength strength, bool replace) {
  if (passphrase.empty() || label.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "sealing ", path, " needs a passphrase and a label, neither empty"));
  }
  if (plaintext.size() > kMaxSealedPlaintextBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("what is to be sealed in ", path, " has ",
                     plaintext.size(), " bytes; 1 MiB is allowed"));
  }
  std::string file = NewHeader(strength);
  const absl::StatusOr<SealKey> key =
      StretchPassphrase(passphrase, AsBytes(file));
  if (!key.ok()) return key.status();
  const std::string associated_data = AssociatedData(AsBytes(file), label);
  file += Seal(*key, AsBytes(associated_data), plaintext);
  return WriteFileAtomically(path, AsBytes(file), replace);
}

absl::StatusOr<SecretBuffer> ReadSealedFile(const std::string& path,
                                            std::string_view label,
                                            const SecretBuffer& passphrase) {
  const absl::StatusOr<SecretBuffer> file =
      ReadFile(path, kMaxFileBytes, FileAccess::kAny);
  if (!file.ok()) return file.status();
  const Bytes bytes = file->Expose();
  absl::Status status = CheckHeader(path, bytes);
  if (!status.ok()) return status;
  const Bytes header = bytes.first(kHeaderBytes);
  const absl::StatusOr<SealKey> key = StretchPassphrase(passphrase, header);
  if (!key.ok()) return key.status();
  absl::StatusOr<SecretBuffer> plaintext =
      OpenSecret(*key, AsBytes(AssociatedData(header, label)),
                 bytes.subspan(kHeaderBytes));
  if (!plaintext.ok()) {
    return absl::UnauthenticatedError(absl::StrCat(
        path, " does not open as ", AbslView(label),
        ": the passphrase is wrong, or the file is another or was changed"));
  }
  return plaintext;
}

absl::StatusOr<SealStrength> StrengthOfSealedFile(const std::string& path) {
  const absl::StatusOr<SecretBuffer> file =
      ReadFile(path, kMaxFileBytes, FileAccess::kAny);
  if (!file.ok()) return file.status();
  const Bytes bytes = file->Expose();
  const absl::Status status = CheckHeader(path, bytes);
  if (!status.ok()) return status;
  const bool interactive =
      GetU64(bytes.subspan(kPassesAt, 8)) ==
          crypto_pwhash_OPSLIMIT_INTERACTIVE &&
      GetU64(bytes.subspan(kMemoryAt, 8)) == crypto_pwhash_MEMLIMIT_INTERACTIVE;
  return interactive ? SealStrength::kInteractive : SealStrength::kSensitive;
}

}  // namespace samkoer::crypto
