#include "clients/audit/person_epochs.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "clients/alerts/text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::clients {
namespace {

// What one number costs under one epoch: the self-test and the number.
constexpr std::size_t kCost = 2;

absl::Status QuotaTooSmall(std::size_t needed, std::string_view message,
                           Language l) {
  const std::string wait = WaitText(message, l);
  return WithHint(
      absl::ResourceExhaustedError(
          Cat(Say(l,
                  "din kvote hos nøgletjenesten dækker ikke opslaget, der "
                  "koster ",
                  "your quota at the key service does not cover the look-up, "
                  "which costs "),
              needed,
              wait.empty()
                  ? Say(l, "; det kommer den aldrig til", "; it never will")
                  : Cat(Say(l, "; det gør den ", "; it will "), wait,
                        Say(l, ", hvis tjenesten kører så længe",
                            " if the service runs that long")))),
      wait.empty() ? Say(l, "bed driften om en større kvote; intet er brugt",
                         "ask the operator for a larger quota; nothing is "
                         "used up")
                   : Say(l,
                         "vent til da; intet er brugt. Haster det, så bed "
                         "driften om en større kvote",
                         "wait until then; nothing is used up. If it is "
                         "urgent, ask the operator for a larger quota"));
}

absl::Status Explain(const absl::Status& status, std::size_t needed,
                     Language language) {
  if (!absl::IsResourceExhausted(status)) return status;
  return QuotaTooSmall(needed, View(status.message()), language);
}

// Asks for so much that the key service refuses: its message says when the
// quota will cover it.
absl::Status AskWhen(v1::KeyService::Stub& stub, const std::string& purpose,
                     std::uint32_t epoch, std::size_t needed,
                     Language language) {
  const std::vector<std::string_view> inputs(needed, crypto::kSelfTestInput);
  auto blinded = crypto::BlindBatch(crypto::OprfMode::kVoprf, inputs);
  if (!blinded.ok()) return blinded.status();
  v1::BlindEvaluateRequest request;
  request.set_purpose(purpose);
  request.set_epoch(epoch);
  const auto& elements = blinded->blinded_elements();
  request.set_blinded_elements(elements.data(), elements.size());
  grpc::ClientContext context;
  SetDeadline(context);
  v1::BlindEvaluateResponse response;
  const grpc::Status status = stub.BlindEvaluate(&context, request, &response);
  if (status.ok()) {
    return absl::AbortedError(Say(language,
                                  "kvoten er fyldt op imens; prøv igen",
                                  "the quota has come back; try again"));
  }
  return Explain(FromServer(status, Peer::kKeyService, language), needed,
                 language);
}

// The live keys, once the quota covers `numbers` under all of them.
absl::StatusOr<std::vector<PinnedOprfKey>> FetchKeys(
    const std::shared_ptr<grpc::ChannelInterface>& channel,
    const PersonKeys& wanted, Language language) {
  const auto stub = v1::KeyService::NewStub(channel);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetKeyInfoRequest request;
  request.set_purpose(wanted.purpose);
  v1::GetKeyInfoResponse response;
  const grpc::Status status = stub->GetKeyInfo(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kKeyService, language);
  const std::size_t epochs =
      wanted.keys.empty() ? static_cast<std::size_t>(response.keys_size())
                          : wanted.keys.size();
  const std::size_t needed = wanted.numbers * epochs * kCost;
  if (response.quota_available() < needed && response.keys_size() > 0) {
    return AskWhen(*stub, wanted.purpose, response.keys(0).epoch(), needed,
                   language);
  }
  if (!wanted.keys.empty()) return wanted.keys;
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
  one.first_input = cpr.ExposeDigits();
  auto client = PseudonymClient::Connect(key_service, purpose, key, one);
  if (!client.ok()) return client.status();
  return std::string(crypto::AsText((*client)->first_output()->Expose()));
}

}  // namespace

std::string WaitText(std::string_view message, Language l) {
  constexpr std::string_view kMark = "it will in ";
  const std::size_t at = message.find(kMark);
  if (at == std::string_view::npos) return "";
  std::uint64_t seconds = 0;
  for (const char c : message.substr(at + kMark.size()).substr(0, 9)) {
    if (c < '0' || c > '9') break;
    seconds = seconds * 10 + static_cast<std::uint64_t>(c - '0');
  }
  struct Unit {
    std::uint64_t seconds, below;
    const char *danish, *english;
  };
  constexpr Unit kUnits[] = {{1, 90, " sekunder", " seconds"},
                             {60, 5400, " minutter", " minutes"},
                             {3600, 172'800, " timer", " hours"}};
  // Rounded up, with a second for the way.
  seconds = std::max<std::uint64_t>(seconds + 1, 2);
  for (const Unit& unit : kUnits) {
    if (seconds >= unit.below) continue;
    return Cat(Say(l, "om ", "in "),
               (seconds + unit.seconds - 1) / unit.seconds,
               Say(l, unit.danish, unit.english));
  }
  return Cat(Say(l, "om ", "in "), (seconds + 86'399) / 86'400,
             Say(l, " dage", " days"));
}

absl::Status ForEachEpoch(
    std::shared_ptr<grpc::ChannelInterface> key_service, const Cpr& cpr,
    const PersonKeys& keys, Language language,
    const std::function<absl::StatusOr<bool>(const PersonInEpoch&)>& ask,
    absl::Status& refused) {
  refused = absl::OkStatus();
  auto fetched = FetchKeys(key_service, keys, language);
  if (!fetched.ok()) return fetched.status();
  std::vector<PinnedOprfKey> epochs = *std::move(fetched);
  if (epochs.empty()) {
    return absl::FailedPreconditionError(
        Say(language, "nøgletjenesten har ingen nøgle til formålet",
            "the key service has no key for the purpose"));
  }
  std::sort(epochs.begin(), epochs.end(),
            [](const auto& a, const auto& b) { return a.epoch > b.epoch; });
  for (const PinnedOprfKey& key : epochs) {
    auto pseudonym = PseudonymUnder(key_service, keys.purpose, key, cpr);
    absl::Status status =
        Explain(pseudonym.status(), kCost * epochs.size(), language);
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
