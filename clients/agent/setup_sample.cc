#include "clients/agent/setup_sample.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "clients/agent/file_source.h"
#include "clients/agent/joined_source.h"
#include "clients/agent/odbc_source.h"
#include "clients/agent/sample_dialect.h"
#include "clients/agent/sample_facts.h"
#include "clients/agent/setup_join.h"
#include "clients/agent/xlsx_reader.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/secret.h"

namespace samkoer::agent {
namespace {

using clients::Cat;

// The encoding is judged by so much of a file; the rest shows when it is read.
constexpr std::size_t kHeadBytes = std::size_t{8} << 20;
// Of a joined file: the keys of the whole of it.
constexpr std::size_t kJoinedRows = 200'000;

struct Fd {
  int fd;
  ~Fd() {
    if (fd >= 0) ::close(fd);
  }
};

// The beginning of a regular file. A source that cannot be read twice (a pipe)
// cannot be looked at and then read.
absl::Status ReadHead(const std::string& path, crypto::SecretBuffer& head,
                      std::size_t& size) {
  // A pipe must not be waited for.
  const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) {
    if (errno == ENOENT) {
      return absl::NotFoundError(Cat(path, " does not exist"));
    }
    return absl::PermissionDeniedError(Cat(path, " cannot be read"));
  }
  if (!S_ISREG(info.st_mode)) {
    return InSource(path, absl::InvalidArgumentError("is no ordinary file"));
  }
  const auto room = head.ExposeMutable();
  while (size < room.size()) {
    const ssize_t got = ::read(file.fd, room.data() + size, room.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return absl::PermissionDeniedError(Cat(path, " cannot be read"));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return absl::OkStatus();
}

class Opener {
 public:
  Opener(const CivilDate& day, SetupAnswers& answers,
         std::vector<SetupFinding>& findings)
      : day_(day), config_(answers.config), findings_(findings) {}

  absl::StatusOr<SampleTable> Open(const std::string& path) {
    if (!path.empty()) {
      if (absl::Status status = LookAt(path); !status.ok()) return status;
    }
    auto source = Read(path);
    if (!source.ok() || config_.joined().empty()) return source;
    return Join(path, *source);
  }

 private:
  absl::Status LookAt(const std::string& path) {
    crypto::SecretBuffer head(kHeadBytes);
    std::size_t size = 0;
    if (absl::Status status = ReadHead(path, head, size); !status.ok()) {
      return status;
    }
    const std::string_view bytes = crypto::AsText(head.Expose().first(size));
    if (LooksLikeXlsx(bytes)) return ChooseSheet(path);
    // Its error says what to do.
    if (LooksLikeOldExcel(bytes)) return absl::OkStatus();
    v1::CsvDialect& dialect = *config_.mutable_dialect();
    if (dialect.encoding().empty()) {
      const FoundEncoding found = FindEncoding(bytes);
      dialect.set_encoding(found.name);
      findings_.push_back({"dialect.encoding", found.name, found.why});
    }
    if (dialect.delimiter().empty()) {
      const FoundDelimiter found = FindDelimiter(bytes, dialect.encoding());
      dialect.set_delimiter(found.delimiter);
      findings_.push_back(
          {"dialect.delimiter",
           found.delimiter == "\t" ? "tab" : Cat("'", found.delimiter, "'"),
           found.why});
    }
    return absl::OkStatus();
  }

  // The first sheet with a column of CPR numbers; else the first.
  absl::Status ChooseSheet(const std::string& path) {
    v1::XlsxSource& xlsx = *config_.mutable_xlsx();
    if (!xlsx.sheet().empty()) return absl::OkStatus();
    const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    const auto package = ZipPackage::OpenFd(file.fd);
    if (!package.ok()) return InSource(path, package.status());
    const auto names = XlsxSheetNames(**package);
    if (!names.ok()) return InSource(path, names.status());
    for (const std::string& name : *names) {
      xlsx.set_sheet(name);
      const auto table = Read(path);
      if (!table.ok()) continue;
      const auto facts = LookAtColumns(*table, day_);
      if (std::any_of(facts.begin(), facts.end(), [](const ColumnFacts& one) {
            return one.Mostly(one.cpr, 50);
          })) {
        findings_.push_back({"xlsx.sheet", Cat("'", name, "'"),
                             "the first sheet with CPR numbers"});
        return absl::OkStatus();
      }
    }
    xlsx.set_sheet(names->empty() ? "" : names->front());
    findings_.push_back({"xlsx.sheet", Cat("'", xlsx.sheet(), "'"),
                         "the first; none has CPR numbers"});
    return absl::OkStatus();
  }

  std::unique_ptr<RowSource> Source(const std::string& path,
                                    const std::string& sheet) const {
    return path.empty()
               ? MakeOdbcSource(config_.odbc(), config_.odbc().query(),
                                pattern_)
               : MakeFileSource(path, sheet, config_.dialect(), pattern_);
  }

  absl::StatusOr<SampleTable> Read(const std::string& path) const {
    const auto source = Source(path, config_.xlsx().sheet());
    auto table = SampleTable::Read(*source);
    if (!table.ok()) return Named(path, table.status());
    return table;
  }

  // The sources name themselves in their errors; the table does not.
  static absl::Status Named(const std::string& path,
                            const absl::Status& status) {
    const bool named =
        clients::View(status.message()).find(path) != std::string_view::npos;
    return path.empty() || named ? status : InSource(path, status);
  }

  absl::StatusOr<SampleTable> Join(const std::string& path,
                                   const SampleTable& source) {
    std::vector<JoinSpec> joins;
    std::vector<std::string> wanted;
    for (int i = 0; i < config_.joined_size(); ++i) {
      v1::JoinedFile& file = *config_.mutable_joined(i);
      const auto rows = Source(file.file(), file.sheet());
      const auto table = SampleTable::Read(*rows, kJoinedRows);
      if (!table.ok()) return Named(file.file(), table.status());
      if (file.key().empty()) {
        const auto found = FindJoin(source, *table);
        if (!found) {
          return clients::WithHint(
              absl::InvalidArgumentError(
                  Cat(file.file(),
                      ": no column, or more than one, has the "
                      "values of a column of the sample")),
              "say which, by the names of the columns: --join FILE:KEY or "
              "--join FILE:KEY:FILE_KEY");
        }
        file.set_key(found->key);
        file.set_file_key(found->file_key);
        findings_.push_back(
            {"joined",
             Cat(file.file(), " by '", found->key, "' = '", found->file_key,
                 "'"),
             Cat(found->found, " of ", found->filled, " keys are there")});
      }
      JoinSpec& join = joins.emplace_back();
      join.source = Source(file.file(), file.sheet());
      join.place = Cat("joined[", i, "]");
      join.key = file.key();
      join.file_key = file.file_key().empty() ? file.key() : file.file_key();
      join.optional = file.optional();
      for (const std::string& name : table->header()) {
        if (!name.empty() && source.Find(name) < 0) wanted.push_back(name);
      }
    }
    const auto joined = MakeJoinedSource(Source(path, config_.xlsx().sheet()),
                                         std::move(joins), std::move(wanted));
    return SampleTable::Read(*joined);
  }

  const CivilDate day_;
  v1::AgentConfig& config_;
  std::vector<SetupFinding>& findings_;
  // Days of typed cells come in this one.
  const DatePattern pattern_ = *DatePattern::Parse("%Y-%m-%d");
};

}  // namespace

absl::StatusOr<SampleTable> OpenSample(const std::string& path,
                                       const CivilDate& day,
                                       SetupAnswers& answers,
                                       std::vector<SetupFinding>& findings) {
  return Opener(day, answers, findings).Open(path);
}

}  // namespace samkoer::agent
