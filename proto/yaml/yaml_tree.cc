#include "proto/yaml/yaml_tree.h"

#include <sstream>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "proto/absl_text.h"
#include "proto/plain_text.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/parser.h"

namespace samkoer::proto::yaml_internal {
namespace {

// Builds the tree from yaml-cpp's events. Events are used rather than
// YAML::Node because a Node no longer tells an alias from a value.
class TreeBuilder : public YAML::EventHandler {
 public:
  Node TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    Put(MakeNode(Node::Kind::kNull, mark), mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(mark, "aliases (*name) are not used here; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    Node node =
        MakeNode(tag == "?" ? Node::Kind::kPlain : Node::Kind::kQuoted, mark);
    node.text = value;
    Put(std::move(node), mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Node::Kind::kSequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Open(Node::Kind::kMapping, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A sequence or mapping that is not closed yet.
  struct Level {
    Node node;
    absl::flat_hash_set<std::string> keys_seen;
  };

  // yaml-cpp's own exception is the only way out of a parse.
  [[noreturn]] static void Refuse(const YAML::Mark& mark,
                                  const std::string& problem) {
    throw YAML::ParserException(mark, problem);
  }
  static void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      Refuse(mark, "anchors (&name) are not used here; write the value out");
    }
  }
  static void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      Refuse(mark, "tags (!name) are not used here; remove the tag");
    }
  }
  static Node MakeNode(Node::Kind kind, const YAML::Mark& mark) {
    Node node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void Open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    if (open_.size() >= kMaxDepth) {
      Refuse(mark, absl::StrCat("nested deeper than ", kMaxDepth, " levels"));
    }
    open_.push_back({MakeNode(kind, mark), {}});
  }
  void Close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    YAML::Mark mark;
    mark.line = node.line - 1;
    mark.column = node.column - 1;
    Put(std::move(node), mark);
  }
  void Put(Node node, const YAML::Mark& mark) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = open_.back();
    if (level.node.kind == Node::Kind::kMapping &&
        level.node.keys.size() == level.node.children.size()) {
      if (!node.IsScalar()) Refuse(mark, "a key must be a name");
      if (!level.keys_seen.insert(node.text).second) {
        Refuse(mark, absl::StrCat("key '", node.text, "' stands here twice"));
      }
      level.node.keys.push_back(std::move(node));
    } else {
      level.node.children.push_back(std::move(node));
    }
  }

  std::vector<Level> open_;
  Node root_;
};

// yaml-cpp 0.7 takes a quote that is never closed for closed if the text ends
// in a line break, so a truncated file would pass. A comment without a line
// break at the end changes nothing else.
std::string WithEndMark(std::string_view text) {
  std::string marked(text);
  if (text.ends_with('\n')) {
    marked.append("#");
  } else if (text.ends_with(' ') || text.ends_with('\t') ||
             text.ends_with('\r')) {
    marked.append("\n#");
  }
  return marked;
}

absl::Status ErrorAtMark(std::string_view name, const YAML::Mark& mark,
                         std::string_view problem) {
  if (mark.is_null()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Absl(name), ": ", Absl(problem)));
  }
  return absl::InvalidArgumentError(absl::StrCat(Absl(name), ":", mark.line + 1,
                                                 ":", mark.column + 1, ": ",
                                                 Absl(problem)));
}

}  // namespace

absl::Status ErrorAt(std::string_view name, const Node& node,
                     std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(
      Absl(name), ":", node.line, ":", node.column, ": ", Absl(problem)));
}

absl::StatusOr<Node> ParseTree(std::string_view text, std::string_view name) {
  if (text.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(Absl(name), ": ", text.size(), " bytes are more than the ",
                     kMaxTextBytes, " that a configuration may have"));
  }
  if (!IsValidUtf8(text) || text.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(Absl(name), ": not UTF-8 text; save the file as UTF-8"));
  }
  try {
    std::istringstream stream(WithEndMark(text));
    YAML::Parser parser(stream);
    TreeBuilder first;
    if (!parser.HandleNextDocument(first)) {
      return absl::InvalidArgumentError(
          absl::StrCat(Absl(name), ":1:1: the file is empty"));
    }
    TreeBuilder second;
    if (parser.HandleNextDocument(second)) {
      Node more = second.TakeRoot();
      return ErrorAt(name, more, "a second document; one file holds one");
    }
    return first.TakeRoot();
  } catch (const YAML::Exception& e) {
    // yaml-cpp's words for a colon that is missing on the line above, too.
    const bool layout = e.msg == YAML::ErrorMsg::MAP_VALUE ||
                        e.msg == YAML::ErrorMsg::MAP_KEY ||
                        e.msg == YAML::ErrorMsg::END_OF_MAP ||
                        e.msg == YAML::ErrorMsg::END_OF_SEQ;
    return ErrorAtMark(
        name, e.mark,
        layout ? e.msg +
                     ": each key ends with a colon, and what belongs to it is "
                     "indented by spaces (no tabs), all by as many"
               : e.msg);
  }
}

}  // namespace samkoer::proto::yaml_internal
