// A sample of an export as bytes: setup's proposal never crashes, and nothing
// that it says holds a CPR number; what it writes is read back as it was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "clients/agent/config_text.h"
#include "clients/agent/file_source.h"
#include "clients/agent/sample_dialect.h"
#include "clients/agent/setup_proposal.h"
#include "clients/agent/setup_text.h"
#include "clients/common/cpr.h"
#include "proto/yaml/yaml_message.h"

namespace {

using namespace samkoer::agent;
namespace v1 = samkoer::v1;

class Bytes final : public RowSource {
 public:
  Bytes(std::string_view bytes, const v1::CsvDialect& dialect)
      : bytes_(bytes), dialect_(dialect) {}
  absl::Status Read(const RowSink& sink, const ReadProgress&) override {
    return ReadTextRows(bytes_, "sample", dialect_, sink);
  }

 private:
  const std::string_view bytes_;
  const v1::CsvDialect& dialect_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  SetupAnswers answers;
  v1::CsvDialect& dialect = *answers.config.mutable_dialect();
  dialect.set_encoding(FindEncoding(bytes).name);
  dialect.set_delimiter(FindDelimiter(bytes, dialect.encoding()).delimiter);
  // ReadTextRows decodes, and the source must outlive the reading only.
  const v1::CsvDialect read = dialect;
  Bytes source(bytes, read);
  const auto table = SampleTable::Read(source);
  if (!table.ok()) return 0;
  const SetupProposal proposal = Propose(answers, *table, {2026, 11, 2});
  const std::string said = FormatFindings(proposal.findings, proposal.notes) +
                           FormatQuestions(proposal.questions);
  const std::string text =
      FormatConfig(proposal.config, CommentsOf(proposal.findings));
  if (samkoer::clients::ContainsCpr(said) ||
      samkoer::clients::ContainsCpr(text)) {
    std::abort();
  }
  v1::AgentConfig again;
  if (!samkoer::proto::ParseYaml(text, "agent.yaml", again).ok() ||
      again.SerializeAsString() != proposal.config.SerializeAsString()) {
    std::abort();
  }
  return 0;
}
