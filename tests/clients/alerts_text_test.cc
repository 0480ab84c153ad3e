#include <grpcpp/support/status.h>

#include <sstream>

#include "clients/alerts/text.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/alerts_samples.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

TEST(FromServer, SpeaksDanishAndKeepsCodeAndDetail) {
  const absl::Status status =
      FromServer({grpc::StatusCode::UNAVAILABLE, "connection refused"},
                 Peer::kMatcher, Language::kDanish);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(std::string(status.message()),
            "matcheren kan ikke nås (connection refused)");
  EXPECT_THAT(HintOf(status), HasSubstr("firewallen, og prøv igen"));
  EXPECT_TRUE(
      FromServer(grpc::Status::OK, Peer::kMatcher, Language::kDanish).ok());
}

TEST(FromServer, EveryCodeOfGrpcSaysSomething) {
  for (int code = 1; code <= 16; ++code) {
    for (Language language : {Language::kDanish, Language::kEnglish}) {
      const absl::Status status =
          FromServer({static_cast<grpc::StatusCode>(code), ""},
                     Peer::kKeyService, language);
      // A call that was cut is a server that is away.
      EXPECT_EQ(static_cast<int>(status.code()),
                code == static_cast<int>(grpc::StatusCode::CANCELLED)
                    ? static_cast<int>(grpc::StatusCode::UNAVAILABLE)
                    : code);
      EXPECT_THAT(
          std::string(status.message()),
          HasSubstr(std::string(PeerName(Peer::kKeyService, language))));
    }
  }
}

TEST(CheckAlertId, WhatIsNoIdStaysHere) {
  for (const char* id :
       {"A-7K3M-9QXD", "a7k3m9qxd", "A-0ILO-9qxd", "A7K3M-9QXD"}) {
    EXPECT_TRUE(CheckAlertId(id, Language::kDanish).ok()) << id;
  }
  for (const char* id :
       {"", "A", "A-", "7K3M-9QXD", "A-7K3M-9QX", "A-7K3M-9QXDE", "A-7K3M-9QXU",
        "A-7K3M 9QXD", "020402-4104", "A0204024104", "A-7K3M-9QX\xc3\xb8"}) {
    const absl::Status status = CheckAlertId(id, Language::kDanish);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << id;
    EXPECT_EQ(status.message(),
              "det er ikke et advisnummer; de ser ud som A-7K3M-9QXD");
  }
}

TEST(PrintFailure, GivesErrorThenHintWithoutControlCharacters) {
  std::ostringstream out;
  PrintFailure(out, WithHint(absl::AbortedError("læs\x1b igen"), "så her"),
               Language::kDanish);
  EXPECT_EQ(out.str(), "fejl: læs\\u{1B} igen\nråd: så her\n");
  out.str("");
  PrintFailure(out, absl::AbortedError("x"), Language::kEnglish);
  EXPECT_EQ(out.str(), "error: x\n");
  out.str("");
  PrintFailure(out, absl::OkStatus(), Language::kDanish);
  EXPECT_EQ(out.str(), "");
}

TEST(Dates, AreWrittenTheDanishWay) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(DateText(time, absl::UTCTimeZone()), "-");
  SetTime(time, 2, 23, 30);
  EXPECT_EQ(DateText(time, absl::UTCTimeZone()), "02-11-2026");
  EXPECT_EQ(DateTimeText(time, absl::UTCTimeZone()), "02-11-2026 23:30");
  EXPECT_EQ(DateTimeText(time, absl::FixedTimeZone(3600)), "03-11-2026 00:30");
  EXPECT_EQ(MonthText(202503), "03-2025");
  EXPECT_EQ(MonthText(0), "-");
}

TEST(ParseLanguage, KnowsTwo) {
  EXPECT_EQ(*ParseLanguage("da"), Language::kDanish);
  EXPECT_EQ(*ParseLanguage("en"), Language::kEnglish);
  EXPECT_TRUE(absl::IsInvalidArgument(ParseLanguage("de").status()));
  EXPECT_EQ(ParseLanguage("070205-1234").status().message(),
            "--lang: unknown language: da or en");
}

}  // namespace
}  // namespace samkoer::clients
