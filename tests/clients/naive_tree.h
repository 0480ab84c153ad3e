// RFC 6962, section 2.1, written down as it stands there: recursive, slow, and
// with nothing of ours but the type of a hash. The reference that the fast code
// is held against.
#ifndef SAMKOER_TESTS_CLIENTS_NAIVE_TREE_H_
#define SAMKOER_TESTS_CLIENTS_NAIVE_TREE_H_

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace samkoer::clients {

using NaiveHash = std::array<std::uint8_t, 32>;
using NaiveLeaves = std::vector<std::string>;

inline NaiveHash NaiveSha256(const std::string& data) {
  NaiveHash hash;
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(),
         hash.data());
  return hash;
}

inline std::string NaiveText(const NaiveHash& hash) {
  return {hash.begin(), hash.end()};
}

// The largest power of two below n (n > 1).
inline std::size_t NaiveSplit(std::size_t n) {
  std::size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

// MTH(D[begin:end]).
inline NaiveHash NaiveRoot(const NaiveLeaves& leaves, std::size_t begin,
                           std::size_t end) {
  if (begin == end) return NaiveSha256("");
  if (end - begin == 1) {
    return NaiveSha256(std::string(1, '\0') + leaves[begin]);
  }
  const std::size_t k = begin + NaiveSplit(end - begin);
  return NaiveSha256("\x01" + NaiveText(NaiveRoot(leaves, begin, k)) +
                     NaiveText(NaiveRoot(leaves, k, end)));
}

inline NaiveHash NaiveRoot(const NaiveLeaves& leaves) {
  return NaiveRoot(leaves, 0, leaves.size());
}

// SUBPROOF(m, D[begin:end], whole).
inline std::vector<NaiveHash> NaiveSubproof(const NaiveLeaves& leaves,
                                            std::size_t m, std::size_t begin,
                                            std::size_t end, bool whole) {
  const std::size_t n = end - begin;
  if (m == n) {
    if (whole) return {};
    return {NaiveRoot(leaves, begin, end)};
  }
  const std::size_t k = NaiveSplit(n);
  std::vector<NaiveHash> proof;
  if (m <= k) {
    proof = NaiveSubproof(leaves, m, begin, begin + k, whole);
    proof.push_back(NaiveRoot(leaves, begin + k, end));
  } else {
    proof = NaiveSubproof(leaves, m - k, begin + k, end, false);
    proof.push_back(NaiveRoot(leaves, begin, begin + k));
  }
  return proof;
}

// PROOF(m, D[n]).
inline std::vector<NaiveHash> NaiveConsistency(const NaiveLeaves& leaves,
                                               std::size_t m, std::size_t n) {
  return NaiveSubproof(leaves, m, 0, n, true);
}

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_NAIVE_TREE_H_
