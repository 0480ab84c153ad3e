// The commands as an operator runs them, over real TLS.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "clients/agent/commands.h"
#include "clients/agent/pseudonym_cache.h"
#include "tests/clients/agent_fake_key_service.h"
#include "tests/clients/agent_fake_matcher.h"
#include "tests/clients/agent_samples.h"
#include "tests/clients/pki_folder.h"

namespace samkoer::agent {
namespace {

using clients::PkiFolder;

std::shared_ptr<grpc::ServerCredentials> MutualTls(const PkiFolder& pki,
                                                   const std::string& name) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = pki.Text("ca.pem");
  options.pem_key_cert_pairs.push_back(
      {pki.Text(name + ".key"), pki.Text(name + ".pem")});
  return grpc::SslServerCredentials(options);
}

class CommandsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new PkiFolder;
    pki_->Server("matcherd");
    pki_->Server("keyd");
    pki_->Client("department", "familie");
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }

  CommandsTest()
      : matcher_(MutualTls(*pki_, "matcherd")),
        key_service_(MutualTls(*pki_, "keyd")) {
    matcher_.info.set_department("familie");
    matcher_.info.set_purpose("ungeindsats");
    matcher_.info.add_units("Team Ung");
    auto* permitted = matcher_.info.add_permitted();
    permitted->set_domain(v1::DOMAIN_FAMILY);
    permitted->add_ages()->set_age_below(40);
    const auto& pinned = key_service_.pinned;
    auto* epoch = matcher_.info.add_epochs();
    epoch->set_epoch(pinned.epoch);
    epoch->set_public_key(std::string(crypto::AsText(pinned.public_key)));
    epoch->set_self_test(std::string(crypto::AsText(pinned.self_test)));
    Write("passphrase", "a passphrase of this test\n");
    std::filesystem::permissions(dir_.File("passphrase"),
                                 std::filesystem::perms::owner_read |
                                     std::filesystem::perms::owner_write);
    WriteConfig(std::to_string(key_service_.port));
    Export(Row(kCprA, "S-1") + Row(kCprB, "S-2"));
    context_.config_path = dir_.File("agent.yaml");
    context_.day = "2026-11-02";
    context_.format = clients::OutputFormat::kJson;
  }

  void WriteConfig(const std::string& key_service_port) {
    std::string text(kSampleConfig);
    text = Replaced(text, "\"localhost:1\"",
                    "\"localhost:" + std::to_string(matcher_.port) + "\"");
    text = Replaced(text, "localhost:2", "localhost:" + key_service_port);
    for (const char* file : {"ca.pem", "a.pem", "a.key"}) {
      const std::string name = file;
      text = Replaced(
          text, "pki/" + name,
          pki_->Path(name == "ca.pem" ? name : "familie" + name.substr(1)));
    }
    Write("agent.yaml", text);
  }
  void Write(const std::string& name, std::string_view text) {
    std::ofstream(dir_.File(name), std::ios::binary) << text;
  }
  void Export(const std::string& rows) {
    Write("eksport.csv", std::string(kSampleHeader) + rows);
  }
  // The exit code; what was printed is in `out_` and `err_`.
  template <typename Command>
  int Run(const Command& command) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = command();
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }
  int Check() {
    return Run([&] { return RunCheck(context_, {}); });
  }
  int DoPush(PushOptions options = {}) {
    options.fast_unlock = true;
    return Run([&] { return RunPush(context_, options); });
  }
  bool Printed(std::string_view text) const {
    return out_.find(text) != std::string::npos;
  }

  static PkiFolder* pki_;
  FakeMatcher matcher_;
  FakeKeyService key_service_;
  TempDir dir_;
  CommandContext context_;
  std::string out_, err_;
};

PkiFolder* CommandsTest::pki_ = nullptr;

// Nothing but the flag is asked: not the day, which a demo sets too.
TEST_F(CommandsTest, TheCachesKeyIsSealedHardUnlessTheFlagSaysOtherwise) {
  PushOptions options;
  options.delta = true;
  EXPECT_EQ(CacheKeyStrength(options), crypto::SealStrength::kSensitive);
  options.fast_unlock = true;
  EXPECT_EQ(CacheKeyStrength(options), crypto::SealStrength::kInteractive);
}

TEST_F(CommandsTest, CheckTellsAndAsksNobody) {
  EXPECT_EQ(Check(), 0) << err_;
  EXPECT_TRUE(Printed("\"records\": 2")) << out_;
  EXPECT_TRUE(Printed("\"examples\": [{\"pseudonym\":\"(64 bytes)\"")) << out_;
  EXPECT_EQ(key_service_.evaluated, 0u);
  EXPECT_EQ(matcher_.streams, 0);
  EXPECT_TRUE(std::filesystem::exists(dir_.File("state/rejects.csv")));
}

TEST_F(CommandsTest, PushSendsWhatCheckShowed) {
  EXPECT_EQ(DoPush(), 0) << err_;
  EXPECT_TRUE(Printed("\"sent\": 2")) << out_;
  EXPECT_TRUE(Printed("\"pseudonyms_asked\": 3")) << out_;
  EXPECT_EQ(matcher_.records_held(), 2u);
  const auto expected = crypto::Evaluate(crypto::OprfMode::kVoprf,
                                         key_service_.key, "0204024104");
  EXPECT_EQ(matcher_.held["S-1"][0].pseudonym(),
            crypto::AsText(expected->Expose()));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("state/push.state")));
  // The next night nothing is asked and nothing is sent.
  EXPECT_EQ(DoPush(), 0) << err_;
  EXPECT_TRUE(Printed("\"sent\": 0")) << out_;
  EXPECT_TRUE(Printed("\"pseudonyms_asked\": 0")) << out_;
}

TEST_F(CommandsTest, ManySetAsideRowsAreTheExitCodeAndTheOthersAreSent) {
  Export(Row(kCprA, "S-1") + Row("ABC", "S-2"));
  EXPECT_EQ(Check(), kExitRejects);
  EXPECT_EQ(DoPush(), kExitRejects);
  EXPECT_NE(err_.find("rejects_limit_percent"), std::string::npos) << err_;
  EXPECT_EQ(matcher_.records_held(), 1u);
}

TEST_F(CommandsTest, ADeltaWithdrawsAndCloses) {
  EXPECT_EQ(DoPush(), 0) << err_;
  Write("delta.csv",
        std::string(kSampleHeader) +
            Row(kCprA, "S-1", "Afsluttet", "01-02-2026", "01-03-2026"));
  Write("gone.txt", "S-2\n");
  EXPECT_EQ(DoPush({.delta = true,
                    .file = dir_.File("delta.csv"),
                    .withdrawn_file = dir_.File("gone.txt"),
                    .allow_shrink = false}),
            0)
      << err_;
  ASSERT_EQ(matcher_.records_held(), 1u);
  EXPECT_EQ(matcher_.held["S-1"][0].status(), v1::CASE_STATUS_CLOSED);
  EXPECT_EQ(matcher_.held["S-1"][0].closed_month(), 202603u);
  // Stated and withdrawn at once.
  Write("gone.txt", "S-1\n");
  EXPECT_EQ(DoPush({.delta = true,
                    .file = dir_.File("delta.csv"),
                    .withdrawn_file = dir_.File("gone.txt"),
                    .allow_shrink = false}),
            65);
}

TEST_F(CommandsTest, AKeyServiceThatIsAwayIsNamedAndNothingIsQueued) {
  WriteConfig("1");
  // Nine retries with pauses would take half a minute; a closed port of the
  // same machine is refused at once, so only the pauses count.
  EXPECT_EQ(DoPush(), 69);
  EXPECT_NE(err_.find("key service"), std::string::npos) << err_;
  EXPECT_EQ(matcher_.streams, 0);
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(dir_.File("state"))) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_EQ(text.str().find("0204024104"), std::string::npos);
    EXPECT_EQ(text.str().find("S-1"), std::string::npos) << entry.path();
  }
  WriteConfig(std::to_string(key_service_.port));
  EXPECT_EQ(DoPush(), 0) << err_;
}

TEST_F(CommandsTest, AnotherDepartmentsCertificateOrPurposeSendsNothing) {
  matcher_.info.set_department("social");
  EXPECT_EQ(DoPush(), 78);
  matcher_.info.set_department("familie");
  matcher_.info.set_purpose("kontrol");
  EXPECT_EQ(DoPush(), 78);
  matcher_.info.set_purpose("ungeindsats");
  matcher_.info.clear_epochs();
  EXPECT_EQ(DoPush(), 78);
  EXPECT_EQ(matcher_.streams, 0);
  EXPECT_EQ(key_service_.evaluated, 0u);
}

TEST_F(CommandsTest, FilesThatAreMissingOrWrong) {
  std::filesystem::remove(dir_.File("eksport.csv"));
  EXPECT_EQ(Check(), 66);
  Write("eksport.csv", "Navn;Adresse\n");
  EXPECT_EQ(Check(), 65);
  EXPECT_NE(err_.find("the first line has 2 columns, none of them of these"),
            std::string::npos)
      << err_;
  context_.day = "2026-13-01";
  EXPECT_EQ(Check(), 65);
  Write("agent.yaml", "departmnt: x\n");
  EXPECT_EQ(Check(), kExitConfig);
  EXPECT_EQ(Run([&] { return RunValidateConfig(context_); }), kExitConfig);
  context_.config_path = dir_.File("other.yaml");
  EXPECT_EQ(Check(), 66);
}

TEST_F(CommandsTest, RootReadsNothingIntoTheServicesFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  const std::string state = dir_.File("state");
  std::filesystem::create_directories(state);
  ASSERT_EQ(::chown(state.c_str(), 65534, 65534), 0);
  EXPECT_EQ(Check(), 77);
  EXPECT_NE(err_.find("runuser -u nobody -- samkoer-agent"), std::string::npos)
      << err_;
  EXPECT_TRUE(std::filesystem::is_empty(state));
}

TEST_F(CommandsTest, ValidateConfigLooksAtTheFilesThatItNames) {
  const auto validate = [&] {
    return Run([&] { return RunValidateConfig(context_); });
  };
  EXPECT_EQ(validate(), 0) << err_;
  std::ifstream in(dir_.File("agent.yaml"), std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  // The key of somebody else's certificate.
  Write("agent.yaml",
        Replaced(good, pki_->Path("familie.key"), pki_->Path("matcherd.key")));
  EXPECT_EQ(validate(), 65) << err_;
  EXPECT_NE(err_.find("does not belong to"), std::string::npos) << err_;
  Write("agent.yaml", Replaced(good, "familie.pem", "nobody.pem"));
  EXPECT_EQ(validate(), 66) << err_;
  Write("agent.yaml", good);
  std::filesystem::remove(dir_.File("eksport.csv"));
  EXPECT_EQ(validate(), 66) << err_;
  EXPECT_NE(err_.find("eksport.csv"), std::string::npos) << err_;
  Write("agent.yaml",
        Replaced(good, "source_file: eksport.csv", "drop: {folder: ind}"));
  EXPECT_EQ(validate(), 66) << err_;
  EXPECT_NE(err_.find("drop.folder: "), std::string::npos) << err_;
  std::filesystem::create_directory(dir_.File("ind"));
  context_.format = clients::OutputFormat::kHuman;
  EXPECT_EQ(validate(), 0) << err_;
  EXPECT_TRUE(Printed("reads        * in " + dir_.File("ind"))) << out_;
}

TEST_F(CommandsTest, TheInboxIsReadPageByPage) {
  for (int i = 0; i < 5; ++i) {
    v1::InboxEntry& entry = matcher_.inbox.emplace_back();
    entry.set_alert_id("A-0000-000" + std::to_string(i));
    entry.set_case_ref("S-" + std::to_string(i));
    entry.set_state(v1::ALERT_STATE_CONFERENCE_PLANNED);
  }
  context_.format = clients::OutputFormat::kHuman;
  EXPECT_EQ(Run([&] { return RunInbox(context_, {}); }), 0) << err_;
  EXPECT_TRUE(Printed("conference-planned"));
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(Printed("S-" + std::to_string(i))) << out_;
  }
}

TEST_F(CommandsTest, ContactsAreOfCasesThatTheInboxDoesNotName) {
  const auto contacts = [&](bool csv = false) {
    return Run([&] { return RunContacts(context_, {.file = "", .csv = csv}); });
  };
  EXPECT_EQ(contacts(), 78);
  EXPECT_NE(err_.find("default_contacts"), std::string::npos) << err_;
  std::ifstream in(dir_.File("agent.yaml"), std::ios::binary);
  std::string config((std::istreambuf_iterator<char>(in)), {});
  Write(
      "agent.yaml",
      config.append("default_contacts:\n"
                    "  - {age_from: 0, age_below: 20, contact: Ungehuset}\n"));
  v1::InboxEntry& entry = matcher_.inbox.emplace_back();
  entry.set_alert_id("A-0000-0001");
  entry.set_case_ref("S-1");
  EXPECT_EQ(contacts(), 0) << err_;
  EXPECT_TRUE(Printed("[{\"case_ref\": \"S-2\", \"contact\": \"Ungehuset\"}]"))
      << out_;
  // A is 24, and no entry is for that.
  matcher_.inbox.clear();
  EXPECT_EQ(contacts(true), 2);
  EXPECT_TRUE(Printed("\"S-1\";\"\"\r\n")) << out_;
  EXPECT_NE(err_.find("1 cases fit no entry"), std::string::npos) << err_;
  EXPECT_EQ(out_.find("4104"), std::string::npos);
}

TEST_F(CommandsTest, NoticesAreShownAndAcknowledgedWhenAsked) {
  v1::Notice& erased = matcher_.notices.emplace_back();
  erased.set_notice_id(std::string(16, 'a'));
  erased.set_kind(v1::NOTICE_KIND_ERASED);
  erased.set_case_ref("S-17\x1b");
  erased.mutable_time()->set_seconds(1'800'000'000);
  v1::Notice& objection = matcher_.notices.emplace_back(erased);
  objection.set_notice_id(std::string(16, 'b'));
  objection.set_kind(v1::NOTICE_KIND_OBJECTION);
  objection.set_case_ref("S-18");
  context_.format = clients::OutputFormat::kHuman;
  EXPECT_EQ(Run([&] { return RunInbox(context_, {}); }), 0) << err_;
  EXPECT_TRUE(Printed("S-17\\u{1B}")) << out_;
  EXPECT_TRUE(Printed("must your data be erased too")) << out_;
  EXPECT_TRUE(Printed("leave the case out of exports")) << out_;
  EXPECT_TRUE(matcher_.acknowledged.empty());
  context_.format = clients::OutputFormat::kJson;
  EXPECT_EQ(Run([&] { return RunInbox(context_, {.acknowledge = true}); }), 0)
      << err_;
  EXPECT_TRUE(Printed("{\"entries\": [],")) << out_;
  EXPECT_TRUE(Printed("NOTICE_KIND_OBJECTION")) << out_;
  EXPECT_EQ(
      matcher_.acknowledged,
      (std::vector<std::string>{std::string(16, 'a'), std::string(16, 'b')}));
}

TEST_F(CommandsTest, TheCacheIsListedAndCleared) {
  EXPECT_EQ(DoPush(), 0) << err_;
  EXPECT_EQ(Run([&] { return RunCacheInfo(context_); }), 0);
  EXPECT_TRUE(Printed("\"entries\": 3")) << out_;
  EXPECT_EQ(Run([&] { return RunCacheClear(context_); }), 0);
  EXPECT_TRUE(ListCaches(dir_.File("state")).empty());
  EXPECT_EQ(DoPush(), 0) << err_;
  EXPECT_EQ(key_service_.evaluated, 6u);
}

TEST_F(CommandsTest, AWrongPassphraseIsRefused) {
  EXPECT_EQ(DoPush(), 0) << err_;
  Write("passphrase", "another passphrase\n");
  EXPECT_EQ(DoPush(), 77);
  EXPECT_NE(err_.find("cache_passphrase"), std::string::npos) << err_;
}

}  // namespace
}  // namespace samkoer::agent
