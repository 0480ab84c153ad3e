#include <google/protobuf/descriptor.h>

#include <array>
#include <charconv>
#include <string>

#include "absl/strings/ascii.h"
#include "clients/agent/setup_proposal.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {
namespace {

using clients::Cat;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What of AgentConfig a key may name; everything else is for --answers.
constexpr std::array<std::string_view, 11> kTexts = {
    "department", "purpose",          "matcher.",     "key_service.",
    "tls.",       "dialect.",         "columns.",     "fixed_unit",
    "state_dir",  "cache_passphrase", "fixed_contact"};

bool MayBeSet(std::string_view key) {
  for (const std::string_view text : kTexts) {
    if (text.ends_with('.') ? key.starts_with(text) : key == text) return true;
  }
  return key == "source_file" || key == "xlsx.sheet" ||
         key.starts_with("odbc.");
}

absl::Status SetPath(std::string_view key, std::string_view value,
                     Message& message) {
  const std::size_t dot = key.find('.');
  const std::string name(key.substr(0, dot));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  const auto& access = *message.GetReflection();
  if (field != nullptr && !field->is_repeated() &&
      dot != std::string_view::npos &&
      field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return SetPath(key.substr(dot + 1), value,
                   *access.MutableMessage(&message, field));
  }
  if (field != nullptr && !field->is_repeated() &&
      dot == std::string_view::npos &&
      field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    access.SetString(&message, field, std::string(value));
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(Cat("there is no field '", name, "'"));
}

absl::Status SetAge(std::string_view value, bool from, SetupAnswers& answers) {
  std::uint32_t age = 0;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), age);
  if (error != std::errc() || end != value.data() + value.size() || age > 120) {
    return absl::InvalidArgumentError("an age is a whole number, at most 120");
  }
  auto& ranges = *answers.config.mutable_permitted();
  auto& range = ranges.empty() ? *ranges.Add() : *ranges.Mutable(0);
  if (from) {
    range.set_age_from(age);
    answers.none.insert("age_from");  // 0 is an answer, too
  } else {
    range.set_age_below(age);
  }
  return absl::OkStatus();
}

absl::Status SetDomain(std::string_view prefix, std::string_view value,
                       SetupAnswers& answers) {
  v1::Domain domain;
  std::string name = absl::AsciiStrToUpper(std::string(value));
  if (!name.starts_with("DOMAIN_")) name = Cat("DOMAIN_", name);
  if (!v1::Domain_Parse(name, &domain) || domain == v1::DOMAIN_UNSPECIFIED) {
    std::string names;
    for (int i = v1::Domain_MIN + 1; i <= v1::Domain_MAX; ++i) {
      if (!v1::Domain_IsValid(i)) continue;
      names += Cat(names.empty() ? "" : ", ",
                   v1::Domain_Name(static_cast<v1::Domain>(i)).substr(7));
    }
    return absl::InvalidArgumentError(Cat("a domain is one of ", names));
  }
  for (v1::DomainRule& rule : *answers.config.mutable_domains()) {
    if (FoldText(rule.prefix()) != FoldText(prefix)) continue;
    rule.set_domain(domain);
    return absl::OkStatus();
  }
  v1::DomainRule& rule = *answers.config.add_domains();
  rule.set_prefix(std::string(prefix));
  rule.set_domain(domain);
  return absl::OkStatus();
}

absl::Status SetStatus(std::string_view word, std::string_view value,
                       SetupAnswers& answers) {
  if (word.empty()) return absl::InvalidArgumentError("name a status word");
  if (value != "open" && value != "closed" && value != "-") {
    return absl::InvalidArgumentError("answer open, closed or -");
  }
  const std::string folded = FoldText(word);
  auto& open = *answers.config.mutable_open_words();
  auto& closed = *answers.config.mutable_closed_words();
  for (auto* words : {&open, &closed}) {
    for (int i = words->size() - 1; i >= 0; --i) {
      if (FoldText((*words)[i]) == folded) words->DeleteSubrange(i, 1);
    }
  }
  answers.none.erase(Cat("status.", folded));
  if (value == "-") {
    answers.none.insert(Cat("status.", folded));
  } else {
    *(value == "open" ? open : closed).Add() = std::string(word);
  }
  return absl::OkStatus();
}

// "-": there is none.
absl::Status SetNone(std::string_view key, SetupAnswers& answers) {
  constexpr std::string_view kDomain = "domain.";
  if (key.starts_with("columns.")) {
    if (absl::Status status = SetPath(key, "", answers.config); !status.ok()) {
      return status;
    }
    answers.none.emplace(key);
    return absl::OkStatus();
  }
  if (!key.starts_with(kDomain)) {
    return absl::InvalidArgumentError("this needs a value");
  }
  const std::string prefix = FoldText(key.substr(kDomain.size()));
  auto& rules = *answers.config.mutable_domains();
  for (int i = rules.size() - 1; i >= 0; --i) {
    if (FoldText(rules[i].prefix()) == prefix) rules.DeleteSubrange(i, 1);
  }
  answers.none.insert(Cat(kDomain, prefix));
  return absl::OkStatus();
}

}  // namespace

absl::Status SetAnswer(std::string_view key, std::string_view value,
                       SetupAnswers& answers) {
  constexpr std::string_view kStatus = "status.", kDomain = "domain.";
  // Nothing that is asked is a CPR number; a slip must not end in a file.
  if (clients::ContainsCpr(value) || clients::ParseCpr(value).valid()) {
    return absl::InvalidArgumentError(
        "the value looks like a CPR number, which no answer is");
  }
  if (value.empty()) return absl::InvalidArgumentError("the value is empty");
  if (key.starts_with(kStatus)) {
    return SetStatus(key.substr(kStatus.size()), value, answers);
  }
  if (key == "null_words") {
    answers.config.mutable_dialect()->add_null_words(std::string(value));
    return absl::OkStatus();
  }
  if (value == "-") return SetNone(key, answers);
  if (key == "age_from" || key == "age_below") {
    return SetAge(value, key == "age_from", answers);
  }
  if (key.starts_with(kDomain)) {
    return SetDomain(key.substr(kDomain.size()), value, answers);
  }
  if (key == "open_words") return SetStatus(value, "open", answers);
  if (key == "closed_words") return SetStatus(value, "closed", answers);
  if (!MayBeSet(key)) {
    return absl::InvalidArgumentError(
        Cat("'", key,
            "' is no question of setup; --answers takes a file with "
            "any field of the configuration"));
  }
  // A tab cannot be typed where lines are trimmed.
  if (key == "dialect.delimiter" && value == "tab") value = "\t";
  if (absl::Status status = SetPath(key, value, answers.config); !status.ok()) {
    return status;
  }
  answers.none.erase(std::string(key));
  return absl::OkStatus();
}

}  // namespace samkoer::agent
