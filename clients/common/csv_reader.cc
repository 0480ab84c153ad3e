#include "clients/common/csv_reader.h"

#include <csv.h>
#include <sodium.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// Stands for a delimiter of several bytes while libcsv reads: a control
// character that no export has.
constexpr char kStandIn = '\x1f';

bool IsOneCharacter(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t used = 0;
  UChar32 c = -1;
  if (size > 0 && size <= 4) U8_NEXT(bytes, used, size, c);
  return c >= 0 && used == size;
}

}  // namespace

class CsvReader::Parser {
 public:
  Parser() { csv_init(&csv_, 0); }
  // What was read last may be a CPR number: wiped.
  ~Parser() {
    for (std::string& field : fields_) {
      sodium_memzero(field.data(), field.capacity());
    }
    if (csv_.entry_buf != nullptr) {
      sodium_memzero(csv_.entry_buf, csv_.entry_size);
    }
    csv_free(&csv_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void Init(std::string_view delimiter, RowSink sink) {
    sink_ = std::move(sink);
    char one = delimiter.front();
    if (delimiter.size() > 1) {
      wide_delimiter_ = delimiter;
      one = kStandIn;
    }
    csv_set_delim(&csv_, static_cast<unsigned char>(one));
  }

  absl::Status Feed(std::string_view text) {
    if (wide_delimiter_.empty()) return FeedNarrow(text);
    // A delimiter may be cut in two between pieces: keep an unfinished end.
    carry_.append(text);
    std::string ready;
    std::size_t at = 0;
    for (std::size_t hit;
         (hit = carry_.find(wide_delimiter_, at)) != std::string::npos;
         at = hit + wide_delimiter_.size()) {
      ready.append(carry_, at, hit - at);
      ready.push_back(kStandIn);
    }
    const std::size_t keep =
        std::min(carry_.size() - at, wide_delimiter_.size() - 1);
    ready.append(carry_, at, carry_.size() - at - keep);
    carry_.erase(0, carry_.size() - keep);
    return FeedNarrow(ready);
  }

  absl::Status Finish() {
    if (!carry_.empty()) {
      if (absl::Status status = FeedNarrow(carry_); !status.ok()) return status;
    }
    // A line end closes the last row, unless a quote is open.
    if (row_open_ && status_.ok()) FeedPiece("\n", true);
    if (row_open_ && status_.ok()) status_ = Unclosed();
    csv_fini(&csv_, nullptr, nullptr, nullptr);
    return status_;
  }

 private:
  // Hands libcsv one line at a time, so that the line on which a row begins is
  // known: libcsv itself does not count.
  absl::Status FeedNarrow(std::string_view text) {
    while (!text.empty() && status_.ok()) {
      const std::size_t end = text.find_first_of("\r\n");
      const bool has_end = end != std::string_view::npos;
      const std::string_view piece =
          text.substr(0, has_end ? end + 1 : text.size());
      text.remove_prefix(piece.size());
      FeedPiece(piece, has_end);
    }
    return status_;
  }

  void FeedPiece(std::string_view piece, bool has_end) {
    const bool only_end = has_end && piece.size() == 1;
    // The LF of a CRLF, here or in the next piece, starts no line of its own.
    const bool half_of_crlf = piece == "\n" && after_cr_;
    if (!half_of_crlf && has_end) pending_lines_ = 1;
    if (!row_open_ && !only_end) {
      row_open_ = true;
      row_line_ = line_;
      row_bytes_ = 0;
    }
    row_bytes_ += piece.size();
    row_ended_ = false;
    const std::size_t used = csv_parse(&csv_, piece.data(), piece.size(),
                                       &Parser::OnField, &Parser::OnRow, this);
    if (used != piece.size() && status_.ok()) {
      status_ = absl::ResourceExhaustedError(
          Cat("line ", row_line_, ": ", csv_strerror(csv_error(&csv_))));
    }
    if (row_ended_) row_open_ = false;
    line_ += std::exchange(pending_lines_, 0);
    if (has_end)
      after_cr_ = piece.back() == '\r';
    else if (!piece.empty())
      after_cr_ = false;
    if (row_open_ && status_.ok() &&
        (line_ - row_line_ > kMaxRowLines || row_bytes_ > kMaxFieldBytes * 4)) {
      status_ = Unclosed();
    }
  }

  absl::Status Unclosed() const {
    return WithHint(absl::InvalidArgumentError(
                        Cat("a quoted field in the row that begins on line ",
                            row_line_, " does not end")),
                    "look for a lone \" in that row, or a wrong delimiter");
  }

  static void OnField(void* data, std::size_t size, void* self) {
    static_cast<Parser*>(self)->AddField(
        {static_cast<const char*>(data), size});
  }
  static void OnRow(int, void* self) { static_cast<Parser*>(self)->EndRow(); }

  void AddField(std::string_view text) {
    if (!status_.ok()) return;
    if (text.size() > kMaxFieldBytes || count_ == kMaxColumns) {
      status_ = absl::InvalidArgumentError(
          Cat("the row that begins on line ", row_line_, " has ",
              count_ == kMaxColumns
                  ? Cat("more than ", kMaxColumns, " columns")
                  : Cat("a field of more than ", kMaxFieldBytes, " bytes")));
      return;
    }
    if (count_ == fields_.size()) fields_.emplace_back();
    std::string& field = fields_[count_++];
    field.assign(text);
    if (wide_delimiter_.empty()) return;
    for (std::size_t at = 0;
         (at = field.find(kStandIn, at)) != std::string::npos;
         at += wide_delimiter_.size()) {
      field.replace(at, 1, wide_delimiter_);
    }
  }

  void EndRow() {
    row_ended_ = true;
    if (status_.ok()) {
      status_ = sink_(row_line_, std::span(fields_.data(), count_));
    }
    count_ = 0;
  }

  csv_parser csv_;
  RowSink sink_;
  std::string wide_delimiter_, carry_;
  // Grows to the widest row; strings keep their memory from row to row.
  std::vector<std::string> fields_;
  std::size_t count_ = 0;
  absl::Status status_;
  std::int64_t line_ = 1, row_line_ = 1, pending_lines_ = 0;
  std::size_t row_bytes_ = 0;
  bool row_open_ = false, row_ended_ = false, after_cr_ = false;
};

CsvReader::CsvReader() : parser_(std::make_unique<Parser>()) {}
CsvReader::~CsvReader() = default;

absl::StatusOr<std::unique_ptr<CsvReader>> CsvReader::Create(
    std::string_view delimiter, RowSink sink) {
  if (!IsOneCharacter(delimiter) || delimiter == "\"" || delimiter == "\n" ||
      delimiter == "\r" || delimiter.front() == '\0') {
    return WithHint(
        absl::InvalidArgumentError(
            "the delimiter must be one character, not a quote or a line end"),
        "for a tab write \"\\t\" in double quotes");
  }
  std::unique_ptr<CsvReader> reader(new CsvReader);
  reader->parser_->Init(delimiter, std::move(sink));
  return reader;
}

absl::Status CsvReader::Feed(std::string_view text) {
  return parser_->Feed(text);
}

absl::Status CsvReader::Finish() { return parser_->Finish(); }

}  // namespace samkoer::clients
