#include <iostream>

#include "absl/strings/str_format.h"
#include "clients/agent/commands.h"
#include "clients/agent/json.h"
#include "clients/agent/pseudonym_cache.h"
#include "clients/agent/run_support.h"
#include "clients/agent/state_lock.h"

namespace samkoer::agent {

int RunCacheInfo(const CommandContext& context) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto files = ListCaches(config->proto.state_dir());
  if (context.format == clients::OutputFormat::kJson) {
    std::cout << "[";
    for (std::size_t i = 0; i < files.size(); ++i) {
      std::cout << (i == 0 ? "" : ", ")
                << JsonObject()
                       .Add("path", files[i].path)
                       .Add("entries", files[i].entries)
                       .Add("bytes", files[i].bytes)
                       .Text();
    }
    std::cout << "]\n";
    return 0;
  }
  if (files.empty()) std::cout << "the cache is empty\n";
  for (const CacheFileInfo& file : files) {
    std::cout << absl::StreamFormat("%s: %d pseudonyms, %d bytes, encrypted\n",
                                    clients::TerminalSafe(file.path),
                                    file.entries, file.bytes);
  }
  return 0;
}

int RunCacheClear(const CommandContext& context) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto lock = StateLock::Take(config->proto.state_dir());
  if (!lock.ok()) return clients::Fail(lock.status());
  const absl::Status status = ClearCaches(config->proto.state_dir());
  if (!status.ok()) return clients::Fail(status);
  std::cout << (context.format == clients::OutputFormat::kJson
                    ? "{\"cleared\": true}\n"
                    : "the cache is removed; the next push asks for all "
                      "pseudonyms anew\n");
  return 0;
}

}  // namespace samkoer::agent
