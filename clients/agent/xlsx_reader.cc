#include "clients/agent/xlsx_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "clients/agent/words.h"
#include "clients/agent/xlsx_sheet.h"
#include "clients/agent/xlsx_strings.h"
#include "clients/agent/xlsx_styles.h"
#include "clients/agent/xml_reader.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

constexpr std::uint64_t kMaxSmallPart = 16 << 20;
constexpr std::uint64_t kMaxStringsPart = std::uint64_t{1} << 30;
constexpr std::uint64_t kMaxSheetPart = std::uint64_t{2} << 30;
constexpr std::size_t kMaxSheets = 1000;

// Hands one part to a handler.
absl::Status ReadXml(const ZipPackage& package, const std::string& name,
                     std::uint64_t most, XmlHandler& handler,
                     const ReadProgress& progress = {}) {
  XmlReader reader(handler);
  std::uint64_t done = 0;
  const std::uint64_t total = package.PartBytes(name);
  const absl::Status status =
      package.ReadPart(name, most, [&](std::string_view piece) {
        absl::Status fed = reader.Feed(piece);
        done += piece.size();
        if (fed.ok() && progress) progress(done, std::max(done, total));
        return fed;
      });
  return status.ok() ? reader.Finish() : status;
}

// The targets of a part's relations, by id and by the end of their type.
class Relations final : public XmlHandler {
 public:
  absl::Status Start(std::string_view name,
                     const XmlAttributes& attributes) override {
    if (name == "Relationship" && attributes["TargetMode"] != "External" &&
        all_.size() < kMaxSheets * 2) {
      const std::string_view type = attributes["Type"];
      all_.push_back({std::string(attributes["Id"]),
                      std::string(type.substr(type.rfind('/') + 1)),
                      std::string(attributes["Target"])});
    }
    return absl::OkStatus();
  }
  absl::Status End(std::string_view) override { return absl::OkStatus(); }
  absl::Status Text(std::string_view) override { return absl::OkStatus(); }

  struct Relation {
    std::string id, type, target;
  };
  const Relation* ById(std::string_view id) const {
    return Find([&](const Relation& one) { return one.id == id; });
  }
  const Relation* ByType(std::string_view type) const {
    return Find([&](const Relation& one) { return one.type == type; });
  }

 private:
  template <typename Fits>
  const Relation* Find(const Fits& fits) const {
    const auto hit = std::find_if(all_.begin(), all_.end(), fits);
    return hit == all_.end() ? nullptr : &*hit;
  }
  std::vector<Relation> all_;
};

class Workbook final : public XmlHandler {
 public:
  absl::Status Start(std::string_view name,
                     const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const std::string_view flag = attributes["date1904"];
      system_1904 = flag == "1" || flag == "true";
    } else if (name == "sheet" && sheets.size() < kMaxSheets) {
      sheets.push_back(
          {std::string(attributes["name"]), std::string(attributes["id"])});
    }
    return absl::OkStatus();
  }
  absl::Status End(std::string_view) override { return absl::OkStatus(); }
  absl::Status Text(std::string_view) override { return absl::OkStatus(); }

  bool system_1904 = false;
  struct Sheet {
    std::string name, id;
  };
  std::vector<Sheet> sheets;
};

std::string FolderOf(const std::string& part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string::npos ? "" : part.substr(0, slash + 1);
}

// Where a relation of `part` points to, as a name in the package.
std::string Resolve(const std::string& part, std::string target) {
  if (target.starts_with('/')) return target.substr(1);
  std::string folder = FolderOf(part);
  while (target.starts_with("../") && !folder.empty()) {
    folder = FolderOf(folder.substr(0, folder.size() - 1));
    target.erase(0, 3);
  }
  return folder + target;
}

absl::Status ReadRelations(const ZipPackage& package, const std::string& part,
                           Relations& relations) {
  const std::string folder = FolderOf(part);
  const std::string name =
      clients::Cat(folder, "_rels/", part.substr(folder.size()), ".rels");
  return ReadXml(package, name, kMaxSmallPart, relations);
}

absl::Status NoWorkbook() {
  return clients::WithHint(
      absl::InvalidArgumentError("the file is a package, but no workbook"),
      "save it as an Excel workbook (.xlsx)");
}

// The workbook's list of sheets; `part` becomes its name in the package.
absl::Status OpenWorkbook(const ZipPackage& package, std::string& part,
                          Workbook& workbook, Relations& relations) {
  Relations top;
  absl::Status status = ReadXml(package, "_rels/.rels", kMaxSmallPart, top);
  if (absl::IsNotFound(status)) return NoWorkbook();
  if (!status.ok()) return status;
  const auto* document = top.ByType("officeDocument");
  if (document == nullptr) return NoWorkbook();
  part = Resolve("", document->target);
  status = ReadXml(package, part, kMaxSmallPart, workbook);
  if (status.ok()) status = ReadRelations(package, part, relations);
  return absl::IsNotFound(status) ? NoWorkbook() : status;
}

// The part with the sheet that is meant.
absl::StatusOr<std::string> FindSheet(const Workbook& workbook,
                                      const Relations& relations,
                                      const std::string& part,
                                      std::string_view wanted) {
  std::string names;
  const std::string folded = FoldText(wanted);
  for (const Workbook::Sheet& sheet : workbook.sheets) {
    const auto* relation = relations.ById(sheet.id);
    // Charts have pages of their own.
    if (relation == nullptr || relation->type != "worksheet") continue;
    if (wanted.empty() || FoldText(sheet.name) == folded) {
      return Resolve(part, relation->target);
    }
    names += clients::Cat(names.empty() ? "'" : ", '", sheet.name, "'");
  }
  if (wanted.empty()) {
    return absl::InvalidArgumentError("the workbook has no sheet");
  }
  return clients::WithHint(absl::InvalidArgumentError(clients::Cat(
                               "the workbook has no sheet '", wanted, "'")),
                           clients::Cat("it has ", names));
}

}  // namespace

bool LooksLikeXlsx(std::string_view first_bytes) {
  return first_bytes.starts_with("PK\x03\x04");
}

bool LooksLikeOldExcel(std::string_view first_bytes) {
  return first_bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

absl::Status ReadXlsx(const ZipPackage& package, std::string_view sheet,
                      const DatePattern& pattern, const RowSink& sink,
                      const ReadProgress& progress) {
  std::string part;
  Workbook workbook;
  Relations relations;
  absl::Status status = OpenWorkbook(package, part, workbook, relations);
  if (!status.ok()) return status;
  auto sheet_part = FindSheet(workbook, relations, part, sheet);
  if (!sheet_part.ok()) return sheet_part.status();

  XlsxStyles styles;
  if (const auto* one = relations.ByType("styles")) {
    status =
        ReadXml(package, Resolve(part, one->target), kMaxSmallPart, styles);
    if (!status.ok()) return status;
  }
  XlsxStrings strings;
  if (const auto* one = relations.ByType("sharedStrings")) {
    status =
        ReadXml(package, Resolve(part, one->target), kMaxStringsPart, strings);
    if (!status.ok()) return status;
  }
  XlsxSheet rows(strings, styles, workbook.system_1904, pattern, sink);
  status = ReadXml(package, *sheet_part, kMaxSheetPart, rows, progress);
  if (absl::IsNotFound(status)) {
    return absl::InvalidArgumentError("the workbook lacks its sheet");
  }
  return status;
}

absl::StatusOr<std::vector<std::string>> XlsxSheetNames(
    const ZipPackage& package) {
  std::string part;
  Workbook workbook;
  Relations relations;
  absl::Status status = OpenWorkbook(package, part, workbook, relations);
  if (!status.ok()) return status;
  std::vector<std::string> names;
  for (const Workbook::Sheet& sheet : workbook.sheets) {
    const auto* relation = relations.ById(sheet.id);
    if (relation != nullptr && relation->type == "worksheet") {
      names.push_back(sheet.name);
    }
  }
  return names;
}

}  // namespace samkoer::agent
