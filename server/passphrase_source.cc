#include "server/passphrase_source.h"

#include <utility>

#include "crypto/sealed_file.h"

namespace samkoer::server {

absl::StatusOr<std::unique_ptr<PassphraseSource>> PassphraseSource::Open(
    std::string source) {
  std::unique_ptr<PassphraseSource> self(
      new PassphraseSource(std::move(source)));
  if (self->source_.starts_with("fd:")) {
    auto read = crypto::ReadPassphrase(self->source_);
    if (!read.ok()) return read.status();
    self->kept_ = *std::move(read);
  }
  return self;
}

absl::StatusOr<crypto::SecretBuffer> PassphraseSource::Read() const {
  if (!kept_.empty()) return crypto::SecretBuffer(kept_.Expose());
  return crypto::ReadPassphrase(source_);
}

}  // namespace samkoer::server
