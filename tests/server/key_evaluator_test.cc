#include "server/key_evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server/metrics.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

using crypto::OprfMode;

class KeyEvaluatorTest : public KeydFixture {
 protected:
  void SetUp() override {
    Open();
    metrics_ = *Metrics::Create("");
    evaluator_ = std::make_unique<KeyEvaluator>(*keys_, *ledger_, *metrics_);
    leaves_before_ = store_->log->size();
  }
  static v1::BlindEvaluateRequest Request(const std::string& elements) {
    v1::BlindEvaluateRequest request;
    request.set_purpose("ungeindsats");
    request.set_epoch(1);
    request.set_blinded_elements(elements);
    return request;
  }
  static crypto::BlindedBatch Blind(std::span<const std::string_view> inputs) {
    return *crypto::BlindBatch(OprfMode::kVoprf, inputs);
  }
  static std::string Elements(const crypto::BlindedBatch& batch) {
    return std::string(crypto::AsText(batch.blinded_elements()));
  }
  static std::string ValidElements(std::size_t count) {
    const std::string_view input = "x";
    const std::string one = Elements(Blind(std::span(&input, 1)));
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += one;
    return all;
  }
  void ExpectRefused(const v1::BlindEvaluateRequest& request,
                     absl::StatusCode code) {
    EXPECT_EQ(evaluator_->BlindEvaluate(Caller(), request).status().code(),
              code);
    EXPECT_EQ(Available(), 100u) << "a refused request cost quota";
    EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_EVALUATED), 0u);
  }

  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<KeyEvaluator> evaluator_;
  std::uint64_t leaves_before_ = 0;
};

TEST_F(KeyEvaluatorTest, KeyInfoTellsTheLiveKeysAndTheQuota) {
  v1::GetKeyInfoRequest request;
  request.set_purpose("ungeindsats");
  auto info = evaluator_->GetKeyInfo(Caller(), request);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->context(), crypto::OprfContext(OprfMode::kVoprf));
  ASSERT_EQ(info->keys_size(), 1);
  EXPECT_EQ(info->keys(0).epoch(), 1u);
  EXPECT_EQ(info->keys(0).public_key(), crypto::AsText(key().pair.public_key));
  EXPECT_EQ(info->keys(0).self_test(), crypto::AsText(key().self_test));
  EXPECT_EQ(info->quota_available(), 100u);
  EXPECT_EQ(store_->log->size(), leaves_before_) << "asking costs nothing";
}

TEST_F(KeyEvaluatorTest, AnUnknownPurposeIsNotFound) {
  v1::GetKeyInfoRequest request;
  request.set_purpose("kontrol");
  EXPECT_EQ(evaluator_->GetKeyInfo(Caller(), request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(KeyEvaluatorTest, TheAnswerVerifiesAndGivesTheKeysOutputs) {
  const std::string_view inputs[] = {"one", "two", "three"};
  const crypto::BlindedBatch blinded = Blind(inputs);
  auto answer = evaluator_->BlindEvaluate(Caller(), Request(Elements(blinded)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  auto outputs = crypto::FinalizeBatch(
      OprfMode::kVoprf, inputs, blinded,
      crypto::AsBytes(answer->evaluated_elements()),
      crypto::AsBytes(answer->proof()), key().pair.public_key);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  EXPECT_TRUE((*outputs)[1] ==
              *crypto::Evaluate(OprfMode::kVoprf, key().pair, "two"));
  EXPECT_EQ(Available(), 97u);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_EVALUATED), 1u);
  EXPECT_THAT(metrics_->Text(),
              testing::HasSubstr("samkoer_evaluations_total 3"));
}

TEST_F(KeyEvaluatorTest, MalformedShapesAreRefused) {
  const std::string one = ValidElements(1);
  ExpectRefused(Request(""), absl::StatusCode::kInvalidArgument);
  ExpectRefused(Request(one.substr(1)), absl::StatusCode::kInvalidArgument);
  ExpectRefused(Request(one + "x"), absl::StatusCode::kInvalidArgument);
  std::string too_many;
  for (int i = 0; i < 1001; ++i) too_many += one;
  ExpectRefused(Request(too_many), absl::StatusCode::kInvalidArgument);
}

TEST_F(KeyEvaluatorTest, InvalidElementsAreRefusedAndCostNothing) {
  const std::string good = ValidElements(1);
  std::string alias = good;
  alias[31] |= '\x80';
  for (const std::string& bad :
       {std::string(32, '\0'), alias, std::string(32, '\xff')}) {
    ExpectRefused(Request(good + bad), absl::StatusCode::kInvalidArgument);
    ExpectRefused(Request(bad + good), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(KeyEvaluatorTest, UnknownPurposesAndEpochsAreNotFound) {
  v1::BlindEvaluateRequest request = Request(ValidElements(1));
  request.set_epoch(2);
  ExpectRefused(request, absl::StatusCode::kNotFound);
  request.set_epoch(0);
  ExpectRefused(request, absl::StatusCode::kNotFound);
  request.set_epoch(1);
  request.set_purpose("kontrol");
  ExpectRefused(request, absl::StatusCode::kNotFound);
}

TEST_F(KeyEvaluatorTest, MoreThanTheQuotaIsRefusedWholly) {
  ExpectRefused(Request(ValidElements(101)),
                absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(LeavesOf(v1::AUDIT_ACTION_QUOTA_EXCEEDED), 1u);
  EXPECT_TRUE(
      evaluator_->BlindEvaluate(Caller(), Request(ValidElements(100))).ok());
  EXPECT_EQ(Available(), 0u);
  EXPECT_EQ(evaluator_->BlindEvaluate(Caller(), Request(ValidElements(1)))
                .status()
                .code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(KeyEvaluatorTest, ManyAtOnceGetRightAnswersAndPayEach) {
  const auto expected = *crypto::Evaluate(OprfMode::kVoprf, key().pair, "same");
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const std::string_view input = "same";
      const crypto::BlindedBatch blinded = Blind(std::span(&input, 1));
      for (int i = 0; i < 10; ++i) {
        auto answer =
            evaluator_->BlindEvaluate(Caller(), Request(Elements(blinded)));
        if (!answer.ok()) continue;
        auto outputs = crypto::FinalizeBatch(
            OprfMode::kVoprf, std::span(&input, 1), blinded,
            crypto::AsBytes(answer->evaluated_elements()),
            crypto::AsBytes(answer->proof()), key().pair.public_key);
        if (outputs.ok() && outputs->front() == expected) ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 80);
  EXPECT_EQ(Available(), 20u);
}

}  // namespace
}  // namespace samkoer::server
