// A whole matcher over real TLS in this process: store on disk, audit log,
// checkpoint, services. Two departments, "familie" and "job"; the day is fixed.
#ifndef SAMKOER_TESTS_SERVER_MATCHERD_FIXTURE_H_
#define SAMKOER_TESTS_SERVER_MATCHERD_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "crypto/tls13.h"
#include "grpcpp/grpcpp.h"
#include "matcher/matcher.h"
#include "matcher/policy_file.h"
#include "samkoer/v1/alerts.grpc.pb.h"
#include "samkoer/v1/audit.grpc.pb.h"
#include "samkoer/v1/intake.grpc.pb.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/live_identity.h"
#include "server/matcher_server.h"
#include "server/matcher_store.h"
#include "server/metrics.h"
#include "support/test_pki.h"

namespace samkoer::server {

inline constexpr char kTestDay[] = "2026-11-02";
inline constexpr char kTestPurpose[] = "ungeindsats";

inline constexpr char kTestPolicy[] = R"(municipality: viborg
purpose: ungeindsats
version: 1
departments:
  - id: familie
    name: Familieafdelingen
    kind: AUTHORITY
    units: [{name: Team Familie}]
    domains: [FAMILY]
  - id: job
    name: Jobcenter
    kind: AUTHORITY
    units: [{name: Team Unge}]
    domains: [EMPLOYMENT]
legal_bases:
  - id: alle
    text: Hjemmel
    domains: [FAMILY, EMPLOYMENT]
    age_from: 13
    age_below: 30
rules:
  - id: unge
    text: To afdelinger.
    age_from: 15
    age_below: 30
    at_least: 2
    count: AUTHORITY_DEPARTMENTS
retention: {closed_case_months: 6, ended_alert_months: 12}
shrink_limit_percent: 50
)";

class MatcherdFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(crypto::RequireTls13().ok()); }

  void SetUp() override {
    config_.mutable_tls()->set_listen("127.0.0.1:0");
    const testing::TestCertificate own = pki_.Server();
    config_.mutable_tls()->set_ca_file(pki_.ca_file());
    config_.mutable_tls()->set_certificate_file(own.certificate_file);
    config_.mutable_tls()->set_key_file(own.key_file);
    config_.mutable_tls()->set_revoked_file(
        pki_.directory().Write("revoked", "# none\n"));
    config_.set_data_dir(directory_.File("store"));
    config_.set_checkpoint_file(directory_.File("checkpoint"));
    if (keyring_.keks.empty()) {
      keyring_ =
          *storage::Keyring::Generate(storage::StoreKind::kMatcher, "viborg");
    }
    auto policy = matcher::ParsePolicy(kTestPolicy, "policy.yaml");
    ASSERT_TRUE(policy.ok()) << policy.status();
    policy_ =
        std::make_shared<const matcher::CompiledPolicy>(*std::move(policy));
    metrics_ = *Metrics::Create("");
    const absl::Status created =
        CreateMatcherStore(config_, keyring_, kTestPurpose);
    ASSERT_TRUE(created.ok()) << created;
    Open();
  }
  void TearDown() override { Close(); }

  void Open() {
    auto store =
        OpenMatcherStore(config_, keyring_, kTestPurpose, nullptr, *metrics_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_.emplace(*std::move(store));
    matcher::MatcherOptions options;
    options.engine = store_->engine.get();
    options.sealer = store_->sealer.get();
    options.audit = store_->log.get();
    options.guard = store_->guard.get();
    options.match_key = keyring_.match_key;
    options.oprf_keys = {{1, std::string(32, 'p'), std::string(32, 's'), ""}};
    options.municipality = policy_->proto().municipality();
    options.purpose = policy_->proto().purpose();
    if (gives_policy_) options.policy = policy_;
    options.day_source = [] { return std::string(kTestDay); };
    options.started_detail = "test";
    auto opened = matcher::Matcher::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    matcher_ = *std::move(opened);
    auto identity = LiveIdentity::Load(config_.tls(), absl::Now());
    ASSERT_TRUE(identity.ok()) << identity.status();
    auto server = MatcherServer::Start(config_, *policy_, *std::move(identity),
                                       *matcher_, *metrics_, StartKek());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void Close() {
    if (server_ != nullptr) server_->Stop(absl::Seconds(5));
    StopKek();
    if (matcher_ != nullptr) matcher_->Stop();
    server_.reset();
    DropKek();
    matcher_.reset();
    store_.reset();
  }

  // For tests of key rotation; null: the rpcs of Operations do not exist.
  virtual KekRotation* StartKek() { return nullptr; }
  virtual void StopKek() {}
  virtual void DropKek() {}

  std::shared_ptr<grpc::Channel> Connect(
      const testing::TestCertificate& client) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        "localhost:" + std::to_string(server_->port()),
        pki_.Credentials(client), arguments);
  }
  static void SetDeadline(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(60));
  }
  static void ExpectStatus(const grpc::Status& status, grpc::StatusCode code,
                           const std::string& message) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(status.error_message(), message);
  }
  // Revokes a certificate as the operator would, and lets the server reread.
  void Revoke(const testing::TestCertificate& certificate) {
    pki_.directory().Write("revoked", certificate.sha256_hex);
    ASSERT_TRUE(server_->revoked().ReloadIfChanged().value());
  }
  // All leaves of the log.
  std::vector<v1::AuditLeaf> Leaves() {
    std::vector<v1::AuditLeaf> leaves;
    const absl::Status status = store_->log->ReadLeaves(
        *store_->engine, 0, store_->log->size(),
        [&](std::uint64_t, std::string_view bytes) {
          leaves.emplace_back().ParseFromArray(bytes.data(),
                                               static_cast<int>(bytes.size()));
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return leaves;
  }

  testing::TestPki pki_{"viborg"};
  testing::TestDirectory directory_;
  v1::MatcherdConfig config_;
  storage::Keyring keyring_;
  std::shared_ptr<const matcher::CompiledPolicy> policy_;
  // False: no policy is in force until one is approved.
  bool gives_policy_ = true;
  std::unique_ptr<Metrics> metrics_;
  std::optional<MatcherStore> store_;
  std::unique_ptr<matcher::Matcher> matcher_;
  std::unique_ptr<MatcherServer> server_;
};

// An open case of a person, of the department's own domain and unit.
inline v1::CaseRecord TestRecord(const std::string& department, char person,
                                 const std::string& case_ref) {
  v1::CaseRecord record;
  record.set_pseudonym(std::string(64, person));
  record.set_case_ref(case_ref);
  const bool family = department == "familie";
  record.set_unit(family ? "Team Familie" : "Team Unge");
  record.set_domain(family ? v1::DOMAIN_FAMILY : v1::DOMAIN_EMPLOYMENT);
  record.set_status(v1::CASE_STATUS_OPEN);
  record.set_opened_month(202601);
  record.set_birth_month(200505);
  return record;
}

// One push stream of a department's agent.
class TestPush {
 public:
  explicit TestPush(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::CaseIntake::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() +
                          std::chrono::seconds(60));
    stream_ = stub_->Push(&context_);
  }

  static v1::PushBegin BeginFrame(char id, v1::PushKind kind) {
    v1::PushBegin begin;
    begin.set_kind(kind);
    begin.set_push_id(std::string(16, id));
    begin.set_purpose(kTestPurpose);
    begin.set_epoch(1);
    begin.set_self_test(std::string(32, 's'));
    begin.set_day(kTestDay);
    return begin;
  }
  void Begin(char id, v1::PushKind kind = v1::PUSH_KIND_DELTA) {
    v1::PushRequest request;
    *request.mutable_begin() = BeginFrame(id, kind);
    stream_->Write(request);
  }
  void Batch(std::uint64_t number, std::vector<v1::CaseRecord> records) {
    v1::PushRequest request;
    request.mutable_batch()->set_number(number);
    for (v1::CaseRecord& record : records) {
      *request.mutable_batch()->add_records() = std::move(record);
    }
    stream_->Write(request);
    ++batches_;
    records_ += records.size();
  }
  // With the digests of the receipts that were read.
  void Commit() {
    crypto::Blake2b256Stream digest;
    for (const std::string& one : digests_) {
      digest.Update(crypto::AsBytes(one));
    }
    const crypto::Hash32 hash = digest.Finish();
    v1::PushRequest request;
    request.mutable_commit()->set_batch_count(batches_);
    request.mutable_commit()->set_record_count(records_);
    request.mutable_commit()->set_digest(std::string(crypto::AsText(hash)));
    stream_->Write(request);
  }
  void Send(const v1::PushRequest& request) { stream_->Write(request); }
  void HalfClose() { stream_->WritesDone(); }

  // The next receipt; an empty one if the stream has ended.
  v1::PushReceipt Read() {
    v1::PushReceipt receipt;
    if (!stream_->Read(&receipt)) return {};
    if (receipt.has_batch()) digests_.push_back(receipt.batch().digest());
    return receipt;
  }
  // Reads to the end.
  grpc::Status Finish() {
    while (Read().receipt_case() != v1::PushReceipt::RECEIPT_NOT_SET) {
    }
    return stream_->Finish();
  }
  void Cancel() { context_.TryCancel(); }

 private:
  std::unique_ptr<v1::CaseIntake::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PushRequest, v1::PushReceipt>>
      stream_;
  std::uint64_t batches_ = 0, records_ = 0;
  std::vector<std::string> digests_;
};

// Pushes one delta with one batch, whole.
inline grpc::Status PushOnce(const std::shared_ptr<grpc::Channel>& channel,
                             char id, std::vector<v1::CaseRecord> records) {
  TestPush push(channel);
  push.Begin(id);
  EXPECT_TRUE(push.Read().has_begun());
  push.Batch(0, std::move(records));
  EXPECT_TRUE(push.Read().has_batch());
  push.Commit();
  EXPECT_TRUE(push.Read().has_commit());
  return push.Finish();
}

}  // namespace samkoer::server

#endif  // SAMKOER_TESTS_SERVER_MATCHERD_FIXTURE_H_
