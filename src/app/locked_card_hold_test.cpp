#include "app/locked_card_hold.hpp"

#include <gtest/gtest.h>

#include "ports/testkit.hpp"

namespace payweir::app {
namespace {

constexpr Instant kNow{1'795'000'000'000};

TEST(LockedCardHold, GivesACardOutOnce) {
  testkit::SeededRandom random(1);
  LockedCardHold hold(random, 4);
  ASSERT_TRUE(hold.put(7, Secret("a card"), kNow));
  EXPECT_FALSE(hold.take(8, kNow));
  const std::optional<Secret> card = hold.take(7, kNow);
  ASSERT_TRUE(card);
  EXPECT_EQ(card->reveal(), "a card");
  EXPECT_FALSE(hold.take(7, kNow));
}

TEST(LockedCardHold, ASecondCardOfAPaymentReplacesTheFirst) {
  testkit::SeededRandom random(1);
  LockedCardHold hold(random, 1);
  ASSERT_TRUE(hold.put(7, Secret("first"), kNow));
  ASSERT_TRUE(hold.put(7, Secret("second"), kNow));
  EXPECT_EQ(hold.take(7, kNow)->reveal(), "second");
}

TEST(LockedCardHold, ForgetsAfterFifteenMinutes) {
  testkit::SeededRandom random(1);
  LockedCardHold hold(random, 4);
  ASSERT_TRUE(hold.put(7, Secret("a card"), kNow));
  EXPECT_FALSE(hold.take(7, kNow + minutes(15)));
}

TEST(LockedCardHold, WhenFullItRefusesUntilSomethingExpires) {
  testkit::SeededRandom random(1);
  LockedCardHold hold(random, 2);
  ASSERT_TRUE(hold.put(1, Secret("a"), kNow));
  ASSERT_TRUE(hold.put(2, Secret("b"), kNow + minutes(5)));
  EXPECT_FALSE(hold.put(3, Secret("c"), kNow + minutes(6)));
  EXPECT_TRUE(hold.put(3, Secret("c"), kNow + minutes(15)));
  EXPECT_TRUE(hold.take(2, kNow + minutes(16)));
  EXPECT_FALSE(hold.put(4, Secret(std::string(600, 'x')), kNow));  // larger than a slot
}

}  // namespace
}  // namespace payweir::app
