// What an agent remembers of a push until it is committed, so that a killed one
// goes on with the same push id. Nothing personal: random and keyed digests.
//
// File "push.state", text, version 1:
//   samkoer-push-state 1
//   push_id HEX   16 bytes
//   begin HEX     32 bytes: BLAKE2b-256 of what `begin` says besides the id
//   contents HEX  32 bytes: PushPlan::ContentsDigest
#ifndef SAMKOER_CLIENTS_AGENT_PUSH_STATE_H_
#define SAMKOER_CLIENTS_AGENT_PUSH_STATE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "crypto/keyed_hash.h"

namespace samkoer::agent {

struct PushState {
  crypto::Hash16 push_id{};
  crypto::Hash32 begin{};
  crypto::Hash32 contents{};
  friend bool operator==(const PushState&, const PushState&) = default;
};

// Of the file's text.
std::string FormatPushState(const PushState& state);
// Nothing if it is malformed or of another version: then a new push begins.
std::optional<PushState> ParsePushState(std::string_view text);

// Where the state is kept between runs.
//
// Thread safety: for one thread at a time.
class PushStateStore {
 public:
  virtual ~PushStateStore() = default;
  virtual std::optional<PushState> Load() = 0;
  // On disk, synced, when this returns OK.
  virtual absl::Status Save(const PushState& state) = 0;
  // The push is over.
  virtual void Clear() = 0;
};

// In a file, replaced as a whole.
class PushStateFile final : public PushStateStore {
 public:
  explicit PushStateFile(std::string path) : path_(std::move(path)) {}
  std::optional<PushState> Load() override;
  absl::Status Save(const PushState& state) override;
  void Clear() override;

 private:
  const std::string path_;
};

// Nowhere: for benchmarks, and wherever a broken push may begin anew.
class NoPushState final : public PushStateStore {
 public:
  std::optional<PushState> Load() override { return std::nullopt; }
  absl::Status Save(const PushState&) override { return absl::OkStatus(); }
  void Clear() override {}
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PUSH_STATE_H_
