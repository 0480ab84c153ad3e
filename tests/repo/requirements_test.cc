// docs/requirements.md: every requirement has its row, and a row that says
// "works" names a test that is there.
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/repo/repository.h"

namespace samkoer::repo {
namespace {

constexpr int kRequirements = 41;

struct Row {
  int number = 0;
  std::string state;  // the last column
};

std::string TableText() {
  const auto path =
      std::filesystem::path(SourceFolder()) / "docs/requirements.md";
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Row> Rows() {
  static const std::regex row(R"(\| (\d+) \|[^|]*\|[^|]*\|([^|]*)\|)");
  const std::string text = TableText();
  std::vector<Row> rows;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), row);
       it != std::sregex_iterator(); ++it) {
    rows.push_back({std::stoi((*it)[1]), (*it)[2]});
  }
  return rows;
}

// The paths in code marks that lie in a folder of ours, and the decisions.
std::vector<std::string> PathsIn(const std::string& text) {
  static const std::regex path(
      R"(`((?:tests|docs|matcher|storage|server|clients|crypto|proto|deploy)/[A-Za-z0-9_./*{}-]+)`)");
  static const std::regex decision(R"(docs/decisions/\d{4})");
  std::vector<std::string> paths;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), path);
       it != std::sregex_iterator(); ++it) {
    paths.push_back((*it)[1]);
  }
  for (auto it = std::sregex_iterator(text.begin(), text.end(), decision);
       it != std::sregex_iterator(); ++it) {
    paths.push_back(it->str() + "*");
  }
  return paths;
}

// A path of the checkout; one '*' in the last part stands for anything.
bool Exists(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path full = fs::path(SourceFolder()) / path;
  const std::string name = full.filename().string();
  const std::size_t star = name.find('*');
  if (star == std::string::npos) return fs::exists(full);
  const std::string begin = name.substr(0, star), end = name.substr(star + 1);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(full.parent_path(), error)) {
    const std::string found = entry.path().filename().string();
    if (found.size() >= begin.size() + end.size() && found.starts_with(begin) &&
        found.ends_with(end)) {
      return true;
    }
  }
  return false;
}

TEST(RequirementsTest, EveryRequirementHasOneRowInOrder) {
  const std::vector<Row> rows = Rows();
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(kRequirements));
  for (int i = 0; i < kRequirements; ++i) {
    EXPECT_EQ(rows[static_cast<std::size_t>(i)].number, i + 1);
  }
}

TEST(RequirementsTest, EveryPathIsThere) {
  const std::vector<std::string> paths = PathsIn(TableText());
  EXPECT_GT(paths.size(), 60u);
  for (const std::string& path : paths) EXPECT_TRUE(Exists(path)) << path;
}

TEST(RequirementsTest, WhatWorksNamesATest) {
  for (const Row& row : Rows()) {
    EXPECT_TRUE(row.state.find("works") != std::string::npos ||
                row.state.find("elsewhere") != std::string::npos)
        << row.number << " says neither";
    if (row.state.find("works") == std::string::npos) continue;
    EXPECT_NE(row.state.find("`tests/"), std::string::npos) << row.number;
  }
}

TEST(RequirementsTest, DecisionsAreNumberedWithoutGaps) {
  std::vector<int> numbers;
  for (const File& file : Files("docs/decisions")) {
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    numbers.push_back(std::stoi(name.substr(0, 4)));
  }
  ASSERT_GT(numbers.size(), 30u);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(numbers[i], static_cast<int>(i) + 1)
        << "a number is missing or there twice";
  }
}

}  // namespace
}  // namespace samkoer::repo
