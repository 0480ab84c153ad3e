// The published test vectors in tests/vectors, as protobuf's JSON values, and
// what the tests of this folder share.
#ifndef SAMKOER_TESTS_CRYPTO_VECTORS_H_
#define SAMKOER_TESTS_CRYPTO_VECTORS_H_

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/secret.h"

namespace samkoer::crypto {

using JsonObject = google::protobuf::Map<std::string, google::protobuf::Value>;

// A file of tests/vectors. Fails the test, and gives null, if it does not
// parse.
google::protobuf::Value LoadVectors(const std::string& file_name);

// The string, number or object in a field; fails the test if there is none.
const google::protobuf::Value& Field(const google::protobuf::Value& object,
                                     const std::string& name);
std::string TextField(const google::protobuf::Value& object,
                      const std::string& name);

// Hexadecimal digits as bytes; fails the test if they are not.
std::string FromHex(std::string_view hex);
std::string ToHex(Bytes bytes);
// Where several values stand in one string, with commas between them.
std::vector<std::string> FromHexList(std::string_view hex);

template <std::size_t N>
SecretArray<N> SecretFrom(std::string_view bytes) {
  return SecretArray<N>(AsBytes(bytes).first<N>());
}

// Seeded from SAMKOER_SEED or the clock; prints the seed.
std::mt19937_64 SeededGenerator();

}  // namespace samkoer::crypto

#endif  // SAMKOER_TESTS_CRYPTO_VECTORS_H_
