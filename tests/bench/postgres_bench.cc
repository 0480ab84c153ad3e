// What PostgreSQL needs for the same work: upsert and look-up of the touched
// persons in batches of 1,000 over one connection, the nightly snapshot with
// IS DISTINCT, the match of everybody, and the bytes on disk.
//
//   postgres_bench CONNINFO ROWS
//
// Prints "name value unit" lines for tests/bench/run.

#include <libpq-fe.h>
#include <sodium.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/bench/bench_rows.h"

namespace samkoer::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

void Check(PGconn* connection, PGresult* result, ExecStatusType wanted) {
  if (PQresultStatus(result) != wanted) {
    std::fprintf(stderr, "error: %s", PQerrorMessage(connection));
    std::exit(1);
  }
}

void Execute(PGconn* connection, const char* sql) {
  PGresult* result = PQexec(connection, sql);
  Check(connection, result,
        PQresultStatus(result) == PGRES_TUPLES_OK ? PGRES_TUPLES_OK
                                                  : PGRES_COMMAND_OK);
  PQclear(result);
}

double Scalar(PGconn* connection, const char* sql) {
  PGresult* result = PQexec(connection, sql);
  Check(connection, result, PGRES_TUPLES_OK);
  const double value = std::atof(PQgetvalue(result, 0, 0));
  PQclear(result);
  return value;
}

// A one-dimensional array in PostgreSQL's binary format.
class BinaryArray {
 public:
  explicit BinaryArray(std::uint32_t element_oid) : oid_(element_oid) {}
  void Add(std::string_view bytes) {
    Put32(static_cast<std::uint32_t>(bytes.size()), elements_);
    elements_.append(bytes);
    ++count_;
  }
  const std::string& Finish() {
    bytes_.clear();
    for (std::uint32_t value : {1u, 0u, oid_, count_, 1u}) Put32(value, bytes_);
    bytes_ += elements_;
    return bytes_;
  }

 private:
  static void Put32(std::uint32_t value, std::string& out) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(value >> shift));
    }
  }
  std::uint32_t oid_, count_ = 0;
  std::string elements_, bytes_;
};

constexpr std::uint32_t kInt2 = 21, kText = 25, kBytea = 17;

struct Row {
  std::string department, case_ref, person, payload;
};

// The person as the 16-byte key our matcher joins on; the rest as one payload.
std::vector<Row> MakeRows(std::uint64_t total, std::uint32_t changed_percent) {
  std::vector<Row> rows;
  rows.reserve(total);
  for (int d = 0; d < kDepartments; ++d) {
    for (auto& record : DepartmentRecords(d, total, changed_percent)) {
      Row row;
      row.department = {0, static_cast<char>(d)};
      row.case_ref = record.case_ref();
      row.person = record.pseudonym().substr(0, 16);
      record.clear_pseudonym();
      record.clear_case_ref();
      row.payload = record.SerializeAsString();
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

// Runs `statement` (upsert) and the look-up for each batch, one transaction a
// batch; returns rows a second.
double Push(PGconn* connection, const std::vector<Row>& rows,
            const char* statement) {
  constexpr std::size_t kBatch = 1000;
  const auto start = Clock::now();
  for (std::size_t at = 0; at < rows.size(); at += kBatch) {
    BinaryArray departments(kInt2), refs(kText), persons(kBytea),
        payloads(kBytea);
    for (std::size_t i = at; i < std::min(rows.size(), at + kBatch); ++i) {
      departments.Add(rows[i].department);
      refs.Add(rows[i].case_ref);
      persons.Add(rows[i].person);
      payloads.Add(rows[i].payload);
    }
    const std::string* values[] = {&departments.Finish(), &refs.Finish(),
                                   &persons.Finish(), &payloads.Finish()};
    const char* pointers[4];
    int lengths[4], formats[4] = {1, 1, 1, 1};
    for (int i = 0; i < 4; ++i) {
      pointers[i] = values[i]->data();
      lengths[i] = static_cast<int>(values[i]->size());
    }
    Execute(connection, "BEGIN");
    PGresult* result =
        PQexecPrepared(connection, statement, 4, pointers, lengths, formats, 1);
    Check(connection, result, PGRES_COMMAND_OK);
    PQclear(result);
    result = PQexecPrepared(connection, "look_up", 1, pointers + 2, lengths + 2,
                            formats, 1);
    Check(connection, result, PGRES_TUPLES_OK);
    PQclear(result);
    Execute(connection, "COMMIT");
  }
  return rows.size() / Seconds(start);
}

void Prepare(PGconn* connection, const char* name, const std::string& sql) {
  PGresult* result = PQprepare(connection, name, sql.c_str(), 0, nullptr);
  Check(connection, result, PGRES_COMMAND_OK);
  PQclear(result);
}

int Run(const char* conninfo, std::uint64_t total) {
  PGconn* connection = PQconnectdb(conninfo);
  if (PQstatus(connection) != CONNECTION_OK) {
    std::fprintf(stderr, "error: %s", PQerrorMessage(connection));
    return 1;
  }
  Execute(connection, "SET client_min_messages = warning");
  Execute(connection, "DROP TABLE IF EXISTS record");
  Execute(connection,
          "CREATE TABLE record (department smallint, case_ref text, person "
          "bytea NOT NULL, payload bytea NOT NULL, PRIMARY KEY (department, "
          "case_ref))");
  Execute(connection, "CREATE INDEX record_person ON record (person)");
  const std::string insert =
      "INSERT INTO record SELECT * FROM unnest($1::smallint[], $2::text[], "
      "$3::bytea[], $4::bytea[]) ON CONFLICT (department, case_ref) DO UPDATE "
      "SET person = excluded.person, payload = excluded.payload";
  Prepare(connection, "upsert", insert);
  Prepare(connection, "upsert_distinct",
          insert +
              " WHERE (record.person, record.payload) IS DISTINCT FROM "
              "(excluded.person, excluded.payload)");
  Prepare(connection, "look_up",
          "SELECT person, department, payload FROM record WHERE person = "
          "ANY($1::bytea[])");

  const std::vector<Row> first = MakeRows(total, 0);
  std::printf("postgres_first_push %.0f records/s\n",
              Push(connection, first, "upsert"));
  const std::vector<Row> nightly = MakeRows(total, 1);
  Execute(connection, "VACUUM ANALYZE record");
  Execute(connection, "CHECKPOINT");
  std::printf("postgres_nightly %.0f records/s\n",
              Push(connection, nightly, "upsert_distinct"));
  Execute(connection, "VACUUM ANALYZE record");
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    Scalar(connection,
           "SELECT count(*) FROM (SELECT person FROM record GROUP BY person "
           "HAVING count(DISTINCT department) >= 2) matched");
    best = std::min(best, Seconds(start));
  }
  std::printf("postgres_match_everybody %.3f s\n", best);
  Execute(connection, "VACUUM FULL record");
  std::printf("postgres_disk %.1f bytes/record\n",
              Scalar(connection, "SELECT pg_total_relation_size('record')") /
                  static_cast<double>(total));
  PQfinish(connection);
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 3 || sodium_init() < 0) {
    std::fprintf(stderr, "usage: postgres_bench CONNINFO ROWS\n");
    return 64;
  }
  return samkoer::bench::Run(argv[1], std::strtoull(argv[2], nullptr, 10));
}
