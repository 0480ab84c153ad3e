#include "clients/audit/person_command.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

#include "clients/audit/person_text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cpr.h"
#include "proto/limits.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::clients {
namespace {

absl::Status ExplainCpr(CprClass cpr_class, Language language) {
  switch (cpr_class) {
    case CprClass::kLocalReplacement:
      return absl::InvalidArgumentError(
          Say(language,
              "det er et erstatningspersonnummer; dem matcher systemet ikke "
              "på, så der er intet registreret under det",
              "this is a replacement number; the system does not match on "
              "them, so nothing is held under it"));
    case CprClass::kPlaceholder:
      return absl::InvalidArgumentError(
          Say(language, "det er en pladsholder, ikke et CPR-nummer",
              "this is a placeholder, not a CPR number"));
    case CprClass::kNoSuchDate:
      return absl::InvalidArgumentError(
          Say(language, "CPR-nummerets fødselsdato findes ikke",
              "the CPR number's date of birth does not exist"));
    default:
      return absl::InvalidArgumentError(
          Say(language, "det kan ikke læses som et CPR-nummer",
              "this cannot be read as a CPR number"));
  }
}

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

absl::StatusOr<v1::LookUpPersonResponse> LookUpUnder(
    v1::Audit::StubInterface& matcher,
    const std::shared_ptr<grpc::ChannelInterface>& key_service,
    const PinnedOprfKey& key, const Cpr& cpr, const PersonOptions& options,
    Language language) {
  PseudonymOptions one;
  one.threads = 1;
  one.retries = 3;
  auto client =
      PseudonymClient::Connect(key_service, options.purpose, key, one);
  if (!client.ok()) return client.status();
  const std::array<std::string_view, 1> input = {cpr.ExposeDigits()};
  auto outputs = (*client)->Pseudonymise(input);
  if (!outputs.ok()) return outputs.status();
  v1::LookUpPersonRequest request;
  request.set_pseudonym(std::string(crypto::AsText(outputs->front().Expose())));
  request.set_epoch(key.epoch);
  request.set_self_test(std::string(crypto::AsText(key.self_test)));
  request.set_reason(options.reason);
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

absl::Status Print(const v1::LookUpPersonResponse& person,
                   const AuditOutput& output) {
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(person, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << PersonPage(person, output.style);
  }
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError(Say(output.style.language,
                                 "kan ikke skrive resultatet",
                                 "cannot write the output"));
}

}  // namespace

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

absl::Status LookUpPerson(v1::Audit::StubInterface& matcher,
                          std::shared_ptr<grpc::ChannelInterface> key_service,
                          const crypto::SecretBuffer& cpr,
                          const PersonOptions& options,
                          const AuditOutput& output) {
  const Language language = output.style.language;
  if (absl::Status s = CheckReason(options.reason, language); !s.ok()) {
    return s;
  }
  const Cpr parsed = ParseCpr(crypto::AsText(cpr.Expose()));
  if (!parsed.valid()) return ExplainCpr(parsed.cpr_class, language);
  std::vector<PinnedOprfKey> keys = options.keys;
  if (keys.empty()) {
    auto fetched = FetchKeys(key_service, options.purpose, language);
    if (!fetched.ok()) return fetched.status();
    keys = *std::move(fetched);
  }
  std::sort(keys.begin(), keys.end(),
            [](const auto& a, const auto& b) { return a.epoch > b.epoch; });
  if (keys.empty()) {
    return absl::FailedPreconditionError(
        Say(language, "nøgletjenesten har ingen nøgle til formålet",
            "the key service has no key for the purpose"));
  }
  absl::Status refused;
  v1::LookUpPersonResponse answer;
  for (const PinnedOprfKey& key : keys) {
    auto found =
        LookUpUnder(matcher, key_service, key, parsed, options, language);
    if (found.ok()) {
      answer = *std::move(found);
      if (answer.known()) break;
    } else if (absl::IsFailedPrecondition(found.status())) {
      // Perhaps an epoch that only one side has yet; another may answer.
      refused = found.status();
    } else {
      return found.status();
    }
  }
  if (!answer.known() && !refused.ok()) return refused;
  return Print(answer, output);
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
