#include "clients/audit/report_command.h"

#include <filesystem>
#include <ostream>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "clients/audit/person_report.h"
#include "clients/audit/report_html.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"

namespace samkoer::clients {
namespace {

namespace fs = std::filesystem;

absl::Status Exists(const std::string& file, Language l) {
  return WithHint(absl::AlreadyExistsError(
                      Cat(file, Say(l, " findes allerede", " exists already"))),
                  Say(l, "vælg et andet navn med --out, eller flyt filen",
                      "choose another name with --out, or move the file"));
}

// Whoever opens the file goes by its extension.
absl::Status CheckExtension(const fs::path& file, ReportFormat format,
                            Language l) {
  std::string extension = absl::AsciiStrToLower(file.extension().string());
  const bool html = format == ReportFormat::kHtml;
  if (html ? extension == ".html" || extension == ".htm"
           : extension == ".json") {
    return absl::OkStatus();
  }
  std::string hint = html ? Say(l, "giv filen et navn på .html; ",
                                "give the file a name in .html; ")
                          : Say(l, "giv filen et navn på .json; ",
                                "give the file a name in .json; ");
  if (html && extension == ".pdf") {
    hint += Say(l, "åbn den i en browser, og udskriv den som PDF",
                "open it in a browser, and print it as PDF");
  } else if (html && extension == ".json") {
    hint += Say(l, "--format json skriver JSON", "--format json writes JSON");
  } else if (!html && (extension == ".html" || extension == ".htm")) {
    hint += Say(l, "uden --format json skrives HTML",
                "without --format json HTML is written");
  } else {
    hint += Say(l, "en mappe med punktum i navnet skal findes i forvejen",
                "a folder with a full stop in its name must be there already");
  }
  return WithHint(absl::InvalidArgumentError(
                      Cat(file.string(),
                          html ? Say(l, ": der skrives HTML, og navnet ",
                                     ": HTML is written, and the name ")
                               : Say(l, ": der skrives JSON, og navnet ",
                                     ": JSON is written, and the name "),
                          Say(l, "siger noget andet", "says something else"))),
                  hint);
}

absl::Status PrintPlace(const std::string& file, ReportFormat format,
                        const AuditOutput& output) {
  const Language l = output.style.language;
  if (format == ReportFormat::kHtml) {
    output.out << TerminalSafe(
                      Cat(Say(l, "Indsigten er skrevet til ",
                              "The report was written to "),
                          file,
                          Say(l, ". Åbn den i en browser; udskriv giver PDF.",
                              ". Open it in a browser; printing makes a "
                              "PDF.")))
               << "\n";
  } else {
    output.out << TerminalSafe(Cat(Say(l, "Indsigten er skrevet til ",
                                       "The report was written to "),
                                   file, "."))
               << "\n";
  }
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError(
      Say(l, "kan ikke skrive resultatet", "cannot write the output"));
}

// The months of birth of what is held.
std::set<std::uint32_t> Births(const v1::LookUpPersonResponse& person) {
  std::set<std::uint32_t> births;
  for (const v1::HeldRecord& record : person.records()) {
    births.insert(record.birth_month());
  }
  return births;
}

// Two numbers of one citizen are of one month of birth.
void WarnIfTwoPersons(const PersonReport& report, const AuditOutput& output) {
  std::set<std::uint32_t> all;
  for (const auto& person : report.persons) all.merge(Births(person));
  if (all.size() < 2) return;
  const Language l = output.style.language;
  std::string months;
  for (const std::uint32_t month : all) {
    months += Cat(months.empty() ? "" : ", ", MonthText(month));
  }
  output.notices << Cat(
      Say(l, "PAS PÅ: svaret nævner flere fødselsmåneder (",
          "TAKE CARE: the answer names several months of birth ("),
      months,
      Say(l,
          "). Er det én borger? Ellers er det en andens oplysninger, og "
          "svaret må ikke gives videre.\n",
          "). Is this one citizen? Otherwise it holds somebody else's data and "
          "must not be given away.\n"));
}

}  // namespace

absl::StatusOr<std::string> ReportFile(const std::string& out,
                                       ReportFormat format, absl::Time now,
                                       const TextStyle& style,
                                       std::string_view stem) {
  const Language l = style.language;
  fs::path file = out.empty() ? "." : out;
  std::error_code error;
  // Without an extension a folder is meant; a file of that name would not open
  // in a browser.
  if (!file.has_extension() && !fs::exists(fs::symlink_status(file, error))) {
    if (absl::Status s = MakePrivateDirectory(file.string()); !s.ok()) return s;
  }
  if (fs::is_directory(file, error)) {
    file /= Cat(stem, "-", absl::FormatTime("%Y%m%d-%H%M%S", now, style.zone),
                format == ReportFormat::kHtml ? ".html" : ".json");
  }
  if (file.has_extension()) {
    if (absl::Status s = CheckExtension(file, format, l); !s.ok()) return s;
  }
  if (fs::exists(fs::symlink_status(file, error))) {
    return Exists(file.string(), l);
  }
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (!file.has_filename() || !fs::is_directory(folder, error)) {
    return WithHint(
        absl::NotFoundError(
            Cat(Say(l, "mappen findes ikke: ", "there is no such folder: "),
                folder.string())),
        Say(l, "lav den først, eller giv en anden med --out",
            "make it first, or give another with --out"));
  }
  return file.string();
}

absl::Status WriteReport(v1::Audit::StubInterface& matcher,
                         std::shared_ptr<grpc::ChannelInterface> key_service,
                         std::span<const Cpr> numbers,
                         const PersonOptions& options, ReportFormat format,
                         const std::string& file, const AuditOutput& output) {
  const Language l = output.style.language;
  PersonReport report;
  report.reason = options.reason;
  report.purpose = options.purpose;
  report.officer = options.officer;
  PersonOptions one = options;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    one.numbers = numbers.size() - i;
    auto person = FetchPerson(matcher, key_service, numbers[i], one, l);
    if (!person.ok()) return person.status();
    PrepareForCitizen(*person);
    report.persons.push_back(*std::move(person));
  }
  report.made = absl::Now();
  WarnIfTwoPersons(report, output);
  std::string content;
  if (format == ReportFormat::kHtml) {
    content = ReportPage(report, output.style);
  } else {
    auto json = ReportJson(report);
    if (!json.ok()) return json.status();
    content = *std::move(json);
  }
  const absl::Status written = WriteNewPrivateFile(file, content);
  if (absl::IsAlreadyExists(written)) return Exists(file, l);
  if (!written.ok()) return written;
  return PrintPlace(file, format, output);
}

}  // namespace samkoer::clients
