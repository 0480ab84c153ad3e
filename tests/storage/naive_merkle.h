// The definitions of RFC 6962, 2.1 word for word: recursive, slow, and so
// simple that the fast implementations can be held against them.
#ifndef SAMKOER_TESTS_STORAGE_NAIVE_MERKLE_H_
#define SAMKOER_TESTS_STORAGE_NAIVE_MERKLE_H_

#include <span>
#include <string>
#include <vector>

#include "crypto/merkle.h"

namespace samkoer::storage {

using Leaves = std::span<const std::string>;

// k: the largest power of two smaller than n, for n > 1.
inline std::size_t SplitOf(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

// MTH(D[n])
inline crypto::Hash32 NaiveRoot(Leaves d) {
  if (d.empty()) return crypto::EmptyRoot();
  if (d.size() == 1) return crypto::LeafHash(crypto::AsBytes(d[0]));
  const std::size_t k = SplitOf(d.size());
  return crypto::NodeHash(NaiveRoot(d.first(k)), NaiveRoot(d.subspan(k)));
}

// PATH(m, D[n])
inline std::vector<crypto::Hash32> NaivePath(std::size_t m, Leaves d) {
  if (d.size() == 1) return {};
  const std::size_t k = SplitOf(d.size());
  auto path = m < k ? NaivePath(m, d.first(k)) : NaivePath(m - k, d.subspan(k));
  path.push_back(NaiveRoot(m < k ? d.subspan(k) : d.first(k)));
  return path;
}

// SUBPROOF(m, D[n], b)
inline std::vector<crypto::Hash32> NaiveSubproof(std::size_t m, Leaves d,
                                                 bool b) {
  if (m == d.size()) {
    if (b) return {};
    return {NaiveRoot(d)};
  }
  const std::size_t k = SplitOf(d.size());
  auto proof = m <= k ? NaiveSubproof(m, d.first(k), b)
                      : NaiveSubproof(m - k, d.subspan(k), false);
  proof.push_back(NaiveRoot(m <= k ? d.subspan(k) : d.first(k)));
  return proof;
}

// PROOF(m, D[n])
inline std::vector<crypto::Hash32> NaiveProof(std::size_t m, Leaves d) {
  return NaiveSubproof(m, d, true);
}

}  // namespace samkoer::storage

#endif  // SAMKOER_TESTS_STORAGE_NAIVE_MERKLE_H_
