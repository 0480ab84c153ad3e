#include "tests/matcher/installation.h"

#include <future>
#include <utility>

#include "crypto/keyed_hash.h"
#include "proto/canonical_record.h"
#include "storage/kek_marker.h"
#include "storage/key_layout.h"
#include "storage/old_values.h"

namespace samkoer::matcher {

using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::ValueOf;

Installation::Installation(samkoer::v1::Policy policy)
    : policy_(std::move(policy)), sealer_(storage::TestSealer()) {
  SetDay(day_);
}

std::shared_ptr<const CompiledPolicy> Installation::CompilePolicy() const {
  return std::make_shared<const CompiledPolicy>(
      ValueOf(CompiledPolicy::Compile(policy_, "text")));
}

absl::Status Installation::Open() {
  Close();
  fatal_ = false;
  engine_ = std::make_unique<storage::FaultEngine>(store_);
  if (start_fault_) {
    engine_->FailWrite(start_fault_->first, start_fault_->second);
    start_fault_.reset();
  }
  SAMKOER_EXPECT_OK(sealer_.Replace(keks_, kek_generation_));
  audit_ = storage::OpenLog(*engine_, sealer_);
  MatcherOptions options;
  options.engine = engine_.get();
  options.sealer = &sealer_;
  options.audit = audit_.get();
  options.match_key = storage::TestKey(42);
  options.oprf_keys = oprf_keys_;
  options.municipality = policy_.municipality();
  options.purpose = policy_.purpose();
  if (gives_policy_) options.policy = CompilePolicy();
  options.clock = [this] { return absl::FromUnixMicros(now_micros_ += 10); };
  options.day_source = [this] { return day_; };
  // Tests sweep when they say so.
  options.day_poll = absl::Hours(1);
  options.started_detail = "test";
  options.on_fatal = [this](const absl::Status&) { fatal_ = true; };
  options.threads = 2;
  auto matcher = Matcher::Open(std::move(options));
  if (!matcher.ok()) return matcher.status();
  matcher_ = *std::move(matcher);
  return absl::OkStatus();
}

absl::Status Installation::RotateKekStep(std::size_t values) {
  storage::KekChange change;
  if (!kek_rotates()) {
    keks_.emplace(++kek_generation_, crypto::SealKey::Random());
    change.action = samkoer::v1::AUDIT_ACTION_KEK_ROTATION_BEGUN;
  } else {
    const auto found = ValueOf(storage::FindOldValues(
        store_, kek_generation_, "", {1 << 30, values, 1 << 30}));
    if (!found.keys.empty()) return matcher_->Reseal(found.keys).status();
    std::erase_if(keks_, [this](const auto& entry) {
      return entry.first != kek_generation_;
    });
    change.action = samkoer::v1::AUDIT_ACTION_KEK_ROTATION_FINISHED;
    change.marker.finished = true;
  }
  change.keys = keks_;
  change.current = change.marker.generation = kek_generation_;
  return matcher_->ChangeKek(nullptr, change);
}

absl::Status Installation::Rotate(const std::string& closes_on) {
  const std::uint32_t epoch = oprf_keys_.back().epoch + 1;
  oprf_keys_.back().closes_on = closes_on;
  oprf_keys_.push_back({epoch, std::string(32, static_cast<char>('k' + epoch)),
                        SelfTest(epoch), ""});
  return Open();
}

void Installation::Close() { matcher_.reset(); }

void Installation::Restart() { SAMKOER_EXPECT_OK(Open()); }

void Installation::FailWrite(std::uint64_t nth, storage::Fault fault) {
  engine_->FailWrite(engine_->writes() + nth, fault);
}

absl::Status Installation::ApplyPolicy() {
  return matcher_->ApplyPolicy(CompilePolicy());
}

void Installation::DamageAlerts() {
  storage::WriteBatch batch;
  SAMKOER_ASSERT_OK(
      store_.Scan(storage::TablePrefix(storage::Table::kAlert), "",
                  [&](std::string_view key, std::string_view value) {
                    std::string damaged(value);
                    damaged.back() ^= 1;
                    batch.Put(std::string(key), std::move(damaged));
                    return true;
                  }));
  SAMKOER_ASSERT_OK(store_.Write(batch));
}

void Installation::SetDay(std::string day) {
  day_ = std::move(day);
  absl::Time noon;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", day_ + " 12:00", &noon, &error))
      << error;
  now_micros_ = absl::ToUnixMicros(noon);
}

Caller Installation::Department(std::string_view name) {
  return {"samkoer://viborg/department/" + std::string(name), std::string(name),
          std::string(32, 'd')};
}
Caller Installation::Coordinator() {
  return {"samkoer://viborg/coordinator/anna", "anna", std::string(32, 'a')};
}
Caller Installation::Officer() {
  return {"samkoer://viborg/privacy-officer/per", "per", std::string(32, 'p')};
}

std::string Installation::NewPushId() {
  std::string id(16, '\0');
  const std::uint64_t number = ++push_ids_;
  for (int i = 0; i < 8; ++i) id[i] = static_cast<char>(number >> (8 * i));
  return id;
}

PushPlan Installation::Plan(std::string_view department,
                            samkoer::v1::PushKind kind,
                            const std::vector<samkoer::v1::CaseRecord>& records,
                            std::size_t batch_size) {
  PushPlan plan;
  plan.department = department;
  plan.kind = kind;
  plan.push_id = NewPushId();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const bool same_case =
        i > 0 && records[i].case_ref() == records[i - 1].case_ref();
    if (plan.batches.empty() ||
        (!same_case &&
         plan.batches.back().records_size() >= static_cast<int>(batch_size))) {
      plan.batches.emplace_back().set_number(plan.batches.size() - 1);
    }
    *plan.batches.back().add_records() = records[i];
  }
  return plan;
}

samkoer::v1::PushBegin Installation::Begin(const PushPlan& plan) const {
  samkoer::v1::PushBegin begin;
  begin.set_kind(plan.kind);
  begin.set_push_id(plan.push_id);
  begin.set_purpose(policy_.purpose());
  const std::uint32_t epoch =
      plan.epoch != 0 ? plan.epoch : oprf_keys_.back().epoch;
  begin.set_epoch(epoch);
  begin.set_self_test(SelfTest(epoch));
  if (plan.previous_epoch != 0) {
    begin.set_previous_epoch(plan.previous_epoch);
    begin.set_previous_self_test(SelfTest(plan.previous_epoch));
  }
  begin.set_day(plan.day.empty() ? day_ : plan.day);
  begin.set_allow_shrink(plan.allow_shrink);
  return begin;
}

namespace {

// What the agent computes of a record.
struct Digested {
  crypto::Hash16 case_id;
  crypto::Hash16 fingerprint;
};

Digested Digest(const crypto::HashKey& key,
                const samkoer::v1::CaseRecord& record) {
  std::string canonical;
  proto::CanonicalRecord(record, canonical);
  return {crypto::CaseId(key, record.case_ref()),
          crypto::Fingerprint(key, crypto::AsBytes(canonical))};
}

crypto::HashKey KeyOf(const samkoer::v1::PushBegun& begun) {
  crypto::HashKey key;
  EXPECT_EQ(begun.digest_key().size(), 32u);
  std::copy(begun.digest_key().begin(), begun.digest_key().end(),
            key.ExposeMutable().begin());
  return key;
}

std::uint32_t Bucket(const crypto::Hash16& case_id, std::uint32_t buckets) {
  return (case_id[0] * 256u + case_id[1]) % buckets;
}

// The plan's batches without the records that need not be sent.
std::vector<samkoer::v1::RecordBatch> Reduce(
    const std::vector<samkoer::v1::RecordBatch>& batches,
    const crypto::HashKey& key, std::uint32_t buckets,
    const std::string& differing) {
  std::vector<samkoer::v1::RecordBatch> reduced;
  for (const auto& batch : batches) {
    samkoer::v1::RecordBatch kept;
    for (const auto& record : batch.records()) {
      const std::uint32_t b = Bucket(Digest(key, record).case_id, buckets);
      if (differing[b / 8] >> (b % 8) & 1) *kept.add_records() = record;
    }
    if (kept.records_size() == 0) continue;
    kept.set_number(reduced.size());
    reduced.push_back(std::move(kept));
  }
  return reduced;
}

}  // namespace

PushOutcome Installation::Push(const PushPlan& plan) {
  PushOutcome out;
  auto session = matcher_->BeginPush(Department(plan.department), Begin(plan));
  if (!session.ok()) {
    out.status = session.status();
    return out;
  }
  out.begun = (*session)->begun();
  if (out.begun.committed()) {
    out.commit = (*session)->commit_receipt();
    return out;
  }
  const crypto::HashKey key = KeyOf(out.begun);
  std::vector<samkoer::v1::RecordBatch> batches = plan.batches;
  if (plan.digests) {
    std::string differing = out.begun.difference().differing();
    const std::uint32_t buckets = out.begun.bucket_count();
    if (differing.empty()) {
      std::vector<crypto::FingerprintSum> sums(buckets);
      std::uint64_t count = 0;
      for (const auto& batch : plan.batches) {
        for (const auto& record : batch.records()) {
          const Digested d = Digest(key, record);
          sums[Bucket(d.case_id, buckets)].Add(d.fingerprint);
          ++count;
        }
      }
      samkoer::v1::BucketDigests digests;
      digests.set_record_count(count);
      for (const auto& sum : sums) {
        const crypto::Hash16 bytes = sum.Encode();
        digests.mutable_digests()->append(crypto::AsText(bytes));
      }
      auto difference = (*session)->SubmitDigests(digests);
      if (!difference.ok()) {
        out.status = difference.status();
        return out;
      }
      differing = difference->differing();
    }
    batches = Reduce(plan.batches, key, buckets, differing);
  }

  // All batches on the way at once, as a stream does.
  std::vector<std::promise<absl::StatusOr<samkoer::v1::BatchReceipt>>> receipts(
      batches.size());
  crypto::Blake2b256Stream all;
  std::uint64_t record_count = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    crypto::Blake2b256Stream digest;
    for (const auto& record : batches[i].records()) {
      digest.Update(Digest(key, record).fingerprint);
    }
    for (const auto& case_ref : batches[i].withdrawn_case_refs()) {
      digest.Update(crypto::CaseId(key, case_ref));
    }
    all.Update(digest.Finish());
    record_count += batches[i].records_size();
    if (i < out.begun.next_batch()) continue;
    out.records_sent += batches[i].records_size();
    (*session)->SubmitBatch(batches[i], [&receipts, i](auto receipt) {
      receipts[i].set_value(std::move(receipt));
    });
  }
  for (std::size_t i = out.begun.next_batch(); i < batches.size(); ++i) {
    auto receipt = receipts[i].get_future().get();
    if (receipt.ok()) {
      out.batches.push_back(*std::move(receipt));
    } else if (out.status.ok()) {
      out.status = receipt.status();
    }
  }
  if (!out.status.ok() || !plan.commit) return out;
  samkoer::v1::PushCommit commit;
  commit.set_batch_count(batches.size());
  commit.set_record_count(record_count);
  const crypto::Hash32 digest = all.Finish();
  commit.set_digest(std::string(crypto::AsText(digest)));
  std::promise<absl::StatusOr<samkoer::v1::CommitReceipt>> done;
  (*session)->SubmitCommit(
      commit, [&](auto receipt) { done.set_value(std::move(receipt)); });
  auto receipt = done.get_future().get();
  if (receipt.ok()) {
    out.commit = *std::move(receipt);
  } else {
    out.status = receipt.status();
  }
  return out;
}

PushOutcome Installation::MustSnapshot(
    std::string_view department,
    const std::vector<samkoer::v1::CaseRecord>& records) {
  PushPlan plan = Plan(department, PUSH_KIND_SNAPSHOT, records);
  plan.allow_shrink = true;
  PushOutcome out = Push(plan);
  SAMKOER_EXPECT_OK(out.status);
  return out;
}

PushOutcome Installation::MustDelta(
    std::string_view department,
    const std::vector<samkoer::v1::CaseRecord>& records,
    const std::vector<std::string>& withdrawn) {
  PushPlan plan = Plan(department, PUSH_KIND_DELTA, records);
  if (!withdrawn.empty()) {
    samkoer::v1::RecordBatch batch;
    batch.set_number(plan.batches.size());
    for (const std::string& ref : withdrawn) batch.add_withdrawn_case_refs(ref);
    plan.batches.push_back(std::move(batch));
  }
  PushOutcome out = Push(plan);
  SAMKOER_EXPECT_OK(out.status);
  return out;
}

std::vector<samkoer::v1::Alert> Installation::AllAlerts(
    std::uint32_t page_size) {
  samkoer::v1::ListAlertsRequest request;
  for (int s = samkoer::v1::ALERT_STATE_IDENTIFIED;
       s <= samkoer::v1::ALERT_STATE_WITHDRAWN; ++s) {
    request.add_states(static_cast<samkoer::v1::AlertState>(s));
  }
  request.set_page_size(page_size);
  std::vector<samkoer::v1::Alert> alerts;
  do {
    auto page = ValueOf(matcher_->ListAlerts(Coordinator(), request));
    alerts.insert(alerts.end(), page.alerts().begin(), page.alerts().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return alerts;
}

std::vector<samkoer::v1::Alert> Installation::ActiveAlerts() {
  auto page = ValueOf(matcher_->ListAlerts(Coordinator(), {}));
  EXPECT_TRUE(page.next_page_token().empty());
  return {page.alerts().begin(), page.alerts().end()};
}

std::vector<samkoer::v1::FeedEntry> Installation::Feed(std::size_t page) {
  std::vector<samkoer::v1::FeedEntry> feed;
  while (true) {
    auto entries =
        ValueOf(matcher_->ReadFeed(Coordinator(), feed.size(), page));
    if (entries.empty()) return feed;
    feed.insert(feed.end(), entries.begin(), entries.end());
  }
}

std::vector<samkoer::v1::AuditLeaf> Installation::Leaves() {
  std::vector<samkoer::v1::AuditLeaf> leaves;
  SAMKOER_EXPECT_OK(audit_->ReadLeaves(
      *engine_, 0, audit_->size(), [&](std::uint64_t, std::string_view bytes) {
        EXPECT_TRUE(leaves.emplace_back().ParseFromArray(
            bytes.data(), static_cast<int>(bytes.size())));
        return true;
      }));
  return leaves;
}

std::size_t Installation::CountLeaves(samkoer::v1::AuditAction action) {
  std::size_t count = 0;
  for (const auto& leaf : Leaves()) count += leaf.action() == action;
  return count;
}

samkoer::v1::LookUpPersonResponse Installation::LookUp(
    std::string_view pseudonym) {
  samkoer::v1::LookUpPersonRequest request;
  request.set_pseudonym(std::string(pseudonym));
  request.set_epoch(kEpoch);
  request.set_self_test(SelfTest());
  request.set_reason("indsigt");
  return ValueOf(matcher_->LookUpPerson(Officer(), request));
}

namespace {

template <typename Request>
Request AboutPerson(std::string_view pseudonym, const char* reason) {
  Request request;
  request.set_pseudonym(std::string(pseudonym));
  request.set_epoch(Installation::kEpoch);
  request.set_self_test(Installation::SelfTest());
  request.set_reason(reason);
  return request;
}

}  // namespace

absl::StatusOr<samkoer::v1::ErasePersonResponse> Installation::Erase(
    std::string_view person, bool objection) {
  auto request = AboutPerson<samkoer::v1::ErasePersonRequest>(
      PseudonymOf(person), "anmodning om sletning");
  request.set_objection(objection);
  return matcher_->ErasePerson(Officer(), request);
}

samkoer::v1::ErasePersonResponse Installation::MustErase(
    std::string_view person, bool objection) {
  return ValueOf(Erase(person, objection));
}

samkoer::v1::LiftObjectionResponse Installation::MustLift(
    std::string_view person) {
  return ValueOf(matcher_->LiftObjection(
      Officer(), AboutPerson<samkoer::v1::LiftObjectionRequest>(
                     PseudonymOf(person), "indsigelsen trækkes tilbage")));
}

std::uint32_t Installation::Acknowledge(std::string_view department) {
  const auto list = ValueOf(matcher_->ListNotices(Department(department)));
  samkoer::v1::AcknowledgeNoticesRequest request;
  for (const auto& notice : list.notices()) {
    request.add_notice_ids(notice.notice_id());
  }
  if (request.notice_ids().empty()) return 0;
  return ValueOf(matcher_->AcknowledgeNotices(Department(department), request))
      .deleted();
}

samkoer::v1::CaseRecord MakeRecord(std::string_view person,
                                   std::string_view case_ref,
                                   std::string_view unit,
                                   samkoer::v1::Domain domain,
                                   std::uint32_t birth_month) {
  samkoer::v1::CaseRecord record;
  record.set_pseudonym(PseudonymOf(person));
  record.set_case_ref(std::string(case_ref));
  record.set_unit(std::string(unit));
  record.set_domain(domain);
  record.set_status(samkoer::v1::CASE_STATUS_OPEN);
  record.set_opened_month(202501);
  record.set_birth_month(birth_month);
  record.set_contact("team");
  return record;
}

std::string PseudonymOf(std::string_view person, std::uint32_t epoch) {
  std::string pseudonym;
  for (const char part : {'a', 'b'}) {
    const crypto::Hash32 hash = crypto::Blake2b256(crypto::AsBytes(
        std::string(person) + part +
        (epoch == Installation::kEpoch ? "" : std::to_string(epoch))));
    pseudonym.append(crypto::AsText(hash));
  }
  return pseudonym;
}

samkoer::v1::CaseRecord Rekeyed(samkoer::v1::CaseRecord record,
                                std::string_view person, std::uint32_t epoch) {
  record.set_pseudonym(PseudonymOf(person, epoch));
  record.set_previous_pseudonym(PseudonymOf(person, epoch - 1));
  return record;
}

std::string Cases(const samkoer::v1::Alert& alert) {
  std::string text;
  for (const auto& participant : alert.participants()) {
    if (!text.empty()) text += ", ";
    text += participant.department() + " " + participant.case_ref();
  }
  return text;
}

}  // namespace samkoer::matcher
