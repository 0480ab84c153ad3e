// The matcher alone, in this process, without TLS: where its time goes.
//
//   matcher_bench ROWS DIRECTORY [first]
//
// First push of ROWS records from four departments at once, the nightly
// snapshot with 1% changed (with bucket digests), a policy that evaluates
// everybody, and a restart. Synced, sealed, matched and audited, on RocksDB.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crypto/keyed_hash.h"
#include "crypto/secret.h"
#include "matcher/matcher.h"
#include "matcher/policy.h"
#include "proto/canonical_record.h"
#include "storage/audit_log.h"
#include "storage/rocksdb_engine.h"
#include "tests/bench/bench_rows.h"

namespace samkoer::bench {
namespace {

using matcher::Matcher;

// Wall time, and processor time of all threads: on a busy machine only the
// latter says what a step costs.
class Stopwatch {
 public:
  void Print(const char* name, std::uint64_t records) const {
    const double wall =
        std::chrono::duration<double>(Clock::now() - start_).count();
    const double cpu =
        static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    std::printf("%s %.0f records/s, %.2f us of processor a record\n", name,
                records / wall, 1e6 * cpu / records);
    std::fflush(stdout);
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start_ = Clock::now();
  const std::clock_t cpu_ = std::clock();
};

template <typename T>
T ValueOf(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "error: %s\n", value.status().ToString().c_str());
    std::exit(70);
  }
  return *std::move(value);
}

samkoer::v1::Policy BenchPolicy(std::uint32_t version) {
  samkoer::v1::Policy policy;
  policy.set_municipality("bench");
  policy.set_purpose("ungeindsats");
  policy.set_version(version);
  auto& basis = *policy.add_legal_bases();
  basis.set_id("bench");
  basis.set_text("bench");
  basis.set_age_from(0);
  basis.set_age_below(100);
  for (int d = 0; d < kDepartments; ++d) {
    const auto record = MakeRecord(d * 1000, kDepartments * 1000, 0);
    auto& department = *policy.add_departments();
    department.set_id(std::string(kDepartmentIds[d]));
    department.set_name(std::string(kDepartmentIds[d]));
    department.set_kind(samkoer::v1::UNIT_KIND_AUTHORITY);
    department.add_units()->set_name(record.unit());
    department.add_domains(record.domain());
    basis.add_domains(record.domain());
  }
  auto& rule = *policy.add_rules();
  rule.set_id("unge");
  rule.set_text("To afdelinger");
  rule.set_age_from(1);
  rule.set_age_below(90);
  // The second policy withdraws every alert.
  rule.set_at_least(version == 1 ? 2 : 3);
  rule.set_count(samkoer::v1::COUNT_BASIS_AUTHORITY_DEPARTMENTS);
  policy.mutable_retention()->set_ended_alert_months(12);
  policy.set_shrink_limit_percent(20);
  return policy;
}

std::shared_ptr<const matcher::CompiledPolicy> Compiled(std::uint32_t version) {
  return std::make_shared<const matcher::CompiledPolicy>(
      ValueOf(matcher::CompiledPolicy::Compile(BenchPolicy(version), "bench")));
}

struct Installation {
  explicit Installation(const std::string& directory)
      : sealer(ValueOf(
            storage::ValueSealer::Create({{1, crypto::SealKey::Random()}}, 1))),
        path(directory) {}

  void Open(std::uint32_t policy_version) {
    storage::RocksDbOptions engine_options;
    engine_options.create_if_missing = true;
    engine = ValueOf(storage::OpenRocksDb(path, engine_options));
    audit = ValueOf(storage::AuditLog::Open(
        *engine, sealer,
        ValueOf(crypto::NoteSigner::FromSeed("samkoer/bench/matcher",
                                             crypto::SecretArray<32>())),
        crypto::HashKey()));
    matcher::MatcherOptions options;
    options.engine = engine.get();
    options.sealer = &sealer;
    options.audit = audit.get();
    options.oprf_keys = {{1, std::string(32, 'k'), std::string(32, 't'), ""}};
    options.policy = Compiled(policy_version);
    options.day_source = [] { return std::string("2026-11-22"); };
    matcher = ValueOf(Matcher::Open(std::move(options)));
  }
  void Close() {
    matcher.reset();
    audit.reset();
    engine.reset();
  }

  storage::ValueSealer sealer;
  std::string path;
  std::unique_ptr<storage::Engine> engine;
  std::unique_ptr<storage::AuditLog> audit;
  std::unique_ptr<Matcher> matcher;
};

struct Prepared {
  std::vector<samkoer::v1::RecordBatch> batches;
  std::uint64_t records = 0;
};

Prepared InBatches(std::vector<samkoer::v1::CaseRecord> records) {
  Prepared prepared;
  for (auto& record : records) {
    if (prepared.batches.empty() ||
        prepared.batches.back().records_size() == 1000) {
      prepared.batches.emplace_back().set_number(prepared.batches.size() - 1);
    }
    *prepared.batches.back().add_records() = std::move(record);
    ++prepared.records;
  }
  return prepared;
}

struct Digested {
  crypto::Hash16 case_id, fingerprint;
};

std::vector<Digested> DigestAll(const Prepared& prepared,
                                const std::string& key_bytes) {
  crypto::HashKey key;
  std::copy_n(key_bytes.begin(), 32, key.ExposeMutable().begin());
  std::vector<Digested> all;
  std::string canonical;
  for (const auto& batch : prepared.batches) {
    for (const auto& record : batch.records()) {
      proto::CanonicalRecord(record, canonical);
      all.push_back({crypto::CaseId(key, record.case_ref()),
                     crypto::Fingerprint(key, crypto::AsBytes(canonical))});
    }
  }
  return all;
}

// Keeps the records of differing buckets only, as an agent does.
Prepared Reduce(matcher::PushSession& session, const Prepared& prepared) {
  const auto all = DigestAll(prepared, session.begun().digest_key());
  const std::uint32_t n = session.begun().bucket_count();
  const auto bucket = [&](const Digested& d) {
    return (d.case_id[0] * 256u + d.case_id[1]) % n;
  };
  std::vector<crypto::FingerprintSum> sums(n);
  for (const Digested& d : all) sums[bucket(d)].Add(d.fingerprint);
  samkoer::v1::BucketDigests digests;
  digests.set_record_count(all.size());
  for (const auto& sum : sums) {
    const crypto::Hash16 bytes = sum.Encode();
    digests.mutable_digests()->append(crypto::AsText(bytes));
  }
  const std::string differing =
      ValueOf(session.SubmitDigests(digests)).differing();
  std::vector<samkoer::v1::CaseRecord> kept;
  std::size_t i = 0;
  for (const auto& batch : prepared.batches) {
    for (const auto& record : batch.records()) {
      const std::uint32_t b = bucket(all[i++]);
      if (differing[b / 8] >> (b % 8) & 1) kept.push_back(record);
    }
  }
  return InBatches(std::move(kept));
}

void Push(Matcher& matcher, int department, std::uint64_t push,
          const Prepared& prepared, bool digests) {
  const std::string name(kDepartmentIds[department]);
  const matcher::Caller caller{"samkoer://bench/department/" + name, name,
                               std::string(32, 'c')};
  samkoer::v1::PushBegin begin;
  begin.set_kind(samkoer::v1::PUSH_KIND_SNAPSHOT);
  std::string id(16, '\0');
  id[0] = static_cast<char>(push);
  id[1] = static_cast<char>(department);
  begin.set_push_id(id);
  begin.set_purpose("ungeindsats");
  begin.set_epoch(1);
  begin.set_self_test(std::string(32, 't'));
  begin.set_day("2026-11-22");
  auto session = ValueOf(matcher.BeginPush(caller, begin));
  Prepared reduced;
  const Prepared* sent = &prepared;
  if (digests) {
    reduced = Reduce(*session, prepared);
    sent = &reduced;
  }
  std::vector<std::promise<std::string>> receipts(sent->batches.size());
  for (std::size_t i = 0; i < sent->batches.size(); ++i) {
    session->SubmitBatch(sent->batches[i], [&receipts, i](auto receipt) {
      receipts[i].set_value(ValueOf(std::move(receipt)).digest());
    });
  }
  crypto::Blake2b256Stream all;
  for (auto& receipt : receipts) {
    all.Update(crypto::AsBytes(receipt.get_future().get()));
  }
  samkoer::v1::PushCommit commit;
  commit.set_batch_count(sent->batches.size());
  commit.set_record_count(sent->records);
  const crypto::Hash32 digest = all.Finish();
  commit.set_digest(std::string(crypto::AsText(digest)));
  std::promise<void> done;
  session->SubmitCommit(commit, [&](auto receipt) {
    ValueOf(std::move(receipt));
    done.set_value();
  });
  done.get_future().wait();
}

void PushAll(Matcher& matcher, std::uint64_t push,
             const std::vector<Prepared>& departments, bool digests) {
  std::vector<std::thread> threads;
  for (int d = 0; d < kDepartments; ++d) {
    threads.emplace_back(
        [&, d] { Push(matcher, d, push, departments[d], digests); });
  }
  for (auto& thread : threads) thread.join();
}

int Run(std::uint64_t total, const std::string& directory, bool first_only) {
  std::vector<Prepared> first, second;
  for (int d = 0; d < kDepartments; ++d) {
    first.push_back(InBatches(DepartmentRecords(d, total, 0)));
    second.push_back(InBatches(DepartmentRecords(d, total, 1)));
  }
  Installation in(directory);
  in.Open(1);
  Stopwatch first_watch;
  PushAll(*in.matcher, 1, first, false);
  first_watch.Print("first_push", total);
  const auto stats = in.matcher->Stats();
  std::printf("alerts %llu, write groups %llu\n",
              static_cast<unsigned long long>(stats.alerts_held),
              static_cast<unsigned long long>(stats.write_groups));
  if (first_only) return 0;
  Stopwatch nightly_watch;
  PushAll(*in.matcher, 2, second, true);
  nightly_watch.Print("nightly", total);
  Stopwatch policy_watch;
  if (!in.matcher->ApplyPolicy(Compiled(2)).ok()) return 70;
  policy_watch.Print("policy", total);
  in.Close();
  Stopwatch restart_watch;
  in.Open(2);
  restart_watch.Print("restart", total);
  if (!in.engine->Compact().ok()) return 70;
  std::printf("disk %.1f bytes/record\n",
              static_cast<double>(ValueOf(in.engine->DiskBytes())) / total);
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4 || !samkoer::crypto::InitializeProcess()) {
    std::fprintf(stderr, "usage: matcher_bench ROWS DIRECTORY [first]\n");
    return 64;
  }
  return samkoer::bench::Run(std::strtoull(argv[1], nullptr, 10), argv[2],
                             argc == 4);
}
