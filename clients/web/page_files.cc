#include "clients/web/page_files.h"

#include <sodium.h>
#include <zlib.h>

#include <array>
#include <vector>

#include "absl/strings/escaping.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

std::string_view TypeOf(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

std::string Etag(std::string_view bytes) {
  std::array<unsigned char, 16> hash;
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  return Cat("\"",
             absl::BytesToHexString(absl::string_view(
                 reinterpret_cast<const char*>(hash.data()), hash.size())),
             "\"");
}

const std::vector<PageFile>& Files() {
  static const auto* files = [] {
    auto* made = new std::vector<PageFile>;
    for (std::size_t i = 0; i < kEmbeddedFileCount; ++i) {
      const EmbeddedFile& file = kEmbeddedFiles[i];
      const std::string_view bytes(reinterpret_cast<const char*>(file.bytes),
                                   file.size);
      made->push_back({file.name, TypeOf(file.name), bytes,
                       Gzip(bytes, Z_BEST_COMPRESSION), Etag(bytes)});
    }
    return made;
  }();
  return *files;
}

}  // namespace

std::string Gzip(std::string_view bytes, int level) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return "";
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // not written
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return ended == Z_STREAM_END ? out : "";
}

const PageFile* FindPageFile(std::string_view path) {
  for (const PageFile& file : Files()) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

const PageFile& IndexFile() { return *FindPageFile("/index.html"); }

}  // namespace samkoer::clients
