#ifndef SAMKOER_SERVER_MATCHER_WITNESS_WRITER_H_
#define SAMKOER_SERVER_MATCHER_WITNESS_WRITER_H_

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/witness_writer.h"

namespace samkoer::server {

// Through the matcher's commit loop.
class MatcherWitnessWriter final : public WitnessWriter {
 public:
  // `matcher` must outlive this.
  explicit MatcherWitnessWriter(matcher::Matcher& matcher)
      : matcher_(matcher) {}

  absl::Status Keep(const Identity* who,
                    const storage::WitnessChange& change) override {
    if (who == nullptr) return matcher_.KeepWitness(nullptr, change);
    const matcher::Caller caller = CallerOf(*who);
    return matcher_.KeepWitness(&caller, change);
  }

 private:
  matcher::Matcher& matcher_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_WITNESS_WRITER_H_
