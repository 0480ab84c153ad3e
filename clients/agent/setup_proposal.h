// What `setup` proposes: a configuration made of the operator's answers and of
// what a sample of the export shows, with the reason of each choice, and the
// questions that neither settles. Pure.
//
// Of the sample only names of columns, classes, counts, status words and starts
// of KLE codes are in any text here, and the words only where they look like
// words and stand in few forms.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_PROPOSAL_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_PROPOSAL_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/agent/dates.h"
#include "clients/agent/sample_table.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// What the operator has said.
struct SetupAnswers {
  // Fields that are set are answers; the others are open.
  v1::AgentConfig config;
  // Keys of which the operator said that there is none ("columns.closed",
  // "status.Andet", "domain.00.01").
  std::set<std::string> none;
};

// Takes an answer in. Keys: the path of a field of text or number
// ("matcher.address", "columns.cpr"); "age_from" and "age_below"; "status.WORD"
// (value open or closed); "open_words" and "closed_words" (one word each time);
// "domain.PREFIX" (value a domain, PREFIX may be
// empty); "null_words". The value "-" says that there is none.
// INVALID_ARGUMENT says what is wrong with it.
absl::Status SetAnswer(std::string_view key, std::string_view value,
                       SetupAnswers& answers);

// A field that was settled, for people.
struct SetupFinding {
  std::string what;   // "columns.cpr"
  std::string value;  // "'Cprnr.'"
  std::string why;    // "98 % of its cells are CPR numbers"
};

// A question that somebody has to answer.
struct SetupQuestion {
  std::string key;  // of SetAnswer
  std::string text;
  // The values that fit, if they are few.
  std::vector<std::string> choices;
  // What the sample makes likely; never taken without being confirmed.
  std::string suggestion;
  // How to answer without a terminal: "--column cpr=NAME".
  std::string flag;
};

struct SetupProposal {
  // Complete if there are no questions.
  v1::AgentConfig config;
  std::vector<SetupFinding> findings;
  // In the order in which to ask them.
  std::vector<SetupQuestion> questions;
  // What the operator should know all the same.
  std::vector<std::string> notes;
};

// `day` is that for which ages are judged. The answers' `source_file` or `odbc`
// and `dialect.delimiter` and `.encoding` are those that the sample was read
// with.
SetupProposal Propose(const SetupAnswers& answers, const SampleTable& sample,
                      const CivilDate& day);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_PROPOSAL_H_
