// A proposal of `setup` in words. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_TEXT_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_TEXT_H_

#include <span>
#include <string>

#include "clients/agent/config_text.h"
#include "clients/agent/setup_proposal.h"

namespace samkoer::agent {

// What was settled and why, a line each; then the notes. Terminal-safe.
std::string FormatFindings(std::span<const SetupFinding> findings,
                           std::span<const std::string> notes);
// The same as two members of a JSON object: "findings", "notes".
std::string FindingsJson(std::span<const SetupFinding> findings,
                         std::span<const std::string> notes);

// The questions that are left, each with its flag and what can be chosen.
std::string FormatQuestions(std::span<const SetupQuestion> questions);

// The comments of the file that is written: where each part came from.
ConfigComments CommentsOf(std::span<const SetupFinding> findings);

// What is to be typed after the file at `path` was written. Where `state_dir`
// is one of the packages' units, the file goes to them first: nobody but their
// user can work there.
std::string NextSteps(const std::string& path, const std::string& state_dir);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_TEXT_H_
