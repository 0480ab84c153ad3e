#include "clients/common/live_channel.h"

#include <grpcpp/channel.h>

#include <utility>

#include "clients/common/cli.h"
#include "crypto/keyed_hash.h"

namespace samkoer::clients {
namespace {

std::string DigestOf(const ClientPems& pems) {
  std::string digest;
  for (const std::string* pem : {&pems.ca, &pems.chain, &pems.key}) {
    digest += crypto::AsText(crypto::Sha256(crypto::AsBytes(*pem)));
  }
  return digest;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LiveChannel>> LiveChannel::Open(
    const v1::ClientEndpoint& endpoint, const v1::ClientTls& tls,
    std::string_view config_file) {
  auto pems = ReadClientPems(tls, config_file);
  if (!pems.ok()) return pems.status();
  std::unique_ptr<LiveChannel> self(
      new LiveChannel(endpoint, tls, config_file));
  const absl::MutexLock lock(&self->mutex_);
  if (absl::Status s = self->Use(*std::move(pems)); !s.ok()) return s;
  return self;
}

std::shared_ptr<grpc::Channel> LiveChannel::Get() const {
  const absl::MutexLock lock(&mutex_);
  return channel_;
}

absl::Time LiveChannel::not_after() const {
  const absl::MutexLock lock(&mutex_);
  return not_after_;
}

absl::Status LiveChannel::Use(ClientPems pems) {
  std::string digest = DigestOf(pems);
  const absl::Time not_after = pems.not_after;
  auto channel = OpenChannel(endpoint_, std::move(pems));
  if (!channel.ok()) return channel.status();
  channel_ = *std::move(channel);
  digest_ = std::move(digest);
  not_after_ = not_after;
  return absl::OkStatus();
}

absl::StatusOr<bool> LiveChannel::Reload(absl::Time now) {
  auto pems = ReadClientPems(tls_, config_file_);
  if (!pems.ok()) return pems.status();
  const std::string digest = DigestOf(*pems);
  const absl::MutexLock lock(&mutex_);
  if (digest == digest_) return false;
  if (absl::Status s =
          CheckDates(pems->not_before, pems->not_after,
                     ResolvePath(config_file_, tls_.certificate_file()), now);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = Use(*std::move(pems)); !s.ok()) return s;
  return true;
}

}  // namespace samkoer::clients
