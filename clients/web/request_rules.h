// Which requests are answered at all, before anything of them is looked at. The
// HTTP library reads a body only where it expects one: what it leaves unread
// would be taken for the next request of the connection, which another person's
// may be where a proxy stands in front.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_REQUEST_RULES_H_
#define SAMKOER_CLIENTS_WEB_REQUEST_RULES_H_

#include <string_view>
#include <vector>

namespace samkoer::clients {

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

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_REQUEST_RULES_H_
