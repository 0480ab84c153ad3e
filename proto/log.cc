#include "proto/log.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace samkoer::log {
namespace {

constexpr std::size_t kMaxTextBytes = 512;

spdlog::logger& Logger() {
  // Never destroyed: threads may log while the process ends.
  static spdlog::logger* const kLogger = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
        spdlog::pattern_time_type::utc));
    auto* logger = new spdlog::logger("samkoer", std::move(sink));
    logger->set_level(spdlog::level::info);
    logger->flush_on(spdlog::level::trace);
    return logger;
  }();
  return *kLogger;
}

// The length of the UTF-8 character at the start of `text`; 0 if broken.
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xc2 && lead <= 0xdf ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

void AppendJsonText(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const char c = text.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (absl::ascii_iscntrl(c)) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void Write(spdlog::level::level_enum level, Literal event, Fields fields) {
  if (!Logger().should_log(level)) return;
  const std::string line = FormatFields(event.text(), fields);
  Logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

std::string RedactNumbers(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    if (!absl::ascii_isdigit(text[i])) {
      out += text[i++];
      continue;
    }
    const auto end_of_digits = [&](std::size_t from) {
      while (from < text.size() && absl::ascii_isdigit(text[from])) ++from;
      return from;
    };
    std::size_t end = end_of_digits(i);
    bool shaped = end - i == 10;
    if (end - i == 6 && end + 1 < text.size() &&
        (text[end] == '-' || text[end] == ' ')) {
      const std::size_t second = end_of_digits(end + 1);
      if (second - end - 1 == 4) {
        shaped = true;
        end = second;
      }
    }
    if (shaped) {
      out += "[10 digits]";
    } else {
      out += text.substr(i, end - i);
    }
    i = end;
  }
  return out;
}

std::string FormatFields(std::string_view event, Fields fields) {
  std::string out = "\"event\":";
  AppendJsonText(event, out);
  for (const Field& field : fields) {
    out += ',';
    AppendJsonText(field.key(), out);
    out += ':';
    switch (field.kind()) {
      case Field::Kind::kText:
        AppendJsonText(RedactNumbers(field.text()).substr(0, kMaxTextBytes),
                       out);
        break;
      case Field::Kind::kSigned:
        absl::StrAppend(&out, field.as_signed());
        break;
      case Field::Kind::kUnsigned:
        absl::StrAppend(&out, field.as_unsigned());
        break;
      case Field::Kind::kDouble:
        absl::StrAppendFormat(&out, "%.6g", field.as_double());
        break;
      case Field::Kind::kBool:
        absl::StrAppend(&out, field.as_signed() != 0 ? "true" : "false");
        break;
    }
  }
  return out;
}

void Trace(Literal event, Fields fields) {
  Write(spdlog::level::trace, event, fields);
}
void Debug(Literal event, Fields fields) {
  Write(spdlog::level::debug, event, fields);
}
void Info(Literal event, Fields fields) {
  Write(spdlog::level::info, event, fields);
}
void Warning(Literal event, Fields fields) {
  Write(spdlog::level::warn, event, fields);
}
void Error(Literal event, Fields fields) {
  Write(spdlog::level::err, event, fields);
}

absl::Status SetLevel(std::string_view level) {
  auto chosen = spdlog::level::info;
  if (level == "trace") {
    chosen = spdlog::level::trace;
  } else if (level == "debug") {
    chosen = spdlog::level::debug;
  } else if (level == "warning") {
    chosen = spdlog::level::warn;
  } else if (level == "error") {
    chosen = spdlog::level::err;
  } else if (!level.empty() && level != "info") {
    return absl::InvalidArgumentError(
        "the log level is not one of trace, debug, info, warning, error");
  }
  Logger().set_level(chosen);
  return absl::OkStatus();
}

}  // namespace samkoer::log
