#include "clients/audit/record_command.h"

#include <grpcpp/client_context.h>

#include <filesystem>
#include <ostream>

#include "absl/time/clock.h"
#include "clients/audit/leaf_text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/private_file.h"

namespace samkoer::clients {

absl::Status WriteRecord(v1::Reports::StubInterface& reports, LogServer& server,
                         const crypto::NoteVerifier& verifier,
                         const CheckpointStore& store, RecordKind kind,
                         ReportFormat format, const std::string& out,
                         const ControllerFacts& controller,
                         const QuotaFacts& quota, const AuditOutput& output) {
  const Language l = output.style.language;
  ProcessingRecord record;
  record.controller = controller;
  record.quota = quota;
  record.made = absl::Now();
  auto file = ReportFile(
      out, format, record.made, output.style,
      kind == RecordKind::kArticle30 ? "artikel30" : "konsekvensanalyse");
  if (!file.ok()) return file.status();
  grpc::ClientContext context;
  SetDeadline(context);
  const grpc::Status asked =
      reports.DescribeProcessing(&context, {}, &record.described);
  if (!asked.ok()) return FromServer(asked, Peer::kMatcher, l);
  std::string note;
  absl::Status status = ReadWholeLog(
      server, verifier, store, output,
      [&](std::uint64_t index, std::string_view bytes) {
        if (const auto leaf = ParseLeaf(bytes)) record.log.Take(index, *leaf);
        return absl::OkStatus();
      },
      note);
  if (!status.ok()) return status;
  std::string content;
  if (format == ReportFormat::kJson) {
    auto json = RecordJson(record, kind);
    if (!json.ok()) return json.status();
    content = *std::move(json);
  } else {
    content = kind == RecordKind::kArticle30
                  ? Article30Page(record, output.style)
                  : DpiaPage(record, output.style);
  }
  status = WriteNewPrivateFile(*file, content);
  if (!status.ok()) return status;
  output.out << TerminalSafe(Cat(Say(l, "Skrevet til ", "Written to "), *file))
             << "\n";
  return Written(output.out, output.style.language);
}

}  // namespace samkoer::clients
