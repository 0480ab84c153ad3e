#include "matcher/pending_writes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "proto/absl_text.h"

namespace samkoer::matcher {

absl::StatusOr<std::string> PendingWrites::Get(std::string_view key) const {
  const auto found = writes_.find(proto::Absl(key));
  if (found == writes_.end()) return store_.Get(key);
  if (!found->second.has_value()) {
    return absl::NotFoundError("the value is deleted");
  }
  return *found->second;
}

void PendingWrites::Put(std::string key, std::string value) {
  bytes_ += key.size() + value.size();
  writes_.insert_or_assign(std::move(key), std::move(value));
}

void PendingWrites::Delete(std::string key) {
  bytes_ += key.size();
  writes_.insert_or_assign(std::move(key), std::nullopt);
}

storage::WriteBatch PendingWrites::Take() {
  std::vector<std::pair<std::string_view, std::optional<std::string>*>> order;
  order.reserve(writes_.size());
  for (auto& [key, value] : writes_) order.emplace_back(key, &value);
  // The engine inserts neighbours faster than strangers.
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  storage::WriteBatch batch;
  for (auto& [key, value] : order) {
    if (value->has_value()) {
      batch.Put(std::string(key), *std::move(*value));
    } else {
      batch.Delete(std::string(key));
    }
  }
  writes_.clear();
  bytes_ = 0;
  return batch;
}

}  // namespace samkoer::matcher
