#include <gtest/gtest.h>

#include <string>

#include "clients/web/request_rules.h"

namespace samkoer::clients {
namespace {

TEST(WebRequestRules, WhatTheCallsOfThePageLookLikeIsTaken) {
  EXPECT_EQ(RefusalOf({"GET", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"HEAD", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"GET", {"0"}, false}), 0);
  EXPECT_EQ(RefusalOf({"POST", {"1200"}, false}), 0);
  EXPECT_EQ(RefusalOf({"POST", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"DELETE", {}, false}), 0);
  EXPECT_EQ(RefusalOf({"DELETE", {"0"}, false}), 0);
}

TEST(WebRequestRules, ABodyThatNobodyWouldReadIsRefused) {
  EXPECT_EQ(RefusalOf({"GET", {"1"}, false}), 400);
  EXPECT_EQ(RefusalOf({"HEAD", {"12"}, false}), 400);
  for (const char* length :
       {"", "-1", "+1", "1 2", "0x10", "1,1", "1e3", "12345678901234567890"}) {
    EXPECT_EQ(RefusalOf({"POST", {length}, false}), 400) << length;
  }
  EXPECT_EQ(RefusalOf({"POST", {"5", "5"}, false}), 400);
  EXPECT_EQ(RefusalOf({"POST", {}, true}), 411);
  EXPECT_EQ(RefusalOf({"GET", {}, true}), 411);
  for (const char* verb : {"PUT", "OPTIONS", "CONNECT", "PRI", "get", ""}) {
    EXPECT_EQ(RefusalOf({verb, {}, false}), 405) << verb;
  }
}

// A good head but for what `line` and `headers` say.
std::string Head(const std::string& headers,
                 const std::string& line = "POST /api?a=b HTTP/1.1") {
  return line + "\r\nHost: x\r\n" + headers + "\r\n";
}

TEST(WebRequestHead, WhatBrowsersAndProxiesSendIsTaken) {
  EXPECT_EQ(RefusalOfHead(Head("")), 0);
  EXPECT_EQ(RefusalOfHead(Head("Content-Length: 12\r\nEmpty:\r\nA:b\r\n")), 0);
  EXPECT_EQ(RefusalOfHead(Head("Content-Length:\t131072 \r\n")), 0);
  EXPECT_EQ(RefusalOfHead(Head("Cookie: a=\"b c\"; \xc3\xa6\t\r\n")), 0);
  EXPECT_EQ(RefusalOfHead(Head("", "GET / HTTP/1.0")), 0);
  EXPECT_EQ(RefusalOfHead(Head("", "GET /%00?a=%23 HTTP/1.1")), 0);
  EXPECT_EQ(TargetOf(Head("", "GET /a?b=c HTTP/1.1")), "/a?b=c");
}

TEST(WebRequestHead, HeadersThatOthersMayReadOtherwiseAreRefused) {
  using std::string_literals::operator""s;
  for (const std::string& headers :
       {"A: b\nContent-Length: 5\r\n"s,  // LF without CR
        "A: b\rContent-Length: 5\r\n"s,  // CR without LF
        "A: b\0c\r\n"s,                  // NUL
        "A: \x01\r\n"s,                  // a control character
        "A: \x7f\r\n"s,                  // another
        "A: b\r\n c\r\n"s,               // a line that goes on
        "A: b\r\n\tc\r\n"s,              // with a tab
        "Content-Length : 5\r\n"s,       // a blank before the colon
        " Content-Length: 5\r\n"s,       // and before the name
        "Content-Length\r\n"s,           // no colon
        ": b\r\n"s,                      // no name
        "Content Length: 5\r\n"s,        // no token
        "Cont\xc3\xa6nt: 5\r\n"s,        // no ASCII
        "A(b): 5\r\n"s,                  // a delimiter
        "Content-Length: %35\r\n"s,      // which the library would decode
        "Content-Length:\r\n"s,          // no length
        "Content-Length: 5, 5\r\n"s,     // two
        "content-length: 5\r\nContent-Length: 5\r\n"s,
        "Content-Length: 5\r\n\r\n"s}) {  // more behind the end
    EXPECT_EQ(RefusalOfHead(Head(headers)), 400) << headers;
  }
  EXPECT_EQ(RefusalOfHead("GET / HTTP/1.1\r\nHost: x\r\n"), 400);
  EXPECT_EQ(RefusalOfHead("GET / HTTP/1.1"), 400);
  EXPECT_EQ(RefusalOfHead(""), 400);
}

TEST(WebRequestHead, FirstLinesThatOthersMayReadOtherwiseAreRefused) {
  for (const char* line :
       {"GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
        "GET\t/ HTTP/1.1", "GET / HTTP/2.0", "GET / http/1.1", "GET /",
        "GET / x HTTP/1.1", "", "GET /a#b HTTP/1.1", "GET /\x01 HTTP/1.1",
        "GET /\xc3\xa6 HTTP/1.1", "GET http://x/ HTTP/1.1", "GET x HTTP/1.1",
        "G(T / HTTP/1.1"}) {
    EXPECT_EQ(RefusalOfHead(Head("", line)), 400) << line;
  }
  EXPECT_EQ(RefusalOfHead(Head("", "OPTIONS * HTTP/1.1")), 405);
}

TEST(WebRequestHead, BodiesThatMustBeUnpackedAreRefused) {
  for (const char* header :
       {"Content-Encoding: gzip", "content-encoding: br",
        "Content-Encoding: deflate", "Content-Encoding: identity",
        "Content-Encoding:", "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: Multipart/Mixed", "Content-Type: multipart%2Fform-data",
        "Content-Type: text/csv\r\nContent-Type: multipart/form-data"}) {
    EXPECT_EQ(RefusalOfHead(Head(std::string(header) + "\r\n")), 415) << header;
  }
  EXPECT_EQ(RefusalOfHead(Head("Content-Type: text/csv; charset=utf-8\r\n"
                               "Accept-Encoding: gzip, br\r\n")),
            0);
}

TEST(WebRequestHead, LengthsHaveAnEnd) {
  const auto line = [](std::size_t bytes) {
    const std::string rest = "GET / HTTP/1.1";
    return "GET /" + std::string(bytes - rest.size(), 'a') + " HTTP/1.1";
  };
  EXPECT_EQ(RefusalOfHead(Head("", line(kMaxRequestLineBytes))), 0);
  EXPECT_EQ(RefusalOfHead(Head("", line(kMaxRequestLineBytes + 1))), 414);
  const auto cookie = [](std::size_t bytes) {
    const std::size_t others = Head("Cookie: \r\n").size();
    return Head("Cookie: " + std::string(bytes - others, 'a') + "\r\n");
  };
  EXPECT_EQ(RefusalOfHead(cookie(kMaxHeadBytes)), 0);
  EXPECT_EQ(RefusalOfHead(cookie(kMaxHeadBytes + 1)), 431);
  EXPECT_EQ(RefusalOfHead(Head("Content-Length: 131073\r\n")), 413);
  EXPECT_EQ(RefusalOfHead(Head("rAnge: bytes=0-\r\n")), 416);
}

}  // namespace
}  // namespace samkoer::clients
