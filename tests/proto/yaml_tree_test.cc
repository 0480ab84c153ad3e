#include "proto/yaml/yaml_tree.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace samkoer::proto::yaml_internal {
namespace {

std::string ErrorOf(std::string_view text) {
  const absl::StatusOr<Node> root = ParseTree(text, "x.yaml");
  if (root.ok()) return "";
  EXPECT_EQ(root.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(root.status().message());
}

TEST(YamlTreeTest, KindsTextsAndPlacesAreKept) {
  const auto root = ParseTree("a: 0123\nb:\n  - \"x\"\n  - {c: }\n", "x.yaml");
  ASSERT_TRUE(root.ok()) << root.status();
  ASSERT_EQ(root->kind, Node::Kind::kMapping);
  ASSERT_EQ(root->keys.size(), 2u);
  EXPECT_EQ(root->keys[0].text, "a");
  EXPECT_EQ(root->children[0].kind, Node::Kind::kPlain);
  EXPECT_EQ(root->children[0].text, "0123");
  const Node& list = root->children[1];
  ASSERT_EQ(list.kind, Node::Kind::kSequence);
  ASSERT_EQ(list.children.size(), 2u);
  EXPECT_EQ(list.children[0].kind, Node::Kind::kQuoted);
  EXPECT_EQ(list.children[0].line, 3);
  EXPECT_EQ(list.children[0].column, 5);
  ASSERT_EQ(list.children[1].children.size(), 1u);
  EXPECT_EQ(list.children[1].children[0].kind, Node::Kind::kNull);
}

TEST(YamlTreeTest, TheSameKeyTwiceIsRefused) {
  EXPECT_EQ(ErrorOf("a: 1\nb: 2\na: 3\n"),
            "x.yaml:3:1: key 'a' stands here twice");
  EXPECT_EQ(ErrorOf("a: {b: 1, \"b\": 2}"),
            "x.yaml:1:11: key 'b' stands here twice");
}

TEST(YamlTreeTest, AnchorsAliasesAndTagsAreRefused) {
  EXPECT_EQ(ErrorOf("a: &x 1\n"),
            "x.yaml:1:4: anchors (&name) are not used here; write the value "
            "out");
  EXPECT_NE(ErrorOf("a: &x [1]\nb: *x\n"), "");
  EXPECT_NE(ErrorOf("a: *x\n"), "");
  EXPECT_EQ(ErrorOf("a: !!str 1\n"),
            "x.yaml:1:4: tags (!name) are not used here; remove the tag");
  EXPECT_NE(ErrorOf("a: !thing {b: 1}\n"), "");
}

TEST(YamlTreeTest, ASecondDocumentIsRefused) {
  EXPECT_NE(ErrorOf("a: 1\n---\nb: 2\n"), "");
  EXPECT_EQ(ErrorOf("---\na: 1\n...\n"), "");
}

TEST(YamlTreeTest, AnEmptyTextIsRefused) {
  EXPECT_EQ(ErrorOf(""), "x.yaml:1:1: the file is empty");
  EXPECT_NE(ErrorOf("# only a comment\n"), "");
}

TEST(YamlTreeTest, KeysThatAreNoNamesAreRefused) {
  EXPECT_NE(ErrorOf("? [a]\n: 1\n"), "");
  EXPECT_NE(ErrorOf(": 1\n"), "");
}

TEST(YamlTreeTest, BrokenYamlNamesThePlace) {
  EXPECT_TRUE(ErrorOf("a: [1, 2\nb: 3\n").starts_with("x.yaml:"));
}

TEST(YamlTreeTest, SlipsInTheLayoutAreNamedAsSuch) {
  for (const std::string_view slip :
       {"a\nb: 1\n", "a: 1\n b: 2\n", "a:\n  - 1\n - 2\n"}) {
    EXPECT_NE(ErrorOf(slip).find("each key ends with a colon"),
              std::string::npos)
        << ErrorOf(slip);
  }
  EXPECT_EQ(ErrorOf("a: [1\n").find("colon"), std::string::npos);
}

TEST(YamlTreeTest, AQuoteThatIsNeverClosedIsRefused) {
  for (const char* end : {"", "\n", "\n\n", "\n  ", " ", "\r\n", "\r", "\t",
                          "\n- b", "\n# c\n"}) {
    EXPECT_NE(ErrorOf(std::string("- \"a") + end), "") << end;
    EXPECT_NE(ErrorOf(std::string("- 'a") + end), "") << end;
  }
}

TEST(YamlTreeTest, BlockTextsKeepTheirLineBreaks) {
  const auto text = [](const std::string& yaml) {
    const auto root = ParseTree(yaml, "x.yaml");
    EXPECT_TRUE(root.ok()) << root.status();
    return root.ok() ? root->children.at(0).text : "";
  };
  EXPECT_EQ(text("a: |\n  b\n  c\n"), "b\nc\n");
  EXPECT_EQ(text("a: >-\n  b\n  c\n"), "b c");
  EXPECT_EQ(text("a: |+\n  b\n\n"), "b\n\n");
  EXPECT_EQ(text("a: b\n  c\n"), "b c");
}

TEST(YamlTreeTest, OtherEncodingsAreRefused) {
  EXPECT_EQ(ErrorOf("a: R\xe5"
                    "d\n"),
            "x.yaml: not UTF-8 text; save the file as UTF-8");
  EXPECT_NE(ErrorOf(std::string_view("a\0:\0 \0", 6)), "");
}

TEST(YamlTreeTest, ThirtyTwoLevelsAreReadAndMoreRefused) {
  const auto nested = [](int levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(ErrorOf(nested(32)), "");
  EXPECT_EQ(ErrorOf(nested(33)), "x.yaml:1:33: nested deeper than 32 levels");
  EXPECT_NE(ErrorOf(std::string(100'000, '[')), "");
}

TEST(YamlTreeTest, MoreThanOneMebibyteIsRefused) {
  std::string text = "a: 1 #" + std::string(1024 * 1024 - 6, 'x');
  EXPECT_EQ(ErrorOf(text), "");
  text.push_back('x');
  EXPECT_NE(ErrorOf(text).find("1048577 bytes"), std::string::npos);
}

}  // namespace
}  // namespace samkoer::proto::yaml_internal
