// The limits that both sides of the wire know, each with its unit and reason.
// Limits of one server alone stand in server/limits.h.
#ifndef SAMKOER_PROTO_LIMITS_H_
#define SAMKOER_PROTO_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace samkoer::proto {

// Records a batch: one batch is one synced receipt; 1,000 keep a frame near
// 200 KiB, far below gRPC's frame limit.
inline constexpr std::size_t kMaxBatchRecords = 1000;
// Batches a push: 20 million records, more than any municipality has. A push
// without end would fill the disk and, at its commit, the memory of everybody.
inline constexpr std::uint64_t kMaxPushBatches = 20'000;
// Cases that one delta may state or withdraw: the matcher keeps them in memory
// until its commit, about 30 bytes each, to see that none is spoken of twice.
// More than that is a snapshot's job.
inline constexpr std::size_t kMaxDeltaCases = 2'000'000;
// Withdrawn case references a batch, as records.
inline constexpr std::size_t kMaxBatchWithdrawals = 1000;
// Elements an OPRF request: one proof covers them; 32,000 bytes.
inline constexpr std::size_t kMaxOprfElements = 1000;
// Bytes of a case reference, a unit, a contact: long enough for every case
// system seen, too short for notes.
inline constexpr std::size_t kMaxCaseRefBytes = 64;
inline constexpr std::size_t kMaxUnitBytes = 64;
inline constexpr std::size_t kMaxContactBytes = 64;
// Criterion codes a record, and bytes a code.
inline constexpr std::size_t kMaxCriteria = 16;
inline constexpr std::size_t kMaxCriterionBytes = 32;
// Bytes of an alert's note and of a reason: a sentence or two, not a journal.
inline constexpr std::size_t kMaxNoteBytes = 500;
// Calendar months of GetOverviewResponse before the running one: five years,
// the longest that a council looks back.
inline constexpr std::size_t kMaxOverviewMonths = 60;
// Months whose statistics are kept: this year's quarters beside last year's.
inline constexpr std::size_t kMaxStatisticsMonths = 24;
// Bytes of a feed's id: random, never two alike.
inline constexpr std::size_t kFeedIdBytes = 16;
// People for whom a web page may ask one question together: each is a header of
// up to 200 bytes, as HTTP/2 counts them, and a server takes 8 KiB of those.
inline constexpr std::size_t kMaxPeopleOfCall = 32;
// Bytes of one message in either direction. The largest lawful one is a page
// of 1,000 alerts or the 1 MiB of 65,536 bucket digests.
inline constexpr std::size_t kMaxMessageBytes = 4 * 1024 * 1024;
// Buckets of a snapshot's digests: 16 bytes each, so 1 MiB at most.
inline constexpr std::uint32_t kMaxBuckets = 65536;
// Bytes of a pseudonym, a push id, a self-test digest.
inline constexpr std::size_t kPseudonymBytes = 64;
inline constexpr std::size_t kPushIdBytes = 16;
inline constexpr std::size_t kSelfTestBytes = 32;
// Unacknowledged batches an agent may have on the way: keeps the pipe full
// over a slow line without holding more than some megabytes.
inline constexpr std::size_t kMaxBatchesInFlight = 16;

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_LIMITS_H_
