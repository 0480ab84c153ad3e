#include "clients/agent/setup_replace.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::agent {
namespace {

using clients::Cat;

// What `path` links to; itself if it is no link, or leads nowhere.
std::string Target(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

}  // namespace

absl::StatusOr<std::string> FieldsThatGo(const std::string& path,
                                         const v1::AgentConfig& fresh) {
  auto text = clients::ReadSmallFile(path);
  if (absl::IsNotFound(text.status())) return "";
  if (!text.ok()) return text.status();
  v1::AgentConfig old;
  if (absl::Status parsed = proto::ParseYaml(*text, path, old); !parsed.ok()) {
    return parsed;
  }
  std::vector<const google::protobuf::FieldDescriptor*> had;
  std::vector<const google::protobuf::FieldDescriptor*> has;
  old.GetReflection()->ListFields(old, &had);
  fresh.GetReflection()->ListFields(fresh, &has);
  std::string gone;
  for (const auto* field : had) {
    bool stays = false;
    for (const auto* other : has) stays |= other == field;
    if (!stays) gone += Cat(gone.empty() ? "" : ", ", field->name());
  }
  return gone;
}

absl::Status ReplaceConfig(const std::string& path, std::string_view text) {
  const std::string target = Target(path);
  struct stat old {};
  if (::stat(target.c_str(), &old) != 0) {
    return clients::WriteNewPrivateFile(path, text);
  }
  auto before = clients::ReadSmallFile(target);
  if (!before.ok()) return before.status();
  const std::string kept = target + ".bak";
  absl::Status status = clients::WritePrivateFile(kept, *before);
  if (status.ok()) status = clients::WritePrivateFile(target, text);
  if (!status.ok()) return status;
  struct stat now {};
  const mode_t mode = old.st_mode & 0777;
  // The owner before the mode: nobody else reads it in between.
  if (::stat(target.c_str(), &now) == 0 &&
      ((now.st_uid == old.st_uid && now.st_gid == old.st_gid) ||
       ::chown(target.c_str(), old.st_uid, old.st_gid) == 0) &&
      ::chmod(target.c_str(), mode) == 0) {
    return absl::OkStatus();
  }
  return clients::WithHint(
      absl::PermissionDeniedError(
          Cat(target,
              " is written, but its owner cannot be kept, and only "
              "you can read it")),
      absl::StrFormat("as root: chown %d:%d FILE && chmod %o FILE", old.st_uid,
                      old.st_gid, mode));
}

}  // namespace samkoer::agent
