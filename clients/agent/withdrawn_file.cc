#include "clients/agent/withdrawn_file.h"

#include <algorithm>

#include "absl/status/status.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kMaxBytes = 256 * 1024 * 1024;

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseWithdrawn(std::string_view text,
                                                        std::string_view name) {
  std::vector<std::string> refs;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view ref = TrimText(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (ref.empty()) continue;
    const auto refuse = [&](std::string_view problem) {
      return absl::InvalidArgumentError(
          clients::Cat(name, ":", line, ": the reference ", problem));
    };
    if (proto::LooksLikeCprNumber(ref) || clients::ContainsCpr(ref)) {
      return refuse("holds a CPR number");
    }
    if (ref.size() > proto::kMaxCaseRefBytes) {
      return refuse("is longer than 64 bytes");
    }
    if (!proto::IsPlainLine(ref)) return refuse("is not plain UTF-8 text");
    refs.emplace_back(ref);
  }
  std::sort(refs.begin(), refs.end());
  refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
  return refs;
}

absl::StatusOr<std::vector<std::string>> ReadWithdrawn(
    const std::string& path) {
  auto text = clients::ReadSmallFile(path, kMaxBytes);
  if (!text.ok()) return text.status();
  return ParseWithdrawn(*text, path);
}

}  // namespace samkoer::agent
