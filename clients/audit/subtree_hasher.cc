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

crypto::CompactTree SubtreeHasher::Wait() {
  Leave(kWork);
  state_.store(kIdle, std::memory_order_relaxed);
  return std::move(tree_);
}

void SubtreeHasher::Run() {
  while (true) {
    Leave(kIdle);
    Leave(kDone);
    const int state = state_.load(std::memory_order_acquire);
    if (state == kStop) return;
    if (state != kWork) continue;
    crypto::CompactTree tree;
    for (int i = begin_; i < end_; ++i) {
      tree.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(batch_->leaves(i))));
    }
    tree_ = std::move(tree);
    Enter(kDone);
  }
}

}  // namespace samkoer::clients
