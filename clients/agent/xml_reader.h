// Reads XML piece by piece (Expat). Names come without namespace and prefix. A
// document type is refused, and with it every entity of the document's own:
// nothing is fetched and nothing grows.
#ifndef SAMKOER_CLIENTS_AGENT_XML_READER_H_
#define SAMKOER_CLIENTS_AGENT_XML_READER_H_

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace samkoer::agent {

// Elements within elements, at most.
inline constexpr int kMaxXmlDepth = 64;

// The attributes of one element.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  // The value, or "" if there is none.
  std::string_view operator[](std::string_view name) const;

 private:
  const char** pairs_;
};

// What the reader calls. Views live until the call returns. The first error
// ends the reading.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual absl::Status Start(std::string_view name,
                             const XmlAttributes& attributes) = 0;
  virtual absl::Status End(std::string_view name) = 0;
  // A run of characters; long ones come in pieces.
  virtual absl::Status Text(std::string_view text) = 0;
};

// Thread safety: for one thread at a time.
class XmlReader {
 public:
  // `handler` must outlive the reader.
  explicit XmlReader(XmlHandler& handler);
  ~XmlReader();
  XmlReader(const XmlReader&) = delete;
  XmlReader& operator=(const XmlReader&) = delete;

  // The next piece. INVALID_ARGUMENT (with the line of the XML, never its text)
  // for what is not well-formed, too deep, or has a document type; or what the
  // handler returned. After an error the reader is spent.
  absl::Status Feed(std::string_view bytes);
  // The end. INVALID_ARGUMENT if the document is cut off.
  absl::Status Finish();

 private:
  class Parser;
  const std::unique_ptr<Parser> parser_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_XML_READER_H_
