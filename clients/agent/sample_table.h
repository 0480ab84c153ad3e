// The first rows of an export, kept while `setup` looks at them. Wiped after.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_SAMPLE_TABLE_H_
#define SAMKOER_CLIENTS_AGENT_SAMPLE_TABLE_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/row_source.h"

namespace samkoer::agent {

// How much of a sample is looked at.
inline constexpr std::size_t kSampleRows = 5000;
inline constexpr std::size_t kSampleBytes = std::size_t{64} << 20;

class SampleTable {
 public:
  SampleTable() = default;
  SampleTable(SampleTable&&) = default;
  SampleTable& operator=(SampleTable&&) = default;
  ~SampleTable();

  // Reads until the source ends or enough was seen. The source's own error, or
  // INVALID_ARGUMENT if there is no header: nothing at all, or a first line
  // that looks like a row of data (which is then not shown).
  static absl::StatusOr<SampleTable> Read(RowSource& source,
                                          std::size_t most_rows = kSampleRows);

  // The header's texts, trimmed.
  const std::vector<std::string>& header() const { return header_; }
  std::size_t rows() const { return rows_.size(); }
  // False if more rows were there than were looked at.
  bool whole() const { return whole_; }
  // Trimmed; empty where the row is cut short or the cell has no value to
  // trust.
  std::string_view Cell(std::size_t row, std::size_t column) const;
  // The place of a column, first exactly, then without regard to case; -1 if
  // there is none, or if it stands twice.
  int Find(std::string_view name) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
  bool whole_ = true;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SAMPLE_TABLE_H_
