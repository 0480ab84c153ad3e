#include "clients/audit/statistics_command.h"

#include <grpcpp/client_context.h>

#include <ostream>

#include "clients/alerts/statistics_text.h"
#include "clients/common/channel.h"

namespace samkoer::clients {

absl::Status PrintStatistics(v1::Reports::StubInterface& server,
                             const AuditOutput& output) {
  const Language l = output.style.language;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetStatisticsResponse response;
  const grpc::Status status = server.GetStatistics(&context, {}, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(response, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << StatisticsPage(response, output.style);
  }
  return Written(output.out, output.style.language);
}

}  // namespace samkoer::clients
