#include "clients/alerts/danish_errors.h"
#include "clients/common/cli.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

TEST(InDanishTest, FindingsOfTheVerifierAreTranslatedAroundTheirNumbers) {
  EXPECT_EQ(InDanish("the 54 entries do not give the root that the checkpoint "
                     "names"),
            "de 54 indgange giver ikke den rod, som tjekpunktet nævner");
  EXPECT_EQ(InDanish("matcherens log holder ikke kontrollen: the checkpoint is "
                     "of the log 'a', not of 'b'"),
            "matcherens log holder ikke kontrollen: tjekpunktet er af loggen "
            "'a', ikke af 'b'");
  EXPECT_EQ(InDanish("entry 7 was expected, but the server sent entry 9"),
            "indgang 7 var ventet, men serveren sendte indgang 9");
  EXPECT_EQ(InDanish("cannot read /x/y.pem: No such file or directory"),
            "kan ikke læse /x/y.pem: findes ikke");
}

TEST(InDanishTest, SlipsInTheConfigurationAreTranslated) {
  EXPECT_EQ(InDanish("the verifier key is malformed: the hash does not belong "
                     "to name and key; it has the form name+hash+key"),
            "nøglen til loggen kan ikke bruges: dens tjeksum passer ikke til "
            "navn og nøgle; den har formen navn+tjeksum+nøgle");
  EXPECT_EQ(InDanish("a.yaml:3:1: unknown key 'purpse' (did you mean "
                     "'purpose'?)"),
            "a.yaml:3:1: ukendt nøgle 'purpse' (mente du 'purpose'?)");
  const absl::Status missing = InDanish(
      WithHint(absl::FailedPreconditionError("a.yaml: log_verifier_key is "
                                             "missing"),
               "add to the configuration file: log_verifier_key"));
  EXPECT_EQ(std::string(missing.message()), "a.yaml: log_verifier_key mangler");
  EXPECT_EQ(HintOf(missing), "føj til konfigurationen: log_verifier_key");
}

TEST(InDanishTest, RefusalsOfTheServersAreTranslated) {
  for (const auto& [english, danish] :
       {std::pair{"matcheren: the department is on already",
                  "matcheren: afdelingen er allerede tændt"},
        {"the department is switched off already, and its records stand so",
         "afdelingen er allerede slukket, og dens sager står sådan"},
        {"department: the policy in force does not know it",
         "den gældende politik kender ikke afdelingen"},
        {"proposal 7 is decided already", "forslag 7 er allerede afgjort"},
        {"proposal 7 has been overtaken by one that was approved before it",
         "forslag 7 er overhalet af et, der blev godkendt før det"},
        {"the note bears no signature by the known key of viborg-matcher",
         "noten har ingen underskrift med den kendte nøgle for "
         "viborg-matcher"},
        {"the note's signature by viborg-matcher is wrong",
         "notens underskrift af viborg-matcher er forkert"}}) {
    EXPECT_EQ(InDanish(english), danish);
  }
}

TEST(InDanishTest, OtherTextStaysAsItIs) {
  for (const std::string text : {"", "matcheren kan ikke nås", "the", "the end",
                                 "reentry 5", "kvoten (no quota)"}) {
    EXPECT_EQ(InDanish(text), text);
  }
}

TEST(InDanishTest, WhatIsWrongWithTheInputOrAFileIsDanish) {
  EXPECT_EQ(InDanish("the line on standard input is empty"),
            "linjen på standard input er tom");
  EXPECT_EQ(InDanish("standard input ended before a line was read"),
            "standard input sluttede, før der kom en linje");
  EXPECT_EQ(InDanish("cannot write /x/y: File exists"),
            "kan ikke skrive /x/y: findes allerede");
  EXPECT_EQ(InDanish("cannot make the directory /x: Not a directory"),
            "kan ikke lave mappen /x: er ikke en mappe");
  EXPECT_EQ(InDanish("/x/peter.pem: certificate 2 is malformed"),
            "/x/peter.pem: certifikat 2 kan ikke læses");
  EXPECT_EQ(InDanish("/x/peter.key holds no unencrypted PEM private key"),
            "/x/peter.key har ingen privat PEM-nøgle uden adgangskode");
}

TEST(ExplainLossTest, AServerThatWaitsForAnApprovalIsNoProgramError) {
  const absl::Status lookup = ExplainLoss(
      absl::UnimplementedError(
          "matcheren svarede med en fejl (this server holds nothing about "
          "persons)"),
      Language::kDanish);
  EXPECT_EQ(ExitCodeFor(lookup), 69);
  EXPECT_NE(lookup.message().find("et tab venter på godkendelse"),
            absl::string_view::npos);
  EXPECT_EQ(HintOf(lookup), "samkoer-audit loss list");
  const absl::Status blinding = ExplainLoss(
      absl::UnavailableError("nøgletjenesten kan ikke nås (the server's store "
                             "is older than its checkpoint, and nothing else)"),
      Language::kDanish);
  EXPECT_EQ(HintOf(blinding), "samkoer-audit loss list --server keyd");
  for (const auto& other :
       {absl::OkStatus(), absl::UnavailableError("matcheren kan ikke nås"),
        absl::UnimplementedError("another call")}) {
    EXPECT_EQ(ExplainLoss(other, Language::kDanish), other);
  }
}

TEST(InDanishTest, CodeAndHintStay) {
  const absl::Status status =
      InDanish(WithHint(absl::NotFoundError("cannot read x"), "chmod 600 x"));
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "kan ikke læse x");
  EXPECT_EQ(HintOf(status), "chmod 600 x");
  EXPECT_TRUE(InDanish(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace samkoer::clients
