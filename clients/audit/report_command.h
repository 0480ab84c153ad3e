// `samkoer-audit person report`: the report that a citizen gets who asks for
// access (GDPR art. 15), as a file.
#ifndef SAMKOER_CLIENTS_AUDIT_REPORT_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_REPORT_COMMAND_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/audit/person_command.h"

namespace samkoer::clients {

enum class ReportFormat { kHtml, kJson };

// The file that a report goes to. `out` names it, or a directory that gets an
// "STEM-20261122-111800.html" (or ".json"), named by `now`, never by whom it
// is about; empty means the working directory. A directory that is missing is
// made, mode 0700: so is understood what has no extension. To be called before
// the officer is asked for a number: nobody is looked up for a report that has
// no place.
//
// INVALID_ARGUMENT for a file whose extension is another format's ("x.pdf"),
// ALREADY_EXISTS if the file is there, NOT_FOUND if its directory is not;
// errors of MakePrivateDirectory.
absl::StatusOr<std::string> ReportFile(const std::string& out,
                                       ReportFormat format, absl::Time now,
                                       const TextStyle& style,
                                       std::string_view stem = "indsigt");

// Looks each number up, the present one first and then the former if there is
// one, each with a leaf of its own, and writes one report about both to `file`
// (mode 0600; never in place of another). Prints where it is.
//
// Errors of FetchPerson and WriteNewPrivateFile.
absl::Status WriteReport(v1::Audit::StubInterface& matcher,
                         std::shared_ptr<grpc::ChannelInterface> key_service,
                         std::span<const Cpr> numbers,
                         const PersonOptions& options, ReportFormat format,
                         const std::string& file, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_REPORT_COMMAND_H_
