#include "clients/audit/person_epochs.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "clients/alerts/text.h"
#include "clients/common/channel.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::clients {
namespace {

absl::StatusOr<std::vector<PinnedOprfKey>> FetchKeys(
    const std::shared_ptr<grpc::ChannelInterface>& channel,
    const std::string& purpose, Language language) {
  const auto stub = v1::KeyService::NewStub(channel);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetKeyInfoRequest request;
  request.set_purpose(purpose);
  v1::GetKeyInfoResponse response;
  const grpc::Status status = stub->GetKeyInfo(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kKeyService, language);
  std::vector<PinnedOprfKey> keys;
  for (const v1::EpochKey& key : response.keys()) {
    absl::StatusOr<PinnedOprfKey> pinned =
        MakePinnedKey(key.epoch(), key.public_key(), key.self_test());
    if (!pinned.ok()) return pinned.status();
    keys.push_back(*pinned);
  }
  return keys;
}

absl::StatusOr<std::string> PseudonymUnder(
    const std::shared_ptr<grpc::ChannelInterface>& key_service,
    const std::string& purpose, const PinnedOprfKey& key, const Cpr& cpr) {
  PseudonymOptions one;
  one.threads = 1;
  one.retries = 3;
  auto client = PseudonymClient::Connect(key_service, purpose, key, one);
  if (!client.ok()) return client.status();
  const std::array<std::string_view, 1> input = {cpr.ExposeDigits()};
  auto outputs = (*client)->Pseudonymise(input);
  if (!outputs.ok()) return outputs.status();
  return std::string(crypto::AsText(outputs->front().Expose()));
}

}  // namespace

absl::Status ForEachEpoch(
    std::shared_ptr<grpc::ChannelInterface> key_service, const Cpr& cpr,
    const PersonKeys& keys, Language language,
    const std::function<absl::StatusOr<bool>(const PersonInEpoch&)>& ask,
    absl::Status& refused) {
  refused = absl::OkStatus();
  std::vector<PinnedOprfKey> epochs = keys.keys;
  if (epochs.empty()) {
    auto fetched = FetchKeys(key_service, keys.purpose, language);
    if (!fetched.ok()) return fetched.status();
    epochs = *std::move(fetched);
  }
  if (epochs.empty()) {
    return absl::FailedPreconditionError(
        Say(language, "nøgletjenesten har ingen nøgle til formålet",
            "the key service has no key for the purpose"));
  }
  std::sort(epochs.begin(), epochs.end(),
            [](const auto& a, const auto& b) { return a.epoch > b.epoch; });
  for (const PinnedOprfKey& key : epochs) {
    auto pseudonym = PseudonymUnder(key_service, keys.purpose, key, cpr);
    absl::Status status = pseudonym.status();
    if (status.ok()) {
      PersonInEpoch person{*std::move(pseudonym), key.epoch,
                           std::string(crypto::AsText(key.self_test))};
      const absl::StatusOr<bool> done = ask(person);
      sodium_memzero(person.pseudonym.data(), person.pseudonym.size());
      if (done.ok() && *done) return absl::OkStatus();
      status = done.status();
    }
    if (absl::IsFailedPrecondition(status)) {
      refused = status;
    } else if (!status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace samkoer::clients
