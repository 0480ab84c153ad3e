#include "clients/agent/xml_reader.h"

#include <expat.h>

#include <algorithm>

#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

// Stands between a namespace and a name.
constexpr char kSeparator = '\n';
constexpr std::size_t kPieceBytes = 1 << 20;

std::string_view LocalName(const char* name) {
  const std::string_view full = name;
  return full.substr(full.rfind(kSeparator) + 1);
}

}  // namespace

std::string_view XmlAttributes::operator[](std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (LocalName(pair[0]) == name) return pair[1];
  }
  return {};
}

class XmlReader::Parser {
 public:
  explicit Parser(XmlHandler& handler)
      : handler_(handler), expat_(XML_ParserCreateNS(nullptr, kSeparator)) {
    if (expat_ == nullptr) {
      status_ = absl::ResourceExhaustedError("no memory for an XML parser");
      return;
    }
    XML_SetUserData(expat_, this);
    XML_SetElementHandler(expat_, &Parser::OnStart, &Parser::OnEnd);
    XML_SetCharacterDataHandler(expat_, &Parser::OnText);
    XML_SetStartDoctypeDeclHandler(expat_, &Parser::OnDoctype);
  }
  ~Parser() {
    if (expat_ != nullptr) XML_ParserFree(expat_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  absl::Status Parse(std::string_view bytes, bool last) {
    do {
      if (!status_.ok()) return status_;
      const std::string_view piece = bytes.substr(0, kPieceBytes);
      bytes.remove_prefix(piece.size());
      const bool end = last && bytes.empty();
      if (XML_Parse(expat_, piece.data(), static_cast<int>(piece.size()),
                    end) != XML_STATUS_OK &&
          status_.ok()) {
        status_ = absl::InvalidArgumentError(
            clients::Cat("XML, line ", XML_GetCurrentLineNumber(expat_), ": ",
                         XML_ErrorString(XML_GetErrorCode(expat_))));
      }
    } while (!bytes.empty());
    return status_;
  }

 private:
  static Parser& Self(void* self) { return *static_cast<Parser*>(self); }

  void Keep(absl::Status status) {
    if (status.ok() || !status_.ok()) return;
    status_ = std::move(status);
    XML_StopParser(expat_, XML_FALSE);
  }

  static void OnStart(void* self, const char* name, const char** attributes) {
    Parser& parser = Self(self);
    if (!parser.status_.ok()) return;
    if (++parser.depth_ > kMaxXmlDepth) {
      parser.Keep(absl::InvalidArgumentError("XML is nested too deep"));
      return;
    }
    parser.Keep(
        parser.handler_.Start(LocalName(name), XmlAttributes(attributes)));
  }
  static void OnEnd(void* self, const char* name) {
    Parser& parser = Self(self);
    if (!parser.status_.ok()) return;
    --parser.depth_;
    parser.Keep(parser.handler_.End(LocalName(name)));
  }
  static void OnText(void* self, const char* text, int size) {
    Parser& parser = Self(self);
    if (!parser.status_.ok()) return;
    parser.Keep(parser.handler_.Text({text, static_cast<std::size_t>(size)}));
  }
  static void OnDoctype(void* self, const char*, const char*, const char*,
                        int) {
    Self(self).Keep(
        absl::InvalidArgumentError("XML with a document type is not read"));
  }

  XmlHandler& handler_;
  const XML_Parser expat_;
  absl::Status status_;
  int depth_ = 0;
};

XmlReader::XmlReader(XmlHandler& handler)
    : parser_(std::make_unique<Parser>(handler)) {}
XmlReader::~XmlReader() = default;

absl::Status XmlReader::Feed(std::string_view bytes) {
  return bytes.empty() ? absl::OkStatus() : parser_->Parse(bytes, false);
}

absl::Status XmlReader::Finish() { return parser_->Parse({}, true); }

}  // namespace samkoer::agent
