#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "clients/common/cat.h"
#include "clients/web/calls.h"
#include "samkoer/v1/conferences.grpc.pb.h"
#include "samkoer/v1/inquiries.grpc.pb.h"
#include "samkoer/v1/reports.grpc.pb.h"
#include "tests/clients/alerts_months.h"

namespace samkoer::clients {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The matcher as far as documents and conferences need it; remembers what it
// was asked and for whom.
class FakeMatcher final : public v1::Conferences::Service,
                          public v1::Reports::Service,
                          public v1::Inquiries::Service {
 public:
  FakeMatcher() {
    for (const char* id : {"K-7K3M-9QXD", "K-9F2T-7B1X"}) {
      auto& conference = conferences.emplace_back();
      conference.set_conference_id(id);
      conference.mutable_details()->mutable_start()->set_seconds(1'796'112'000);
      conference.mutable_details()->set_minutes(60);
      conference.mutable_details()->set_leader("Anna");
      conference.set_cases(2);
      conference.set_revision(3);
    }
    month = TestMonth("2026-11-02", 40);
    for (const std::uint32_t kept : {202608u, 202609u, 202610u, 202611u}) {
      month.add_months(kept);
    }
    grpc::ServerBuilder builder;
    builder.RegisterService(static_cast<v1::Conferences::Service*>(this));
    builder.RegisterService(static_cast<v1::Reports::Service*>(this));
    builder.RegisterService(static_cast<v1::Inquiries::Service*>(this));
    server_ = builder.BuildAndStart();
  }
  ~FakeMatcher() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }
  grpc::Status ListConferences(grpc::ServerContext* context,
                               const v1::ListConferencesRequest* request,
                               v1::ListConferencesResponse* response) override {
    SeeFor(*context);
    lists.push_back(*request);
    // A page a conference.
    const std::size_t at = request->page_token().empty() ? 0 : 1;
    *response->add_conferences() = conferences[at];
    if (at == 0 || endless) response->set_next_page_token("1796112000/K-1");
    return grpc::Status::OK;
  }
  grpc::Status GetConference(grpc::ServerContext* context,
                             const v1::GetConferenceRequest* request,
                             v1::GetConferenceResponse* response) override {
    SeeFor(*context);
    asked.push_back(request->conference_id());
    *response->mutable_conference() = conferences[0];
    return grpc::Status::OK;
  }
  grpc::Status PlanConferences(grpc::ServerContext* context,
                               const v1::PlanConferencesRequest* request,
                               v1::PlanConferencesResponse*) override {
    SeeFor(*context);
    planned.push_back(*request);
    return grpc::Status::OK;
  }
  grpc::Status ChangeConference(grpc::ServerContext*,
                                const v1::ChangeConferenceRequest* request,
                                v1::ChangeConferenceResponse*) override {
    changes.push_back(*request);
    return {grpc::StatusCode::ABORTED, "the conference is at revision 3"};
  }
  grpc::Status Answer(grpc::ServerContext*, const v1::AnswerRequest* request,
                      v1::AnswerResponse*) override {
    answers.push_back(*request);
    return grpc::Status::OK;
  }
  grpc::Status DeleteInquiry(grpc::ServerContext*,
                             const v1::DeleteInquiryRequest* request,
                             v1::DeleteInquiryResponse*) override {
    deletions.push_back(*request);
    return grpc::Status::OK;
  }
  grpc::Status GetStatistics(grpc::ServerContext* context,
                             const v1::GetStatisticsRequest* request,
                             v1::GetStatisticsResponse* response) override {
    SeeFor(*context);
    *response = month;
    if (request->month() == 0) return grpc::Status::OK;
    months.push_back(request->month());
    if (request->month() < 202608 || request->month() > 202611) {
      return {grpc::StatusCode::NOT_FOUND, "no tables of that month"};
    }
    *response = TestMonth(Cat("2026-", request->month() >= 202610 ? "" : "0",
                              request->month() % 100, "-03"),
                          30);
    return grpc::Status::OK;
  }

  std::shared_ptr<grpc::Channel> Channel() {
    return server_->InProcessChannel({});
  }

  std::vector<v1::Conference> conferences;
  v1::GetStatisticsResponse month;
  bool endless = false;
  std::vector<v1::ListConferencesRequest> lists;
  std::vector<std::string> asked;
  std::vector<v1::PlanConferencesRequest> planned;
  std::vector<v1::ChangeConferenceRequest> changes;
  std::vector<v1::AnswerRequest> answers;
  std::vector<v1::DeleteInquiryRequest> deletions;
  std::vector<std::uint32_t> months;  // earlier ones that were asked for
  std::string on_behalf_of;

 private:
  void SeeFor(const grpc::ServerContext& context) {
    const auto named = context.client_metadata().find("samkoer-on-behalf-of");
    on_behalf_of =
        named == context.client_metadata().end()
            ? ""
            : std::string(named->second.data(), named->second.size());
  }
  std::unique_ptr<grpc::Server> server_;
};

class WebDocuments : public ::testing::Test {
 protected:
  absl::StatusOr<CallAnswer> Ask(std::string_view verb, std::string_view path,
                                 Fields fields = {}) {
    FoundCall found = FindCall(verb, path);
    if (found.call == nullptr) return absl::NotFoundError("no such call");
    std::move(found.fields.begin(), found.fields.end(),
              std::back_inserter(fields));
    return found.call->run(
        {matcher_.Channel(), "samkoer://viborg/coordinator/anna"}, fields);
  }

  FakeMatcher matcher_;
};

constexpr char kFigures[] =
    "indikator;periode;tal;kilde\n"
    "Unge i uddannelse;2026 K3;61,4 %;<b>Jobindsats</b>\n";

TEST_F(WebDocuments, TheCalendarHasEveryConferenceAndIsReadInThePersonsName) {
  const auto calendar = Ask("GET", "/api/calendar");
  ASSERT_TRUE(calendar.ok()) << calendar.status();
  EXPECT_EQ(calendar->type, "text/calendar; charset=utf-8");
  EXPECT_EQ(calendar->file_name, "ungekonferencer.ics");
  EXPECT_THAT(calendar->body, HasSubstr("UID:K-7K3M-9QXD@samkoer\r\n"));
  EXPECT_THAT(calendar->body, HasSubstr("UID:K-9F2T-7B1X@samkoer\r\n"));
  EXPECT_THAT(calendar->body, Not(HasSubstr("Anna")));
  // What was called off must leave people's calendars, too.
  EXPECT_TRUE(matcher_.lists.at(0).include_past());
  EXPECT_EQ(matcher_.on_behalf_of, "samkoer://viborg/coordinator/anna");
}

TEST_F(WebDocuments, ACalendarCanBeOfOneConference) {
  const auto calendar =
      Ask("GET", "/api/calendar", {{"conference_id", "K-7K3M-9QXD"}});
  ASSERT_TRUE(calendar.ok()) << calendar.status();
  EXPECT_THAT(calendar->body, HasSubstr("UID:K-7K3M-9QXD@samkoer\r\n"));
  EXPECT_THAT(calendar->body, Not(HasSubstr("K-9F2T-7B1X")));
  EXPECT_THAT(matcher_.asked, ElementsAre("K-7K3M-9QXD"));
}

TEST_F(WebDocuments, AServerWhosePagesDoNotEndIsGivenUp) {
  matcher_.endless = true;
  EXPECT_EQ(Ask("GET", "/api/calendar").status().code(),
            absl::StatusCode::kInternal);
  EXPECT_LT(matcher_.lists.size(), 100u);
}

TEST_F(WebDocuments, WhatIsNoFieldIsRefused) {
  for (const auto& [verb, path, fields] :
       {std::tuple("GET", "/api/calendar", Fields{{"x", "1"}}),
        std::tuple("GET", "/api/calendar",
                   Fields{{"conference_id", "a"}, {"conference_id", "b"}}),
        std::tuple("GET", "/api/calendar",
                   Fields{{"conference_id", "020402-4104"}}),
        std::tuple("GET", "/api/statistics", Fields{{"month", "202610"}}),
        std::tuple("POST", "/api/report", Fields{{"figures", ""}}),
        std::tuple("POST", "/api/report",
                   Fields{{"as", "exe"}, {"figures", ""}}),
        std::tuple("POST", "/api/figures",
                   Fields{{"as", "csv"}, {"figures", ""}})}) {
    const absl::Status status = Ask(verb, path, fields).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << path << status;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("4104")));
  }
  EXPECT_TRUE(matcher_.lists.empty());
  EXPECT_TRUE(matcher_.asked.empty());
}

google::protobuf::Struct Json(const CallAnswer& answer) {
  google::protobuf::Struct json;
  EXPECT_TRUE(
      google::protobuf::util::JsonStringToMessage(answer.body, &json).ok())
      << answer.body;
  return json;
}

const google::protobuf::Struct& EntryAt(const google::protobuf::Struct& json,
                                        const std::string& list, int at) {
  return json.fields().at(list).list_value().values(at).struct_value();
}
std::string TextAt(const google::protobuf::Struct& json,
                   const std::string& list, int at, const std::string& field) {
  return EntryAt(json, list, at).fields().at(field).string_value();
}

TEST_F(WebDocuments, TheMonthComesWithTheWordsAndIndicatorsOfItsReport) {
  v1::StatisticsTable& guides = *matcher_.month.add_tables();
  guides.set_name("alerts-by-guide");
  AddCell(guides, "assigned", "alerts", 40);
  AddCell(guides, "backlog", "alerts", 60);
  const auto shown = Ask("GET", "/api/statistics");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->type, "application/json");
  EXPECT_EQ(shown->file_name, "");
  const google::protobuf::Struct json = Json(*shown);
  ASSERT_EQ(json.fields().at("months").list_value().values_size(), 1);
  EXPECT_EQ(TextAt(json, "months", 0, "day"), "2026-11-02");
  EXPECT_EQ(TextAt(json, "explanations", 0, "table"), "alerts-by-state");
  EXPECT_EQ(TextAt(json, "explanations", 0, "title"), "Advis efter tilstand");
  EXPECT_THAT(TextAt(json, "explanations", 0, "explanation"),
              HasSubstr("Et advis tæller én gang."));
  EXPECT_EQ(TextAt(json, "indicators", 0, "indicator"),
            "Unge med et åbent advis, der har en ungeguide");
  EXPECT_EQ(TextAt(json, "indicators", 0, "value"), "38 % til 43 %");
  EXPECT_EQ(TextAt(json, "indicators", 0, "period"), "2026-11");
  EXPECT_EQ(TextAt(json, "indicators", 0, "source"), "Samkør");
  EXPECT_EQ(EntryAt(json, "months", 0)
                .fields()
                .at("months")
                .list_value()
                .values_size(),
            4);
  EXPECT_EQ(matcher_.on_behalf_of, "samkoer://viborg/coordinator/anna");
  // Word for word the report that is kept.
  const google::protobuf::Struct kept =
      Json(*Ask("POST", "/api/report", {{"as", "json"}, {"figures", ""}}));
  for (const char* part :
       {"report", "months", "explanations", "indicators", "figures"}) {
    EXPECT_EQ(json.fields().at(part).DebugString(),
              kept.fields().at(part).DebugString())
        << part;
  }
}

TEST_F(WebDocuments, FiguresComeBackForThePageToShow) {
  const auto shown = Ask("POST", "/api/figures", {{"figures", kFigures}});
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->file_name, "");
  const google::protobuf::Struct json = Json(*shown);
  EXPECT_EQ(TextAt(json, "figures", 0, "value"), "61,4 %");
  EXPECT_EQ(TextAt(json, "figures", 0, "period"), "2026 K3");
  EXPECT_EQ(TextAt(json, "figures", 0, "source"), "<b>Jobindsats</b>");
  EXPECT_EQ(EntryAt(json, "figures", 0).fields().count("withheld"), 0u);
  // A small count of persons is shown nowhere, from wherever it is.
  const auto small = Ask("POST", "/api/figures",
                         {{"figures",
                           "indikator;periode;tal;kilde\nJob;2026;3 "
                           "unge;Jobindsats\n"}});
  ASSERT_TRUE(small.ok()) << small.status();
  const google::protobuf::Struct held = Json(*small);
  EXPECT_EQ(TextAt(held, "figures", 0, "value"), "");
  EXPECT_TRUE(EntryAt(held, "figures", 0).fields().at("withheld").bool_value());
  EXPECT_THAT(small->body, Not(HasSubstr("3 unge")));
  const auto none = Ask("POST", "/api/figures", {{"figures", ""}});
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(Json(*none).fields().at("figures").list_value().values_size(), 0);
}

TEST_F(WebDocuments, AFileThatCannotBeUsedSaysTheLine) {
  const absl::Status status =
      Ask("POST", "/api/figures",
          {{"figures", "indikator;periode;tal;kilde\nJob;2026;020402-4104;x"}})
          .status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("filen, linje 2"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("4104")));
}

TEST_F(WebDocuments, TheReportHasTheMonthAndFiguresBesideIt) {
  const auto html =
      Ask("POST", "/api/report", {{"as", "html"}, {"figures", kFigures}});
  ASSERT_TRUE(html.ok()) << html.status();
  EXPECT_EQ(html->file_name, "ungeindsats-2026-11.html");
  EXPECT_THAT(html->body, HasSubstr("Status for november 2026"));
  EXPECT_THAT(html->body, HasSubstr("&lt;b&gt;Jobindsats"));
  EXPECT_THAT(html->body, Not(HasSubstr("<b>Jobindsats")));
  const auto csv = Ask("POST", "/api/report", {{"as", "csv"}, {"figures", ""}});
  ASSERT_TRUE(csv.ok()) << csv.status();
  EXPECT_EQ(csv->type, "text/csv; charset=utf-8");
  EXPECT_THAT(csv->body, HasSubstr("\"2026-11\";\"40\";\"Samkør\""));
  const auto json =
      Ask("POST", "/api/report", {{"as", "json"}, {"figures", ""}});
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_THAT(json->body, HasSubstr("\"samkoer-status-report\""));
  EXPECT_EQ(matcher_.on_behalf_of, "samkoer://viborg/coordinator/anna");
}

TEST_F(WebDocuments, AFinishedMonthIsHadByItsName) {
  const auto ask = [this](const char* month) {
    return Ask("POST", "/api/report",
               {{"as", "html"}, {"month", month}, {"figures", kFigures}});
  };
  const auto october = ask("2026-10");
  ASSERT_TRUE(october.ok()) << october.status();
  EXPECT_EQ(october->file_name, "ungeindsats-2026-10.html");
  EXPECT_THAT(october->body, HasSubstr("Status for oktober 2026"));
  EXPECT_THAT(october->body, HasSubstr("Jobindsats"));
  EXPECT_THAT(matcher_.months, ElementsAre(202610u));
  // The one that runs, where none is named.
  EXPECT_THAT(ask("")->body, HasSubstr("Status for november 2026"));
  EXPECT_TRUE(absl::IsNotFound(ask("2026-07").status()));
  for (const char* wrong : {"2026-13", "202610", "2026", "oktober"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ask(wrong).status())) << wrong;
  }
  EXPECT_TRUE(absl::IsInvalidArgument(Ask("POST", "/api/report",
                                          {{"as", "html"},
                                           {"month", "2026-10"},
                                           {"quarter", "2026-4"},
                                           {"figures", ""}})
                                          .status()));
  EXPECT_THAT(matcher_.months, ElementsAre(202610u, 202607u));
}

TEST_F(WebDocuments, AQuarterHasThoseOfItsMonthsThatAreKept) {
  const auto ask = [this](const char* quarter) {
    return Ask("POST", "/api/report",
               {{"as", "html"}, {"quarter", quarter}, {"figures", kFigures}});
  };
  const auto third = ask("2026-3");
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->file_name, "ungeindsats-2026-k3.html");
  EXPECT_THAT(third->body, HasSubstr("3. kvartal 2026"));
  EXPECT_THAT(third->body, HasSubstr("august 2026"));
  EXPECT_THAT(third->body, HasSubstr("Jobindsats"));
  EXPECT_THAT(matcher_.months, ElementsAre(202607u, 202608u, 202609u));
  EXPECT_TRUE(absl::IsNotFound(ask("2026-2").status()));
  for (const char* wrong : {"2026-5", "2026-0", "2026", "20263", "2026-03"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ask(wrong).status())) << wrong;
  }
}

TEST_F(WebDocuments, AFormPlansConferences) {
  // Ten digits that begin like the 18th of January: a time, no CPR number.
  ASSERT_TRUE(Ask("POST", "/api/conferences",
                  {{"details.start.seconds", "1801012380"},
                   {"details.leader", "Anna"},
                   {"details.team", "PPR"},
                   {"details.team", "Jobcentret"},
                   {"count", "26"}})
                  .ok());
  ASSERT_EQ(matcher_.planned.size(), 1u);
  const auto& details = matcher_.planned[0].details();
  EXPECT_EQ(details.start().seconds(), 1'801'012'380);
  EXPECT_THAT(details.team(), ElementsAre("PPR", "Jobcentret"));
  EXPECT_EQ(matcher_.planned[0].count(), 26u);
  EXPECT_TRUE(absl::IsInvalidArgument(
      Ask("POST", "/api/conferences", {{"details.leader", "020402-4104"}})
          .status()));
  EXPECT_EQ(matcher_.planned.size(), 1u);
}

TEST_F(WebDocuments, AFormChangesAnAgendaAndWhoeverWasSecondIsTold) {
  const absl::Status status = Ask("POST", "/api/conferences/K-7K3M-9QXD",
                                  {{"expected_revision", "2"},
                                   {"action.alert_id", "A-7K3M-9QXD"},
                                   {"action.action.text", "Ring"},
                                   {"action.action.due_day", "2026-12-08"}})
                                  .status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  ASSERT_EQ(matcher_.changes.size(), 1u);
  EXPECT_EQ(matcher_.changes[0].conference_id(), "K-7K3M-9QXD");
  EXPECT_EQ(matcher_.changes[0].expected_revision(), 2u);
  EXPECT_EQ(matcher_.changes[0].action().action().text(), "Ring");
  // What is no alert's number does not leave this machine.
  EXPECT_TRUE(
      absl::IsInvalidArgument(Ask("POST", "/api/conferences/K-7K3M-9QXD",
                                  {{"add.alert_id", "020402-4104"}})
                                  .status()));
  EXPECT_EQ(matcher_.changes.size(), 1u);
  // Who takes a case off says which alert was seen.
  EXPECT_TRUE(absl::IsAborted(Ask("POST", "/api/conferences/K-7K3M-9QXD",
                                  {{"remove.alert_id", "A-7K3M-9QXD"},
                                   {"remove.expected_alert_revision", "7"}})
                                  .status()));
  EXPECT_EQ(matcher_.changes.at(1).remove().expected_alert_revision(), 7u);
}

TEST_F(WebDocuments, OneAnswerGoesToSeveralQuestions) {
  ASSERT_TRUE(Ask("POST", "/api/inquiries",
                  {{"inquiry_ids", "F-7K3M-9QXD"},
                   {"inquiry_ids", "F-9F2T-7B1X"},
                   {"text", "Ja,\nunder 30."}})
                  .ok());
  EXPECT_THAT(matcher_.answers.at(0).inquiry_ids(),
              ElementsAre("F-7K3M-9QXD", "F-9F2T-7B1X"));
  EXPECT_EQ(matcher_.answers[0].text(), "Ja,\nunder 30.");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Ask("POST", "/api/inquiries", {{"text", "om 020402-4104"}}).status()));
  ASSERT_TRUE(Ask("POST", "/api/inquiries/F-7K3M-9QXD/deletion",
                  {{"reason", "nævner en ung"}})
                  .ok());
  EXPECT_EQ(matcher_.deletions.at(0).inquiry_id(), "F-7K3M-9QXD");
  EXPECT_EQ(matcher_.deletions[0].reason(), "nævner en ung");
}

}  // namespace
}  // namespace samkoer::clients
