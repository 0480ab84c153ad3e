// A matcher of one department that a test scripts: the intake's contract in
// memory, without a port.
#ifndef SAMKOER_TESTS_CLIENTS_AGENT_FAKE_MATCHER_H_
#define SAMKOER_TESTS_CLIENTS_AGENT_FAKE_MATCHER_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/keyed_hash.h"
#include "proto/canonical_record.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::agent {

class FakeMatcher final : public v1::CaseIntake::Service {
 public:
  using Stream = grpc::ServerReaderWriter<v1::PushReceipt, v1::PushRequest>;

  // With credentials it listens on 127.0.0.1:port too.
  explicit FakeMatcher(
      std::shared_ptr<grpc::ServerCredentials> credentials = nullptr) {
    grpc::ServerBuilder builder;
    if (credentials != nullptr) {
      builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
    }
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::CaseIntake::NewStub(server_->InProcessChannel({}));
  }
  ~FakeMatcher() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }

  int port = 0;
  std::unique_ptr<v1::CaseIntake::StubInterface> stub;
  v1::GetIntakeInfoResponse info;
  std::vector<v1::InboxEntry> inbox;
  std::vector<v1::Notice> notices;
  std::vector<std::string> acknowledged;  // ids, of the last call
  // Called with each frame (counted over all streams) before and after it is
  // stored; an error ends the stream. After: the answer may be changed.
  std::function<grpc::Status(int frame, const v1::PushRequest&)> before;
  std::function<grpc::Status(int frame, v1::PushReceipt&)> after;
  std::uint32_t bucket_count = 4;
  int streams = 0, frames = 0, batches_received = 0;
  // What is in force, by reference.
  std::map<std::string, std::vector<v1::CaseRecord>> held;
  v1::PushBegin last_begin;

  std::size_t records_held() const {
    std::size_t count = 0;
    for (const auto& [ref, records] : held) count += records.size();
    return count;
  }

  grpc::Status GetIntakeInfo(grpc::ServerContext*,
                             const v1::GetIntakeInfoRequest*,
                             v1::GetIntakeInfoResponse* response) override {
    *response = info;
    return grpc::Status::OK;
  }

  // Two entries a page.
  grpc::Status ListInbox(grpc::ServerContext*,
                         const v1::ListInboxRequest* request,
                         v1::ListInboxResponse* response) override {
    std::size_t at =
        request->page_token().empty() ? 0 : std::stoul(request->page_token());
    for (int i = 0; i < 2 && at < inbox.size(); ++i) {
      *response->add_entries() = inbox[at++];
    }
    if (at < inbox.size()) response->set_next_page_token(std::to_string(at));
    return grpc::Status::OK;
  }

  grpc::Status ListNotices(grpc::ServerContext*, const v1::ListNoticesRequest*,
                           v1::ListNoticesResponse* response) override {
    for (const v1::Notice& notice : notices) *response->add_notices() = notice;
    return grpc::Status::OK;
  }
  grpc::Status AcknowledgeNotices(grpc::ServerContext*,
                                  const v1::AcknowledgeNoticesRequest* request,
                                  v1::AcknowledgeNoticesResponse*) override {
    acknowledged.assign(request->notice_ids().begin(),
                        request->notice_ids().end());
    return grpc::Status::OK;
  }

  grpc::Status Push(grpc::ServerContext*, Stream* stream) override {
    ++streams;
    Staged* push = nullptr;
    for (v1::PushRequest request; stream->Read(&request);) {
      const int frame = frames++;
      if (before) {
        if (auto status = before(frame, request); !status.ok()) return status;
      }
      v1::PushReceipt answer;
      bool committed = false;
      if (request.has_begin()) {
        push = Begin(request.begin(), *answer.mutable_begun());
        committed = push->committed;
      } else if (request.has_digests()) {
        push->difference = Compare(request.digests());
        *answer.mutable_difference() = push->difference;
        push->has_difference = true;
      } else if (request.has_batch()) {
        if (auto status =
                Store(*push, request.batch(), *answer.mutable_batch());
            !status.ok()) {
          return status;
        }
      } else {
        if (auto status = Commit(*push, request.commit()); !status.ok()) {
          return status;
        }
        *answer.mutable_commit() = push->receipt;
      }
      if (after) {
        if (auto status = after(frame, answer); !status.ok()) return status;
      }
      stream->Write(answer);
      if (committed) {
        v1::PushReceipt receipt;
        *receipt.mutable_commit() = push->receipt;
        stream->Write(receipt);
        return grpc::Status::OK;
      }
    }
    return grpc::Status::OK;
  }

 private:
  struct Staged {
    v1::PushBegin begin;
    std::vector<v1::RecordBatch> batches;
    std::vector<crypto::Hash32> digests;
    v1::DigestDifference difference;
    bool has_difference = false, committed = false;
    v1::CommitReceipt receipt;
  };

  static crypto::Hash16 FingerprintOf(const v1::CaseRecord& record) {
    std::string bytes;
    proto::CanonicalRecord(record, bytes);
    return crypto::Fingerprint(Key(), crypto::AsBytes(bytes));
  }
  static crypto::HashKey Key() {
    crypto::HashKey key;
    key.ExposeMutable()[7] = 42;
    return key;
  }
  std::size_t BucketOf(const std::string& ref) const {
    const auto id = crypto::CaseId(Key(), ref);
    return static_cast<std::size_t>(id[0] * 256 + id[1]) % bucket_count;
  }

  Staged* Begin(const v1::PushBegin& begin, v1::PushBegun& answer) {
    last_begin = begin;
    Staged& push = pushes_[begin.push_id()];
    if (push.batches.empty()) push.begin = begin;
    answer.set_next_batch(push.batches.size());
    answer.set_digest_key(std::string(crypto::AsText(Key().Expose())));
    answer.set_bucket_count(bucket_count);
    if (push.has_difference) *answer.mutable_difference() = push.difference;
    answer.set_committed(push.committed);
    return &push;
  }

  v1::DigestDifference Compare(const v1::BucketDigests& digests) const {
    std::vector<crypto::FingerprintSum> sums(bucket_count);
    for (const auto& [ref, records] : held) {
      for (const auto& record : records) {
        sums[BucketOf(ref)].Add(FingerprintOf(record));
      }
    }
    std::string differing((bucket_count + 7) / 8, '\0');
    for (std::size_t i = 0; i < bucket_count; ++i) {
      if (digests.digests().substr(i * 16, 16) !=
          crypto::AsText(sums[i].Encode())) {
        differing[i / 8] = static_cast<char>(differing[i / 8] | 1 << i % 8);
      }
    }
    v1::DigestDifference difference;
    difference.set_differing(differing);
    return difference;
  }

  grpc::Status Store(Staged& push, const v1::RecordBatch& batch,
                     v1::BatchReceipt& receipt) {
    ++batches_received;
    crypto::Blake2b256Stream digest;
    for (const auto& record : batch.records()) {
      digest.Update(FingerprintOf(record));
    }
    for (const auto& ref : batch.withdrawn_case_refs()) {
      digest.Update(crypto::CaseId(Key(), ref));
    }
    const crypto::Hash32 hash = digest.Finish();
    if (batch.number() < push.batches.size()) {
      if (push.digests[batch.number()] != hash) {
        return {grpc::StatusCode::ALREADY_EXISTS, "other contents"};
      }
    } else if (batch.number() == push.batches.size()) {
      push.batches.push_back(batch);
      push.digests.push_back(hash);
      if (push.begin.kind() == v1::PUSH_KIND_DELTA) Apply(batch);
    } else {
      return {grpc::StatusCode::INVALID_ARGUMENT, "a gap"};
    }
    receipt.set_number(batch.number());
    receipt.set_record_count(static_cast<std::uint32_t>(batch.records_size()));
    receipt.set_digest(std::string(crypto::AsText(hash)));
    return grpc::Status::OK;
  }

  void Apply(const v1::RecordBatch& batch) {
    for (const auto& record : batch.records()) held.erase(record.case_ref());
    for (const auto& record : batch.records()) {
      held[record.case_ref()].push_back(record);
    }
    for (const auto& ref : batch.withdrawn_case_refs()) held.erase(ref);
  }

  grpc::Status Commit(Staged& push, const v1::PushCommit& commit) {
    crypto::Blake2b256Stream digest;
    std::uint64_t records = 0;
    for (std::size_t i = 0; i < push.batches.size(); ++i) {
      digest.Update(push.digests[i]);
      records += static_cast<std::uint64_t>(push.batches[i].records_size());
    }
    if (commit.batch_count() != push.batches.size() ||
        commit.record_count() != records ||
        commit.digest() != crypto::AsText(digest.Finish())) {
      return {grpc::StatusCode::FAILED_PRECONDITION, "the digest differs"};
    }
    if (push.begin.kind() == v1::PUSH_KIND_SNAPSHOT) {
      std::erase_if(held, [&](const auto& entry) {
        const std::size_t bucket = BucketOf(entry.first);
        return !push.has_difference ||
               static_cast<unsigned char>(
                   push.difference.differing()[bucket / 8]) >>
                       bucket % 8 &
                   1;
      });
      for (const auto& batch : push.batches) Apply(batch);
    }
    push.committed = true;
    push.receipt.set_record_count(records_held());
    return grpc::Status::OK;
  }

  std::map<std::string, Staged> pushes_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_TESTS_CLIENTS_AGENT_FAKE_MATCHER_H_
