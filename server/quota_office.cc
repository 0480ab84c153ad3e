#include "server/quota_office.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/key_leaves.h"
#include "server/keyd_store.h"
#include "server/quota_ledger.h"
#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::server {
namespace {

// The meta word of the configuration's quotas at the last start. Plaintext
// (integers little-endian): version (u8 = 1), count (u32), then for each,
// ascending by subject: subject (u16 length, bytes), burst (u64), per day
// (u64).
constexpr char kFileWord[] = "quota-file";
constexpr std::uint8_t kFileVersion = 1;
constexpr char kReason[] = "keyd.yaml";

std::string EncodeFile(const QuotaOffice::Quotas& quotas) {
  std::string value;
  storage::PutU8(value, kFileVersion);
  storage::PutU32(value, static_cast<std::uint32_t>(quotas.size()));
  for (const auto& [subject, quota] : quotas) {
    storage::PutString16(value, subject);
    storage::PutU64(value, quota.burst());
    storage::PutU64(value, quota.per_day());
  }
  return value;
}

absl::StatusOr<QuotaOffice::Quotas> DecodeFile(std::string_view plaintext) {
  storage::ByteReader in(plaintext);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kFileVersion) {
    return absl::FailedPreconditionError(
        "the note of the configured quotas has an unknown version; use a newer "
        "program");
  }
  QuotaOffice::Quotas quotas;
  const std::uint32_t count = in.U32();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    v1::QuotaConfig quota;
    quota.set_subject(std::string(in.String16()));
    quota.set_burst(in.U64());
    quota.set_per_day(in.U64());
    quotas[quota.subject()] = quota;
  }
  if (!in.Done()) {
    return absl::DataLossError("the note of the configured quotas is damaged");
  }
  return quotas;
}

bool Same(const v1::QuotaConfig& a, const v1::QuotaConfig& b) {
  return a.burst() == b.burst() && a.per_day() == b.per_day();
}

bool IsRole(const std::string& subject) {
  return subject == RoleName(Role::kDepartment) ||
         subject == RoleName(Role::kPrivacyOfficer);
}

v1::ProposalContent ContentOf(const v1::QuotaConfig& quota) {
  v1::ProposalContent content;
  *content.mutable_quota() = quota;
  return content;
}

}  // namespace

QuotaOffice::QuotaOffice(KeydStore& store, QuotaLedger& ledger,
                         std::string municipality,
                         std::function<absl::Time()> now)
    : store_(store),
      ledger_(ledger),
      municipality_(std::move(municipality)),
      now_(std::move(now)) {}

absl::StatusOr<std::unique_ptr<QuotaOffice>> QuotaOffice::Open(
    KeydStore& store, QuotaLedger& ledger, std::string municipality,
    std::function<absl::Time()> now) {
  std::unique_ptr<QuotaOffice> office(
      new QuotaOffice(store, ledger, std::move(municipality), std::move(now)));
  auto desk = ProposalDesk::Load({*store.engine, store.sealer, *store.log,
                                  ledger, *office, "keyd",
                                  std::string(kServicePurpose), office->now_});
  if (!desk.ok()) return desk.status();
  office->desk_ = *std::move(desk);
  office->GiveToLedger();
  return office;
}

void QuotaOffice::Load(const v1::ProposalContent& content) {
  if (!content.has_quota()) return;
  in_force_[content.quota().subject()] = content.quota();
}

void QuotaOffice::GiveToLedger() {
  std::vector<v1::QuotaConfig> quotas;
  for (const auto& [subject, quota] : in_force_) quotas.push_back(quota);
  ledger_.SetQuotas(QuotaTable(std::move(quotas)));
}

v1::QuotaConfig QuotaOffice::Now(const std::string& subject) const {
  const auto own = in_force_.find(subject);
  if (own != in_force_.end()) return own->second;
  v1::QuotaConfig now;
  if (const auto who = ParseIdentityUri(subject); who.ok()) {
    const auto role = in_force_.find(std::string(RoleName(who->role)));
    if (role != in_force_.end()) now = role->second;
  }
  now.set_subject(subject);
  return now;
}

absl::Status QuotaOffice::Check(const v1::ProposalContent& content) const {
  if (!content.has_quota()) {
    return absl::FailedPreconditionError(
        "the key service takes proposals of quotas; policies and switches of "
        "departments are the matcher's");
  }
  const v1::QuotaConfig& quota = content.quota();
  if (!IsRole(quota.subject())) {
    const auto who = ParseIdentityUri(quota.subject());
    if (!who.ok() || who->municipality != municipality_) {
      return absl::InvalidArgumentError(absl::StrCat(
          "subject: expected department, privacy-officer or a URI samkoer://",
          municipality_, "/role/name"));
    }
  }
  if (quota.burst() > kMaxQuotaBurst || quota.per_day() > kMaxQuotaBurst) {
    return absl::InvalidArgumentError(
        absl::StrCat("burst, per_day: at most ", kMaxQuotaBurst));
  }
  const auto own = in_force_.find(quota.subject());
  if (own != in_force_.end() && Same(own->second, quota)) {
    return absl::FailedPreconditionError("the quota is that already");
  }
  return absl::OkStatus();
}

v1::ProposalContent QuotaOffice::InForce(
    const v1::ProposalContent& content) const {
  if (!content.has_quota()) return {};
  return ContentOf(Now(content.quota().subject()));
}

void QuotaOffice::BringInForce(const Identity* who,
                               const v1::ProposalContent& content,
                               StagedWrites& writes) {
  const v1::QuotaConfig& quota = content.quota();
  writes.leaves.push_back(
      QuotaChangedLeaf(who, quota, Now(quota.subject()), now_()));
  in_force_[quota.subject()] = quota;
  // Before it is durable, which no answer of this write is either.
  GiveToLedger();
}

absl::StatusOr<QuotaOffice::Quotas> QuotaOffice::LastFile(bool& first) const {
  const std::string key = storage::MetaKey(kFileWord);
  auto sealed = store_.engine->Get(key);
  first = absl::IsNotFound(sealed.status());
  if (first) return Quotas();
  if (!sealed.ok()) return sealed.status();
  auto plaintext = store_.sealer.Open(key, *sealed);
  if (!plaintext.ok()) return plaintext.status();
  return DecodeFile(*plaintext);
}

absl::Status QuotaOffice::TakeChanged(const v1::QuotaConfig& wanted, bool first,
                                      StagedWrites& writes) {
  const v1::ProposalContent content = ContentOf(wanted);
  if (absl::Status s = desk_->WithdrawOwn(content, kReason, writes); !s.ok()) {
    return s;
  }
  const v1::QuotaConfig now = Now(wanted.subject());
  const bool own = in_force_.contains(wanted.subject());
  if (own && Same(now, wanted)) return absl::OkStatus();
  if (first ||
      (wanted.burst() <= now.burst() && wanted.per_day() <= now.per_day())) {
    return desk_->DecideOwn(content, kReason, writes);
  }
  return desk_->ProposeOwn(content, kReason, writes).status();
}

absl::StatusOr<std::map<std::uint64_t, v1::QuotaConfig>> QuotaOffice::TakeFile(
    const std::vector<v1::QuotaConfig>& file) {
  bool first = false;
  auto last = LastFile(first);
  if (!last.ok()) return last.status();
  Quotas wanted;
  for (const v1::QuotaConfig& quota : file) wanted[quota.subject()] = quota;
  std::map<std::uint64_t, v1::QuotaConfig> waiting;
  absl::Status written =
      ledger_.Write([&](StagedWrites& writes) -> absl::Status {
        Quotas changed;
        for (const auto& [subject, quota] : *last) {
          if (!wanted.contains(subject)) changed[subject].set_subject(subject);
        }
        for (const auto& [subject, quota] : wanted) {
          const auto before = last->find(subject);
          if (before == last->end() || !Same(before->second, quota)) {
            changed[subject] = quota;
          }
        }
        for (const auto& [subject, quota] : changed) {
          if (absl::Status s = TakeChanged(quota, first, writes); !s.ok()) {
            return s;
          }
        }
        if (first || !changed.empty()) {
          writes.values[storage::MetaKey(kFileWord)] = EncodeFile(wanted);
        }
        for (const auto& [number, entry] : desk_->book().entries()) {
          if (entry.head.state() == v1::PROPOSAL_STATE_OPEN &&
              entry.head.content().has_quota()) {
            waiting[number] = entry.head.content().quota();
          }
        }
        return absl::OkStatus();
      });
  if (!written.ok()) return written;
  return waiting;
}

}  // namespace samkoer::server
