#include "clients/agent/setup_text.h"

#include "absl/strings/str_format.h"
#include "clients/agent/json.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

using clients::Cat;
using clients::TerminalSafe;

}  // namespace

std::string FormatFindings(std::span<const SetupFinding> findings,
                           std::span<const std::string> notes) {
  std::string out;
  for (const SetupFinding& one : findings) {
    absl::StrAppendFormat(&out, "  %-24s %-32s %s\n", one.what,
                          TerminalSafe(one.value), TerminalSafe(one.why));
  }
  for (const std::string& note : notes) {
    out += Cat("  note: ", TerminalSafe(note), "\n");
  }
  return out;
}

std::string FindingsJson(std::span<const SetupFinding> findings,
                         std::span<const std::string> notes) {
  std::string list, texts;
  for (const SetupFinding& one : findings) {
    JsonObject object;
    object.Add("what", one.what).Add("value", one.value).Add("why", one.why);
    list += Cat(list.empty() ? "" : ", ", object.Text());
  }
  for (const std::string& note : notes) {
    texts += Cat(texts.empty() ? "" : ", ", JsonString(note));
  }
  return Cat("\"findings\": [", list, "], \"notes\": [", texts, "]");
}

std::string FormatQuestions(std::span<const SetupQuestion> questions) {
  std::string out;
  for (const SetupQuestion& one : questions) {
    out += Cat("  ", TerminalSafe(one.text), "\n      ", TerminalSafe(one.flag),
               "\n");
    std::string choices;
    for (const std::string& choice : one.choices) {
      choices += Cat(choices.empty() ? "" : ", ", TerminalSafe(choice));
    }
    if (!choices.empty()) out += Cat("      one of: ", choices, "\n");
    if (!one.suggestion.empty()) {
      out += Cat("      likely: ", TerminalSafe(one.suggestion), "\n");
    }
  }
  return out;
}

ConfigComments CommentsOf(std::span<const SetupFinding> findings) {
  ConfigComments comments;
  comments[""] =
      "Written by samkoer-agent setup. See docs/agent.md; paths are relative "
      "to\nthis file.";
  comments["domains"] = "Nothing finer than the domain leaves the department.";
  comments["permitted"] =
      "What your lawyers say may be sent; the matcher's policy narrows it "
      "further.";
  for (const SetupFinding& one : findings) {
    if (!one.what.starts_with("columns.")) continue;
    std::string& text = comments["columns"];
    // One line each: what was seen must not end the comment.
    text += Cat(text.empty() ? "" : "\n", TerminalSafe(one.what.substr(8)),
                ": ", TerminalSafe(one.why));
  }
  return comments;
}

std::string NextSteps(const std::string& path, const std::string& state_dir) {
  constexpr std::string_view kPackaged = "/var/lib/samkoer-agent/";
  const std::string file = TerminalSafe(path);
  if (!state_dir.starts_with(kPackaged)) {
    return Cat("Next:\n  samkoer-agent --config ", file,
               " validate-config\n  samkoer-agent --config ", file, " check\n");
  }
  const std::string placed =
      Cat("/etc/samkoer/agent-",
          TerminalSafe(state_dir.substr(kPackaged.size())), ".yaml");
  return Cat("Next, as root:\n  install -o root -g samkoer-agent -m 640 ", file,
             " ", placed,
             "\n  runuser -u samkoer-agent -- samkoer-agent --config ", placed,
             " check\n");
}

}  // namespace samkoer::agent
