// Little-endian integers in the agent's own files.
#ifndef SAMKOER_CLIENTS_AGENT_LITTLE_ENDIAN_H_
#define SAMKOER_CLIENTS_AGENT_LITTLE_ENDIAN_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace samkoer::agent {

inline void PutU32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> 8 * i));
}
inline void PutU64(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(value >> 8 * i));
}
// Of the first four bytes; there must be so many.
inline std::uint32_t GetU32(std::string_view from) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) {
    value = value << 8 |
            static_cast<std::uint8_t>(from[static_cast<std::size_t>(i)]);
  }
  return value;
}

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_LITTLE_ENDIAN_H_
