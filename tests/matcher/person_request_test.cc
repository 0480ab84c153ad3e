// By way of the commands that use it: all three refuse the same, and do
// nothing.
#include "matcher/person_request.h"

#include <gmock/gmock.h>

#include <functional>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::Message;
using testing::HasSubstr;

struct Fields {
  std::string pseudonym = PseudonymOf("a");
  std::uint32_t epoch = 4;
  std::string self_test = Installation::SelfTest();
  std::string reason = "anmodning";
};

template <typename Request>
Request Filled(const Fields& fields) {
  Request request;
  request.set_pseudonym(fields.pseudonym);
  request.set_epoch(fields.epoch);
  request.set_self_test(fields.self_test);
  request.set_reason(fields.reason);
  return request;
}

class PersonRequestTest : public MatcherIntakeTest {
 protected:
  PersonRequestTest() { in_.MustSnapshot("family", {Family("a", "F-1")}); }
  void ExpectRefused(const std::function<void(Fields&)>& change,
                     absl::StatusCode code, const char* message) {
    Fields fields;
    change(fields);
    const Caller officer = Installation::Officer();
    const std::size_t leaves = in_.Leaves().size();
    for (const absl::Status& status :
         {in_.matcher()
              .LookUpPerson(officer,
                            Filled<samkoer::v1::LookUpPersonRequest>(fields))
              .status(),
          in_.matcher()
              .ErasePerson(officer,
                           Filled<samkoer::v1::ErasePersonRequest>(fields))
              .status(),
          in_.matcher()
              .LiftObjection(officer,
                             Filled<samkoer::v1::LiftObjectionRequest>(fields))
              .status()}) {
      EXPECT_EQ(status.code(), code) << status;
      EXPECT_THAT(Message(status), HasSubstr(message));
    }
    EXPECT_EQ(in_.Leaves().size(), leaves);
    EXPECT_EQ(in_.matcher().Stats().records_held, 1u);
  }
};

TEST_F(PersonRequestTest, AReasonMustBeFitForTheLog) {
  for (const std::string& reason :
       {std::string(), std::string(501, 'x'), std::string("a\xff"),
        std::string("om 150405-1231")}) {
    ExpectRefused([&](Fields& f) { f.reason = reason; },
                  absl::StatusCode::kInvalidArgument, "reason:");
  }
}

TEST_F(PersonRequestTest, APseudonymHas64Bytes) {
  for (const std::size_t size : {0u, 63u, 65u}) {
    ExpectRefused([&](Fields& f) { f.pseudonym = std::string(size, 'p'); },
                  absl::StatusCode::kInvalidArgument, "64 bytes");
  }
}

TEST_F(PersonRequestTest, AWrongKeyNeverLooksLikeAnUnknownPerson) {
  ExpectRefused([](Fields& f) { f.epoch = 5; },
                absl::StatusCode::kFailedPrecondition, "epoch 5 is not live");
  ExpectRefused([](Fields& f) { f.self_test[0] ^= 1; },
                absl::StatusCode::kFailedPrecondition, "self-test differs");
}

}  // namespace
}  // namespace samkoer::matcher
