#include "crypto/tls13.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>

namespace samkoer::crypto {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

TEST(RequireTls13, LaterContextsHaveNoOlderVersion) {
  ASSERT_TRUE(RequireTls13().ok());
  ASSERT_TRUE(RequireTls13().ok());
  constexpr std::uint64_t kOlder =
      SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2;
  for (const SSL_METHOD* method : {TLS_client_method(), TLS_server_method()}) {
    const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(method));
    ASSERT_NE(context, nullptr);
    EXPECT_EQ(SSL_CTX_get_options(context.get()) & kOlder, kOlder);
    EXPECT_EQ(SSL_CTX_get_options(context.get()) & SSL_OP_NO_TLSv1_3, 0u);
  }
}

}  // namespace
}  // namespace samkoer::crypto
