// Notices to departments: which of their cases to look into since a person was
// erased (storage/notice_table.h).
//
// Thread safety: what takes a LoopState belongs to the commit loop's thread;
// ReadNotices may be called from any.
#ifndef SAMKOER_MATCHER_NOTICES_H_
#define SAMKOER_MATCHER_NOTICES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/keyed_hash.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/intake.pb.h"
#include "storage/engine.h"
#include "storage/notice_table.h"

namespace samkoer::matcher {

// For how long a notice waits for its department.
inline constexpr absl::Duration kNoticeKept = absl::Hours(24 * 30);

// Tells the department of an erasure. A notice of the same case gives way: what
// the department has seen of it is no longer all.
void PutNotice(LoopState& state, Transaction& tx, std::uint16_t department,
               std::string_view case_ref, samkoer::v1::NoticeKind kind);

// Tells the department that a case it has sent is not taken in, because its
// person has objected; nothing if it is told already.
absl::Status NoteObjectedCase(LoopState& state, Transaction& tx,
                              std::uint16_t department,
                              std::string_view case_ref);

// A department's notices with their keys in the store, oldest first.
struct KeyedNotice {
  std::string key;
  storage::StoredNotice notice;
};
absl::StatusOr<std::vector<KeyedNotice>> ReadNotices(
    const storage::Reader& reader, const storage::ValueSealer& sealer,
    std::uint16_t department);

// Deletes the department's notices with these ids; returns how many there were.
absl::StatusOr<std::uint32_t> DeleteNotices(
    LoopState& state, Transaction& tx, std::uint16_t department,
    const std::vector<crypto::Hash16>& ids);

// Deletes those that nobody has acknowledged in time. Everything before must be
// durable: the table is read from the store.
absl::StatusOr<std::uint64_t> DeleteOldNotices(LoopState& state,
                                               Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_NOTICES_H_
