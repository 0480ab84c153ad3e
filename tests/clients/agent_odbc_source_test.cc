// Over the real driver manager and the real driver of SQLite; PostgreSQL's is
// in tests/system/sources_test.py.
#include <gtest/gtest.h>
#include <sql.h>
#include <sqlext.h>

#include <fstream>

#include "clients/agent/export_reader.h"
#include "clients/agent/odbc_handles.h"
#include "clients/agent/odbc_source.h"
#include "clients/agent/rejects_file.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

class OdbcSourceTest : public ::testing::Test {
 protected:
  OdbcSourceTest() {
    config_.set_connection("Driver=SQLite3;Database=" + dir_.File("sager.db"));
    Execute(
        "create table sager (cpr integer, sag text, enhed varchar(20), fra "
        "date, maengde double, note text)");
  }

  void Execute(std::string sql) {
    OdbcHandle environment, connection, statement;
    ASSERT_TRUE(environment.Make(SQL_HANDLE_ENV, SQL_NULL_HANDLE));
    SQLSetEnvAttr(environment.get(), SQL_ATTR_ODBC_VERSION,
                  reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
    ASSERT_TRUE(connection.Make(SQL_HANDLE_DBC, environment.get()));
    std::string text = config_.connection();
    ASSERT_TRUE(SQL_SUCCEEDED(SQLDriverConnect(
        connection.get(), nullptr, reinterpret_cast<SQLCHAR*>(text.data()),
        SQL_NTS, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT)))
        << OdbcError(connection, OdbcStep::kConnect, "")
        << " (the test needs Debian's libsqliteodbc)";
    ASSERT_TRUE(statement.Make(SQL_HANDLE_STMT, connection.get()));
    ASSERT_TRUE(SQL_SUCCEEDED(SQLExecDirect(
        statement.get(), reinterpret_cast<SQLCHAR*>(sql.data()), SQL_NTS)))
        << OdbcError(statement, OdbcStep::kQuery, "");
  }

  // All rows as "ROW:cell|cell\n"; or the error.
  std::string Query(std::string query) {
    const auto pattern = DatePattern::Parse("%d.%m.%Y");
    const auto source = MakeOdbcSource(config_, std::move(query), *pattern);
    std::string out;
    status_ = source->Read(
        [&](std::int64_t line, std::span<const std::string> fields) {
          out += std::to_string(line) + ":";
          for (const std::string& field : fields) out += field + "|";
          out += "\n";
          return absl::OkStatus();
        },
        {});
    return status_.ok() ? out : std::string(status_.message());
  }

  TempDir dir_;
  v1::OdbcSource config_;
  absl::Status status_;
};

TEST_F(OdbcSourceTest, TheSameCellsAsAText) {
  Execute(
      "insert into sager values (204024104, 'S-1', 'Børn & Ø', '2026-02-01', "
      "12.0, null), (1508109838, 'S-2', '', '2026-02-01 10:11:12', 1.5, 'x')");
  EXPECT_EQ(Query("select cpr, sag, enhed, fra, maengde, note from sager "
                  "order by sag"),
            "0:cpr|sag|enhed|fra|maengde|note|\n"
            "1:204024104|S-1|Børn & Ø|01.02.2026|12||\n"
            "2:1508109838|S-2||01.02.2026|1.5|x|\n");
}

TEST_F(OdbcSourceTest, LongCellsComeInPiecesAndTooLongOnesAreAnError) {
  Execute(
      "insert into sager (sag) values (replace(hex(zeroblob(5000)), '00', "
      "'abc'))");
  std::string expected;
  for (int i = 0; i < 5000; ++i) expected += "abc";
  EXPECT_EQ(Query("select sag from sager"), "0:sag|\n1:" + expected + "|\n");
  Execute("update sager set sag = sag || sag || sag || sag || sag");
  EXPECT_EQ(Query("select sag from sager"),
            "odbc: row 1: a cell has more than 65536 bytes");
}

TEST_F(OdbcSourceTest, ManyRows) {
  Execute(
      "insert into sager (cpr) with recursive n(i) as (select 1 union all "
      "select i + 1 from n where i < 20000) select i from n");
  const std::string rows = Query("select cpr from sager order by cpr");
  EXPECT_TRUE(rows.ends_with("\n20000:20000|\n"));
}

TEST_F(OdbcSourceTest, AQueryThatTakesTooLongIsEnded) {
  config_.set_timeout_seconds(1);
  Query(
      "with recursive n(i) as (select 1 union all select i + 1 from n) select "
      "count(*) from n");
  EXPECT_TRUE(absl::IsDeadlineExceeded(status_)) << status_;
  EXPECT_NE(clients::HintOf(status_).find("timeout_seconds"),
            std::string::npos);
}

TEST_F(OdbcSourceTest, ErrorsSayWhatToDo) {
  Query("select nej from sager");
  EXPECT_TRUE(absl::IsInvalidArgument(status_)) << status_;
  EXPECT_NE(status_.message().find("nej"), std::string::npos) << status_;
  EXPECT_NE(clients::HintOf(status_).find("odbc.query"), std::string::npos);
  config_.set_connection("Driver=Nej");
  Query("select 1");
  EXPECT_TRUE(absl::IsFailedPrecondition(status_)) << status_;
  EXPECT_NE(clients::HintOf(status_).find("odbcinst -q"), std::string::npos);
  config_.set_connection("DSN=nej");
  Query("select 1");
  EXPECT_TRUE(absl::IsFailedPrecondition(status_)) << status_;
}

TEST_F(OdbcSourceTest, ThePasswordComesFromAFileOfItsOwner) {
  config_.set_password("file:" + dir_.File("kode"));
  Query("select 1 as a");
  EXPECT_TRUE(absl::IsFailedPrecondition(status_)) << status_;
  std::ofstream(dir_.File("kode")) << "kort}kode\n";
  Query("select 1 as a");
  EXPECT_TRUE(absl::IsFailedPrecondition(status_)) << status_;
  std::filesystem::permissions(dir_.File("kode"),
                               std::filesystem::perms::owner_read);
  EXPECT_EQ(Query("select 1 as a"), "0:a|\n1:1|\n");
  // Whatever the driver says of it.
  config_.set_connection("Driver=Nej;X=kort}kode");
  Query("select 1");
  EXPECT_EQ(status_.message().find("kort"), std::string::npos) << status_;
}

TEST_F(OdbcSourceTest, AnExportFromAView) {
  Execute(
      "insert into sager values (204024104, 'S-1', 'Team Ung', '2026-02-01', "
      "1, null), (0, 'S-2', 'Team Ung', '2026-02-01', 1, null)");
  const Config config = SampleConfig(
      Replaced(Replaced(kSampleConfig, "source_file: eksport.csv\n", ""),
               "  contact: Kontakt\n  criteria: Kriterier\n"
               "  protected_identity: Beskyttet\n"
               "  coordinator_exists: Koordinator\n  consent: Samtykke\n",
               "") +
      "odbc:\n  connection: \"" + config_.connection() +
      "\"\n  query: >-\n    select cpr as CPR, sag as Sag, enhed as Enhed,\n"
      "    '27.24.03' as KLE, fra as Fra, null as Til, 'Åben' as Status\n"
      "    from sager order by sag\n");
  ReadOptions options;
  options.day = kDay;
  const auto data = ReadExport("", config, options);
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ(data->cases.size(), 1u);
  EXPECT_EQ(data->cases[0].ExposeDigits(), "0204024104");
  EXPECT_EQ(data->cases[0].record.opened_month(), 202602u);
  EXPECT_EQ(FormatRejects(data->rejects), "line,reason\n2,placeholder\n");
}

TEST(CheckQuery, OneSelectAndNothingElse) {
  EXPECT_TRUE(CheckQuery("SELECT a FROM b").ok());
  EXPECT_TRUE(CheckQuery(" with x as (select 1) select * from x;").ok());
  EXPECT_FALSE(CheckQuery("delete from b").ok());
  EXPECT_FALSE(CheckQuery("select 1; drop table b").ok());
  EXPECT_FALSE(CheckQuery("").ok());
}

TEST(CheckConnection, APasswordIsRefused) {
  EXPECT_TRUE(CheckConnection("DSN=nexus").ok());
  EXPECT_TRUE(CheckConnection("Driver=X;Hotpwd=1").ok());
  EXPECT_FALSE(CheckConnection("DSN=nexus; Pwd = x").ok());
  EXPECT_FALSE(CheckConnection("PASSWORD=x").ok());
  EXPECT_FALSE(CheckPassword("hemmelig").ok());
}

}  // namespace
}  // namespace samkoer::agent
