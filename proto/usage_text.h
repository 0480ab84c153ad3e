// What was wrong with a command line, in words that repeat none of it: what
// somebody types in the wrong place may be a CPR number, and errors end up in
// logs. CLI11's own texts repeat it; no program shows them.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_PROTO_USAGE_TEXT_H_
#define SAMKOER_PROTO_USAGE_TEXT_H_

#include <string>
#include <vector>

namespace samkoer::proto {

struct UsageProblem {
  // CLI11's exit code, which tells its classes of errors apart (get_name() does
  // not: for unexpected arguments it gives the command), and its text.
  int code = 0;
  std::string text;
  // The names of all options of the program: these may be shown.
  std::vector<std::string> names;
  // Which argument was not expected, counted from 1; 0 if that is not known.
  int position = 0;
};

enum class UsageLanguage { kEnglish, kDanish };

// For example "argument 3 was not expected", "the value of --limit cannot be
// used", "--config is required".
std::string UsageText(const UsageProblem& problem, UsageLanguage language);

// Reads a problem from CLI11's app and error. A template, so that only the
// mains need CLI11.
template <typename App>
void CollectOptionNames(const App& app, std::vector<std::string>& names) {
  for (const auto* option : app.get_options()) {
    names.push_back(option->get_name());
  }
  for (const auto* command : app.get_subcommands({})) {
    CollectOptionNames(*command, names);
  }
}
template <typename App, typename Error>
UsageProblem ReadUsageProblem(const App& app, const Error& error, int argc,
                              const char* const* argv) {
  UsageProblem problem{error.get_exit_code(), error.what(), {}, 0};
  CollectOptionNames(app, problem.names);
  const std::vector<std::string> unexpected = app.remaining(true);
  for (int i = argc - 1; i > 0 && !unexpected.empty(); --i) {
    if (argv[i] == unexpected.front()) problem.position = i;
  }
  return problem;
}

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_USAGE_TEXT_H_
