#include "matcher/alert_heads.h"

#include <algorithm>
#include <utility>

namespace samkoer::matcher {

void AlertHeads::Scan(
    std::uint64_t before,
    absl::FunctionRef<bool(const storage::StoredAlert& head)> visit) const {
  std::uint64_t end = blocks_.size();
  // The block of `before` itself may hold some below it.
  if (before != 0) {
    end = std::min(end, (before - 1) / storage::kAlertBlockSlots + 1);
  }
  while (end-- > 0) {
    if (blocks_[end] == nullptr) continue;
    const Block& block = *blocks_[end];
    for (auto head = block.rbegin(); head != block.rend(); ++head) {
      if (before != 0 && head->number >= before) continue;
      if (!visit(*head)) return;
    }
  }
}

void AlertHeadBook::Put(std::uint64_t block,
                        std::vector<storage::StoredAlert> heads) {
  if (block >= blocks_.size()) blocks_.resize(block + 1);
  blocks_[block] =
      heads.empty()
          ? nullptr
          : std::make_shared<const AlertHeads::Block>(std::move(heads));
  changed_ = true;
}

std::shared_ptr<const AlertHeads> AlertHeadBook::Share(
    std::uint64_t feed_sequence) {
  if (changed_ || shared_ == nullptr ||
      shared_->feed_sequence() != feed_sequence) {
    auto heads = std::make_shared<AlertHeads>();
    heads->feed_sequence_ = feed_sequence;
    heads->blocks_ = blocks_;
    shared_ = std::move(heads);
    changed_ = false;
  }
  return shared_;
}

}  // namespace samkoer::matcher
