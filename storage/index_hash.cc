#include "storage/index_hash.h"

#include <sodium.h>

#include <string>

namespace samkoer::storage {

crypto::Hash16 IndexHash(const crypto::HashKey& index_key,
                         std::string_view label, crypto::Bytes value) {
  std::string input("samkoer/v1/index");
  input.push_back('\0');
  input.append(label);
  input.push_back('\0');
  input.append(crypto::AsText(value));
  crypto::Hash16 hash;
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(input.data()),
                     input.size(), index_key.Expose().data(),
                     index_key.Expose().size());
  sodium_memzero(input.data(), input.size());
  return hash;
}

}  // namespace samkoer::storage
