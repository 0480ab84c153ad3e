#include "clients/agent/pseudonymise.h"

#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "crypto/absl_view.h"
#include "crypto/oprf.h"

namespace samkoer::agent {
namespace {

using clients::PinnedOprfKey;
using clients::PseudonymClient;

// The digits of all different people, or of those that are not in `cache`. They
// live as long as `cases`.
std::vector<std::string_view> People(const std::vector<CleanCase>& cases,
                                     const PseudonymCache* missing_in) {
  absl::flat_hash_set<absl::string_view> seen;
  seen.reserve(cases.size());
  std::vector<std::string_view> people;
  for (const CleanCase& one : cases) {
    const std::string_view digits = one.ExposeDigits();
    if (!seen.insert(crypto::AbslView(digits)).second) continue;
    if (missing_in != nullptr && missing_in->Find(digits)) continue;
    people.push_back(digits);
  }
  return people;
}

// The cached self-test output, if it proves the pinned key.
std::optional<crypto::OprfOutput> ProvenSelfTest(const PseudonymCache& cache,
                                                 const PinnedOprfKey& pinned) {
  const auto cached = cache.Find(crypto::kSelfTestInput);
  if (!cached) return std::nullopt;
  crypto::OprfOutput output(*cached);
  if (crypto::SelfTestDigest(output) != pinned.self_test) return std::nullopt;
  return output;
}

// Asks for everybody who is not in `cache`. What was asked until an error
// stands in `result`, and in the cache.
absl::Status FillCache(
    const std::vector<CleanCase>& cases, PseudonymCache& cache,
    const std::string& purpose, const PinnedOprfKey& pinned,
    const OpenKeyService& open,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress,
    PseudonymiseResult& result) {
  const std::vector<std::string_view> missing = People(cases, &cache);
  const auto self_test = ProvenSelfTest(cache, pinned);
  if (!missing.empty() || !self_test) {
    auto channel = open();
    if (!channel.ok()) return channel.status();
    clients::PseudonymOptions options;
    options.known_self_test = self_test;
    auto client = PseudonymClient::Connect(*std::move(channel), purpose, pinned,
                                           std::move(options));
    if (!client.ok()) return client.status();
    if (!self_test) {
      ++result.asked;
      const std::string_view input = crypto::kSelfTestInput;
      const crypto::OprfOutput& output = (*client)->self_test_output();
      absl::Status kept = cache.Append({&input, 1}, {&output, 1});
      if (!kept.ok()) return kept;
    }
    if (!missing.empty()) {
      absl::Status status = (*client)->Pseudonymise(
          missing,
          [&](std::size_t first, std::span<const crypto::OprfOutput> outputs) {
            absl::Status kept = cache.Append(
                std::span(missing).subspan(first, outputs.size()), outputs);
            if (kept.ok()) {
              result.asked += outputs.size();
              if (progress) progress(result.asked, missing.size());
            }
            return kept;
          });
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PseudonymiseResult> Pseudonymise(
    std::vector<CleanCase>& cases, PseudonymCache& cache,
    const std::string& purpose, const PinnedOprfKey& pinned,
    const OpenKeyService& open,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  PseudonymiseResult result;
  if (absl::Status status =
          FillCache(cases, cache, purpose, pinned, open, progress, result);
      !status.ok()) {
    return status;
  }
  for (CleanCase& one : cases) {
    const auto pseudonym = cache.Find(one.ExposeDigits());
    if (!pseudonym) return absl::InternalError("a pseudonym is missing");
    one.record.set_pseudonym(std::string(crypto::AsText(*pseudonym)));
  }
  return result;
}

std::uint64_t AddPreviousPseudonyms(std::vector<CleanCase>& cases,
                                    PseudonymCache& cache,
                                    const std::string& purpose,
                                    const PinnedOprfKey& pinned,
                                    const OpenKeyService& open) {
  PseudonymiseResult result;
  if (open) {
    FillCache(cases, cache, purpose, pinned, open, {}, result).IgnoreError();
  }
  for (CleanCase& one : cases) {
    if (const auto previous = cache.Find(one.ExposeDigits())) {
      one.record.set_previous_pseudonym(std::string(crypto::AsText(*previous)));
    }
  }
  return result.asked;
}

absl::Status PruneCache(const std::vector<CleanCase>& cases,
                        PseudonymCache& cache) {
  std::vector<std::string_view> people = People(cases, nullptr);
  people.push_back(crypto::kSelfTestInput);
  if (cache.size() * 9 <= people.size() * 10) return absl::OkStatus();
  return cache.KeepOnly(people);
}

}  // namespace samkoer::agent
