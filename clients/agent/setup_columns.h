// The part of setup_proposal.h that finds the columns, their dates' pattern and
// their null words. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_COLUMNS_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_COLUMNS_H_

#include <vector>

#include "clients/agent/sample_facts.h"
#include "clients/agent/setup_proposal.h"

namespace samkoer::agent {

// Where the columns stand in the sample; -1: in none.
struct FoundColumns {
  int cpr = -1, case_ref = -1, unit = -1, kind = -1, opened = -1, closed = -1,
      status = -1;
};

// Settles columns, unit and date_format of `proposal.config`, or asks.
FoundColumns ProposeColumns(const SetupAnswers& answers,
                            const SampleTable& sample,
                            const std::vector<ColumnFacts>& facts,
                            SetupProposal& proposal);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_COLUMNS_H_
