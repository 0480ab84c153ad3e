// Shows people what would leave the department: every field of a record, the
// pseudonym as its length only. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_PREVIEW_H_
#define SAMKOER_CLIENTS_AGENT_PREVIEW_H_

#include <span>
#include <string>

#include "clients/agent/clean_case.h"

namespace samkoer::agent {

// Records shown at most, spread evenly over all.
inline constexpr std::size_t kPreviewRecords = 3;

// For people: a few records, one field a line, fields that are empty included.
std::string FormatPreview(std::span<const CleanCase> cases);
// For machines: a JSON array of the same.
std::string PreviewJson(std::span<const CleanCase> cases);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PREVIEW_H_
