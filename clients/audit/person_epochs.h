// One person under every live epoch: what all commands about a person share.
// The CPR number is blinded on this machine; neither server sees it.
#ifndef SAMKOER_CLIENTS_AUDIT_PERSON_EPOCHS_H_
#define SAMKOER_CLIENTS_AUDIT_PERSON_EPOCHS_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/alerts/text.h"
#include "clients/common/cpr.h"
#include "clients/common/oprf_client.h"

namespace samkoer::clients {

// A person as the matcher is asked about one, under one epoch.
struct PersonInEpoch {
  std::string pseudonym;  // 64 bytes; wiped by ForEachEpoch
  std::uint32_t epoch = 0;
  std::string self_test;  // 32 bytes
};

// Whose keys, and which to accept; empty: those that the key service names.
struct PersonKeys {
  std::string purpose;
  std::vector<PinnedOprfKey> keys;
  // How many numbers the command asks about from here on: the quota must cover
  // them all before the first is evaluated.
  std::size_t numbers = 1;
};

// Calls `ask` under every live epoch, the newest first, until it returns true
// or an error. FAILED_PRECONDITION of `ask` does not end it: perhaps an epoch
// that only one side has yet. `refused` is then that error, else OK.
//
// `cpr` must be valid; it is not printed, logged or sent. Each epoch costs two
// units of quota, taken in one request; RESOURCE_EXHAUSTED, with nothing used
// up and a message that says when to come back, if the quota does not cover all
// epochs. Other errors of PseudonymClient and of `ask`.
absl::Status ForEachEpoch(
    std::shared_ptr<grpc::ChannelInterface> key_service, const Cpr& cpr,
    const PersonKeys& keys, Language language,
    const std::function<absl::StatusOr<bool>(const PersonInEpoch&)>& ask,
    absl::Status& refused);

// When a quota covers a look-up, from the key service's own message ("... it
// will in 90 seconds ..."): "om 2 minutter"; "" if it does not say.
std::string WaitText(std::string_view message, Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_PERSON_EPOCHS_H_
