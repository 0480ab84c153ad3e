// Puts questions to a person, and takes answers of lines of text in.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_DIALOG_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_DIALOG_H_

#include <iosfwd>
#include <optional>
#include <string>

#include "clients/agent/setup_proposal.h"

namespace samkoer::agent {

// Thread safety: for one thread at a time.
class SetupDialog {
 public:
  // Both must outlive the dialog.
  SetupDialog(std::istream& in, std::ostream& out) : in_(in), out_(out) {}

  // A line, trimmed; nothing at the end of the input.
  std::optional<std::string> Line(const std::string& prompt);

  // Asks until there is an answer that can be taken in. A number picks one of
  // the choices, an empty line the suggestion. False at the end of the input.
  bool Ask(const SetupQuestion& question, SetupAnswers& answers);

  // What the person says of the proposal.
  enum class Verdict { kWrite, kStop, kChanged };
  // "y" and "n"; "KEY=VALUE" changes one (SetAnswer). The end of the input
  // stops.
  Verdict Confirm(const std::string& prompt, SetupAnswers& answers);

 private:
  std::istream& in_;
  std::ostream& out_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_DIALOG_H_
