#ifndef SAMKOER_SERVER_MATCHER_KEK_WRITER_H_
#define SAMKOER_SERVER_MATCHER_KEK_WRITER_H_

#include <string>
#include <vector>

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/kek_writer.h"

namespace samkoer::server {

// Through the matcher's commit loop.
class MatcherKekWriter final : public KekWriter {
 public:
  // `matcher` must outlive this.
  explicit MatcherKekWriter(matcher::Matcher& matcher) : matcher_(matcher) {}

  absl::Status Change(const Identity* who,
                      const storage::KekChange& change) override {
    if (who == nullptr) return matcher_.ChangeKek(nullptr, change);
    const matcher::Caller caller = CallerOf(*who);
    return matcher_.ChangeKek(&caller, change);
  }
  absl::StatusOr<std::uint64_t> Reseal(
      const std::vector<std::string>& store_keys) override {
    return matcher_.Reseal(store_keys);
  }

 private:
  matcher::Matcher& matcher_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_KEK_WRITER_H_
