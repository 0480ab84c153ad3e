// Tells whether an evaluation gives what an alert says already, without opening
// the alert: most evaluations change nothing.
//
// The digest of a match is the sum, modulo 2^128, of the rule's digest and the
// fingerprints of the counting cases. Fingerprints cover everything a
// department sent; a rule's digest covers its text and all names that an alert
// shows. So equal digests mean equal contents; different ones only that the
// contents must be compared. All zero means that no rule holds.
//
// Thread safety: pure.
#ifndef SAMKOER_MATCHER_MATCH_DIGEST_H_
#define SAMKOER_MATCHER_MATCH_DIGEST_H_

#include <vector>

#include "crypto/keyed_hash.h"
#include "matcher/policy.h"

namespace samkoer::matcher {

// One digest a rule of the policy, in their order: the first 16 bytes of
// BLAKE2b-256 over the rule and the departments with their units as protobuf.
// The policy's version is not in it, because a new version alone changes no
// alert.
std::vector<crypto::Hash16> RuleDigests(const CompiledPolicy& policy);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_MATCH_DIGEST_H_
