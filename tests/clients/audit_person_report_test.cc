#include "clients/audit/person_report.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_report_samples.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

google::protobuf::Struct Parse(const std::string& json) {
  google::protobuf::Struct value;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &value).ok())
      << json;
  return value;
}

TEST(PrepareForCitizenTest, EmployeesAreNamedByTheirRole) {
  auto person = SamplePerson();
  person.set_padding(std::string(100, '\0'));
  PrepareForCitizen(person);
  EXPECT_EQ(person.accesses(0).actor(), "samkoer://viborg/coordinator");
  EXPECT_EQ(person.accesses(2).actor(),
            "samkoer://viborg/department/jobcenter");
  EXPECT_EQ(person.accesses(3).actor(), "samkoer://viborg/privacy-officer");
  EXPECT_EQ(person.alert().history(0).actor(), "matcher");
  EXPECT_EQ(person.alert().history(1).actor(), "samkoer://viborg/coordinator");
  EXPECT_THAT(person.SerializeAsString(), Not(HasSubstr("anna")));
  EXPECT_THAT(person.SerializeAsString(), Not(HasSubstr("Testesen")));
  EXPECT_EQ(person.alert().coordination().caseworker().decided_by(),
            "samkoer://viborg/coordinator");
  EXPECT_THAT(person.SerializeAsString(), Not(HasSubstr("peter")));
  EXPECT_EQ(person.padding(), "");
}

TEST(PrepareForCitizenTest, RecordsAreOrderedByDepartment) {
  auto person = SamplePerson();
  PrepareForCitizen(person);
  EXPECT_EQ(person.records(0).department(), "boern-og-unge");
  EXPECT_EQ(person.records(1).department(), "jobcenter");
}

TEST(ActorTest, ACertificatesUriHasItsParts) {
  const char* uri = "samkoer://viborg/department/jobcenter";
  EXPECT_EQ(MunicipalityOf(uri), "viborg");
  EXPECT_EQ(RoleOf(uri), "department");
  EXPECT_EQ(DepartmentOf(uri), "jobcenter");
  EXPECT_EQ(DepartmentOf("samkoer://viborg/coordinator/anna"), "");
  for (const char* other : {"", "matcher", "samkoer://", "samkoer://viborg",
                            "https://viborg/department/x"}) {
    EXPECT_EQ(RoleOf(other), "") << other;
    EXPECT_EQ(DepartmentOf(other), "") << other;
  }
}

TEST(ReportJsonTest, HoldsTheAnswersInOneDocument) {
  auto report = SampleReport(SamplePerson());
  report.persons.push_back(UnknownPerson());
  report.reason = "\"hos\" <os>\n";
  report.officer = "dpo@viborg.example";
  const auto json = ReportJson(report);
  ASSERT_TRUE(json.ok());
  const auto value = Parse(*json);
  EXPECT_EQ(value.fields().at("report").string_value(),
            "samkoer-person-report");
  EXPECT_EQ(value.fields().at("made").string_value(), "2026-11-22T17:41:00Z");
  EXPECT_EQ(value.fields().at("reason").string_value(), report.reason);
  EXPECT_EQ(value.fields().at("officer").string_value(), "dpo@viborg.example");
  const auto& persons = value.fields().at("persons").list_value();
  ASSERT_EQ(persons.values_size(), 2);
  const auto& first = persons.values(0).struct_value().fields();
  EXPECT_EQ(first.at("number").string_value(), "present");
  const auto& held = first.at("held").struct_value().fields();
  EXPECT_TRUE(held.at("known").bool_value());
  EXPECT_EQ(held.count("padding"), 0u);
  EXPECT_EQ(held.at("records").list_value().values_size(), 2);
  const auto& second = persons.values(1).struct_value().fields();
  EXPECT_EQ(second.at("number").string_value(), "former");
  EXPECT_FALSE(
      second.at("held").struct_value().fields().at("known").bool_value());
}

}  // namespace
}  // namespace samkoer::clients
