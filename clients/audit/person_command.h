// `samkoer-audit person`: what is held about one person. The CPR number is
// blinded on this machine; neither server sees it.
#ifndef SAMKOER_CLIENTS_AUDIT_PERSON_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_PERSON_COMMAND_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/audit/person_epochs.h"
#include "clients/audit/verify_command.h"
#include "clients/common/cpr.h"
#include "clients/common/oprf_client.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "samkoer/v1/audit.grpc.pb.h"
#include "samkoer/v1/server_config.pb.h"

namespace samkoer::clients {

struct PersonOptions {
  // Why; 1 to 500 bytes without a CPR number. Stands in the log.
  std::string reason;
  // The purpose of the keys.
  std::string purpose;
  // The keys to accept; empty: those that the key service names (see
  // ClientConfig.oprf_keys).
  std::vector<PinnedOprfKey> keys;
  // How many numbers are looked up in all, this one the first (PersonKeys).
  std::size_t numbers = 1;
  // How the citizen reaches the privacy officer, for the report; may be empty.
  std::string officer = {};
};

// INVALID_ARGUMENT unless the reason is fit for the log. To be called before
// the officer is asked for a number.
absl::Status CheckReason(const std::string& reason, Language language);

// What the matcher holds of the person under this epoch alone, logged as every
// look-up. Errors of the matcher.
absl::StatusOr<v1::LookUpPersonResponse> LookUpUnder(
    v1::Audit::StubInterface& matcher, const PersonInEpoch& person,
    const std::string& reason, Language language);

// What the matcher holds about the person, and who has seen it, without the
// padding. Asks under every live epoch, whatever the first says: otherwise the
// number of questions would tell an observer whether the person is known. What
// they say is told together (merge_person.h). Says "unknown" only if every
// epoch could be asked: otherwise the refusal is the answer.
//
// Errors of CheckReason, of PseudonymClient and of the matcher.
absl::StatusOr<v1::LookUpPersonResponse> FetchPerson(
    v1::Audit::StubInterface& matcher,
    std::shared_ptr<grpc::ChannelInterface> key_service, const Cpr& cpr,
    const PersonOptions& options, Language language);

// FetchPerson, printed. The number is not printed, logged or sent.
absl::Status LookUpPerson(v1::Audit::StubInterface& matcher,
                          std::shared_ptr<grpc::ChannelInterface> key_service,
                          const Cpr& cpr, const PersonOptions& options,
                          const AuditOutput& output);

// The pinned keys of a configuration.
absl::StatusOr<std::vector<PinnedOprfKey>> PinnedKeys(
    const google::protobuf::RepeatedPtrField<v1::PinnedKey>& keys);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_PERSON_COMMAND_H_
