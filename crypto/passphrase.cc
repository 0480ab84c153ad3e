// ReadPassphrase of crypto/sealed_file.h.
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "crypto/absl_view.h"
#include "crypto/file_io.h"
#include "crypto/sealed_file.h"

namespace samkoer::crypto {
namespace {

// Room for the newline that is dropped.
constexpr std::size_t kMaxReadBytes = kMaxPassphraseBytes + 1;

// Another code than a missing store's or keyring's, which is mended otherwise.
absl::StatusOr<SecretBuffer> ReadPassphraseFile(const std::string& path) {
  absl::StatusOr<SecretBuffer> read =
      ReadFile(path, kMaxReadBytes, FileAccess::kNotOthers);
  if (!absl::IsNotFound(read.status())) return read;
  return absl::FailedPreconditionError(
      absl::StrCat("the passphrase's file ", path,
                   " does not exist; make it, or name another source"));
}

absl::StatusOr<SecretBuffer> ReadCredential(absl::string_view name) {
  if (name.empty() || name == "." || name == ".." ||
      name.find('/') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        "credential:NAME wants the plain name of a systemd credential");
  }
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') {
    return absl::FailedPreconditionError(
        absl::StrCat("there are no systemd credentials here; set "
                     "LoadCredentialEncrypted=",
                     name, " in the unit, or use file: or fd:"));
  }
  return ReadPassphraseFile(absl::StrCat(directory, "/", name));
}

absl::StatusOr<SecretBuffer> ReadSource(std::string_view source) {
  absl::string_view rest = AbslView(source);
  if (absl::ConsumePrefix(&rest, "file:")) {
    return ReadPassphraseFile(std::string(rest));
  }
  if (absl::ConsumePrefix(&rest, "credential:")) return ReadCredential(rest);
  int fd = -1;
  if (absl::ConsumePrefix(&rest, "fd:") && absl::SimpleAtoi(rest, &fd) &&
      fd >= 0) {
    return ReadDescriptor(fd, absl::StrCat("file descriptor ", fd),
                          kMaxReadBytes);
  }
  // The source is not repeated: it may be a passphrase given by mistake.
  return absl::InvalidArgumentError(
      "a passphrase's source is fd:N, file:PATH or credential:NAME");
}

}  // namespace

absl::StatusOr<SecretBuffer> ReadPassphrase(std::string_view source) {
  absl::StatusOr<SecretBuffer> read = ReadSource(source);
  if (!read.ok()) return read;
  Bytes bytes = read->Expose();
  if (!bytes.empty() && bytes.back() == '\n') {
    bytes = bytes.first(bytes.size() - 1);
  }
  if (bytes.size() < kMinPassphraseBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the passphrase is empty or shorter than ",
                     kMinPassphraseBytes, " bytes; choose a longer one"));
  }
  if (bytes.size() > kMaxPassphraseBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the passphrase is longer than ", kMaxPassphraseBytes, " bytes"));
  }
  return SecretBuffer(bytes);
}

}  // namespace samkoer::crypto
