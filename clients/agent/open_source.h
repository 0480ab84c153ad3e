// The source that a configuration describes.
#ifndef SAMKOER_CLIENTS_AGENT_OPEN_SOURCE_H_
#define SAMKOER_CLIENTS_AGENT_OPEN_SOURCE_H_

#include <memory>
#include <string>

#include "clients/agent/config.h"
#include "clients/agent/row_source.h"

namespace samkoer::agent {

// What summaries and errors call the source: `path`, or "odbc" if it is empty.
std::string SourceName(const std::string& path);

// The rows of `path`, or of the configured database if it is empty, joined with
// the configured files. `config` must outlive the source.
std::unique_ptr<RowSource> OpenSource(const Config& config,
                                      const std::string& path);

// The rows of the life events. `config` must outlive the source.
std::unique_ptr<RowSource> OpenEvents(const Config& config);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_OPEN_SOURCE_H_
