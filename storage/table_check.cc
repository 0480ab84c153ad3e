#include "storage/table_check.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "crypto/keyed_hash.h"
#include "storage/alarm_table.h"
#include "storage/kek_marker.h"
#include "storage/proposal_table.h"
#include "storage/witness_state.h"

namespace samkoer::storage {

std::string Numbered(const char* what, std::uint64_t number) {
  return absl::StrCat(what, " ", number);
}

absl::StatusOr<std::string> ValueAt(const CheckedStore& store,
                                    std::string_view key) {
  const auto value = store.reader.Get(key);
  if (!value.ok()) return value.status();
  return store.sealer.Open(key, *value);
}

absl::Status ForEachRow(
    const CheckedStore& store, Table table,
    const std::function<void(std::string_view, std::string_view)>& visit) {
  return store.reader.Scan(TablePrefix(table), "",
                           [&](std::string_view key, std::string_view value) {
                             const auto plaintext =
                                 store.sealer.OpenSecret(key, value);
                             if (plaintext.ok())
                               visit(key, crypto::AsText(plaintext->Expose()));
                             return true;
                           });
}

absl::Status CheckSharedTables(const CheckedStore& store, Findings& findings) {
  absl::Status status = ForEachRow(
      store, Table::kProposal,
      [&](std::string_view key, std::string_view plaintext) {
        const auto number = ParseNumberKey(Table::kProposal, key);
        const auto proposal = DecodeProposal(plaintext);
        if (!number) return;
        if (!proposal.ok() || proposal->head.number() != *number) {
          findings.Add(Numbered("proposal", *number), "is malformed");
        } else if (ContentDigest(proposal->content) !=
                   proposal->head.digest()) {
          findings.Add(Numbered("proposal", *number),
                       "its digest is not that of its contents");
        }
      });
  if (!status.ok()) return status;
  status = ForEachRow(store, Table::kAlarm,
                      [&](std::string_view key, std::string_view plaintext) {
                        const auto alarm = DecodeAlarm(plaintext);
                        if (!alarm.ok() || AlarmKey(alarm->alarm_id()) != key) {
                          findings.Add("alarms", "one is malformed");
                        }
                      });
  if (!status.ok()) return status;
  if (!LoadKekMarker(store.reader, store.sealer).ok()) {
    findings.Add("note of the key rotation", "is malformed");
  }
  const auto witness = ValueAt(store, MetaKey(kWitnessWord));
  if (witness.ok() && !DecodeWitnessState(*witness).ok()) {
    findings.Add("note of the witnesses", "is malformed");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::storage
