#include "storage/backup_manifest.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

constexpr char kKey[] =
    "samkoer-backup+34ec81db+CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

BackupManifest Sample() {
  BackupManifest backup;
  backup.origin = "samkoer/testby/matcher";
  backup.made_seconds = 1700000000;
  backup.program = "1.2.0";
  backup.log_size = 2;
  backup.key = kKey;
  backup.log_root.fill(0);
  backup.keks = {1, 2};
  backup.files = {{"000012.sst", 4096, {}, {}}, {"CURRENT", 16, {}, {}}};
  backup.files[0].plain.fill(0xab);
  backup.files[0].stored.fill(0x0c);
  return backup;
}

constexpr char kText[] =
    "samkoer-backup/1\n"
    "origin samkoer/testby/matcher\n"
    "made 1700000000\n"
    "server running\n"
    "program 1.2.0\n"
    "log 2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "key samkoer-backup+34ec81db+CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "kek 1\n"
    "kek 2\n"
    "file 000012.sst 4096 "
    "abababababababababababababababababababababababababababababababab "
    "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c\n"
    "file CURRENT 16 "
    "0000000000000000000000000000000000000000000000000000000000000000 "
    "0000000000000000000000000000000000000000000000000000000000000000\n";

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(BackupManifestTest, IsTheTextOfTheFormatAndBack) {
  EXPECT_EQ(ValueOf(FormatBackupManifest(Sample())), kText);
  EXPECT_EQ(ValueOf(ParseBackupManifest(kText)), Sample());
  EXPECT_EQ(Sample().TotalBytes(), 4112u);
}

TEST(BackupManifestTest, TellsAStoppedServerFromARunningOne) {
  BackupManifest stopped = Sample();
  stopped.server_stopped = true;
  const std::string text = ValueOf(FormatBackupManifest(stopped));
  EXPECT_EQ(text, Replaced(kText, "server running", "server stopped"));
  EXPECT_EQ(ValueOf(ParseBackupManifest(text)), stopped);
}

TEST(BackupManifestTest, AFileIsKeptUnderItsTwoHashes) {
  EXPECT_EQ(Sample().files[0].StoredName(),
            "abababababababababababababababababababababababababababababababab."
            "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c");
}

TEST(BackupManifestTest, ANewerFormatIsToldFromADamagedOne) {
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ParseBackupManifest(Replaced(kText, "backup/1", "backup/2")).status()));
  EXPECT_TRUE(absl::IsDataLoss(
      ParseBackupManifest(Replaced(kText, "samkoer-b", "samkoer-B")).status()));
}

TEST(BackupManifestTest, NothingThatIsNotOfTheFormatIsTaken) {
  const std::pair<const char*, const char*> slips[] = {
      {"made 1700000000", "made 01700000000"},
      {"made 1700000000", "made -1"},
      {"made 1700000000", "made 1700000000 "},
      {"made ", "mode "},
      {"server running", "server walking"},
      {"server running\n", ""},
      {"server running", "server running stopped"},
      {"key samkoer", "key Samkoer"},
      {"key samkoer-backup+", "key samkoer-backup+0"},
      {"program 1.2.0\n", ""},
      {"program 1.2.0\n", "program 1.2.0\nprogram 1.2.0\n"},
      {"program 1.2.0", "program"},
      {"log 2 ", "log 2  "},
      {"log 2 A", "log 2 "},
      {"kek 1\nkek 2", "kek 2\nkek 1"},
      {"kek 1\nkek 2", "kek 1\nkek 1"},
      {"kek 1\nkek 2\n", ""},
      {"kek 2", "kek 4294967296"},
      {"file 000012.sst", "file ../000012.sst"},
      {"file 000012.sst", "file .hidden"},
      {"file 000012.sst", "file a/b"},
      {"file 000012.sst", "file ZURRENT"},
      {"file 000012.sst", "file CURRENT"},
      {"abab", "ABab"},
      {"abab", "ab"},
      {"4096", "4096 1"},
      {"origin samkoer/testby/matcher\nmade 1700000000",
       "made 1700000000\norigin samkoer/testby/matcher"},
  };
  for (const auto& [from, to] : slips) {
    EXPECT_TRUE(absl::IsDataLoss(
        ParseBackupManifest(Replaced(kText, from, to)).status()))
        << from << " -> " << to;
  }
  const std::string text = kText;
  EXPECT_FALSE(ParseBackupManifest("").ok());
  EXPECT_FALSE(ParseBackupManifest(text.substr(0, text.size() - 1)).ok());
  EXPECT_FALSE(ParseBackupManifest(text.substr(0, text.find("file"))).ok());
  EXPECT_FALSE(ParseBackupManifest(text + "\n").ok());
}

TEST(BackupManifestTest, WhatCannotBeReadBackIsNotWritten) {
  for (const auto& spoil : std::vector<std::function<void(BackupManifest&)>>{
           [](BackupManifest& b) { b.origin = "with space"; },
           [](BackupManifest& b) { b.program = ""; },
           [](BackupManifest& b) { b.key = "none"; },
           [](BackupManifest& b) {
             b.keks = {2, 1};
           },
           [](BackupManifest& b) { b.files.clear(); },
           [](BackupManifest& b) { b.files[1].name = "../CURRENT"; },
           [](BackupManifest& b) { b.files[1].name = b.files[0].name; }}) {
    BackupManifest backup = Sample();
    spoil(backup);
    EXPECT_TRUE(absl::IsInvalidArgument(FormatBackupManifest(backup).status()));
  }
}

TEST(BackupManifestTest, AStoreOfMoreFilesThanANoteHoldsIsRefusedInWords) {
  BackupManifest backup = Sample();
  backup.files.clear();
  for (int i = 100000; i < 110000; ++i) {
    backup.files.push_back({std::to_string(i), 1, {}, {}});
  }
  const auto text = FormatBackupManifest(backup);
  EXPECT_NE(Message(text.status()).find("too many files"), std::string::npos);
}

}  // namespace
}  // namespace samkoer::storage
