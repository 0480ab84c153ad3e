#include "clients/agent/push_state.h"

#include <sodium.h>
#include <unistd.h>

#include <cstring>
#include <span>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kFirstLine = "samkoer-push-state 1\n";
constexpr std::size_t kMaxBytes = 1024;

std::string Hex(crypto::Bytes bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

// Takes the line "NAME HEX\n" off the front.
bool TakeHex(std::string_view& text, std::string_view name,
             std::span<std::uint8_t> out) {
  const std::size_t digits = out.size() * 2;
  if (!text.starts_with(name) || text.size() < name.size() + 1 + digits + 1 ||
      text[name.size()] != ' ' || text[name.size() + 1 + digits] != '\n') {
    return false;
  }
  std::size_t length = 0;
  if (sodium_hex2bin(out.data(), out.size(), text.data() + name.size() + 1,
                     digits, nullptr, &length, nullptr) != 0 ||
      length != out.size()) {
    return false;
  }
  text.remove_prefix(name.size() + 1 + digits + 1);
  return true;
}

}  // namespace

std::string FormatPushState(const PushState& state) {
  return clients::Cat(kFirstLine, "push_id ", Hex(state.push_id), "\nbegin ",
                      Hex(state.begin), "\ncontents ", Hex(state.contents),
                      "\n");
}

std::optional<PushState> ParsePushState(std::string_view text) {
  PushState state;
  if (!text.starts_with(kFirstLine)) return std::nullopt;
  text.remove_prefix(kFirstLine.size());
  if (!TakeHex(text, "push_id", state.push_id) ||
      !TakeHex(text, "begin", state.begin) ||
      !TakeHex(text, "contents", state.contents) || !text.empty()) {
    return std::nullopt;
  }
  return state;
}

std::optional<PushState> PushStateFile::Load() {
  const auto text = clients::ReadSmallFile(path_, kMaxBytes);
  if (!text.ok()) return std::nullopt;
  return ParsePushState(*text);
}

absl::Status PushStateFile::Save(const PushState& state) {
  return clients::WritePrivateFile(path_, FormatPushState(state));
}

void PushStateFile::Clear() { ::unlink(path_.c_str()); }

}  // namespace samkoer::agent
