#include "tests/crypto/vectors.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "support/source_folder.h"

namespace samkoer::crypto {

using google::protobuf::Value;

Value LoadVectors(const std::string& file_name) {
  std::ifstream file(SourceFolder() + "/tests/vectors/" + file_name);
  const std::string text{std::istreambuf_iterator<char>(file),
                         std::istreambuf_iterator<char>()};
  Value value;
  const auto status = google::protobuf::util::JsonStringToMessage(text, &value);
  EXPECT_TRUE(status.ok()) << file_name << ": " << status.ToString();
  return value;
}

const Value& Field(const Value& object, const std::string& name) {
  static const Value none;
  const auto found = object.struct_value().fields().find(name);
  if (found == object.struct_value().fields().end()) {
    ADD_FAILURE() << "the vector has no " << name;
    return none;
  }
  return found->second;
}

std::string TextField(const Value& object, const std::string& name) {
  return Field(object, name).string_value();
}

std::string FromHex(std::string_view hex) {
  std::string out(hex.size() / 2, '\0');
  std::size_t length = 0;
  EXPECT_EQ(
      sodium_hex2bin(reinterpret_cast<std::uint8_t*>(out.data()), out.size(),
                     hex.data(), hex.size(), nullptr, &length, nullptr),
      0);
  EXPECT_EQ(length, out.size());
  return out;
}

std::string ToHex(Bytes bytes) {
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
  out.pop_back();
  return out;
}

std::vector<std::string> FromHexList(std::string_view hex) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t comma = hex.find(',');
    out.push_back(FromHex(hex.substr(0, comma)));
    if (comma == std::string_view::npos) return out;
    hex.remove_prefix(comma + 1);
  }
}

std::mt19937_64 SeededGenerator() {
  const char* const given = std::getenv("SAMKOER_SEED");
  const std::uint64_t seed =
      given != nullptr
          ? std::strtoull(given, nullptr, 10)
          : static_cast<std::uint64_t>(
                std::chrono::system_clock::now().time_since_epoch().count());
  std::cout << "SAMKOER_SEED=" << seed << "\n";
  return std::mt19937_64(seed);
}

}  // namespace samkoer::crypto
