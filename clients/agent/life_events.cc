#include "clients/agent/life_events.h"

#include <sodium.h>

#include <algorithm>
#include <optional>

#include "clients/agent/cells.h"
#include "clients/agent/columns.h"
#include "clients/agent/row_cleaner.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

std::uint64_t NumberOf(const clients::Cpr& cpr) {
  std::uint64_t number = 0;
  for (const char c : cpr.ExposeDigits()) {
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

// The columns of events in the places that a layout knows.
v1::ColumnMap AsColumnMap(const v1::LifeEventColumns& columns) {
  v1::ColumnMap map;
  map.set_cpr(columns.cpr());
  map.set_kle(columns.kind());
  map.set_opened(columns.from());
  map.set_closed(columns.to());
  map.set_status(columns.outcome());
  return map;
}

// The kind of the longest prefix; null if none fits.
const std::string* KindOf(const v1::LifeEvents& events, std::string_view text) {
  const std::string folded = FoldText(text);
  const std::string* kind = nullptr;
  std::size_t longest = 0;
  for (const v1::LifeEventKind& one : events.kinds()) {
    const std::string prefix = FoldText(one.prefix());
    if (folded.starts_with(prefix) &&
        (kind == nullptr || prefix.size() > longest)) {
      kind = &one.kind();
      longest = prefix.size();
    }
  }
  return kind;
}

bool IsCompleted(const v1::LifeEvents& events, std::string_view outcome) {
  const std::string folded = FoldText(outcome);
  const auto& words = events.completed_words();
  return !folded.empty() &&
         std::any_of(words.begin(), words.end(), [&](const std::string& word) {
           return FoldText(word) == folded;
         });
}

}  // namespace

LifeEventBook::~LifeEventBook() {
  for (auto& [number, person] : people_) {
    sodium_memzero(const_cast<std::uint64_t*>(&number), sizeof(number));
  }
}

absl::StatusOr<LifeEventBook> LifeEventBook::Read(RowSource& source,
                                                  const Config& config,
                                                  const NumberMap& numbers,
                                                  const CivilDate& day) {
  LifeEventBook book;
  book.config_ = &config;
  book.day_ = day;
  const auto& words = config.proto.dialect().null_words();
  const std::vector<std::string> null_words(words.begin(), words.end());
  std::optional<ColumnLayout> layout;
  absl::Status status = source.Read(
      [&](std::int64_t line,
          std::span<const std::string> fields) -> absl::Status {
        if (!layout) {
          auto matched = ColumnLayout::Match(
              AsColumnMap(config.proto.events().columns()), fields, null_words);
          if (!matched.ok()) return matched.status();
          layout = *std::move(matched);
          return absl::OkStatus();
        }
        ++book.counts_.rows;
        RowView row;
        if (layout->Read(fields, row)) {
          book.TakeRow(line, row, config, numbers);
        } else {
          book.SetAside(line, RejectReason::kColumns);
        }
        return absl::OkStatus();
      },
      {});
  if (!status.ok()) return status;
  if (!layout) {
    return absl::InvalidArgumentError("the source of the life events is empty");
  }
  book.counts_.people = book.people_.size();
  for (const auto& [number, person] : book.people_) {
    book.counts_.unjudged += person.broken;
  }
  return book;
}

void LifeEventBook::SetAside(std::int64_t line, RejectReason reason) {
  ++counts_.set_aside;
  rejects_.push_back({line, reason});
}

void LifeEventBook::TakeRow(std::int64_t line, const RowView& row,
                            const Config& config, const NumberMap& numbers) {
  if (const auto broken = BrokenCell(row[Column::kCpr])) {
    return SetAside(line, *broken);
  }
  const clients::Cpr cpr = clients::ParseCpr(row[Column::kCpr]);
  if (!cpr.valid()) return SetAside(line, ReasonOf(cpr.cpr_class));
  Person& person = people_[NumberOf(numbers.Newest(cpr))];
  const auto refuse = [&](RejectReason reason) {
    person.broken = true;
    SetAside(line, reason);
  };
  for (const std::string_view cell : row.values) {
    if (const auto broken = BrokenCell(cell)) return refuse(*broken);
  }
  const std::string* kind = KindOf(config.proto.events(), row[Column::kKind]);
  if (kind == nullptr) return refuse(RejectReason::kUnknownKind);
  if (kind->empty()) return;
  LifeEvent event;
  event.kind = *kind;
  const auto from = config.date_pattern.Read(row[Column::kOpened], day_);
  if (!from.ok()) return refuse(RejectReason::kBadDate);
  event.from = *from;
  if (const std::string_view text = row[Column::kClosed]; !text.empty()) {
    const auto to = config.date_pattern.Read(text, day_);
    if (!to.ok() || *to < event.from) return refuse(RejectReason::kBadDate);
    event.to = *to;
  }
  event.completed = event.to.has_value() &&
                    IsCompleted(config.proto.events(), row[Column::kStatus]);
  person.events.push_back(event);
}

std::vector<std::string> LifeEventBook::Judge(
    const clients::Cpr& cpr, int age, std::vector<std::string>* lines) const {
  std::vector<std::string> codes;
  const auto say = [&](std::string line) {
    if (lines != nullptr) lines->push_back(std::move(line));
  };
  const auto found = people_.find(NumberOf(cpr));
  if (found == people_.end()) {
    say("criteria are not judged: the person has no life events");
    return codes;
  }
  if (found->second.broken) {
    say("criteria are not judged: a life event of the person was set aside");
    return codes;
  }
  for (const v1::CriterionRule& rule : config_->proto.criteria()) {
    std::vector<std::string> conditions;
    const Finding finding = JudgeRule(rule, found->second.events, age, day_,
                                      lines != nullptr ? &conditions : nullptr);
    say(clients::Cat("criterion ", rule.code(), ": ",
                     finding.holds ? "holds" : "does not hold, ",
                     finding.holds ? "" : finding.why));
    for (const std::string& condition : conditions) {
      say(clients::Cat("  ", condition));
    }
    if (finding.holds) codes.push_back(rule.code());
  }
  return codes;
}

}  // namespace samkoer::agent
