#include "server/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "google/protobuf/descriptor.h"
#include "grpc/health/v1/health.pb.h"
#include "proto/limits.h"
#include "samkoer/v1/alarms.pb.h"
#include "samkoer/v1/alerts.pb.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/conferences.pb.h"
#include "samkoer/v1/directory.pb.h"
#include "samkoer/v1/governance.pb.h"
#include "samkoer/v1/inquiries.pb.h"
#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/keys.pb.h"
#include "samkoer/v1/operations.pb.h"
#include "samkoer/v1/reports.pb.h"
#include "samkoer/v1/rights.pb.h"
#include "samkoer/v1/witness.pb.h"
#include "server/revocation.h"
#include "support/test_pki.h"

namespace samkoer::server {
namespace {

constexpr Role kAllRoles[] = {Role::kDepartment,     Role::kCoordinator,
                              Role::kPrivacyOfficer, Role::kOperator,
                              Role::kWitness,        Role::kMatcher};

// Every rpc of every proto that has a service.
std::set<std::string> DeclaredMethods() {
  std::set<std::string> methods;
  const google::protobuf::FileDescriptor* files[] = {
      v1::Alert::descriptor()->file(),
      v1::GetAlertRequest::descriptor()->file(),
      v1::AuditLeaf::descriptor()->file(),
      v1::ListUnitsRequest::descriptor()->file(),
      v1::CaseRecord::descriptor()->file(),
      v1::GetKeyInfoRequest::descriptor()->file(),
      v1::KekStatus::descriptor()->file(),
      v1::Alarm::descriptor()->file(),
      v1::ErasePersonRequest::descriptor()->file(),
      v1::GetRetentionPlanRequest::descriptor()->file(),
      v1::AddCosignatureRequest::descriptor()->file(),
      v1::Proposal::descriptor()->file(),
      v1::Conference::descriptor()->file(),
      v1::Inquiry::descriptor()->file(),
      grpc::health::v1::HealthCheckRequest::descriptor()->file(),
  };
  for (const auto* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto* service = file->service(i);
      for (int j = 0; j < service->method_count(); ++j) {
        methods.insert("/" + service->full_name() + "/" +
                       service->method(j)->name());
      }
    }
  }
  return methods;
}

Identity Valid(Role role) {
  Identity who;
  who.municipality = "viborg";
  who.role = role;
  who.name = "x";
  who.uri = "samkoer://viborg/" + std::string(RoleName(role)) + "/x";
  who.not_after = absl::Now() + absl::Hours(1);
  return who;
}

TEST(AccessTable, NamesEveryRpcOfTheProtosOnceAndNoOther) {
  std::multiset<std::string> listed;
  for (const AccessRule& rule : AccessTable()) {
    listed.insert(std::string(rule.method));
    EXPECT_FALSE(rule.roles.empty()) << rule.method;
  }
  const std::set<std::string> declared = DeclaredMethods();
  EXPECT_GE(declared.size(), 21u);
  EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(declared));
}

TEST(AccessTable, EachRoleCanCallExactlyWhatIsMeantForIt) {
  const std::map<Role, std::set<std::string>> expected = {
      {Role::kDepartment,
       {"KeyService/GetKeyInfo", "KeyService/BlindEvaluate",
        "CaseIntake/GetIntakeInfo", "CaseIntake/Push", "CaseIntake/ListInbox",
        "CaseIntake/ListNotices", "CaseIntake/AcknowledgeNotices",
        "CaseIntake/Nominate", "CaseIntake/AnswerHandover", "Inquiries/Ask",
        "Inquiries/ListInquiries"}},
      {Role::kCoordinator,
       {"Alerts/ListAlerts", "Alerts/GetAlert", "Alerts/SetAlertState",
        "Alerts/Coordinate", "Alerts/GetOverview", "Alerts/Follow",
        "Directory/ListUnits", "Conferences/ListConferences",
        "Conferences/GetConference", "Conferences/PlanConferences",
        "Conferences/ChangeConference", "Inquiries/ListInquiries",
        "Inquiries/Answer", "Inquiries/DeleteInquiry",
        "Reports/GetStatistics"}},
      {Role::kPrivacyOfficer,
       {"KeyService/GetKeyInfo",     "KeyService/BlindEvaluate",
        "Audit/GetCheckpoint",       "Audit/ReadLeaves",
        "Audit/GetConsistencyProof", "Audit/GetInclusionProof",
        "Audit/LookUpPerson",        "Operations/RotateKek",
        "Operations/GetKekStatus",   "Operations/ListEpochs",
        "Rights/ErasePerson",        "Rights/LiftObjection",
        "Reports/GetStatistics",     "Reports/DescribeProcessing",
        "Reports/GetRetentionPlan",  "Governance/Propose",
        "Governance/ListProposals",  "Governance/GetProposal",
        "Governance/Approve",        "Governance/Reject",
        "Alarms/ListAlarms",         "Alarms/AcknowledgeAlarm"}},
      {Role::kOperator,
       {"Operations/RotateKek", "Operations/GetKekStatus",
        "Operations/ListEpochs", "Governance/Propose",
        "Governance/ListProposals", "Governance/GetProposal",
        "Governance/Approve", "Governance/Reject", "Alarms/ListAlarms"}},
      {Role::kWitness,
       {"Audit/GetCheckpoint", "Audit/GetConsistencyProof",
        "Audit/GetInclusionProof", "Witnesses/AddCosignature"}},
      {Role::kMatcher, {"KeyService/GetKeyInfo"}},
  };
  const AccessControl access("viborg", nullptr);
  for (const Role role : kAllRoles) {
    for (const std::string& method : DeclaredMethods()) {
      if (method == "/grpc.health.v1.Health/Check") continue;
      const std::string name =
          method.substr(std::string("/samkoer.v1.").size());
      EXPECT_EQ(access.Check(Valid(role), method) == DenialReason::kNone,
                expected.at(role).contains(name))
          << RoleName(role) << " " << name;
    }
  }
}

TEST(AccessTable, EveryRoleOfTheMunicipalityMayAskForTheHealth) {
  const AccessControl access("viborg", nullptr), other("aarhus", nullptr);
  const std::string check = "/grpc.health.v1.Health/Check";
  for (const Role role : kAllRoles) {
    EXPECT_EQ(access.Check(Valid(role), check), DenialReason::kNone);
    EXPECT_EQ(other.Check(Valid(role), check), DenialReason::kMunicipality);
    EXPECT_EQ(access.Check(Valid(role), "/grpc.health.v1.Health/Watch"),
              DenialReason::kUnknownMethod);
  }
}

TEST(AccessTable, ExactlyTheCallsThatWriteALeafAreCounted) {
  std::set<std::string> counted;
  for (const AccessRule& rule : AccessTable()) {
    if (rule.logged) counted.insert(std::string(rule.method));
  }
  std::set<std::string> expected = DeclaredMethods();
  // Not logged, or (BlindEvaluate) bounded by a quota.
  for (const char* method :
       {"/samkoer.v1.KeyService/GetKeyInfo",
        "/samkoer.v1.KeyService/BlindEvaluate",
        "/samkoer.v1.CaseIntake/GetIntakeInfo",
        "/samkoer.v1.Audit/GetCheckpoint", "/samkoer.v1.Directory/ListUnits",
        "/samkoer.v1.Operations/GetKekStatus",
        "/grpc.health.v1.Health/Check"}) {
    EXPECT_EQ(expected.erase(method), 1u) << method;
  }
  EXPECT_EQ(counted, expected);
}

TEST(AccessTable, WhatChangesSomethingWaitsForAWitness) {
  // Known by their names: whoever adds an rpc must say which it is.
  const auto only_reads = [](const std::string& method) {
    const std::string name = method.substr(method.rfind('/') + 1);
    for (const char* verb :
         {"Get", "List", "Read", "Follow", "Check", "LookUp", "Describe"}) {
      if (name.rfind(verb, 0) == 0) return true;
    }
    return false;
  };
  for (const AccessRule& rule : AccessTable()) {
    const std::string method(rule.method);
    const bool way_out = method == "/samkoer.v1.Witnesses/AddCosignature";
    EXPECT_EQ(rule.change, !only_reads(method) && !way_out) << method;
  }
}

TEST(AccessControl, OtherMunicipalityIsRefused) {
  const AccessControl access("aarhus", nullptr);
  EXPECT_EQ(access.Check(Valid(Role::kDepartment),
                         "/samkoer.v1.CaseIntake/ListInbox"),
            DenialReason::kMunicipality);
}

TEST(AccessControl, WithoutAMunicipalityNobodyIsPermitted) {
  const AccessControl access("", nullptr);
  Identity who = Valid(Role::kDepartment);
  who.municipality = "";
  EXPECT_EQ(access.Check(who, "/samkoer.v1.CaseIntake/ListInbox"),
            DenialReason::kMunicipality);
}

TEST(AccessControl, UnknownMethodIsRefused) {
  const AccessControl access("viborg", nullptr);
  for (const char* method :
       {"", "/", "/samkoer.v1.CaseIntake/", "/samkoer.v1.CaseIntake/Pushh",
        "samkoer.v1.CaseIntake/Push", "/samkoer.v1.caseintake/Push"}) {
    EXPECT_EQ(access.Check(Valid(Role::kDepartment), method),
              DenialReason::kUnknownMethod)
        << method;
  }
}

TEST(AccessControl, ExpiredCertificateIsRefusedAlsoOnOpenStreams) {
  const AccessControl access("viborg", nullptr);
  Identity who = Valid(Role::kCoordinator);
  EXPECT_TRUE(access.StillPermitted(who).ok());
  who.not_after = absl::Now() - absl::Seconds(1);
  EXPECT_EQ(access.Check(who, "/samkoer.v1.Alerts/Follow"),
            DenialReason::kExpired);
  EXPECT_EQ(access.StillPermitted(who), NotPermitted());
}

TEST(AccessControl, RevokedCertificateIsRefusedAlsoOnOpenStreams) {
  testing::TestDirectory directory;
  Identity who = Valid(Role::kCoordinator);
  who.certificate_sha256.fill(0xab);
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "ab";
  const auto list = RevocationList::Load(directory.Write("revoked", digits));
  ASSERT_TRUE(list.ok()) << list.status();
  const AccessControl access("viborg", list->get());
  EXPECT_EQ(access.Check(who, "/samkoer.v1.Alerts/Follow"),
            DenialReason::kRevoked);
  EXPECT_EQ(access.StillPermitted(who), NotPermitted());
  who.certificate_sha256.fill(0xac);
  EXPECT_EQ(access.Check(who, "/samkoer.v1.Alerts/Follow"),
            DenialReason::kNone);
  EXPECT_TRUE(access.StillPermitted(who).ok());
}

constexpr char kPortal[] = "samkoer://viborg/coordinator/webside";
constexpr char kList[] = "/samkoer.v1.Alerts/ListAlerts";

Identity Named(const std::string& uri) {
  Identity who = *ParseIdentityUri(uri);
  who.certificate_sha256.fill(7);
  return who;
}

TEST(AccessControlPortals, ThePersonItNamesIsTheOneWhoActs) {
  const AccessControl access("viborg", nullptr, {kPortal});
  std::vector<Identity> others;
  Identity who = Named(kPortal);
  const std::string anna[] = {"samkoer://viborg/coordinator/anna"};
  EXPECT_EQ(access.ActFor(anna, kList, who, others), DenialReason::kNone);
  EXPECT_EQ(who.uri, anna[0]);
  EXPECT_EQ(who.name, "anna");
  // The certificate that was shown stays the portal's.
  EXPECT_EQ(who.certificate_sha256, Named(kPortal).certificate_sha256);
}

TEST(AccessControlPortals, OnlyAPortalActsForSomebody) {
  const AccessControl access("viborg", nullptr, {kPortal});
  std::vector<Identity> others;
  const std::string anna[] = {"samkoer://viborg/coordinator/anna"};
  for (const char* uri :
       {"samkoer://viborg/coordinator/bo", "samkoer://viborg/coordinator/anna",
        "samkoer://viborg/department/webside"}) {
    Identity who = Named(uri);
    EXPECT_EQ(access.ActFor(anna, kList, who, others),
              DenialReason::kOnBehalfOf);
    EXPECT_EQ(who.uri, uri);
    EXPECT_EQ(access.ActFor({}, kList, who, others), DenialReason::kNone);
  }
}

TEST(AccessControlPortals, WhoeverIsNoCoordinatorHereCannotBeNamed) {
  const AccessControl access("viborg", nullptr, {kPortal});
  std::vector<Identity> others;
  for (const char* named : {"", "anna", "samkoer://aarhus/coordinator/anna",
                            "samkoer://viborg/privacy-officer/anna",
                            "samkoer://viborg/coordinator/Anna", kPortal}) {
    Identity who = Named(kPortal);
    const std::string one[] = {named};
    EXPECT_EQ(access.ActFor(one, kList, who, others), DenialReason::kOnBehalfOf)
        << named;
    EXPECT_EQ(who.uri, kPortal);
  }
}

TEST(AccessControlPortals, SeveralMayAskTogetherWhatTellsAllTheSame) {
  const AccessControl access("viborg", nullptr, {kPortal});
  const std::string two[] = {"samkoer://viborg/coordinator/anna",
                             "samkoer://viborg/coordinator/bo"};
  std::vector<std::string> shared;
  for (const AccessRule& rule : AccessTable()) {
    Identity who = Named(kPortal);
    std::vector<Identity> others;
    if (!rule.shared) {
      EXPECT_EQ(access.ActFor(two, rule.method, who, others),
                DenialReason::kOnBehalfOf)
          << rule.method;
      EXPECT_EQ(who.uri, kPortal);
      EXPECT_TRUE(others.empty());
      continue;
    }
    shared.emplace_back(rule.method);
    EXPECT_FALSE(rule.change);
    EXPECT_TRUE(rule.logged);
    ASSERT_EQ(access.ActFor(two, rule.method, who, others),
              DenialReason::kNone);
    EXPECT_EQ(who.uri, two[0]);
    ASSERT_EQ(others.size(), 1u);
    EXPECT_EQ(others[0].uri, two[1]);
    EXPECT_EQ(others[0].name, "bo");
    EXPECT_EQ(others[0].certificate_sha256, Named(kPortal).certificate_sha256);
  }
  EXPECT_THAT(shared, ::testing::UnorderedElementsAre(
                          kList, "/samkoer.v1.Alerts/GetOverview"));
}

TEST(AccessControlPortals, EachOfThoseWhoAskTogetherMustBeACoordinatorHere) {
  const AccessControl access("viborg", nullptr, {kPortal});
  std::vector<Identity> others;
  std::vector<std::string> named(proto::kMaxPeopleOfCall,
                                 "samkoer://viborg/coordinator/anna");
  Identity who = Named(kPortal);
  EXPECT_EQ(access.ActFor(named, kList, who, others), DenialReason::kNone);
  EXPECT_EQ(others.size(), proto::kMaxPeopleOfCall - 1);
  for (const char* wrong : {"", "samkoer://aarhus/coordinator/anna",
                            "samkoer://viborg/privacy-officer/anna", kPortal}) {
    named.back() = wrong;
    who = Named(kPortal);
    EXPECT_EQ(access.ActFor(named, kList, who, others),
              DenialReason::kOnBehalfOf)
        << wrong;
    EXPECT_EQ(who.uri, kPortal);
  }
  named.back() = named.front();
  named.push_back(named.front());
  EXPECT_EQ(access.ActFor(named, kList, who, others),
            DenialReason::kOnBehalfOf);
}

TEST(AccessControlPortals, APortalAloneMayOnlyFollow) {
  const AccessControl access("viborg", nullptr, {kPortal});
  std::vector<Identity> others;
  for (const AccessRule& rule : AccessTable()) {
    Identity who = Named(kPortal);
    const bool alone = rule.method == "/samkoer.v1.Alerts/Follow" ||
                       rule.method == "/grpc.health.v1.Health/Check";
    EXPECT_EQ(access.ActFor({}, rule.method, who, others),
              alone ? DenialReason::kNone : DenialReason::kOnBehalfOf)
        << rule.method;
  }
}

TEST(AccessControl, EveryRefusalReadsTheSame) {
  EXPECT_EQ(NotPermitted(), absl::PermissionDeniedError("not permitted"));
}

}  // namespace
}  // namespace samkoer::server
