#include "server/access.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/security/auth_context.h"
#include "proto/limits.h"
#include "server/revocation.h"

namespace samkoer::server {
namespace {

constexpr Role kDepartmentOnly[] = {Role::kDepartment};
constexpr Role kCoordinatorOnly[] = {Role::kCoordinator};
constexpr Role kDepartmentAndCoordinator[] = {Role::kDepartment,
                                              Role::kCoordinator};
constexpr Role kOfficerOnly[] = {Role::kPrivacyOfficer};
constexpr Role kOfficerAndCoordinator[] = {Role::kPrivacyOfficer,
                                           Role::kCoordinator};
constexpr Role kOfficerAndWitness[] = {Role::kPrivacyOfficer, Role::kWitness};
constexpr Role kOperatorAndOfficer[] = {Role::kOperator, Role::kPrivacyOfficer};
constexpr Role kEvaluators[] = {Role::kDepartment, Role::kPrivacyOfficer};
constexpr Role kKeyReaders[] = {Role::kDepartment, Role::kPrivacyOfficer,
                                Role::kMatcher};

constexpr Role kEveryone[] = {Role::kDepartment,     Role::kCoordinator,
                              Role::kPrivacyOfficer, Role::kOperator,
                              Role::kWitness,        Role::kMatcher};
constexpr Role kWitnessOnly[] = {Role::kWitness};
constexpr bool kLogged = true;
constexpr bool kNotLogged = false;
constexpr bool kChange = true;
constexpr bool kNoChange = false;
constexpr bool kShared = true;

// A witness sees checkpoints and proofs, never leaves.
constexpr AccessRule kTable[] = {
    {"/samkoer.v1.KeyService/GetKeyInfo", kKeyReaders},
    {"/samkoer.v1.KeyService/BlindEvaluate", kEvaluators, kNotLogged, kChange},
    {"/samkoer.v1.CaseIntake/GetIntakeInfo", kDepartmentOnly},
    {"/samkoer.v1.CaseIntake/Push", kDepartmentOnly, kLogged, kChange},
    {"/samkoer.v1.CaseIntake/ListInbox", kDepartmentOnly, kLogged},
    {"/samkoer.v1.CaseIntake/ListNotices", kDepartmentOnly, kLogged},
    {"/samkoer.v1.CaseIntake/AcknowledgeNotices", kDepartmentOnly, kLogged,
     kChange},
    {"/samkoer.v1.CaseIntake/Nominate", kDepartmentOnly, kLogged, kChange},
    {"/samkoer.v1.CaseIntake/AnswerHandover", kDepartmentOnly, kLogged,
     kChange},
    {"/samkoer.v1.Alerts/ListAlerts", kCoordinatorOnly, kLogged, kNoChange,
     kShared},
    {"/samkoer.v1.Alerts/GetAlert", kCoordinatorOnly, kLogged},
    {"/samkoer.v1.Alerts/SetAlertState", kCoordinatorOnly, kLogged, kChange},
    {"/samkoer.v1.Alerts/Coordinate", kCoordinatorOnly, kLogged, kChange},
    {"/samkoer.v1.Alerts/GetOverview", kCoordinatorOnly, kLogged, kNoChange,
     kShared},
    {"/samkoer.v1.Alerts/Follow", kCoordinatorOnly, kLogged},
    {"/samkoer.v1.Directory/ListUnits", kCoordinatorOnly},
    {"/samkoer.v1.Conferences/ListConferences", kCoordinatorOnly, kLogged},
    {"/samkoer.v1.Conferences/GetConference", kCoordinatorOnly, kLogged},
    {"/samkoer.v1.Conferences/PlanConferences", kCoordinatorOnly, kLogged,
     kChange},
    {"/samkoer.v1.Conferences/ChangeConference", kCoordinatorOnly, kLogged,
     kChange},
    {"/samkoer.v1.Inquiries/Ask", kDepartmentOnly, kLogged, kChange},
    {"/samkoer.v1.Inquiries/ListInquiries", kDepartmentAndCoordinator, kLogged},
    {"/samkoer.v1.Inquiries/Answer", kCoordinatorOnly, kLogged, kChange},
    {"/samkoer.v1.Inquiries/DeleteInquiry", kCoordinatorOnly, kLogged, kChange},
    {"/samkoer.v1.Audit/GetCheckpoint", kOfficerAndWitness},
    {"/samkoer.v1.Audit/ReadLeaves", kOfficerOnly, kLogged},
    {"/samkoer.v1.Audit/GetConsistencyProof", kOfficerAndWitness, kLogged},
    {"/samkoer.v1.Audit/GetInclusionProof", kOfficerAndWitness, kLogged},
    {"/samkoer.v1.Audit/LookUpPerson", kOfficerOnly, kLogged},
    {"/samkoer.v1.Rights/ErasePerson", kOfficerOnly, kLogged, kChange},
    {"/samkoer.v1.Rights/LiftObjection", kOfficerOnly, kLogged, kChange},
    {"/samkoer.v1.Alarms/ListAlarms", kOperatorAndOfficer, kLogged},
    {"/samkoer.v1.Alarms/AcknowledgeAlarm", kOfficerOnly, kLogged, kChange},
    {"/samkoer.v1.Reports/GetStatistics", kOfficerAndCoordinator, kLogged},
    {"/samkoer.v1.Reports/DescribeProcessing", kOfficerOnly, kLogged},
    {"/samkoer.v1.Reports/GetRetentionPlan", kOfficerOnly, kLogged},
    {"/samkoer.v1.Governance/Propose", kOperatorAndOfficer, kLogged, kChange},
    {"/samkoer.v1.Governance/ListProposals", kOperatorAndOfficer, kLogged},
    {"/samkoer.v1.Governance/GetProposal", kOperatorAndOfficer, kLogged},
    {"/samkoer.v1.Governance/Approve", kOperatorAndOfficer, kLogged, kChange},
    {"/samkoer.v1.Governance/Reject", kOperatorAndOfficer, kLogged, kChange},
    {"/samkoer.v1.Operations/RotateKek", kOperatorAndOfficer, kLogged, kChange},
    {"/samkoer.v1.Operations/GetKekStatus", kOperatorAndOfficer},
    {"/samkoer.v1.Operations/ListEpochs", kOperatorAndOfficer, kLogged},
    // The way out of the refusal of changes: never refused by it.
    {"/samkoer.v1.Witnesses/AddCosignature", kWitnessOnly, kLogged},
    // For monitoring: whoever has a certificate may ask whether we are here.
    {"/grpc.health.v1.Health/Check", kEveryone},
};

const AccessRule* FindRule(std::string_view method) {
  const auto* rule = std::find_if(
      std::begin(kTable), std::end(kTable),
      [method](const AccessRule& entry) { return entry.method == method; });
  return rule == std::end(kTable) ? nullptr : rule;
}

}  // namespace

std::span<const AccessRule> AccessTable() { return kTable; }

absl::Status NotPermitted() {
  return absl::PermissionDeniedError("not permitted");
}

std::string_view DenialReasonName(DenialReason reason) {
  switch (reason) {
    case DenialReason::kNone:
      return "none";
    case DenialReason::kNoIdentity:
      return "no-identity";
    case DenialReason::kMunicipality:
      return "municipality";
    case DenialReason::kRole:
      return "role";
    case DenialReason::kRevoked:
      return "revoked";
    case DenialReason::kExpired:
      return "expired";
    case DenialReason::kUnknownMethod:
      return "unknown-method";
    case DenialReason::kOnBehalfOf:
      return "on-behalf-of";
  }
  return "unknown";
}

AccessControl::AccessControl(std::string municipality,
                             const RevocationList* revoked,
                             std::vector<std::string> portals)
    : municipality_(std::move(municipality)),
      revoked_(revoked),
      portals_(std::move(portals)) {}

DenialReason AccessControl::ActFor(std::span<const std::string> named,
                                   std::string_view method, Identity& who,
                                   std::vector<Identity>& others) const {
  const auto is_portal = [this](const std::string& uri) {
    return std::find(portals_.begin(), portals_.end(), uri) != portals_.end();
  };
  if (!is_portal(who.uri)) {
    return named.empty() ? DenialReason::kNone : DenialReason::kOnBehalfOf;
  }
  if (named.empty()) {
    return method == "/samkoer.v1.Alerts/Follow" ||
                   method == "/grpc.health.v1.Health/Check"
               ? DenialReason::kNone
               : DenialReason::kOnBehalfOf;
  }
  const AccessRule* rule = FindRule(method);
  const std::size_t most =
      rule != nullptr && rule->shared ? proto::kMaxPeopleOfCall : 1;
  if (named.size() > most) return DenialReason::kOnBehalfOf;
  std::vector<Identity> people;
  for (const std::string& uri : named) {
    absl::StatusOr<Identity> person = ParseIdentityUri(uri);
    if (!person.ok() || person->municipality != municipality_ ||
        person->role != Role::kCoordinator || is_portal(person->uri)) {
      return DenialReason::kOnBehalfOf;
    }
    Identity& acting = people.emplace_back(who);
    acting.name = std::move(person->name);
    acting.uri = std::move(person->uri);
  }
  who = std::move(people.front());
  others.assign(std::make_move_iterator(people.begin() + 1),
                std::make_move_iterator(people.end()));
  return DenialReason::kNone;
}

DenialReason AccessControl::Check(const Identity& identity,
                                  std::string_view method) const {
  if (municipality_.empty() || identity.municipality != municipality_) {
    return DenialReason::kMunicipality;
  }
  if (revoked_ != nullptr && revoked_->IsRevoked(identity.certificate_sha256)) {
    return DenialReason::kRevoked;
  }
  // TLS checked the time when the connection was made; it may be hours old, or
  // resumed from a ticket.
  if (absl::Now() > identity.not_after) return DenialReason::kExpired;
  const AccessRule* rule = FindRule(method);
  if (rule == nullptr) return DenialReason::kUnknownMethod;
  if (std::find(rule->roles.begin(), rule->roles.end(), identity.role) ==
      rule->roles.end()) {
    return DenialReason::kRole;
  }
  return DenialReason::kNone;
}

AccessControl::Decision AccessControl::Decide(const grpc::AuthContext& context,
                                              std::string_view method) const {
  Decision decision;
  absl::StatusOr<Identity> identity = IdentityFromContext(context);
  if (!identity.ok()) {
    decision.reason = DenialReason::kNoIdentity;
    return decision;
  }
  decision.reason = Check(*identity, method);
  const AccessRule* rule = FindRule(method);
  decision.logged = rule != nullptr && rule->logged;
  decision.change = rule != nullptr && rule->change;
  decision.identity = *std::move(identity);
  return decision;
}

absl::StatusOr<Identity> AccessControl::Authorize(
    const grpc::AuthContext& context, std::string_view method) const {
  Decision decision = Decide(context, method);
  if (!decision.permitted()) return NotPermitted();
  return std::move(decision.identity);
}

absl::Status AccessControl::StillPermitted(const Identity& identity) const {
  if ((revoked_ != nullptr &&
       revoked_->IsRevoked(identity.certificate_sha256)) ||
      absl::Now() > identity.not_after) {
    return NotPermitted();
  }
  return absl::OkStatus();
}

}  // namespace samkoer::server
