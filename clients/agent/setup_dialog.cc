#include "clients/agent/setup_dialog.h"

#include <charconv>
#include <iostream>

#include "absl/status/status.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

using clients::Cat;
using clients::TerminalSafe;

// The choice that a line means: its text, or its number from 1.
std::string Chosen(const SetupQuestion& question, const std::string& line) {
  for (const std::string& choice : question.choices) {
    if (FoldText(choice) == FoldText(line)) return choice;
  }
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(line.data(), line.data() + line.size(), number);
  if (error == std::errc() && end == line.data() + line.size() && number >= 1 &&
      number <= question.choices.size()) {
    return question.choices[number - 1];
  }
  return line;
}

}  // namespace

std::optional<std::string> SetupDialog::Line(const std::string& prompt) {
  out_ << prompt << std::flush;
  std::string line;
  if (!std::getline(in_, line)) return std::nullopt;
  return std::string(TrimText(line));
}

bool SetupDialog::Ask(const SetupQuestion& question, SetupAnswers& answers) {
  out_ << "\n" << TerminalSafe(question.text) << "\n";
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    out_ << "  " << i + 1 << ") " << TerminalSafe(question.choices[i]) << "\n";
  }
  const std::string prompt =
      question.suggestion.empty()
          ? "> "
          : Cat("[", TerminalSafe(question.suggestion), "] > ");
  for (;;) {
    const auto line = Line(prompt);
    if (!line) return false;
    if (line->empty() && question.suggestion.empty()) continue;
    const std::string value =
        line->empty() ? question.suggestion : Chosen(question, *line);
    const absl::Status status = SetAnswer(question.key, value, answers);
    if (status.ok()) return true;
    clients::PrintErrorTo(out_, status);
  }
}

SetupDialog::Verdict SetupDialog::Confirm(const std::string& prompt,
                                          SetupAnswers& answers) {
  for (;;) {
    const auto line = Line(prompt);
    if (!line) return Verdict::kStop;
    if (MeansYes(*line)) return Verdict::kWrite;
    if (MeansNo(*line)) return Verdict::kStop;
    const std::size_t equals = line->find('=');
    if (equals == std::string::npos) {
      out_ << "y writes the file, n stops, columns.unit=Team changes one\n";
      continue;
    }
    const absl::Status status = SetAnswer(
        TrimText(std::string_view(*line).substr(0, equals)),
        TrimText(std::string_view(*line).substr(equals + 1)), answers);
    if (status.ok()) return Verdict::kChanged;
    clients::PrintErrorTo(out_, status);
  }
}

}  // namespace samkoer::agent
