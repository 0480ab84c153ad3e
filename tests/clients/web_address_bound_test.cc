#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <optional>
#include <vector>

#include "clients/web/address_bound.h"

namespace samkoer::clients {
namespace {

sockaddr_storage Address(const char* text) {
  sockaddr_storage storage{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(std::strlen(text)));
    std::memcpy(&storage, &v4, sizeof(v4));
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
    v6.sin6_family = AF_INET6;
    std::memcpy(&storage, &v6, sizeof(v6));
  }
  return storage;
}

TEST(WebAddressBound, EachAddressHasItsOwn) {
  AddressBound bound(2);
  std::vector<AddressBound::Place> places;
  for (const char* address :
       {"192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
    places.push_back(bound.Take(Address(address)));
    EXPECT_TRUE(places.back().held()) << address;
  }
  EXPECT_FALSE(bound.Take(Address("192.0.2.1")).held());
  // An IPv4 address is the same by whichever way it comes.
  EXPECT_FALSE(bound.Take(Address("::ffff:192.0.2.1")).held());
  EXPECT_TRUE(bound.Take(Address("::ffff:192.0.2.3")).held());
  // Of IPv6, whoever has one address has its network.
  places.push_back(bound.Take(Address("2001:db8::2:1")));
  EXPECT_TRUE(places.back().held());
  EXPECT_FALSE(bound.Take(Address("2001:db8:0:0:ffff::1")).held());
  EXPECT_TRUE(bound.Take(Address("2001:db8:0:1::1")).held());
}

TEST(WebAddressBound, APlaceIsFreeAgainWhenItGoes) {
  AddressBound bound(1);
  std::optional<AddressBound::Place> place = bound.Take(Address("192.0.2.1"));
  AddressBound::Place moved = *std::move(place);
  EXPECT_FALSE(place->held());
  place.reset();
  EXPECT_FALSE(bound.Take(Address("192.0.2.1")).held());
  moved = AddressBound::Place();
  EXPECT_TRUE(bound.Take(Address("192.0.2.1")).held());
  EXPECT_TRUE(bound.Take(Address("192.0.2.1")).held());
}

}  // namespace
}  // namespace samkoer::clients
