#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "clients/agent/pseudonymise.h"
#include "clients/agent/state_lock.h"
#include "clients/common/cli.h"
#include "tests/clients/agent_fake_key_service.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

using crypto::OprfMode;

CleanCase Case(std::string_view cpr) {
  CleanCase one;
  one.cpr = clients::ParseCpr(cpr).digits;
  return one;
}

class PseudonymiseTest : public ::testing::Test {
 protected:
  std::unique_ptr<PseudonymCache> OpenCache() {
    auto cache = PseudonymCache::Open(dir_.path(), keys_, "ungeindsats", 2,
                                      service_.pinned.public_key);
    EXPECT_TRUE(cache.ok()) << cache.status();
    return *std::move(cache);
  }
  absl::StatusOr<PseudonymiseResult> Run(std::vector<CleanCase>& cases,
                                         PseudonymCache& cache) {
    return Pseudonymise(
        cases, cache, "ungeindsats", service_.pinned,
        [this]() -> absl::StatusOr<std::shared_ptr<grpc::ChannelInterface>> {
          ++opened_;
          if (away_) return absl::UnavailableError("key service: away");
          return service_.Channel();
        });
  }

  TempDir dir_;
  CacheKeys keys_ = CacheKeys::Derive(crypto::SecretArray<32>::Random());
  FakeKeyService service_;
  int opened_ = 0;
  bool away_ = false;
};

TEST_F(PseudonymiseTest, NewPeopleAreAskedForOnceAndKnownOnesNever) {
  std::vector<CleanCase> cases = {Case(kCprA), Case(kCprB), Case(kCprA)};
  {
    const auto cache = OpenCache();
    const auto result = Run(cases, *cache);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->asked, 3u);  // two people and the self-test
  }
  EXPECT_EQ(service_.evaluated, 3u);
  const auto expected =
      crypto::Evaluate(OprfMode::kVoprf, service_.key, "0204024104");
  EXPECT_EQ(cases[0].record.pseudonym(), crypto::AsText(expected->Expose()));
  EXPECT_EQ(cases[2].record.pseudonym(), cases[0].record.pseudonym());
  EXPECT_NE(cases[1].record.pseudonym(), cases[0].record.pseudonym());

  cases = {Case(kCprB), Case(kCprC)};
  const auto cache = OpenCache();
  const auto result = Run(cases, *cache);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->asked, 1u);
  EXPECT_EQ(service_.evaluated, 4u);
}

TEST_F(PseudonymiseTest, PreviousPseudonymsComeFromTheCacheOfTheKeyBefore) {
  std::vector<CleanCase> cases = {Case(kCprA)};
  const auto cache = OpenCache();
  ASSERT_TRUE(Run(cases, *cache).ok());
  std::vector<CleanCase> later = {Case(kCprA), Case(kCprB)};
  EXPECT_EQ(AddPreviousPseudonyms(later, *cache, "ungeindsats", service_.pinned,
                                  nullptr),
            0u);
  EXPECT_EQ(later[0].record.previous_pseudonym(), cases[0].record.pseudonym());
  EXPECT_EQ(later[1].record.previous_pseudonym(), "");
}

TEST_F(PseudonymiseTest, WhileTheKeyBeforeLivesItIsAskedForNewPeople) {
  const auto cache = OpenCache();
  const OpenKeyService open = [this] {
    return absl::StatusOr<std::shared_ptr<grpc::ChannelInterface>>(
        service_.Channel());
  };
  std::vector<CleanCase> cases = {Case(kCprA)};
  EXPECT_EQ(AddPreviousPseudonyms(cases, *cache, "ungeindsats", service_.pinned,
                                  open),
            2u);  // the self-test too
  EXPECT_EQ(cases[0].record.previous_pseudonym().size(), 64u);
  EXPECT_EQ(cases[0].record.pseudonym(), "");
  service_.quota = 0;
  std::vector<CleanCase> more = {Case(kCprA), Case(kCprB)};
  EXPECT_EQ(
      AddPreviousPseudonyms(more, *cache, "ungeindsats", service_.pinned, open),
      0u);
  EXPECT_EQ(more[0].record.previous_pseudonym(),
            cases[0].record.previous_pseudonym());
  EXPECT_EQ(more[1].record.previous_pseudonym(), "");
}

TEST_F(PseudonymiseTest, CachesOfOlderKeysAreRemoved) {
  const auto open = [&](const std::string& purpose, std::uint32_t epoch) {
    ASSERT_TRUE(PseudonymCache::Open(dir_.path(), keys_, purpose, epoch,
                                     service_.pinned.public_key)
                    .ok());
  };
  open("unge", 1);
  open("unge", 2);
  open("unge", 10);
  open("unge-1", 1);
  ASSERT_TRUE(RemoveCachesBefore(dir_.path(), "unge", 2).ok());
  std::vector<std::string> left;
  for (const auto& file : ListCaches(dir_.path())) {
    left.push_back(file.path.substr(dir_.path().size() + 1));
  }
  EXPECT_EQ(left, (std::vector<std::string>{"pseudonyms-unge-1-1.cache",
                                            "pseudonyms-unge-10.cache",
                                            "pseudonyms-unge-2.cache"}));
}

TEST_F(PseudonymiseTest, TheKeyServiceIsNotNeededWhenAllAreKnown) {
  std::vector<CleanCase> cases = {Case(kCprA)};
  const auto cache = OpenCache();
  ASSERT_TRUE(Run(cases, *cache).ok());
  away_ = true;
  opened_ = 0;
  std::vector<CleanCase> again = {Case(kCprA)};
  const auto result = Run(again, *cache);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(opened_, 0);
  EXPECT_EQ(again[0].record.pseudonym(), cases[0].record.pseudonym());
}

TEST_F(PseudonymiseTest, AKeyServiceThatIsAwayLeavesNothingToSend) {
  away_ = true;
  std::vector<CleanCase> cases = {Case(kCprA)};
  const auto cache = OpenCache();
  EXPECT_TRUE(absl::IsUnavailable(Run(cases, *cache).status()));
  EXPECT_TRUE(cases[0].record.pseudonym().empty());
}

TEST_F(PseudonymiseTest, AKeyThatTheMatcherDoesNotPinIsRefused) {
  std::vector<CleanCase> cases = {Case(kCprA)};
  const auto cache = OpenCache();
  service_.pinned.self_test[0] ^= 1;
  clients::PinnedOprfKey wrong = service_.pinned;
  service_.pinned.self_test[0] ^= 1;
  const auto result = Pseudonymise(
      cases, *cache, "ungeindsats", wrong,
      [this]() -> absl::StatusOr<std::shared_ptr<grpc::ChannelInterface>> {
        return service_.Channel();
      });
  EXPECT_TRUE(absl::IsFailedPrecondition(result.status())) << result.status();
  EXPECT_TRUE(cases[0].record.pseudonym().empty());
}

TEST_F(PseudonymiseTest, WhatWasPaidForStaysWhenTheQuotaEnds) {
  std::vector<CleanCase> cases = {Case(kCprA)};
  service_.quota = 1;  // the self-test
  const auto cache = OpenCache();
  EXPECT_TRUE(absl::IsResourceExhausted(Run(cases, *cache).status()));
  service_.quota = 1;
  const auto result = Run(cases, *cache);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->asked, 1u);
}

TEST_F(PseudonymiseTest, PeopleWhoHaveLeftAreForgotten) {
  std::vector<CleanCase> cases = {Case(kCprA), Case(kCprB), Case(kCprC)};
  const auto cache = OpenCache();
  ASSERT_TRUE(Run(cases, *cache).ok());
  EXPECT_EQ(cache->size(), 4u);
  ASSERT_TRUE(PruneCache(cases, *cache).ok());
  EXPECT_EQ(cache->size(), 4u);
  cases.pop_back();
  cases.pop_back();
  ASSERT_TRUE(PruneCache(cases, *cache).ok());
  EXPECT_EQ(cache->size(), 2u);
  EXPECT_TRUE(cache->Find("0204024104").has_value());
  EXPECT_TRUE(cache->Find(crypto::kSelfTestInput).has_value());
}

TEST(StateLock, OneAgentAtATime) {
  const TempDir dir;
  const std::string state = dir.File("state");
  {
    const auto first = StateLock::Take(state);
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_TRUE(absl::IsUnavailable(StateLock::Take(state).status()));
  }
  EXPECT_TRUE(StateLock::Take(state).ok());
}

TEST(StateLock, WhatCannotBeOpenedNamesWhoseItMustBe) {
  const TempDir dir;
  // For root, too, who may open every file.
  std::filesystem::create_directories(dir.File("state/lock"));
  const absl::Status status = StateLock::Take(dir.File("state")).status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_NE(clients::HintOf(status).find("chown -R samkoer-agent: " +
                                         dir.File("state")),
            std::string::npos)
      << clients::HintOf(status);
}

TEST(StateLock, RootLeavesNoneInAFolderOfTheService) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  const TempDir dir;
  const std::string state = dir.File("state");
  std::filesystem::create_directory(state);
  ASSERT_EQ(::chown(state.c_str(), 65534, 65534), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(StateLock::Take(state).status()));
  EXPECT_TRUE(std::filesystem::is_empty(state));
}

}  // namespace
}  // namespace samkoer::agent
