// A YAML document as a plain tree with positions: the subset of YAML that our
// files may use. Internal to proto/yaml.
#ifndef SAMKOER_PROTO_YAML_YAML_TREE_H_
#define SAMKOER_PROTO_YAML_YAML_TREE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace samkoer::proto::yaml_internal {

// Larger texts and deeper trees than these are no configuration.
inline constexpr std::size_t kMaxTextBytes = 1024 * 1024;
inline constexpr std::size_t kMaxDepth = 32;

// A value and where it stands.
struct Node {
  enum class Kind { kNull, kPlain, kQuoted, kSequence, kMapping };

  Kind kind = Kind::kNull;
  // Counted from 1.
  int line = 1;
  int column = 1;
  // Of a scalar.
  std::string text;
  // Of a sequence or mapping.
  std::vector<Node> children;
  // Of a mapping: its keys, plain or quoted scalars, as many as children.
  std::vector<Node> keys;

  bool IsScalar() const {
    return kind == Kind::kPlain || kind == Kind::kQuoted;
  }
};

// INVALID_ARGUMENT "name:line:column: problem".
absl::Status ErrorAt(std::string_view name, const Node& node,
                     std::string_view problem);

// The only document of `text`. INVALID_ARGUMENT for what YAML refuses, and for
// anchors, aliases, tags, repeated keys, keys that are no scalars, several
// documents, an empty text, invalid UTF-8, and the limits above.
absl::StatusOr<Node> ParseTree(std::string_view text, std::string_view name);

}  // namespace samkoer::proto::yaml_internal

#endif  // SAMKOER_PROTO_YAML_YAML_TREE_H_
