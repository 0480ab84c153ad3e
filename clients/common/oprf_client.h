// Turns CPR numbers into pseudonyms with the key service (RFC 9497, VOPRF).
//
// What is promised: every output was made with the key that the matcher pinned;
// a key service that uses another key, another algorithm or answers anything
// malformed is refused with an error, and no output of that answer is given on.
#ifndef SAMKOER_CLIENTS_COMMON_OPRF_CLIENT_H_
#define SAMKOER_CLIENTS_COMMON_OPRF_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/keyed_hash.h"
#include "crypto/oprf.h"

namespace grpc {
class ChannelInterface;
}  // namespace grpc

namespace samkoer::clients {

// The key as the matcher publishes it (v1::PinnedEpoch).
struct PinnedOprfKey {
  std::uint32_t epoch = 0;
  crypto::Element public_key{};
  crypto::Hash32 self_test{};
};

// From the fields of v1::PinnedEpoch. INVALID_ARGUMENT if a length is wrong or
// the public key is no valid element.
absl::StatusOr<PinnedOprfKey> MakePinnedKey(std::uint32_t epoch,
                                            std::string_view public_key,
                                            std::string_view self_test);

// How a PseudonymClient works.
struct PseudonymOptions {
  // Threads that blind and finalize; each holds one request at a time. 0: two
  // more than the machine has cores, so that all cores are busy while requests
  // are on their way.
  unsigned threads = 0;
  // Elements a request, at most crypto::kMaxOprfBatch. Smaller jobs are spread
  // over smaller requests.
  std::size_t batch = crypto::kMaxOprfBatch;
  // How often a request is sent again after UNAVAILABLE, with a pause that
  // doubles from `first_pause` to at most 5 s (and a random part of it).
  int retries = 8;
  absl::Duration first_pause = absl::Milliseconds(100);
  // The deadline of each request.
  absl::Duration deadline = absl::Seconds(60);
  // The output of crypto::kSelfTestInput from an earlier run, if the caller
  // kept it: saves one unit of quota. Ignored if it does not fit the pinned
  // key.
  std::optional<crypto::OprfOutput> known_self_test;
  // An input to evaluate in the same request as the self-test, so that a quota
  // covers both or neither; must stay alive until Connect returns.
  std::optional<std::string_view> first_input;
};

// Takes outputs as they come, in order: those of inputs [first, first + n).
// Called from the thread that called Pseudonymise. An error ends the work.
using PseudonymSink = std::function<absl::Status(
    std::size_t first, std::span<const crypto::OprfOutput> outputs)>;

// A key service whose key has been checked.
//
// Thread safety: for one thread at a time.
class PseudonymClient {
 public:
  // Fetches the key info, compares context, public key and self-test with
  // `pinned`, and evaluates the self-test input (one unit of quota, unless
  // `options.known_self_test` fits) together with `options.first_input`.
  // FAILED_PRECONDITION on any difference; UNAVAILABLE if the service cannot be
  // reached; RESOURCE_EXHAUSTED, with nothing used up, if the quota does not
  // cover the request.
  static absl::StatusOr<std::unique_ptr<PseudonymClient>> Connect(
      std::shared_ptr<grpc::ChannelInterface> channel, std::string purpose,
      const PinnedOprfKey& pinned, PseudonymOptions options = {});
  ~PseudonymClient();

  // The pinned self-test digest, now proven; what PushBegin.self_test carries.
  const crypto::Hash32& self_test() const { return pinned_.self_test; }
  // The self-test's output, to be kept (encrypted) for the next run.
  const crypto::OprfOutput& self_test_output() const { return output_; }
  std::uint32_t epoch() const { return pinned_.epoch; }
  // The output of PseudonymOptions::first_input, if it was given.
  const std::optional<crypto::OprfOutput>& first_output() const {
    return first_output_;
  }
  // The quota left when Connect asked.
  std::uint64_t quota_available() const { return quota_available_; }

  // Evaluates `inputs` (canonical ten digits each; they must stay alive and
  // unchanged until this returns). Several requests are on their way at once;
  // at most `threads` * 2 batches are held.
  //
  // On an error everything delivered so far stays good, so the caller should
  // keep it: the message tells how many are done.
  //  * RESOURCE_EXHAUSTED: the quota is used up; come back later.
  //  * UNAVAILABLE: the key service stayed away through all retries.
  //  * UNAUTHENTICATED, FAILED_PRECONDITION: an answer's proof or shape is
  //    wrong; nothing of that answer is delivered.
  //  * what the sink returned.
  absl::Status Pseudonymise(std::span<const std::string_view> inputs,
                            const PseudonymSink& sink);

  // The same for a few inputs, collected.
  absl::StatusOr<std::vector<crypto::OprfOutput>> Pseudonymise(
      std::span<const std::string_view> inputs);

 private:
  PseudonymClient(std::shared_ptr<grpc::ChannelInterface> channel,
                  std::string purpose, const PinnedOprfKey& pinned,
                  PseudonymOptions options);
  absl::Status CheckKeyInfo();
  absl::Status RunSelfTest();

  struct Stub;
  const std::unique_ptr<Stub> stub_;
  const std::string purpose_;
  const PinnedOprfKey pinned_;
  const PseudonymOptions options_;
  crypto::OprfOutput output_;
  std::optional<crypto::OprfOutput> first_output_;
  std::uint64_t quota_available_ = 0;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_OPRF_CLIENT_H_
