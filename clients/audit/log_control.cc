#include "clients/audit/log_control.h"

#include <sodium.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "clients/audit/leaf_text.h"
#include "clients/common/cat.h"
#include "crypto/keyed_hash.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxSample = 10'000;
constexpr std::size_t kMaxSeedBytes = 64;

std::string RandomSeed() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string seed;
  for (int i = 0; i < 16; ++i) seed += kDigits[randombytes_uniform(16)];
  return seed;
}

absl::Status CheckOptions(const LogControlOptions& options, Language l) {
  if (options.sample == 0 || options.sample > kMaxSample) {
    return absl::InvalidArgumentError(
        Say(l, "stikprøven skal være på 1 til 10.000 indgange",
            "the sample must be of 1 to 10,000 entries"));
  }
  const bool fine =
      options.seed.size() <= kMaxSeedBytes &&
      std::all_of(options.seed.begin(), options.seed.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c));
      });
  if (fine) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Say(l, "frøet skal være højst 64 bogstaver (a-z) og cifre",
          "the seed must be at most 64 letters (a-z) and digits"));
}

absl::Status PrintJson(const ReadSample& sample, const std::string& seed,
                       std::uint64_t log_size, const AuditOutput& output) {
  output.out << Cat("{\"seed\":\"", seed, "\",\"reads\":", sample.offered(),
                    ",\"log_size\":", log_size, ",\"sample\":[");
  const char* separator = "\n";
  for (const auto& [index, leaf] : sample.Chosen()) {
    absl::StatusOr<std::string> json = LeafJson(index, leaf);
    if (!json.ok()) return json.status();
    output.out << separator << *json;
    separator = ",\n";
  }
  output.out << "\n]}\n";
  return absl::OkStatus();
}

}  // namespace

void ReadSample::Offer(std::uint64_t index, std::string_view leaf) {
  ++offered_;
  const crypto::Hash32 draw =
      crypto::Blake2b256(crypto::AsBytes(Cat(seed_, "/", index)));
  std::string key(crypto::AsText(draw));
  if (by_draw_.size() == size_ && by_draw_.rbegin()->first < key) return;
  by_draw_.emplace(std::move(key), Entry{index, std::string(leaf)});
  if (by_draw_.size() > size_) by_draw_.erase(std::prev(by_draw_.end()));
}

std::map<std::uint64_t, std::string> ReadSample::Chosen() const {
  std::map<std::uint64_t, std::string> chosen;
  for (const auto& [draw, entry] : by_draw_) chosen[entry.index] = entry.leaf;
  return chosen;
}

absl::Status PrintLogControl(LogServer& server,
                             const crypto::NoteVerifier& verifier,
                             const CheckpointStore& store,
                             const LogControlOptions& options,
                             const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckOptions(options, l); !s.ok()) return s;
  const std::string seed = options.seed.empty() ? RandomSeed() : options.seed;
  ReadSample sample(seed, options.sample);
  std::uint64_t total = 0;
  std::string note;
  LeafFilter period;
  period.from = options.from;
  period.until = options.until;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t index, std::string_view bytes) {
        ++total;
        const std::optional<v1::AuditLeaf> leaf = ParseLeaf(bytes);
        if (leaf && IsRead(*leaf) && period.Matches(*leaf)) {
          sample.Offer(index, bytes);
        }
        return absl::OkStatus();
      },
      note);
  if (!status.ok()) return status;
  if (output.format == OutputFormat::kJson) {
    if (absl::Status s = PrintJson(sample, seed, total, output); !s.ok()) {
      return s;
    }
  } else {
    const auto chosen = sample.Chosen();
    for (const auto& [index, leaf] : chosen) {
      output.out << LeafLine(index, leaf, output.style) << "\n";
    }
    output.out << Cat(
        Say(l, "Stikprøve: ", "Sample: "), chosen.size(),
        Say(l, " af ", " of "), sample.offered(),
        Say(l, " opslag i perioden; alle ", " reads of the period; all "),
        total,
        Say(l, " indgange i loggen er kontrolleret\nFrø: ",
            " entries of the log are verified\nSeed: "),
        seed,
        Say(l,
            "\nMed samme frø og periode (--seed) giver loggen den samme "
            "stikprøve, så længe den er den samme.\n",
            "\nWith the same seed and period (--seed) the log gives the same "
            "sample as long as it is the same.\n"));
  }
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError(
      Say(l, "kan ikke skrive resultatet", "cannot write the output"));
}

}  // namespace samkoer::clients
