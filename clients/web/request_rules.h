// Which requests are answered at all, before anything of them is looked at. The
// HTTP library reads a body only where it expects one: what it leaves unread
// would be taken for the next request of the connection, which another person's
// may be where a proxy stands in front.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_REQUEST_RULES_H_
#define SAMKOER_CLIENTS_WEB_REQUEST_RULES_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace samkoer::clients {

// The first line of a request, and with it all its headers: single sign-on in
// front of the page brings long cookies and a token of up to 8 KiB.
inline constexpr std::size_t kMaxRequestLineBytes = 2 * 1024;
inline constexpr std::size_t kMaxHeadBytes = 32 * 1024;
// A file of figures (500 rows of some 200 bytes). Forms are shorter: the
// library takes 8 KiB of them, where a text of 2,000 bytes takes 6,000.
inline constexpr std::size_t kMaxBodyBytes = 128 * 1024;

// What a request says of its body.
struct RequestFrame {
  std::string_view verb;
  // The values of the headers, as often as they stand there.
  std::vector<std::string_view> content_length;
  bool transfer_encoding = false;
};

// 0, or the status with which the request is refused and its connection ended:
// 405 for a verb that the page has not, 411 for a body whose length is not said
// first, 400 for a length that is none, or a body where there can be none.
int RefusalOf(const RequestFrame& frame);

// The same of a whole head, as it came, up to and with its blank line. Besides
// RefusalOf's: 400 for whatever RFC 9112 does not allow there, because the
// library skips lines that it cannot read and a proxy may read them otherwise;
// 413 for a body over kMaxBodyBytes, 414 for a line over kMaxRequestLineBytes,
// 415 for a body that is compressed, which the library would unpack without
// end, or in several parts, which it takes apart with regular expressions;
// 416 for a part of an answer, which would be many, 431 for a head over
// kMaxHeadBytes.
int RefusalOfHead(std::string_view head);

// The target of the first line of a head that is not refused.
std::string_view TargetOf(std::string_view head);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_REQUEST_RULES_H_
