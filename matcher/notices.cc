#include "matcher/notices.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "storage/index_hash.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using storage::StoredNotice;
using storage::Table;

std::string KeyOf(const LoopState& state, std::uint16_t department,
                  std::string_view case_ref) {
  return storage::NoticeKey(
      department, storage::IndexHash(state.index_key, storage::kNoticeLabel,
                                     crypto::AsBytes(case_ref)));
}

absl::StatusOr<StoredNotice> OpenNotice(const storage::ValueSealer& sealer,
                                        std::string_view key,
                                        std::string_view value) {
  auto plaintext = sealer.Open(key, value);
  if (!plaintext.ok()) return plaintext.status();
  return storage::DecodeNotice(*plaintext);
}

// Calls `visit` with every notice under a prefix.
absl::Status ForEach(
    const storage::Reader& reader, const storage::ValueSealer& sealer,
    const std::string& prefix,
    const std::function<void(std::string_view key, StoredNotice)>& visit) {
  absl::Status status;
  absl::Status scanned = reader.Scan(
      prefix, "", [&](std::string_view key, std::string_view value) {
        auto notice = OpenNotice(sealer, key, value);
        status = notice.status();
        if (notice.ok()) visit(key, *std::move(notice));
        return status.ok();
      });
  return scanned.ok() ? status : scanned;
}

}  // namespace

void PutNotice(LoopState& state, Transaction& tx, std::uint16_t department,
               std::string_view case_ref, samkoer::v1::NoticeKind kind) {
  StoredNotice notice;
  randombytes_buf(notice.notice_id.data(), notice.notice_id.size());
  notice.kind = static_cast<std::uint8_t>(kind);
  notice.time_micros = ToMicros(tx.now());
  notice.case_ref = case_ref;
  std::string key = KeyOf(state, department, case_ref);
  std::string value = state.sealer->Seal(key, storage::EncodeNotice(notice));
  tx.writes().Put(std::move(key), std::move(value));
}

absl::Status NoteObjectedCase(LoopState& state, Transaction& tx,
                              std::uint16_t department,
                              std::string_view case_ref) {
  const std::string key = KeyOf(state, department, case_ref);
  auto value = tx.writes().Get(key);
  if (value.ok()) {
    auto notice = OpenNotice(*state.sealer, key, *value);
    if (!notice.ok()) return notice.status();
    if (notice->kind == samkoer::v1::NOTICE_KIND_OBJECTION) {
      return absl::OkStatus();
    }
  } else if (!absl::IsNotFound(value.status())) {
    return value.status();
  }
  PutNotice(state, tx, department, case_ref,
            samkoer::v1::NOTICE_KIND_OBJECTION);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KeyedNotice>> ReadNotices(
    const storage::Reader& reader, const storage::ValueSealer& sealer,
    std::uint16_t department) {
  std::vector<KeyedNotice> notices;
  absl::Status status =
      ForEach(reader, sealer, storage::NoticePrefix(department),
              [&](std::string_view key, StoredNotice notice) {
                notices.push_back({std::string(key), std::move(notice)});
              });
  if (!status.ok()) return status;
  std::sort(notices.begin(), notices.end(),
            [](const KeyedNotice& a, const KeyedNotice& b) {
              return std::tie(a.notice.time_micros, a.notice.case_ref) <
                     std::tie(b.notice.time_micros, b.notice.case_ref);
            });
  return notices;
}

absl::StatusOr<std::uint32_t> DeleteNotices(
    LoopState& state, Transaction& tx, std::uint16_t department,
    const std::vector<crypto::Hash16>& ids) {
  auto notices = ReadNotices(*state.store, *state.sealer, department);
  if (!notices.ok()) return notices.status();
  std::uint32_t deleted = 0;
  for (const KeyedNotice& found : *notices) {
    if (std::find(ids.begin(), ids.end(), found.notice.notice_id) ==
        ids.end()) {
      continue;
    }
    // An earlier command of the group may have put another in its place.
    auto value = tx.writes().Get(found.key);
    if (absl::IsNotFound(value.status())) continue;
    if (!value.ok()) return value.status();
    auto present = OpenNotice(*state.sealer, found.key, *value);
    if (!present.ok()) return present.status();
    if (present->notice_id != found.notice.notice_id) continue;
    tx.writes().Delete(found.key);
    ++deleted;
  }
  return deleted;
}

absl::StatusOr<std::uint64_t> DeleteOldNotices(LoopState& state,
                                               Transaction& tx) {
  std::vector<std::string> old;
  const std::int64_t kept_from = ToMicros(tx.now() - kNoticeKept);
  absl::Status status =
      ForEach(*state.store, *state.sealer, storage::TablePrefix(Table::kNotice),
              [&](std::string_view key, StoredNotice notice) {
                if (notice.time_micros < kept_from) {
                  old.emplace_back(key);
                }
              });
  if (!status.ok()) return status;
  for (std::string& key : old) tx.writes().Delete(std::move(key));
  return old.size();
}

}  // namespace samkoer::matcher
