#include "server/memory_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace samkoer::server {
namespace {

std::string Read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return in.is_open() ? text.str() : "not there";
}

TEST(MemoryFileTest, WhoOpensThePathFindsTheLatestText) {
  auto file = MemoryFile::Create();
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Read(file->path()), "");
  ASSERT_TRUE(file->Replace("one, which is long").ok());
  EXPECT_EQ(Read(file->path()), "one, which is long");
  ASSERT_TRUE(file->Replace("two").ok());
  EXPECT_EQ(Read(file->path()), "two");
}

TEST(MemoryFileTest, ThePathStaysWhenTheObjectMovesAndEndsWithIt) {
  std::string path;
  {
    auto file = MemoryFile::Create();
    ASSERT_TRUE(file.ok()) << file.status();
    path = file->path();
    const MemoryFile moved = *std::move(file);
    EXPECT_EQ(moved.path(), path);
    EXPECT_EQ(Read(path), "");
  }
  EXPECT_EQ(Read(path), "not there");
}

TEST(MemoryFileTest, AReaderAtAnyTimeFindsOneTextWhole) {
  auto file = MemoryFile::Create();
  ASSERT_TRUE(file.ok()) << file.status();
  const std::string a(100'000, 'a'), b(70'000, 'b');
  ASSERT_TRUE(file->Replace(a).ok());
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      EXPECT_TRUE(file->Replace(i % 2 == 0 ? b : a).ok());
    }
    done = true;
  });
  int read = 0, torn = 0;
  while (!done || read == 0) {
    const std::string text = Read(file->path());
    ++read;
    if (text != a && text != b) ++torn;
  }
  writer.join();
  EXPECT_EQ(torn, 0) << "of " << read;
}

}  // namespace
}  // namespace samkoer::server
