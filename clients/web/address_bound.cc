#include "clients/web/address_bound.h"

#include <netinet/in.h>

#include <cstring>

namespace samkoer::clients {
namespace {

constexpr std::size_t kNetworkBytes = 8;
constexpr std::size_t kIpv4At = 12;  // in an IPv6 address that holds one

std::string KeyOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof(v4));
    return {reinterpret_cast<const char*>(&v4.sin_addr), sizeof(v4.sin_addr)};
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof(v6));
    const std::string bytes(reinterpret_cast<const char*>(&v6.sin6_addr),
                            sizeof(v6.sin6_addr));
    return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? bytes.substr(kIpv4At)
                                               : bytes.substr(0, kNetworkBytes);
  }
  return "";
}

}  // namespace

AddressBound::Place AddressBound::Take(const sockaddr_storage& address) {
  Place place;
  std::string key = KeyOf(address);
  const absl::MutexLock lock(&mutex_);
  std::size_t& taken = taken_[key];
  if (taken >= most_) return place;
  ++taken;
  place.bound_ = this;
  place.address_ = std::move(key);
  return place;
}

void AddressBound::Release(const std::string& address) {
  const absl::MutexLock lock(&mutex_);
  const auto found = taken_.find(address);
  if (--found->second == 0) taken_.erase(found);
}

}  // namespace samkoer::clients
