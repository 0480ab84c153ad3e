#include "clients/agent/number_map.h"

#include <sodium.h>

#include <array>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "clients/agent/text_decoder.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/csv_reader.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kMaxFileBytes = 64 * 1024 * 1024;

std::uint64_t ToNumber(std::string_view digits) {
  std::uint64_t number = 0;
  for (char c : digits) number = number * 10 + static_cast<unsigned>(c - '0');
  return number;
}

clients::Cpr FromNumber(std::uint64_t number) {
  std::array<char, clients::kCprDigits> digits;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  const clients::Cpr cpr = clients::ParseCpr({digits.data(), digits.size()});
  sodium_memzero(digits.data(), digits.size());
  return cpr;
}

}  // namespace

NumberMap::~NumberMap() {
  for (auto& [old_number, new_number] : next_) {
    sodium_memzero(const_cast<std::uint64_t*>(&old_number), sizeof(old_number));
    sodium_memzero(&new_number, sizeof(new_number));
  }
}

absl::StatusOr<NumberMap> NumberMap::Load(const std::string& path) {
  auto text = clients::ReadSmallFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  auto map = Parse(*text, path);
  sodium_memzero(text->data(), text->size());
  return map;
}

absl::StatusOr<NumberMap> NumberMap::Parse(std::string_view text,
                                           std::string_view name) {
  const std::string_view first_line = text.substr(0, text.find('\n'));
  const std::string_view delimiter =
      first_line.find(';') != std::string_view::npos ? ";" : ",";
  NumberMap map;
  bool first = true;
  const auto refuse = [&](std::int64_t line, std::string_view problem) {
    return absl::InvalidArgumentError(
        clients::Cat(name, ":", line, ": ", problem));
  };
  const auto sink = [&](std::int64_t line,
                        std::span<const std::string> fields) -> absl::Status {
    const bool header = std::exchange(first, false);
    if (fields.size() != 2) return refuse(line, "must have two columns");
    const clients::Cpr from = clients::ParseCpr(fields[0]);
    const clients::Cpr to = clients::ParseCpr(fields[1]);
    if (!from.valid() || !to.valid()) {
      if (header && !from.valid() && !to.valid()) return absl::OkStatus();
      return refuse(line, "holds something that is not a CPR number");
    }
    const std::uint64_t old_number = ToNumber(from.ExposeDigits());
    const std::uint64_t new_number = ToNumber(to.ExposeDigits());
    const auto [place, added] = map.next_.emplace(old_number, new_number);
    if (!added && place->second != new_number) {
      return refuse(line, "gives an old number a second new one");
    }
    // A ring would never end; each step must lead on to another number.
    std::uint64_t at = new_number;
    for (std::size_t steps = 0; steps <= map.next_.size(); ++steps) {
      if (at == old_number) return refuse(line, "leads back to where it began");
      const auto next = map.next_.find(at);
      if (next == map.next_.end()) break;
      at = next->second;
    }
    return absl::OkStatus();
  };
  auto decoder = TextDecoder::Create("utf-8");
  if (!decoder.ok()) return decoder.status();
  auto reader = clients::CsvReader::Create(delimiter, sink);
  if (!reader.ok()) return reader.status();
  std::string decoded;
  absl::Status status = decoder->Feed(text, decoded);
  if (status.ok()) status = decoder->Finish(decoded);
  if (status.ok()) status = (*reader)->Feed(decoded);
  if (status.ok()) status = (*reader)->Finish();
  sodium_memzero(decoded.data(), decoded.size());
  if (!status.ok()) {
    return clients::WithHint(status,
                             "the number map is UTF-8, two columns: old, new");
  }
  return map;
}

clients::Cpr NumberMap::Newest(const clients::Cpr& cpr) const {
  if (next_.empty()) return cpr;
  std::uint64_t number = ToNumber(cpr.ExposeDigits());
  const std::uint64_t old_number = number;
  for (auto next = next_.find(number); next != next_.end();
       next = next_.find(number)) {
    number = next->second;
  }
  return number == old_number ? cpr : FromNumber(number);
}

}  // namespace samkoer::agent
