// Holds the floor plan of the design: which folder may include which, and what
// only one place may name.

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/repo/repository.h"

namespace samkoer::repo {
namespace {

// What each folder may include with quotes, besides itself.
const std::map<std::string, std::set<std::string>>& Allowed() {
  static const auto* allowed = new std::map<std::string, std::set<std::string>>{
      {"crypto", {}},
      {"proto", {"samkoer"}},
      {"storage", {"crypto", "proto", "samkoer"}},
      {"matcher", {"crypto", "proto", "samkoer", "storage"}},
      {"server", {"crypto", "proto", "samkoer", "storage", "matcher"}},
      {"clients", {"crypto", "proto", "samkoer"}},
  };
  return *allowed;
}

std::vector<std::string> QuotedIncludes(const std::string& text) {
  static const std::regex include(R"re(^\s*#\s*include\s+"([^"]+)")re");
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, include)) found.push_back(match[1]);
  }
  return found;
}

// The violations of one file, as "path includes x".
std::vector<std::string> Violations(const File& file) {
  static const std::set<std::string> ours = {"crypto",  "proto",   "samkoer",
                                             "storage", "matcher", "server",
                                             "clients", "tests"};
  const std::string folder = file.path.substr(0, file.path.find('/'));
  const auto& allowed = Allowed().at(folder);
  std::vector<std::string> violations;
  for (const std::string& include : QuotedIncludes(file.text)) {
    const std::string top = include.substr(0, include.find('/'));
    if (ours.count(top) && top != folder && !allowed.count(top)) {
      violations.push_back(file.path + " includes " + include);
    }
  }
  return violations;
}

TEST(FloorPlanTest, FoldersIncludeDownwardsOnly) {
  for (const auto& [folder, unused] : Allowed()) {
    for (const File& file : Files(folder)) {
      if (!IsCpp(file.path)) continue;
      for (const std::string& violation : Violations(file)) {
        ADD_FAILURE() << violation;
      }
    }
  }
}

TEST(FloorPlanTest, AnUpwardIncludeIsNoticed) {
  EXPECT_EQ(Violations({"crypto/x.cc", "#include \"storage/engine.h\"\n"}),
            std::vector<std::string>{"crypto/x.cc includes storage/engine.h"});
  EXPECT_TRUE(
      Violations({"storage/x.cc", "#include \"crypto/oprf.h\"\n"}).empty());
}

TEST(FloorPlanTest, NothingOutsideClientsReachesTheCprParser) {
  for (const auto& [folder, unused] : Allowed()) {
    if (folder == "clients") continue;
    for (const File& file : Files(folder)) {
      EXPECT_EQ(file.text.find("common/cpr.h"), std::string::npos) << file.path;
      EXPECT_EQ(file.text.find("samkoer_cpr"), std::string::npos) << file.path;
      EXPECT_EQ(file.text.find("samkoer_client"), std::string::npos)
          << file.path;
    }
  }
}

TEST(FloorPlanTest, OneFileUnderClientsParsesCprNumbers) {
  std::vector<std::string> definitions;
  for (const File& file : Files("clients")) {
    if (file.path.ends_with(".cc") &&
        file.text.find("\nCpr ParseCpr(") != std::string::npos) {
      definitions.push_back(file.path);
    }
  }
  EXPECT_EQ(definitions, std::vector<std::string>{"clients/common/cpr.cc"});
}

TEST(FloorPlanTest, OnlyOneFileNamesRocksDb) {
  for (const auto& [folder, unused] : Allowed()) {
    for (const File& file : Files(folder)) {
      if (!IsCpp(file.path) || file.path.starts_with("storage/rocksdb_"))
        continue;
      EXPECT_EQ(file.text.find("#include \"rocksdb/"), std::string::npos)
          << file.path;
      EXPECT_EQ(file.text.find("rocksdb::"), std::string::npos) << file.path;
    }
  }
}

TEST(FloorPlanTest, TheMatcherKnowsNoGrpc) {
  for (const std::string folder : {"crypto", "storage", "matcher"}) {
    for (const File& file : Files(folder)) {
      if (!IsCpp(file.path)) continue;
      EXPECT_EQ(file.text.find("grpc"), std::string::npos) << file.path;
    }
  }
}

TEST(FloorPlanTest, EveryFileOfTheCoreHasATestOfTheSameName) {
  std::set<std::string> tests;
  for (const File& file : Files("tests")) tests.insert(file.path);
  for (const std::string folder : {"crypto", "storage", "matcher"}) {
    for (const File& file : Files(folder)) {
      if (!file.path.ends_with(".cc")) continue;
      const std::string stem = file.path.substr(0, file.path.size() - 3);
      EXPECT_TRUE(tests.count("tests/" + stem + "_test.cc")) << stem;
    }
  }
}

}  // namespace
}  // namespace samkoer::repo
