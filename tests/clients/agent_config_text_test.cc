#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "clients/agent/config_text.h"
#include "proto/yaml/yaml_message.h"
#include "support/source_folder.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

void ExpectSameAgain(const v1::AgentConfig& config) {
  const std::string text = FormatConfig(config, {{"", "first\nsecond"}});
  v1::AgentConfig again;
  const absl::Status status = proto::ParseYaml(text, "agent.yaml", again);
  ASSERT_TRUE(status.ok()) << status << "\n" << text;
  EXPECT_EQ(again.DebugString(), config.DebugString()) << text;
}

TEST(FormatConfig, EveryExampleIsReadBackAsItWas) {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           SourceFolder() + "/deploy")) {
    const auto& path = entry.path();
    const std::string folder = path.parent_path().filename();
    if (path.extension() != ".yaml" ||
        (folder != "agents" && folder != "sources")) {
      continue;
    }
    v1::AgentConfig config;
    ASSERT_TRUE(proto::ReadYamlFile(path.string(), config).ok()) << path;
    ExpectSameAgain(config);
    ++files;
  }
  EXPECT_GE(files, 19);
}

TEST(FormatConfig, TextsThatYamlWouldTakeForSomethingElse) {
  v1::AgentConfig config;
  for (const char* text : {"27.24", "ja", "null", "a: b", "# no", "\t", "-",
                           "\"quoted\" \\ æøå", "{x}", "@", "1e3", "a\nb"}) {
    config.add_open_words(text);
  }
  config.mutable_dialect()->set_delimiter("\t");
  config.mutable_xlsx();
  config.set_rejects_limit_percent(0);
  config.mutable_run()->set_jitter_minutes(0);
  ExpectSameAgain(config);
}

TEST(FormatConfig, CommentsStandBeforeTheirFields) {
  v1::AgentConfig config;
  config.set_department("a");
  config.set_purpose("b");
  EXPECT_EQ(FormatConfig(config, {{"", "top"}, {"purpose", "one\ntwo"}}),
            "# top\ndepartment: \"a\"\n# one\n# two\npurpose: \"b\"\n");
}

// A field of a new kind would be written wrongly in silence.
void ExpectKnownKinds(const Descriptor& type, std::set<std::string>& seen) {
  if (!seen.insert(type.full_name()).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    EXPECT_FALSE(field.is_map()) << field.full_name();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        ExpectKnownKinds(*field.message_type(), seen);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        EXPECT_EQ(field.type(), FieldDescriptor::TYPE_STRING);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        EXPECT_FALSE(field.is_repeated());
        break;
      default:
        EXPECT_TRUE(field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ||
                    field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
            << field.full_name();
    }
  }
}

TEST(FormatConfig, KnowsEveryKindOfFieldThatThereIs) {
  std::set<std::string> seen;
  ExpectKnownKinds(*v1::AgentConfig::descriptor(), seen);
  EXPECT_GT(seen.size(), 10u);
}

}  // namespace
}  // namespace samkoer::agent
