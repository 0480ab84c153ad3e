// The files of the page, which are part of the program.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_PAGE_FILES_H_
#define SAMKOER_CLIENTS_WEB_PAGE_FILES_H_

#include <string>
#include <string_view>

namespace samkoer::clients {

struct PageFile {
  std::string_view path;  // "/app.js"
  std::string_view type;  // of the content
  std::string_view bytes;
  std::string gzip;  // the same, compressed
  std::string etag;  // with its quotes
};

// Null if there is none of that path.
const PageFile* FindPageFile(std::string_view path);
// What any address of the page itself gets.
const PageFile& IndexFile();

// gzip with zlib's level (1 to 9); empty if zlib fails.
std::string Gzip(std::string_view bytes, int level);

// Made by embed.cmake: the files one after the other.
struct EmbeddedFile {
  const char* name;
  const unsigned char* bytes;
  std::size_t size;
};
extern const EmbeddedFile kEmbeddedFiles[];
extern const std::size_t kEmbeddedFileCount;

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_PAGE_FILES_H_
