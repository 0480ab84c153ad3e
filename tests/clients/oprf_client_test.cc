// The client against key services that behave and that do not.
#include "clients/common/oprf_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/common/cli.h"
#include "samkoer/v1/keys.grpc.pb.h"

namespace samkoer::clients {
namespace {

using crypto::OprfMode;
using testing::HasSubstr;

constexpr std::uint32_t kEpoch = 3;

crypto::OprfKeyPair Key(std::uint8_t seed_byte) {
  crypto::Seed seed;
  seed.ExposeMutable()[0] = seed_byte;
  return *crypto::DeriveKeyPair(OprfMode::kVoprf, seed, "test");
}

PinnedOprfKey Pin(const crypto::OprfKeyPair& pair) {
  PinnedOprfKey pinned;
  pinned.epoch = kEpoch;
  pinned.public_key = pair.public_key;
  pinned.self_test = crypto::SelfTestDigest(
      *crypto::Evaluate(OprfMode::kVoprf, pair, crypto::kSelfTestInput));
  return pinned;
}

// An honest key service, into which a test reaches.
class FakeKeyService final : public v1::KeyService::Service {
 public:
  explicit FakeKeyService(const crypto::OprfKeyPair& key)
      : key_(key), pinned_(Pin(key)) {}

  grpc::Status GetKeyInfo(grpc::ServerContext*,
                          const v1::GetKeyInfoRequest* request,
                          v1::GetKeyInfoResponse* response) override {
    purpose_ = request->purpose();
    response->set_context(std::string(crypto::OprfContext(OprfMode::kVoprf)));
    v1::EpochKey* entry = response->add_keys();
    entry->set_epoch(kEpoch);
    entry->set_public_key(std::string(crypto::AsText(pinned_.public_key)));
    entry->set_self_test(std::string(crypto::AsText(pinned_.self_test)));
    response->set_quota_available(77);
    if (change_info) change_info(*response);
    return grpc::Status::OK;
  }

  grpc::Status BlindEvaluate(grpc::ServerContext*,
                             const v1::BlindEvaluateRequest* request,
                             v1::BlindEvaluateResponse* response) override {
    const int call = ++calls;
    if (refuse) {
      if (grpc::Status status = refuse(call, *request); !status.ok()) {
        return status;
      }
    }
    elements += request->blinded_elements().size() / crypto::kElementBytes;
    auto evaluation = crypto::BlindEvaluateBatch(
        OprfMode::kVoprf, key_, crypto::AsBytes(request->blinded_elements()));
    if (!evaluation.ok()) {
      return {grpc::StatusCode::INVALID_ARGUMENT, "bad element"};
    }
    response->set_evaluated_elements(evaluation->evaluated_elements.data(),
                                     evaluation->evaluated_elements.size());
    response->set_proof(evaluation->proof.data(), evaluation->proof.size());
    if (change_answer) change_answer(*response);
    return grpc::Status::OK;
  }

  std::function<void(v1::GetKeyInfoResponse&)> change_info;
  std::function<void(v1::BlindEvaluateResponse&)> change_answer;
  std::function<grpc::Status(int call, const v1::BlindEvaluateRequest&)> refuse;
  std::atomic<int> calls = 0;
  std::atomic<std::size_t> elements = 0;
  std::string purpose_;

 private:
  const crypto::OprfKeyPair key_;
  const PinnedOprfKey pinned_;
};

class OprfClientTest : public testing::Test {
 protected:
  OprfClientTest() : key_(Key(1)), service_(key_) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    options_.first_pause = absl::Milliseconds(1);
    options_.threads = 3;
  }
  ~OprfClientTest() override { server_->Shutdown(); }

  absl::StatusOr<std::unique_ptr<PseudonymClient>> Connect() {
    return PseudonymClient::Connect(
        server_->InProcessChannel(grpc::ChannelArguments()), "ungeindsats",
        Pin(key_), options_);
  }
  std::unique_ptr<PseudonymClient> MustConnect() {
    auto client = Connect();
    EXPECT_TRUE(client.ok()) << client.status();
    service_.calls = 0;
    service_.elements = 0;
    return *std::move(client);
  }
  // Ten-character inputs that are no CPR numbers: month 99.
  static std::vector<std::string> Inputs(std::size_t count) {
    std::vector<std::string> inputs;
    for (std::size_t i = 0; i < count; ++i) {
      std::string input = "0099000000";
      const std::string number = std::to_string(i);
      input.replace(input.size() - number.size(), number.size(), number);
      inputs.push_back(std::move(input));
    }
    return inputs;
  }
  static std::vector<std::string_view> Views(
      const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
  }
  void ExpectRefusedAnswer(const std::string& part) {
    auto client = MustConnect();
    const auto inputs = Inputs(3);
    std::size_t delivered = 0;
    service_.change_answer = change_;
    const absl::Status status =
        client->Pseudonymise(Views(inputs), [&](std::size_t, auto outputs) {
          delivered += outputs.size();
          return absl::OkStatus();
        });
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("not the one the matcher trusts"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
    EXPECT_EQ(delivered, 0u) << "an output of a refused answer was given on";
  }

  const crypto::OprfKeyPair key_;
  FakeKeyService service_;
  std::unique_ptr<grpc::Server> server_;
  PseudonymOptions options_;
  std::function<void(v1::BlindEvaluateResponse&)> change_;
};

TEST_F(OprfClientTest, OutputsAreThoseOfTheKeyInTheOrderAsked) {
  auto client = MustConnect();
  EXPECT_EQ(service_.purpose_, "ungeindsats");
  EXPECT_EQ(client->epoch(), kEpoch);
  EXPECT_EQ(client->quota_available(), 77u);
  const auto inputs = Inputs(500);
  std::size_t next = 0;
  const absl::Status status = client->Pseudonymise(
      Views(inputs),
      [&](std::size_t first, std::span<const crypto::OprfOutput> outputs) {
        EXPECT_EQ(first, next);
        for (const auto& output : outputs) {
          if (next % 97 == 0) {
            EXPECT_TRUE(output == *crypto::Evaluate(OprfMode::kVoprf, key_,
                                                    inputs[next]));
          }
          ++next;
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(next, inputs.size());
  EXPECT_EQ(service_.elements, inputs.size());
  EXPECT_GT(service_.calls, 1);
}

TEST_F(OprfClientTest, NothingToDoAsksNothing) {
  auto client = MustConnect();
  EXPECT_TRUE(client->Pseudonymise({}).ok());
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(OprfClientTest, NoRequestHoldsMoreThanAThousand) {
  std::atomic<std::size_t> largest = 0;
  service_.refuse = [&](int, const v1::BlindEvaluateRequest& request) {
    largest =
        std::max<std::size_t>(largest, request.blinded_elements().size() / 32);
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "enough");
  };
  options_.known_self_test =
      *crypto::Evaluate(OprfMode::kVoprf, key_, crypto::kSelfTestInput);
  options_.batch = 5000;
  options_.threads = 1;
  auto client = Connect();
  ASSERT_TRUE(client.ok()) << client.status();
  const auto inputs = Inputs(3000);
  EXPECT_EQ((*client)->Pseudonymise(Views(inputs)).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(largest, 1000u);
}

TEST_F(OprfClientTest, AKnownSelfTestCostsNoQuota) {
  auto first = MustConnect();
  options_.known_self_test = first->self_test_output();
  auto second = Connect();
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(service_.calls, 0);
  EXPECT_EQ((*second)->self_test(), first->self_test());
}

TEST_F(OprfClientTest, AKnownSelfTestOfAnotherKeyIsNotBelieved) {
  options_.known_self_test =
      *crypto::Evaluate(OprfMode::kVoprf, Key(2), crypto::kSelfTestInput);
  auto client = Connect();
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(service_.calls, 1);
}

// ---- A key service with another key or algorithm ----

TEST_F(OprfClientTest, AnotherPublicKeyIsRefusedBeforeAnythingIsAsked) {
  service_.change_info = [](v1::GetKeyInfoResponse& info) {
    info.mutable_keys(0)->set_public_key(
        std::string(crypto::AsText(Key(2).public_key)));
  };
  const absl::Status status = Connect().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("public key of epoch 3"));
  EXPECT_THAT(HintOf(status), HasSubstr("samkoer-keyd public"));
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(OprfClientTest, AnotherSelfTestIsRefused) {
  service_.change_info = [](v1::GetKeyInfoResponse& info) {
    info.mutable_keys(0)->set_self_test(std::string(32, 'x'));
  };
  EXPECT_THAT(std::string(Connect().status().message()),
              HasSubstr("self-test of epoch 3 differs"));
}

TEST_F(OprfClientTest, AnotherAlgorithmIsRefused) {
  service_.change_info = [](v1::GetKeyInfoResponse& info) {
    info.set_context(std::string(crypto::OprfContext(OprfMode::kOprf)));
  };
  EXPECT_THAT(std::string(Connect().status().message()),
              HasSubstr("another algorithm"));
}

TEST_F(OprfClientTest, AMissingEpochIsRefused) {
  service_.change_info = [](v1::GetKeyInfoResponse& info) {
    info.mutable_keys(0)->set_epoch(kEpoch + 1);
  };
  EXPECT_EQ(Connect().status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(OprfClientTest, EvaluatingWithAnotherKeyThanPublishedIsRefused) {
  FakeKeyService liar(Key(2));
  liar.change_info = [this](v1::GetKeyInfoResponse& info) {
    const PinnedOprfKey pinned = Pin(key_);
    info.mutable_keys(0)->set_public_key(
        std::string(crypto::AsText(pinned.public_key)));
    info.mutable_keys(0)->set_self_test(
        std::string(crypto::AsText(pinned.self_test)));
  };
  grpc::ServerBuilder builder;
  builder.RegisterService(&liar);
  auto server = builder.BuildAndStart();
  const auto client = PseudonymClient::Connect(
      server->InProcessChannel(grpc::ChannelArguments()), "ungeindsats",
      Pin(key_), options_);
  EXPECT_EQ(client.status().code(), absl::StatusCode::kUnauthenticated)
      << client.status();
  server->Shutdown();
}

TEST_F(OprfClientTest, APinnedSelfTestOfAnotherKeyIsRefusedByTheEvaluation) {
  PinnedOprfKey pinned = Pin(key_);
  pinned.self_test = crypto::Hash32{};
  service_.change_info = [](v1::GetKeyInfoResponse& info) {
    info.mutable_keys(0)->set_self_test(std::string(32, '\0'));
  };
  const auto client = PseudonymClient::Connect(
      server_->InProcessChannel(grpc::ChannelArguments()), "ungeindsats",
      pinned, options_);
  EXPECT_THAT(std::string(client.status().message()),
              HasSubstr("self-test gives another result"));
}

// ---- Malformed answers ----

TEST_F(OprfClientTest, ABadProofIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) {
    (*answer.mutable_proof())[3] ^= 1;
  };
  ExpectRefusedAnswer("");
}

TEST_F(OprfClientTest, OneChangedElementIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) {
    std::string& elements = *answer.mutable_evaluated_elements();
    std::swap_ranges(elements.begin(), elements.begin() + 32,
                     elements.begin() + 32);
  };
  ExpectRefusedAnswer("");
}

TEST_F(OprfClientTest, TheIdentityElementIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) {
    answer.mutable_evaluated_elements()->replace(32, 32, 32, '\0');
  };
  ExpectRefusedAnswer("");
}

TEST_F(OprfClientTest, AnEncodingWithBit255SetIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) {
    (*answer.mutable_evaluated_elements())[31] |= '\x80';
  };
  ExpectRefusedAnswer("");
}

TEST_F(OprfClientTest, AShortAnswerIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) {
    answer.mutable_evaluated_elements()->resize(64);
  };
  ExpectRefusedAnswer("");
}

TEST_F(OprfClientTest, AnAnswerWithMoreElementsIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) {
    answer.mutable_evaluated_elements()->append(
        answer.evaluated_elements().substr(0, 32));
  };
  ExpectRefusedAnswer("");
}

TEST_F(OprfClientTest, AnEmptyAnswerIsRefused) {
  change_ = [](v1::BlindEvaluateResponse& answer) { answer.Clear(); };
  ExpectRefusedAnswer("");
}

// ---- A key service that is away or refuses ----

TEST_F(OprfClientTest, AServiceThatIsAwayForAMomentIsAskedAgain) {
  auto client = MustConnect();
  service_.refuse = [](int call, const v1::BlindEvaluateRequest&) {
    return call <= 4 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "away")
                     : grpc::Status::OK;
  };
  const auto inputs = Inputs(10);
  auto outputs = client->Pseudonymise(Views(inputs));
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  EXPECT_EQ(outputs->size(), inputs.size());
  EXPECT_EQ(service_.calls, 5);
}

TEST_F(OprfClientTest, AServiceThatStaysAwayIsGivenUp) {
  auto client = MustConnect();
  options_.retries = 8;
  service_.refuse = [](int, const v1::BlindEvaluateRequest&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
  };
  const auto inputs = Inputs(2);
  EXPECT_EQ(client->Pseudonymise(Views(inputs)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.calls, 9);
}

TEST_F(OprfClientTest, AnExhaustedQuotaStopsAndTellsHowManyAreDone) {
  // One thread, so that the fourth request is that of the fourth batch.
  options_.threads = 1;
  options_.batch = 64;
  auto client = MustConnect();
  service_.refuse = [](int call, const v1::BlindEvaluateRequest&) {
    return call > 3
               ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "no quota")
               : grpc::Status::OK;
  };
  const auto inputs = Inputs(640);
  std::size_t delivered = 0;
  const absl::Status status =
      client->Pseudonymise(Views(inputs), [&](std::size_t first, auto outputs) {
        EXPECT_EQ(first, delivered);
        delivered += outputs.size();
        return absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("(192 of 640 are done)"));
  EXPECT_EQ(delivered, 192u);
  EXPECT_EQ(service_.calls, 4) << "it went on asking";
}

TEST_F(OprfClientTest, OtherErrorsAreNotRepeated) {
  auto client = MustConnect();
  service_.refuse = [](int, const v1::BlindEvaluateRequest&) {
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not permitted");
  };
  const auto inputs = Inputs(2);
  EXPECT_EQ(client->Pseudonymise(Views(inputs)).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(service_.calls, 1);
}

TEST_F(OprfClientTest, AnErrorOfTheSinkEndsTheWork) {
  options_.batch = 64;
  auto client = MustConnect();
  const auto inputs = Inputs(640);
  const absl::Status status =
      client->Pseudonymise(Views(inputs), [](std::size_t first, auto) {
        return first < 128 ? absl::OkStatus()
                           : absl::InternalError("cache is full");
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("128 of 640"));
}

TEST(MakePinnedKeyTest, LengthsAndElementAreChecked) {
  const PinnedOprfKey good = Pin(Key(1));
  const std::string key(crypto::AsText(good.public_key));
  const std::string self_test(crypto::AsText(good.self_test));
  auto made = MakePinnedKey(kEpoch, key, self_test);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->public_key, good.public_key);
  EXPECT_EQ(made->self_test, good.self_test);
  EXPECT_FALSE(MakePinnedKey(0, key, self_test).ok());
  EXPECT_FALSE(MakePinnedKey(kEpoch, key.substr(1), self_test).ok());
  EXPECT_FALSE(MakePinnedKey(kEpoch, std::string(32, '\0'), self_test).ok());
  EXPECT_FALSE(MakePinnedKey(kEpoch, key, self_test + "x").ok());
}

}  // namespace
}  // namespace samkoer::clients
