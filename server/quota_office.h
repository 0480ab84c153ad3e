// The key service's quotas, as they have been decided: kept in its store, where
// the proposals are. What was approved last of a subject is in force.
//
// The configuration's quotas count when they *change* from one start to the
// next: those of the first start are taken as they are, what is lower than in
// force holds at once, a subject that is gone gets nothing, and what is higher
// is a proposal of the process that awaits a privacy officer.
#ifndef SAMKOER_SERVER_QUOTA_OFFICE_H_
#define SAMKOER_SERVER_QUOTA_OFFICE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/proposal_desk.h"

namespace samkoer::server {

struct KeydStore;
class QuotaLedger;

class QuotaOffice final : public DeskMatter {
 public:
  using Quotas = std::map<std::string, v1::QuotaConfig>;  // by subject

  // Loads what is in force and gives it to the ledger. Both must outlive the
  // office. `municipality`: whose URIs may have a quota. DATA_LOSS.
  static absl::StatusOr<std::unique_ptr<QuotaOffice>> Open(
      KeydStore& store, QuotaLedger& ledger, std::string municipality,
      std::function<absl::Time()> now);

  // Compares the configuration's quotas with those of the last start, and does
  // what the head of this file says, in one write. Returns what awaits an
  // approval, by number of the proposal.
  absl::StatusOr<std::map<std::uint64_t, v1::QuotaConfig>> TakeFile(
      const std::vector<v1::QuotaConfig>& file);

  ProposalDesk& desk() { return *desk_; }
  // For one who knows that no work is running.
  const Quotas& in_force() const { return in_force_; }

  void Load(const v1::ProposalContent& content) override;
  absl::Status Check(const v1::ProposalContent& content) const override;
  v1::ProposalContent InForce(
      const v1::ProposalContent& content) const override;
  void BringInForce(const Identity* who, const v1::ProposalContent& content,
                    StagedWrites& writes) override;

 private:
  QuotaOffice(KeydStore& store, QuotaLedger& ledger, std::string municipality,
              std::function<absl::Time()> now);

  // What the subject has now, by its own entry or its role's.
  v1::QuotaConfig Now(const std::string& subject) const;
  void GiveToLedger();
  absl::StatusOr<Quotas> LastFile(bool& first) const;
  absl::Status TakeChanged(const v1::QuotaConfig& wanted, bool first,
                           StagedWrites& writes);

  KeydStore& store_;
  QuotaLedger& ledger_;
  const std::string municipality_;
  const std::function<absl::Time()> now_;
  // The writer's work's alone, once there is one.
  Quotas in_force_;
  std::unique_ptr<ProposalDesk> desk_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_QUOTA_OFFICE_H_
