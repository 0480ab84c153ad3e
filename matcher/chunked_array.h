#ifndef SAMKOER_MATCHER_CHUNKED_ARRAY_H_
#define SAMKOER_MATCHER_CHUNKED_ARRAY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace samkoer::matcher {

// An array that grows without moving its elements: growing costs no copy of
// everything, and no freed memory keeps a copy of a key. Elements are
// default-constructed. Not thread-safe while growing.
template <typename T>
class ChunkedArray {
 public:
  T& operator[](std::uint32_t i) { return chunks_[i >> kBits][i & kMask]; }
  const T& operator[](std::uint32_t i) const {
    return chunks_[i >> kBits][i & kMask];
  }
  std::uint32_t size() const { return size_; }
  // Makes elements up to `size` - 1 usable; never shrinks.
  void GrowTo(std::uint32_t size) {
    while (chunks_.size() << kBits < size) {
      chunks_.push_back(std::make_unique<T[]>(std::size_t{1} << kBits));
    }
    if (size > size_) size_ = size;
  }

 private:
  static constexpr unsigned kBits = 12;
  static constexpr std::uint32_t kMask = (1u << kBits) - 1;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::uint32_t size_ = 0;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CHUNKED_ARRAY_H_
