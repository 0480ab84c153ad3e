#include "clients/audit/subtree_hasher.h"

#include <utility>

namespace samkoer::clients {
namespace {

// Some hundred microseconds.
constexpr int kLooks = 200'000;

}  // namespace

SubtreeHasher::SubtreeHasher() : thread_([this] { Run(); }) {}

SubtreeHasher::~SubtreeHasher() {
  Enter(kStop);
  thread_.join();
}

void SubtreeHasher::Enter(State state) {
  state_.store(state, std::memory_order_release);
  state_.notify_all();
}

void SubtreeHasher::Leave(State state) {
  for (int look = 0; look < kLooks; ++look) {
    if (state_.load(std::memory_order_acquire) != state) return;
  }
  state_.wait(state, std::memory_order_acquire);
}

void SubtreeHasher::Begin(const v1::LeafBatch& batch, int begin, int end) {
  batch_ = &batch;
  begin_ = begin;
  end_ = end;
  Enter(kWork);
}

std::vector<crypto::CompactTree> SubtreeHasher::Wait() {
  Leave(kWork);
  state_.store(kIdle, std::memory_order_relaxed);
  return std::move(trees_);
}

void SubtreeHasher::Run() {
  while (true) {
    Leave(kIdle);
    Leave(kDone);
    const int state = state_.load(std::memory_order_acquire);
    if (state == kStop) return;
    if (state != kWork) continue;
    std::vector<crypto::CompactTree> trees;
    for (int i = begin_; i < end_; ++i) {
      if ((i - begin_) % kSubtreeLeaves == 0) trees.emplace_back();
      trees.back().AppendLeafHash(
          crypto::LeafHash(crypto::AsBytes(batch_->leaves(i))));
    }
    trees_ = std::move(trees);
    Enter(kDone);
  }
}

}  // namespace samkoer::clients
