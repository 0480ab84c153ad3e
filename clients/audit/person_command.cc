#include "clients/audit/person_command.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <ostream>
#include <utility>

#include "clients/audit/merge_person.h"
#include "clients/audit/person_epochs.h"
#include "clients/audit/person_text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

absl::Status Print(const v1::LookUpPersonResponse& person,
                   const AuditOutput& output) {
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(person, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << PersonPage(person, output.style);
  }
  return Written(output.out, output.style.language);
}

}  // namespace

absl::StatusOr<v1::LookUpPersonResponse> LookUpUnder(
    v1::Audit::StubInterface& matcher, const PersonInEpoch& person,
    const std::string& reason, Language language) {
  v1::LookUpPersonRequest request;
  request.set_pseudonym(person.pseudonym);
  request.set_epoch(person.epoch);
  request.set_self_test(person.self_test);
  request.set_reason(reason);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::LookUpPersonResponse response;
  const grpc::Status status =
      matcher.LookUpPerson(&context, request, &response);
  sodium_memzero(request.mutable_pseudonym()->data(),
                 request.pseudonym().size());
  if (!status.ok()) return FromServer(status, Peer::kMatcher, language);
  return response;
}

absl::Status CheckReason(const std::string& reason, Language language) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
    return absl::InvalidArgumentError(
        Say(language, "begrundelsen mangler", "the reason is missing"));
  }
  if (reason.size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError(
        Cat(Say(language, "begrundelsen er for lang; højst ",
                "the reason is too long; at most "),
            proto::kMaxNoteBytes, " bytes"));
  }
  if (!ContainsCpr(reason)) return absl::OkStatus();
  return WithHint(
      absl::InvalidArgumentError(Say(language,
                                     "begrundelsen indeholder et CPR-nummer",
                                     "the reason holds a CPR number")),
      Say(language,
          "begrundelsen står i loggen: henvis til et journalnummer i stedet",
          "the reason stands in the log: refer to a file number instead"));
}

absl::StatusOr<v1::LookUpPersonResponse> FetchPerson(
    v1::Audit::StubInterface& matcher,
    std::shared_ptr<grpc::ChannelInterface> key_service, const Cpr& cpr,
    const PersonOptions& options, Language language) {
  if (absl::Status s = CheckReason(options.reason, language); !s.ok()) {
    return s;
  }
  absl::Status refused;
  std::optional<v1::LookUpPersonResponse> answer;
  const absl::Status asked = ForEachEpoch(
      std::move(key_service), cpr,
      {options.purpose, options.keys, options.numbers}, language,
      [&](const PersonInEpoch& person) -> absl::StatusOr<bool> {
        auto found = LookUpUnder(matcher, person, options.reason, language);
        if (!found.ok()) return found.status();
        if (answer) {
          MergePerson(*found, *answer);
        } else {
          answer = *std::move(found);
        }
        return false;  // all epochs are asked
      },
      refused);
  if (!asked.ok()) return asked;
  if (!refused.ok() && (!answer || !answer->known())) return refused;
  answer->clear_padding();
  return *std::move(answer);
}

absl::Status LookUpPerson(v1::Audit::StubInterface& matcher,
                          std::shared_ptr<grpc::ChannelInterface> key_service,
                          const Cpr& cpr, const PersonOptions& options,
                          const AuditOutput& output) {
  const auto person = FetchPerson(matcher, std::move(key_service), cpr, options,
                                  output.style.language);
  if (!person.ok()) return person.status();
  return Print(*person, output);
}

absl::StatusOr<std::vector<PinnedOprfKey>> PinnedKeys(
    const google::protobuf::RepeatedPtrField<v1::PinnedKey>& keys) {
  std::vector<PinnedOprfKey> pinned;
  for (const v1::PinnedKey& key : keys) {
    absl::StatusOr<PinnedOprfKey> one =
        MakePinnedKey(key.epoch(), key.public_key(), key.self_test());
    if (!one.ok()) return one.status();
    pinned.push_back(*one);
  }
  return pinned;
}

}  // namespace samkoer::clients
