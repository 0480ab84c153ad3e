#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/audit/report_command.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_key_service.h"
#include "tests/clients/audit_fake_log.h"
#include "tests/clients/audit_report_samples.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Both fail modulus 11.
constexpr std::string_view kNumber = "2311045672";
constexpr std::string_view kFormer = "2311045681";

class ReportCommandTest : public testing::Test {
 protected:
  ReportCommandTest() {
    matcher_.look_up = [](const v1::LookUpPersonRequest& request,
                          v1::LookUpPersonResponse& response) {
      response = request.pseudonym() == PseudonymUnder(1, kNumber)
                     ? SamplePerson()
                     : UnknownPerson();
      response.set_padding(std::string(1000, '\0'));
      return grpc::Status::OK;
    };
  }
  absl::Status Write(const std::vector<std::string_view>& numbers,
                     const std::string& file,
                     ReportFormat format = ReportFormat::kHtml) {
    std::vector<Cpr> parsed;
    for (const std::string_view number : numbers) {
      parsed.push_back(ParseCpr(number));
    }
    return WriteReport(*matcher_.stub, keyd_.channel(), parsed,
                       {"Journal 42", "ungeindsats", {}}, format, file,
                       {out_, out_, OutputFormat::kHuman, {}, false});
  }
  absl::StatusOr<std::string> File(const std::string& out,
                                   ReportFormat format = ReportFormat::kHtml) {
    return ReportFile(
        out, format,
        absl::FromCivil(absl::CivilSecond(2026, 11, 22, 11, 18, 5),
                        absl::UTCTimeZone()),
        {});
  }
  static std::string Read(const std::string& file) {
    return ReadSmallFile(file, 1 << 20, FileReaders::kOwnerOnly)
        .value_or("unreadable");
  }

  const TestDirectory dir_;
  FakeLog matcher_{TestSigner("log")};
  FakeKeyService keyd_;
  std::ostringstream out_;
};

TEST_F(ReportCommandTest, APageIsWrittenForTheOwnerAlone) {
  const std::string file = dir_.file("indsigt.html");
  ASSERT_TRUE(Write({kNumber}, file).ok());
  const std::string page = Read(file);
  EXPECT_THAT(page, HasSubstr("JC2057"));
  EXPECT_THAT(page, HasSubstr("</html>"));
  EXPECT_THAT(page, Not(HasSubstr(std::string(kNumber))));
  EXPECT_THAT(page, Not(HasSubstr("anna")));
  EXPECT_THAT(out_.str(), HasSubstr(file));
  EXPECT_EQ(matcher_.lookups.size(), 1u);
  EXPECT_EQ(matcher_.lookups[0].reason(), "Journal 42");
}

TEST_F(ReportCommandTest, JsonIsTheSameFacts) {
  const std::string file = dir_.file("indsigt.json");
  ASSERT_TRUE(Write({kNumber}, file, ReportFormat::kJson).ok());
  const std::string json = Read(file);
  EXPECT_THAT(json, HasSubstr("\"case_ref\": \"JC2057\""));
  EXPECT_THAT(json, HasSubstr("\"policy_version\": 3"));
  EXPECT_THAT(json, Not(HasSubstr("padding")));
  EXPECT_THAT(json, Not(HasSubstr("anna")));
}

TEST_F(ReportCommandTest, AFormerNumberIsALookUpOfItsOwn) {
  const std::string file = dir_.file("begge.html");
  ASSERT_TRUE(Write({kFormer, kNumber}, file).ok());
  std::vector<std::string> asked;
  for (const auto& request : matcher_.lookups) {
    asked.push_back(request.pseudonym());
  }
  EXPECT_THAT(asked, ElementsAre(PseudonymUnder(1, kFormer),
                                 PseudonymUnder(1, kNumber)));
  EXPECT_THAT(Read(file), HasSubstr("JC2057"));
  EXPECT_THAT(Read(file), HasSubstr("ikke registreret nogen oplysninger"));
}

TEST_F(ReportCommandTest, AFailedLookUpWritesNothing) {
  const std::string file = dir_.file("indsigt.html");
  matcher_.look_up = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "down");
  };
  EXPECT_TRUE(absl::IsUnavailable(Write({kNumber}, file)));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(ReportCommandTest, NothingIsOverwritten) {
  const std::string file = dir_.file("indsigt.html");
  std::ofstream(file) << "another citizen's";
  const auto status = Write({kNumber}, file);
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_THAT(HintOf(status), HasSubstr("--out"));
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  EXPECT_EQ(Read(file), "another citizen's");
}

TEST_F(ReportCommandTest, ADirectoryGetsANameThatTellsNothing) {
  EXPECT_EQ(*File(dir_.path()), dir_.path() + "/indsigt-20261122-111805.html");
  EXPECT_EQ(*File(dir_.path() + "/", ReportFormat::kJson),
            dir_.path() + "/indsigt-20261122-111805.json");
  EXPECT_EQ(*File(""), "./indsigt-20261122-111805.html");
  EXPECT_EQ(*File(dir_.file("mit.html")), dir_.file("mit.html"));
  EXPECT_EQ(*File("mit.html"), "mit.html");
}

TEST_F(ReportCommandTest, ANameThatPromisesAnotherFormatIsRefused) {
  const auto pdf = File(dir_.file("foo.pdf")).status();
  EXPECT_TRUE(absl::IsInvalidArgument(pdf));
  EXPECT_THAT(HintOf(pdf), HasSubstr("udskriv den som PDF"));
  const auto html = File(dir_.file("foo.html"), ReportFormat::kJson).status();
  EXPECT_TRUE(absl::IsInvalidArgument(html));
  EXPECT_THAT(HintOf(html), HasSubstr(".json"));
  const auto json = File(dir_.file("foo.json")).status();
  EXPECT_TRUE(absl::IsInvalidArgument(json));
  EXPECT_THAT(HintOf(json), HasSubstr("--format json"));
  EXPECT_TRUE(absl::IsInvalidArgument(File(dir_.file("v1.2")).status()));
  EXPECT_EQ(*File(dir_.file("FOO.HTML")), dir_.file("FOO.HTML"));
  std::filesystem::create_directory(dir_.file("v1.2"));
  EXPECT_THAT(*File(dir_.file("v1.2")), HasSubstr("v1.2/indsigt-"));
  EXPECT_FALSE(std::filesystem::exists(dir_.file("foo.pdf")));
}

TEST_F(ReportCommandTest, AMissingFolderIsMadeForItsOwnerAlone) {
  EXPECT_EQ(*File(dir_.file("indsigt")),
            dir_.file("indsigt/indsigt-20261122-111805.html"));
  EXPECT_EQ(std::filesystem::status(dir_.file("indsigt")).permissions(),
            std::filesystem::perms::owner_all);
}

TEST_F(ReportCommandTest, APlaceThatCannotBeIsSaidBeforehand) {
  EXPECT_TRUE(absl::IsNotFound(File(dir_.file("none/x.html")).status()));
  EXPECT_FALSE(std::filesystem::exists(dir_.file("none")));
  std::ofstream(dir_.file("there")) << "x";
  EXPECT_TRUE(absl::IsAlreadyExists(File(dir_.file("there")).status()));
  std::filesystem::create_symlink("nowhere", dir_.file("link"));
  EXPECT_TRUE(absl::IsAlreadyExists(File(dir_.file("link")).status()));
  std::ofstream(dir_.file("indsigt-20261122-111805.html")) << "x";
  EXPECT_TRUE(absl::IsAlreadyExists(File(dir_.path()).status()));
}

}  // namespace
}  // namespace samkoer::clients
