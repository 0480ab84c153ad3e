#include "clients/audit/log_control.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "clients/audit/leaf_text.h"
#include "clients/audit/log_verifier.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/keyed_hash.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxSample = 10'000;
constexpr std::size_t kMaxSeedBytes = 64;

// What a log that was read to the end of a period gives.
struct DrawnSeed {
  std::string seed;
  std::uint64_t entries = 0;  // before the period's end
};

absl::StatusOr<DrawnSeed> SeedOfLog(LogServer& server,
                                    const crypto::NoteVerifier& verifier,
                                    const CheckpointStore& store,
                                    const LogControlOptions& options,
                                    const AuditOutput& output) {
  LogVerifier before;
  bool over = false;
  std::string note;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t, std::string_view bytes) {
        const std::optional<v1::AuditLeaf> leaf = ParseLeaf(bytes);
        over = over || (leaf && absl::FromUnixSeconds(leaf->time().seconds()) >=
                                    options.until);
        return over ? absl::OkStatus() : before.AppendLeaf(bytes);
      },
      note);
  if (!status.ok()) return status;
  const crypto::Hash32 root = before.tree().Root();
  return DrawnSeed{
      absl::BytesToHexString(std::string(crypto::AsText(root))).substr(0, 32),
      before.size()};
}

bool IsInPopulation(const v1::AuditLeaf& leaf) {
  return IsRead(leaf) || leaf.action() == v1::AUDIT_ACTION_INBOX_READ;
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
  if (fine && options.seed.empty() && options.until > options.now) {
    return WithHint(
        absl::InvalidArgumentError(
            Say(l, "perioden er ikke gået, så loggen kan ikke give frøet endnu",
                "the period is not over, so that the log cannot give the seed "
                "yet")),
        Say(l,
            "giv en --until, der er gået, eller et --seed, som en anden "
            "har valgt",
            "give an --until that is over, or a --seed that somebody else "
            "chose"));
  }
  if (fine) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Say(l, "frøet skal være højst 64 bogstaver (a-z) og cifre",
          "the seed must be at most 64 letters (a-z) and digits"));
}

// "Periode: fra 01-01-2026 00:00 til 01-01-2027 00:00".
std::string PeriodText(const LogControlOptions& options,
                       const TextStyle& style) {
  const Language l = style.language;
  const auto text = [&](absl::Time time, const char* danish,
                        const char* english) {
    if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) {
      return std::string(Say(l, danish, english));
    }
    return absl::FormatTime("%d-%m-%Y %H:%M", time, style.zone);
  };
  return Cat(Say(l, "Periode: fra ", "Period: from "),
             text(options.from, "loggens begyndelse", "the log's beginning"),
             Say(l, " til ", " to "),
             text(options.until, "loggens slutning", "the log's end"), "\n");
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
  DrawnSeed drawn{options.seed};
  if (options.seed.empty()) {
    auto found = SeedOfLog(server, verifier, store, options, output);
    if (!found.ok()) return found.status();
    drawn = *std::move(found);
  }
  const std::string& seed = drawn.seed;
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
        if (leaf && IsInPopulation(*leaf) && period.Matches(*leaf)) {
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
    output.out << PeriodText(options, output.style);
    if (sample.offered() == 0) {
      output.out << Cat(
          Say(l,
              "Der er ingen opslag i perioden, så der er intet at udtrække; "
              "alle ",
              "There are no reads in the period, so there is nothing to draw "
              "from; all "),
          total,
          Say(l, " indgange i loggen er kontrolleret.\n",
              " entries of the log are verified.\n"));
      return Written(output.out, l);
    }
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
        options.seed.empty()
            ? Cat(Say(l, "\nFrøet er loggens egen rod efter de første ",
                      "\nThe seed is the log's own root after the first "),
                  drawn.entries,
                  Say(l,
                      " indgange, dem før periodens slutning: ingen har valgt "
                      "det, og det bliver det samme hver gang.",
                      " entries, those before the period's end: nobody chose "
                      "it, and it is the same each time."))
            : std::string(),
        Say(l,
            "\nMed samme frø og periode (--seed) giver loggen den samme "
            "stikprøve, så længe den er den samme.\n",
            "\nWith the same seed and period (--seed) the log gives the same "
            "sample as long as it is the same.\n"));
  }
  return Written(output.out, output.style.language);
}

}  // namespace samkoer::clients
