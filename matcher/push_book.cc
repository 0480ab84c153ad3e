#include "matcher/push_book.h"

#include <utility>

#include "storage/key_layout.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::PushPhase;
using storage::Table;

void PutPush(const NumberedPush& push, Transaction& tx,
             const storage::ValueSealer& sealer) {
  std::string key = NumberKey(Table::kPush, push.number);
  std::string value = sealer.Seal(key, storage::EncodePush(push.stored));
  tx.writes().Put(std::move(key), std::move(value));
}

// Its id must not begin again: an agent that comes back with it is older than
// what has been pushed since.
void RememberGivenUp(NumberedPush push, DepartmentPushes& book, Transaction& tx,
                     const storage::ValueSealer& sealer) {
  push.stored.phase = PushPhase::kGivenUp;
  push.stored.digests_hash.clear();
  push.stored.differing.clear();
  PutPush(push, tx, sealer);
  book.given_up.push_back(std::move(push));
  if (book.given_up.size() > PushBook::kGivenUpKept) {
    tx.writes().Delete(NumberKey(Table::kPush, book.given_up.front().number));
    book.given_up.pop_front();
  }
}

void DeleteBatches(const OpenPush& push, Transaction& tx) {
  for (std::uint64_t n = 0; n < push.batches.size(); ++n) {
    tx.writes().Delete(storage::StagedBatchKey(push.number, n));
  }
}

}  // namespace

crypto::Hash32 OpenPush::Digest() const {
  crypto::Blake2b256Stream stream;
  for (const Batch& batch : batches) stream.Update(batch.digest);
  return stream.Finish();
}

absl::Status PushBook::Load(const storage::Reader& reader,
                            const storage::ValueSealer& sealer) {
  absl::Status status;
  absl::Status scanned = reader.Scan(
      storage::TablePrefix(Table::kPush), "",
      [&](std::string_view key, std::string_view value) {
        const auto number = storage::ParseNumberKey(Table::kPush, key);
        auto plaintext = sealer.Open(key, value);
        if (!plaintext.ok()) {
          status = plaintext.status();
          return false;
        }
        auto stored = storage::DecodePush(*plaintext);
        if (!stored.ok() || !number) {
          status = stored.ok()
                       ? absl::DataLossError("a push's key is malformed")
                       : stored.status();
          return false;
        }
        DepartmentPushes& book = departments_[stored->department];
        switch (stored->phase) {
          case PushPhase::kOpen:
          case PushPhase::kIntent:
            if (book.open) {
              status = absl::DataLossError("a department has two open pushes");
              return false;
            }
            book.open.emplace();
            book.open->number = *number;
            book.open->stored = *std::move(stored);
            break;
          case PushPhase::kCommitted:
            book.committed = {*number, *std::move(stored)};
            break;
          case PushPhase::kGivenUp:
            book.given_up.push_back({*number, *std::move(stored)});
            break;
        }
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  for (auto& [department, book] : departments_) {
    if (!book.open) continue;
    if (absl::Status s = LoadBatches(reader, sealer, *book.open); !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

absl::Status PushBook::LoadBatches(const storage::Reader& reader,
                                   const storage::ValueSealer& sealer,
                                   OpenPush& push) {
  absl::Status status;
  absl::Status scanned = reader.Scan(
      storage::StagedBatchPrefix(push.number), "",
      [&](std::string_view key, std::string_view value) {
        const auto numbers = storage::ParseStagedBatchKey(key);
        auto plaintext = sealer.Open(key, value);
        if (!plaintext.ok()) {
          status = plaintext.status();
          return false;
        }
        auto head = storage::DecodeStagedBatchHead(*plaintext);
        if (!head.ok() || !numbers || numbers->batch != push.batches.size()) {
          status = head.ok() ? absl::DataLossError("a staged batch is missing")
                             : head.status();
          return false;
        }
        for (const crypto::Hash16& case_id : head->mentioned) {
          push.mentioned.emplace(
              case_id, static_cast<std::uint32_t>(push.batches.size()));
        }
        push.batches.push_back({head->digest, head->record_count});
        push.record_count += head->record_count;
        push.stored.added += head->added;
        push.stored.changed += head->changed;
        push.stored.withdrawn += head->withdrawn;
        return true;
      });
  return scanned.ok() ? status : scanned;
}

OpenPush* PushBook::FindOpen(std::uint16_t department, std::uint64_t number) {
  DepartmentPushes& book = departments_[department];
  return book.open && book.open->number == number ? &*book.open : nullptr;
}

void PushBook::Open(NumberedPush push, Transaction& tx,
                    const storage::ValueSealer& sealer) {
  PutPush(push, tx, sealer);
  OpenPush& open = departments_[push.stored.department].open.emplace();
  static_cast<NumberedPush&>(open) = std::move(push);
}

void PushBook::Update(const OpenPush& push, Transaction& tx,
                      const storage::ValueSealer& sealer) {
  PutPush(push, tx, sealer);
}

void PushBook::Commit(std::uint16_t department, storage::StoredPush receipt,
                      Transaction& tx, const storage::ValueSealer& sealer) {
  DepartmentPushes& book = departments_[department];
  DeleteBatches(*book.open, tx);
  if (book.committed) {
    RememberGivenUp(*std::move(book.committed), book, tx, sealer);
  }
  book.committed = {book.open->number, std::move(receipt)};
  book.committed->stored.phase = PushPhase::kCommitted;
  book.open.reset();
  PutPush(*book.committed, tx, sealer);
}

void PushBook::GiveUp(std::uint16_t department, bool remember, Transaction& tx,
                      const storage::ValueSealer& sealer) {
  DepartmentPushes& book = departments_[department];
  DeleteBatches(*book.open, tx);
  if (remember) {
    RememberGivenUp(*std::move(book.open), book, tx, sealer);
  } else {
    tx.writes().Delete(NumberKey(Table::kPush, book.open->number));
  }
  book.open.reset();
}

std::uint64_t PushBook::GiveUpAll(Transaction& tx,
                                  const storage::ValueSealer& sealer) {
  std::uint64_t given_up = 0;
  for (auto& [department, book] : departments_) {
    if (!book.open) continue;
    GiveUp(department, /*remember=*/false, tx, sealer);
    ++given_up;
  }
  return given_up;
}

void PushBook::EndCommitted(std::uint16_t department, Transaction& tx,
                            const storage::ValueSealer& sealer) {
  DepartmentPushes& book = departments_[department];
  if (!book.committed) return;
  RememberGivenUp(*std::move(book.committed), book, tx, sealer);
  book.committed.reset();
}

}  // namespace samkoer::matcher
