#include "clients/agent/open_source.h"

#include <utility>
#include <vector>

#include "clients/agent/file_source.h"
#include "clients/agent/joined_source.h"
#include "clients/agent/odbc_source.h"
#include "clients/common/cat.h"

namespace samkoer::agent {

std::string SourceName(const std::string& path) {
  return path.empty() ? "odbc" : path;
}

std::unique_ptr<RowSource> OpenSource(const Config& config,
                                      const std::string& path) {
  const v1::AgentConfig& proto = config.proto;
  auto main = path.empty()
                  ? MakeOdbcSource(proto.odbc(), proto.odbc().query(),
                                   config.date_pattern)
                  : MakeFileSource(path, proto.xlsx().sheet(), proto.dialect(),
                                   config.date_pattern);
  std::vector<JoinSpec> joins;
  for (int i = 0; i < proto.joined_size(); ++i) {
    const v1::JoinedFile& file = proto.joined(i);
    JoinSpec& join = joins.emplace_back();
    join.source = MakeFileSource(file.file(), file.sheet(), proto.dialect(),
                                 config.date_pattern);
    join.place = clients::Cat("joined[", i, "]");
    join.key = file.key();
    join.file_key = file.file_key();
    join.optional = file.optional();
  }
  const v1::ColumnMap& columns = proto.columns();
  std::vector<std::string> wanted;
  for (const std::string* name :
       {&columns.cpr(), &columns.case_ref(), &columns.unit(), &columns.kle(),
        &columns.opened(), &columns.closed(), &columns.status(),
        &columns.contact(), &columns.criteria(), &columns.protected_identity(),
        &columns.coordinator_exists(), &columns.consent()}) {
    if (!name->empty()) wanted.push_back(*name);
  }
  return MakeJoinedSource(std::move(main), std::move(joins), std::move(wanted));
}

std::unique_ptr<RowSource> OpenEvents(const Config& config) {
  const v1::LifeEvents& events = config.proto.events();
  if (!events.query().empty()) {
    return MakeOdbcSource(config.proto.odbc(), events.query(),
                          config.date_pattern);
  }
  return MakeFileSource(events.file(), events.sheet(), config.proto.dialect(),
                        config.date_pattern);
}

}  // namespace samkoer::agent
