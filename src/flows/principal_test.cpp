#include "flows/principal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "crypto/hash.hpp"
#include "flows/accounts/api_keys.hpp"
#include "flows/accounts/keys.hpp"
#include "flows/accounts/merchants.hpp"
#include "flows/testkit.hpp"

namespace payweir::flows {
namespace {

using testkit::World;

Code code_of(const Result<Principal>& result) {
  return result ? Code{} : result.error().code;
}

std::string with_other_secret(std::string api_key) {
  api_key.back() = api_key.back() == '0' ? '1' : '0';
  return api_key;
}

// A well-formed key whose id was never given.
std::string unknown_key(World& world) {
  return std::string(
      draw_api_key(world.random, world.keys, Environment::sandbox, ApiKeyId{12345, 678}).text.reveal());
}

ApiKeyId id_of(const std::string& api_key) {
  return parse_api_key(api_key)->id;
}

TEST(Authenticate, KnowsEachKindOfKey) {
  World world;
  const Answer made = world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");

  EXPECT_EQ(world.authenticate(world.context(), "test_admin")->role, Role::admin);
  const Result<Principal> merchant = world.authenticate(world.context(), api_key);
  ASSERT_TRUE(merchant);
  EXPECT_EQ(merchant->role, Role::merchant);
  EXPECT_EQ(merchant->merchant->row.merchant_id, "shop");
  const Result<Principal> publishable =
      world.authenticate(world.context(), testkit::member(made, "publishable_key"));
  ASSERT_TRUE(publishable);
  EXPECT_EQ(publishable->role, Role::publishable);
  EXPECT_EQ(publishable->merchant_no, merchant->merchant_no);
}

TEST(AdmitToSandbox, IsTheSandboxsMerchantOnceThereIsOne) {
  World world;
  world.settings.sandbox = true;
  world.create_merchant("shop");
  EXPECT_EQ(code_of(world.run(admit_to_sandbox(world.context(), "127.0.0.1"))), Code::unauthorized);
  world.create_merchant(std::string(kSandboxMerchantId));
  const Result<Principal> caller = world.run(admit_to_sandbox(world.context(), "127.0.0.1"));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->role, Role::merchant);
  EXPECT_EQ(caller->merchant->row.merchant_id, kSandboxMerchantId);
  EXPECT_EQ(caller->merchant_no, caller->merchant->row.id.key);
}

TEST(Authenticate, RefusesWhatIsNoKey) {
  World world;
  const Answer made = world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");
  std::string other_environment = api_key;
  other_environment.replace(0, 4, "prd_");
  std::string publishable = testkit::member(made, "publishable_key");
  publishable.back() = publishable.back() == 'a' ? 'b' : 'a';
  for (const std::string& text :
       {std::string(), std::string("test_admi"), std::string("test_admin "),
        api_key.substr(0, api_key.size() - 1), api_key + "0", with_other_secret(api_key), unknown_key(world),
        other_environment, publishable, std::string("pk_snd_"), std::string("snd_"),
        std::string(100'000, 'x'), std::string("snd_\0_", 6)})
    EXPECT_EQ(code_of(world.authenticate(world.context(), text)), Code::unauthorized) << text.substr(0, 80);
}

TEST(Authenticate, OpensNothingWithAnEmptyAdminKey) {
  World world;
  world.settings.admin_api_key = Secret();
  EXPECT_EQ(code_of(world.authenticate(world.context(), "")), Code::unauthorized);
}

TEST(Authenticate, RefusesAKeyFromItsExpiryOn) {
  World world;
  world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop", world.clock.wall() + seconds(10));
  world.clock.advance(milliseconds(9'999));
  EXPECT_TRUE(world.authenticate(world.context(), api_key));
  world.clock.advance(milliseconds(1));
  EXPECT_EQ(code_of(world.authenticate(world.context(), api_key)), Code::unauthorized);
}

TEST(Authenticate, RefusesTheKeysOfADeletedMerchant) {
  World world;
  const Answer made = world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");
  ASSERT_TRUE(world.authenticate(world.other_context(), api_key));
  ASSERT_TRUE(world.run(delete_merchant(world.context(), world.admin(), "shop")));
  EXPECT_EQ(code_of(world.authenticate(world.context(), api_key)), Code::unauthorized);
  EXPECT_EQ(code_of(world.authenticate(world.other_context(), api_key)), Code::unauthorized);
  EXPECT_EQ(code_of(world.authenticate(world.context(), testkit::member(made, "publishable_key"))),
            Code::unauthorized);
}

TEST(Authenticate, StopsAtTheLimitOfAMerchant) {
  World world;
  world.settings.rate_limit_per_key = 5;
  world.restart();
  world.create_merchant("shop");
  const std::string first = world.create_api_key("shop");
  const std::string second = world.create_api_key("shop");
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(world.authenticate(world.context(), i % 2 == 0 ? first : second));
  EXPECT_EQ(code_of(world.authenticate(world.context(), first)), Code::rate_limited);
  EXPECT_EQ(code_of(world.authenticate(world.context(), second)), Code::rate_limited)
      << "more keys, no more requests";
  world.clock.advance(seconds(1));
  EXPECT_TRUE(world.authenticate(world.context(), first));
}

// Catalogue K11: a revoked key opens nothing from the answer on, also where it is cached.
TEST(Faults, K11_RevokedKeyOpensNothingOnAnyThread) {
  World world;
  world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");
  ASSERT_TRUE(world.authenticate(world.context(), api_key));
  ASSERT_TRUE(world.authenticate(world.other_context(), api_key));
  ASSERT_TRUE(world.run(revoke_api_key(world.context(), world.admin(), "shop", to_text(id_of(api_key)))));
  EXPECT_EQ(code_of(world.authenticate(world.context(), api_key)), Code::unauthorized);
  EXPECT_EQ(code_of(world.authenticate(world.other_context(), api_key)), Code::unauthorized);
}

// Catalogue K05: whoever guesses is stopped, and not by the limit of honest requests.
TEST(Faults, K05_GuessingIsStopped) {
  World world;
  world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");
  int tried = 0;
  while (code_of(world.authenticate(world.context(), with_other_secret(api_key))) == Code::unauthorized)
    ASSERT_LT(++tried, 1'000);
  EXPECT_EQ(tried, world.settings.failed_auth_per_address_per_minute);
  EXPECT_EQ(code_of(world.authenticate(world.context(), api_key)), Code::rate_limited);
  const Result<Principal> elsewhere = world.run(authenticate(world.context(), api_key, "198.51.100.1"));
  EXPECT_TRUE(elsewhere) << "an honest caller at another address";
  EXPECT_GT(world.context().telemetry.rate_limited.load(), 0u);
}

// Catalogue K04, structure: an unknown id, a known one with a wrong secret and the right key cost the same
// cryptography, so that their times tell nothing.
TEST(Faults, K04_UnknownAndWrongKeysCostTheSameWork) {
  World world;
  world.create_merchant("shop");
  const std::string api_key = world.create_api_key("shop");
  const std::string unknown = unknown_key(world);
  const auto hashes_of = [&](const std::string& text) {
    const int before = world.keys.pepper_hash_count;
    static_cast<void>(world.authenticate(world.context(), text));
    return world.keys.pepper_hash_count - before;
  };
  const int right = hashes_of(api_key);
  EXPECT_EQ(right, 1);
  EXPECT_EQ(hashes_of(with_other_secret(api_key)), right);
  EXPECT_EQ(hashes_of(unknown), right);
}

// Catalogue K04, statistics: comparing takes as long for a difference in the first byte as in the last. A
// comparison that stops at the first difference is some hundred times faster here.
TEST(Faults, K04_ComparisonTakesTheSameTimeWhereverTheDifferenceIs) {
  const std::string secret(1 << 16, 's');
  std::string first_differs = secret, last_differs = secret;
  first_differs.front() = 'x';
  last_differs.back() = 'x';
  const auto time_of = [&](const std::string& guess) {
    const auto start = std::chrono::steady_clock::now();
    const bool is_equal = crypto::constant_time_equal(secret, guess);
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_FALSE(is_equal);
    return took.count();
  };
  std::vector<std::int64_t> first, last;
  for (int i = 0; i < 401; ++i) {
    first.push_back(time_of(first_differs));
    last.push_back(time_of(last_differs));
  }
  const auto median = [](std::vector<std::int64_t>& times) {
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    return times[times.size() / 2];
  };
  const double ratio = static_cast<double>(median(first)) / static_cast<double>(median(last));
  EXPECT_GT(ratio, 0.5);
  EXPECT_LT(ratio, 2.0);
}

TEST(RequestKey, IsNoneWithoutAHeader) {
  World world;
  EXPECT_EQ(world.request_key(world.admin(), ""), std::nullopt);
}

TEST(RequestKey, RefusesKeysThatAreLongOrNotVisible) {
  World world;
  for (const std::string& key :
       {std::string(256, 'k'), std::string("a b"), std::string("a\nb"), std::string("é")}) {
    const auto made = make_request_key(world.context(), world.admin(), key, "POST", "/p", "");
    ASSERT_FALSE(made) << key;
    EXPECT_EQ(made.error().code, Code::invalid_value);
    EXPECT_EQ(made.error().field, "Idempotency-Key");
  }
  EXPECT_TRUE(make_request_key(world.context(), world.admin(), std::string(255, 'k'), "POST", "/p", ""));
}

TEST(RequestKey, FingerprintsMethodPathAndBody) {
  World world;
  const auto print = [&](std::string_view method, std::string_view path, std::string_view body) {
    return make_request_key(world.context(), world.admin(), "k", method, path, body).value()->fingerprint;
  };
  const std::string one = print("POST", "/a", "{}");
  EXPECT_EQ(one.size(), 16u);
  EXPECT_EQ(one, print("POST", "/a", "{}"));
  EXPECT_NE(one, print("PUT", "/a", "{}"));
  EXPECT_NE(one, print("POST", "/b", "{}"));
  EXPECT_NE(one, print("POST", "/a", "{ }"));
}

// Catalogue D04: the same key of another caller is another key.
TEST(Faults, D04_SameKeyOfAnotherMerchantIsIndependent) {
  World world;
  world.create_merchant("one");
  world.create_merchant("two");
  const Principal one = world.merchant("one"), two = world.merchant("two");
  EXPECT_EQ(world.request_key(one, "k")->digest, world.request_key(one, "k")->digest);
  EXPECT_NE(world.request_key(one, "k")->digest, world.request_key(two, "k")->digest);
  EXPECT_NE(world.request_key(one, "k")->digest, world.request_key(world.admin(), "k")->digest);

  // Both execute: neither finds the other's claim.
  for (const Principal& caller : {one, two}) {
    CreateApiKey command;
    command.merchant_id = caller.merchant->row.merchant_id;
    command.name = "from a retried request";
    const Result<Answer> made = world.run(
        create_api_key(world.context(), caller, world.request_key(caller, "k"), command, world.rendering));
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->replayed);
  }
}

}  // namespace
}  // namespace payweir::flows
