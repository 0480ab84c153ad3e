#include "matcher/conference_store.h"

#include <utility>

#include "matcher/alert_store.h"
#include "matcher/conference_seat.h"
#include "matcher/lettered_id.h"
#include "matcher/timestamps.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::StoredConference;
using storage::Table;

absl::Status NoSuchConference() {
  return absl::NotFoundError("there is no such conference");
}

}  // namespace

std::string FormatConferenceId(std::uint64_t id) {
  return FormatLetteredId('K', id);
}

absl::StatusOr<std::uint64_t> ParseConferenceId(std::string_view text) {
  const auto id = ParseLetteredId('K', text);
  if (!id) return NoSuchConference();
  return *id;
}

absl::StatusOr<StoredConference> LoadConference(const LoopState& state,
                                                const Transaction& tx,
                                                std::uint64_t id) {
  const std::string key = NumberKey(Table::kConference, id);
  auto value = tx.writes().Get(key);
  if (absl::IsNotFound(value.status())) return NoSuchConference();
  if (!value.ok()) return value.status();
  auto plaintext = state.sealer->Open(key, *value);
  if (!plaintext.ok()) return plaintext.status();
  return storage::DecodeConference(*plaintext);
}

void PutConference(const LoopState& state, Transaction& tx, std::uint64_t id,
                   const StoredConference& conference) {
  std::string key = NumberKey(Table::kConference, id);
  std::string value =
      state.sealer->Seal(key, storage::EncodeConference(conference));
  tx.writes().Put(std::move(key), std::move(value));
}

void MarkChanged(samkoer::v1::Conference& conference, const Caller& caller,
                 absl::Time now) {
  conference.set_revision(conference.revision() + 1);
  conference.set_changed_by(caller.uri);
  *conference.mutable_changed() = ToTimestamp(now);
}

absl::StatusOr<std::map<std::uint64_t, StoredConference>> LoadConferences(
    const LoopState& state) {
  std::map<std::uint64_t, StoredConference> all;
  absl::Status status;
  absl::Status scanned = state.store->Scan(
      storage::TablePrefix(Table::kConference), "",
      [&](std::string_view key, std::string_view value) {
        auto plaintext = state.sealer->Open(key, value);
        status = plaintext.status();
        if (!status.ok()) return false;
        auto conference = storage::DecodeConference(*plaintext);
        status = conference.status();
        const auto id = storage::ParseNumberKey(Table::kConference, key);
        if (status.ok() && id) all.emplace(*id, *std::move(conference));
        return status.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  return all;
}

absl::StatusOr<std::vector<AgendaCase>> LoadAgenda(
    const LoopState& state, const Transaction& tx,
    const StoredConference& conference) {
  const bool planned =
      conference.conference.state() == samkoer::v1::CONFERENCE_STATE_PLANNED;
  std::vector<AgendaCase> agenda;
  AlertLoader alerts(state, tx);
  for (const std::uint64_t alert_id : conference.alerts) {
    AgendaCase found;
    found.person = state.index.FindAlertId(alert_id);
    if (found.person == kNone) continue;
    if (absl::Status s = alerts.Load(found.person, found.alert); !s.ok()) {
      return s;
    }
    if (!planned ||
        HasSeat(found.alert, conference.conference.conference_id())) {
      agenda.push_back(std::move(found));
    }
  }
  return agenda;
}

}  // namespace samkoer::matcher
