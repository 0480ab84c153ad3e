#include "matcher/objections.h"

#include <memory>
#include <string>
#include <utility>

#include "matcher/loop_state.h"
#include "storage/index_hash.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {

using storage::Table;

crypto::Hash16 ObjectionSet::HashOf(const crypto::Hash16& person_key) const {
  return storage::IndexHash(index_key_, storage::kObjectionLabel, person_key);
}

absl::Status ReadObjections(
    const LoopState& state,
    absl::FunctionRef<void(const crypto::Hash16&, storage::StoredObjection)>
        visit) {
  absl::Status status;
  absl::Status scanned = state.store->Scan(
      storage::TablePrefix(Table::kObjection), "",
      [&](std::string_view key, std::string_view value) {
        const auto hash = storage::ParseObjectionKey(key);
        auto plaintext = state.sealer->Open(key, value);
        if (!hash || !plaintext.ok()) {
          status = hash
                       ? plaintext.status()
                       : absl::DataLossError("an objection's key is malformed");
          return false;
        }
        auto objection = storage::DecodeObjection(*plaintext);
        status = objection.status();
        if (status.ok()) visit(*hash, *std::move(objection));
        return status.ok();
      });
  return scanned.ok() ? status : scanned;
}

absl::Status LoadObjections(LoopState& state) {
  auto objections = std::make_shared<ObjectionSet>(state.index_key);
  absl::Status read =
      ReadObjections(state, [&](const crypto::Hash16& hash,
                                const storage::StoredObjection& objection) {
        objections->Insert(hash, objection.before);
      });
  state.objections = std::move(objections);
  return read;
}

bool RegisterObjection(LoopState& state, Transaction& tx,
                       const crypto::Hash16& person_key,
                       const std::optional<crypto::Hash16>& previous_key) {
  if (state.objections->Contains(person_key)) return false;
  auto objections = std::make_shared<ObjectionSet>(*state.objections);
  const crypto::Hash16 hash = objections->HashOf(person_key);
  storage::StoredObjection objection;
  objection.since_micros = ToMicros(tx.now());
  if (previous_key) objection.before = objections->HashOf(*previous_key);
  objections->Insert(hash, objection.before);
  state.objections = std::move(objections);
  std::string key = storage::ObjectionKey(hash);
  std::string value =
      state.sealer->Seal(key, storage::EncodeObjection(objection));
  tx.writes().Put(std::move(key), std::move(value));
  return true;
}

bool LiftObjection(LoopState& state, Transaction& tx,
                   const crypto::Hash16& person_key) {
  if (!state.objections->Contains(person_key)) return false;
  auto objections = std::make_shared<ObjectionSet>(*state.objections);
  const crypto::Hash16 hash = objections->HashOf(person_key);
  // Not the one that it names: that is the word of a department.
  objections->Remove(hash);
  state.objections = std::move(objections);
  tx.writes().Delete(storage::ObjectionKey(hash));
  return true;
}

}  // namespace samkoer::matcher
