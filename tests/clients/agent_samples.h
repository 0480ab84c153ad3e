// Configurations and rows for tests of the agent. All numbers are fictional:
// they fail modulus 11, and nobody in them was born on 1 January.
#ifndef SAMKOER_TESTS_CLIENTS_AGENT_SAMPLES_H_
#define SAMKOER_TESTS_CLIENTS_AGENT_SAMPLES_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "clients/agent/config.h"
#include "clients/agent/export_reader.h"

namespace samkoer::agent {

inline const CivilDate kDay{2026, 11, 2};

// Born 2 April 2002, 15 August 2010, 10 June 1997, 21 August 2001: inside the
// sample's ages; and 16 November 1979: outside.
inline constexpr std::string_view kCprA = "020402-4104";
inline constexpr std::string_view kCprB = "150810-9838";
inline constexpr std::string_view kCprC = "100697-2629";
inline constexpr std::string_view kCprD = "210801-9070";
inline constexpr std::string_view kCprOld = "161179-1874";

inline constexpr std::string_view kSampleConfig = R"(department: familie
purpose: ungeindsats
matcher: {address: "localhost:1"}
key_service: {address: "localhost:2"}
tls: {ca_file: pki/ca.pem, certificate_file: pki/a.pem, key_file: pki/a.key}
source_file: eksport.csv
dialect: {delimiter: ";", encoding: utf-8, date_format: "%d-%m-%Y", null_words: ["NULL"]}
columns:
  cpr: CPR
  case_ref: Sag
  unit: Enhed
  kle: KLE
  opened: Fra
  closed: Til
  status: Status
  contact: Kontakt
  criteria: Kriterier
  protected_identity: Beskyttet
  coordinator_exists: Koordinator
  consent: Samtykke
open_words: ["Igangværende", "Åben"]
closed_words: ["Afsluttet"]
domains:
  - {prefix: "27.24", domain: FAMILY}
  - {prefix: "27.24.9", domain: SOCIAL}
  - {prefix: "15.", domain: EMPLOYMENT}
permitted:
  - {domains: [FAMILY, SOCIAL], age_from: 15, age_below: 30}
state_dir: state
cache_passphrase: "file:passphrase"
)";

inline constexpr std::string_view kSampleHeader =
    "CPR;Sag;Enhed;KLE;Fra;Til;Status;Kontakt;Kriterier;Beskyttet;Koordinator;"
    "Samtykke;SagNavn\n";

// `text` with the first `from` replaced.
inline std::string Replaced(std::string_view text, std::string_view from,
                            std::string_view to) {
  std::string out(text);
  const std::size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) out.replace(at, from.size(), to);
  return out;
}

inline Config SampleConfig(std::string_view text = kSampleConfig) {
  auto config = ParseConfig(text, "agent.yaml");
  EXPECT_TRUE(config.ok()) << config.status();
  return config.ok() ? *std::move(config) : Config{};
}

// A row of the sample's columns; the last is a title that holds a number.
inline std::string Row(std::string_view cpr, std::string_view ref,
                       std::string_view status = "Igangværende",
                       std::string_view opened = "01-02-2026",
                       std::string_view closed = "",
                       std::string_view kind = "27.24.03",
                       std::string_view unit = "Team Ung",
                       std::string_view rest = ";;;;") {
  std::string out;
  for (std::string_view field :
       {cpr, ref, unit, kind, opened, closed, status}) {
    out.append(field).push_back(';');
  }
  return out.append(rest).append(";27.24.03 Asta Rømer\n");
}

inline absl::StatusOr<Export> ReadSample(
    std::string_view rows, const Config& config,
    v1::PushKind kind = v1::PUSH_KIND_SNAPSHOT,
    const IntakeGuard* guard = nullptr) {
  return ParseExport(std::string(kSampleHeader).append(rows), "eksport.csv",
                     config, NumberMap(), guard, kDay, kind);
}

// A directory that goes away with the test.
class TempDir {
 public:
  TempDir() {
    const char* base = std::getenv("TMPDIR");
    std::string name = (base != nullptr ? std::string(base) : "/tmp") +
                       "/samkoer-agent.XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string File(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_TESTS_CLIENTS_AGENT_SAMPLES_H_
