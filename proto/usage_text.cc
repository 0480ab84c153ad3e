#include "proto/usage_text.h"

#include <string_view>

namespace samkoer::proto {
namespace {

// The program's option that CLI11's text names first; "" if there is none.
std::string OptionIn(const UsageProblem& problem) {
  std::size_t first = std::string::npos;
  std::string found;
  for (const std::string& name : problem.names) {
    if (name.empty()) continue;
    const std::size_t at = problem.text.find(name);
    if (at == std::string::npos) continue;
    if (at < first || (at == first && name.size() > found.size())) {
      first = at;
      found = name;
    }
  }
  return found;
}

// CLI::ExitCodes of the same names.
constexpr int kRequiredError = 106, kRequiresError = 107, kExcludesError = 108,
              kExtrasError = 109, kArgumentMismatch = 114;

// Whether CLI11 puts the text together from our names and from numbers alone.
bool IsOursAlone(int code) {
  return code == kRequiredError || code == kRequiresError ||
         code == kExcludesError || code == kArgumentMismatch;
}

std::string Extras(int position, bool danish) {
  if (position == 0) {
    return danish ? "et argument var ikke ventet"
                  : "an argument was not "
                    "expected";
  }
  const std::string number = std::to_string(position);
  return danish ? "argument nummer " + number + " var ikke ventet"
                : "argument " + number + " was not expected";
}

}  // namespace

std::string UsageText(const UsageProblem& problem, UsageLanguage language) {
  const bool danish = language == UsageLanguage::kDanish;
  if (problem.code == kExtrasError) return Extras(problem.position, danish);
  const std::string option = OptionIn(problem);
  if (IsOursAlone(problem.code)) {
    if (!danish) return problem.text;
    if (problem.code != kRequiredError) return option + " er brugt forkert";
    return option.empty() ? "der mangler en kommando" : option + " mangler";
  }
  if (option.empty()) {
    return danish ? "kaldet kan ikke forstås"
                  : "the command line cannot be understood";
  }
  return danish ? "værdien af " + option + " kan ikke bruges"
                : "the value of " + option + " cannot be used";
}

}  // namespace samkoer::proto
