#include <map>

#include "clients/audit/tile_export.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"
#include "tests/clients/naive_tree.h"

namespace samkoer::clients {
namespace {

using Files = std::map<std::string, std::string>;

// "x001/067" for 1067, as c2sp.org/tlog-tiles has it.
std::string NaiveIndex(std::uint64_t index) {
  std::string digits = std::to_string(index);
  while (digits.size() % 3 != 0) digits.insert(0, "0");
  std::string path;
  for (std::size_t i = 0; i < digits.size(); i += 3) {
    const bool last = i + 3 == digits.size();
    path += (last ? "" : "x") + digits.substr(i, 3) + (last ? "" : "/");
  }
  return path;
}

// The export of a log, built from the specification: each hash of each tile
// from its own leaves.
Files NaiveExport(const NaiveLeaves& leaves, const std::string& note) {
  Files files = {{"checkpoint", note}};
  std::size_t span = 1;
  for (int level = 0; leaves.size() / span > 0; ++level, span *= 256) {
    const std::size_t hashes = leaves.size() / span;
    for (std::size_t at = 0; at < hashes; at += 256) {
      const std::size_t width = std::min<std::size_t>(256, hashes - at);
      std::string bytes;
      for (std::size_t i = at; i < at + width; ++i) {
        bytes += NaiveText(NaiveRoot(leaves, i * span, (i + 1) * span));
      }
      files["tile/" + std::to_string(level) + "/" + NaiveIndex(at / 256) +
            (width < 256 ? ".p/" + std::to_string(width) : "")] = bytes;
    }
  }
  for (std::size_t at = 0; at < leaves.size(); at += 256) {
    const std::size_t width = std::min<std::size_t>(256, leaves.size() - at);
    std::string bytes;
    for (std::size_t i = at; i < at + width; ++i) {
      bytes += static_cast<char>(leaves[i].size() / 256);
      bytes += static_cast<char>(leaves[i].size() % 256);
      bytes += leaves[i];
    }
    files["tile/entries/" + NaiveIndex(at / 256) +
          (width < 256 ? ".p/" + std::to_string(width) : "")] = bytes;
  }
  return files;
}

class TileExportTest : public testing::Test {
 protected:
  std::string NoteOf(const NaiveLeaves& leaves) const {
    return signer_.Sign(
        crypto::Checkpoint{"log", leaves.size(), NaiveRoot(leaves)}.Format());
  }
  Files Export(const NaiveLeaves& leaves) const {
    Files files;
    TileExport tiles([&](const std::string& path, std::string_view bytes) {
      EXPECT_FALSE(files.contains(path)) << path << " is written twice";
      EXPECT_FALSE(files.contains("checkpoint")) << "not the last file";
      files[path] = std::string(bytes);
      return absl::OkStatus();
    });
    for (const std::string& leaf : leaves) {
      EXPECT_TRUE(tiles.Append(leaf).ok());
    }
    EXPECT_TRUE(tiles.Finish(NoteOf(leaves)).ok());
    return files;
  }
  absl::Status Check(const Files& files) const {
    return VerifyExport(
               verifier_,
               [&](const std::string& path) -> absl::StatusOr<std::string> {
                 const auto found = files.find(path);
                 if (found == files.end()) return absl::NotFoundError(path);
                 return found->second;
               },
               nullptr)
        .status();
  }

  const crypto::NoteSigner signer_ = TestSigner("log");
  const crypto::NoteVerifier verifier_ = TestVerifier(signer_);
};

TEST_F(TileExportTest, EqualsTheSpecificationFileByFile) {
  for (std::size_t size :
       {0u, 1u, 2u, 255u, 256u, 257u, 511u, 512u, 513u, 1000u}) {
    const NaiveLeaves leaves = NumberedLeaves(size);
    EXPECT_EQ(Export(leaves), NaiveExport(leaves, NoteOf(leaves))) << size;
  }
}

TEST_F(TileExportTest, ReachesTheThirdLevel) {
  // 65,536 leaves and a few; the naive tree over all of them would be slow, so
  // only the shape and the top are compared.
  NaiveLeaves leaves;
  for (int i = 0; i < 65540; ++i) leaves.push_back(std::to_string(i));
  const Files files = Export(leaves);
  EXPECT_TRUE(files.contains("tile/0/255"));
  EXPECT_TRUE(files.contains("tile/0/256.p/4"));
  EXPECT_TRUE(files.contains("tile/1/000"));
  EXPECT_FALSE(files.contains("tile/1/001.p/1"));
  EXPECT_EQ(files.at("tile/2/000.p/1"), NaiveText(NaiveRoot(leaves, 0, 65536)));
  EXPECT_EQ(files.size(), 1u + 257 + 257 + 1 + 1);
  EXPECT_TRUE(Check(files).ok());
}

TEST_F(TileExportTest, VerifiesWhatItWrote) {
  for (std::size_t size : {0u, 1u, 255u, 256u, 700u}) {
    EXPECT_TRUE(Check(Export(NumberedLeaves(size))).ok()) << size;
  }
}

TEST_F(TileExportTest, AnyChangedByteOfAnyFileIsFound) {
  const Files honest = Export(NumberedLeaves(600));
  for (const auto& [path, bytes] : honest) {
    for (std::size_t at :
         {std::size_t{0}, bytes.size() / 2, bytes.size() - 2}) {
      Files forged = honest;
      forged[path][at] ^= 1;
      EXPECT_FALSE(Check(forged).ok()) << path << " byte " << at;
    }
  }
}

TEST_F(TileExportTest, AnyMissingFileIsFound) {
  const Files honest = Export(NumberedLeaves(600));
  for (const auto& [path, bytes] : honest) {
    Files forged = honest;
    forged.erase(path);
    EXPECT_FALSE(Check(forged).ok()) << path;
  }
}

TEST_F(TileExportTest, ABundleThatIsCutShortOrHasMoreIsFound) {
  const Files honest = Export(NumberedLeaves(600));
  Files forged = honest;
  forged["tile/entries/002.p/88"].pop_back();
  EXPECT_TRUE(absl::IsDataLoss(Check(forged)));
  forged = honest;
  forged["tile/entries/000"] += std::string("\0\1x", 3);
  EXPECT_TRUE(absl::IsDataLoss(Check(forged)));
}

TEST_F(TileExportTest, AnExportOfAnotherKeyIsRefused) {
  Files files = Export(NumberedLeaves(3));
  files["checkpoint"] = TestSigner("log", 9).Sign(
      crypto::Checkpoint{"log", 3, NaiveRoot(NumberedLeaves(3))}.Format());
  EXPECT_TRUE(absl::IsDataLoss(Check(files)));
}

TEST_F(TileExportTest, TheLongestEntryIsWrittenAndALongerOneRefused) {
  Files files;
  TileExport tiles([&](const std::string& path, std::string_view bytes) {
    files[path] = std::string(bytes);
    return absl::OkStatus();
  });
  const NaiveLeaves leaves = {std::string(65535, 'x'), ""};
  EXPECT_TRUE(tiles.Append(leaves[0]).ok());
  EXPECT_TRUE(absl::IsOutOfRange(tiles.Append(std::string(65536, 'x'))));
  EXPECT_TRUE(tiles.Append(leaves[1]).ok());
  ASSERT_TRUE(tiles.Finish(NoteOf(leaves)).ok());
  EXPECT_EQ(files, NaiveExport(leaves, NoteOf(leaves)));
  EXPECT_TRUE(Check(files).ok());
}

TEST_F(TileExportTest, AFullDiskEndsTheExport) {
  TileExport tiles([](const std::string&, std::string_view) {
    return absl::ResourceExhaustedError("disk full");
  });
  absl::Status status;
  for (int i = 0; i < 256 && status.ok(); ++i) status = tiles.Append("x");
  EXPECT_TRUE(absl::IsResourceExhausted(status));
}

}  // namespace
}  // namespace samkoer::clients
