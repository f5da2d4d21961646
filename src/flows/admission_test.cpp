#include "flows/admission.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>
#include <vector>

namespace payweir::flows {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

struct Subject {
  explicit Subject(std::size_t limit) : admission(limit) {}

  // Whether one more of this merchant is let in; it stays.
  bool enter(std::int64_t merchant) {
    std::optional<Admission::Ticket> ticket = admission.admit(merchant, now_us);
    if (!ticket) return false;
    tickets[merchant].push_back(std::move(*ticket));
    return true;
  }
  std::size_t enter_all(std::int64_t merchant) {
    std::size_t entered = 0;
    while (entered < 100'000 && enter(merchant))
      ++entered;
    return entered;
  }
  void leave(std::int64_t merchant, std::size_t count = 1) {
    for (std::size_t i = 0; i < count; ++i)
      tickets.at(merchant).pop_back();
  }
  std::size_t of(std::int64_t merchant) { return tickets[merchant].size(); }

  Admission admission;
  std::map<std::int64_t, std::vector<Admission::Ticket>> tickets;
  std::int64_t now_us = 100 * kSecond;
};

TEST(Admission, OneMerchantAloneMayUseAllOfIt) {
  for (const std::size_t limit : {1u, 2u, 1000u}) {
    Subject subject(limit);
    EXPECT_EQ(subject.enter_all(1), limit);
    EXPECT_EQ(subject.admission.in_flight(), limit);
    EXPECT_EQ(subject.admission.refused(), 1u);
    subject.leave(1);
    EXPECT_TRUE(subject.enter(1));
    EXPECT_FALSE(subject.enter(1));
  }
}

TEST(Admission, ATicketIsGivenBackOnce) {
  Admission admission(2);
  {
    std::optional<Admission::Ticket> first = admission.admit(1, 0);
    std::optional<Admission::Ticket> second = admission.admit(2, 0);
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(admission.admit(3, 0));
    Admission::Ticket moved = std::move(*first);
    first.reset();
    EXPECT_EQ(admission.in_flight(), 2u);
    moved = std::move(*second);
    EXPECT_EQ(admission.in_flight(), 2u);
    second.reset();
    EXPECT_EQ(admission.in_flight(), 1u);
  }
  EXPECT_EQ(admission.in_flight(), 0u);
}

TEST(Admission, ANewcomerFindsRoomBesideABusyMerchant) {
  Subject subject(1000);
  ASSERT_TRUE(subject.enter(2));
  EXPECT_EQ(subject.enter_all(1), 899u);  // above its share, all but a tenth
  EXPECT_EQ(subject.enter_all(2), 100u);  // below its share, what is left
  // It waits now, so nothing goes to the other until both have their shares.
  for (int i = 0; i < 399; ++i) {
    subject.leave(1);
    EXPECT_FALSE(subject.enter(1));
    EXPECT_TRUE(subject.enter(2));
    EXPECT_FALSE(subject.enter(2));
  }
  EXPECT_EQ(subject.of(1), 500u);
  EXPECT_EQ(subject.of(2), 500u);
  subject.leave(1);
  EXPECT_FALSE(subject.enter(2)) << "above its share, and the tenth is in use";
  EXPECT_TRUE(subject.enter(1));
}

TEST(Admission, ANewcomerIsNotStarvedByAMerchantThatUsesAll) {
  Subject subject(1000);
  ASSERT_EQ(subject.enter_all(1), 1000u);
  EXPECT_FALSE(subject.enter(2));
  subject.leave(1);
  EXPECT_FALSE(subject.enter(1)) << "the place is held";
  subject.now_us += kSecond + kSecond / 2;  // it comes back after its Retry-After
  EXPECT_FALSE(subject.enter(1));
  EXPECT_TRUE(subject.enter(2));
}

TEST(Admission, NothingGoesToAMerchantAboveItsShareWhileOneBelowItWaits) {
  Subject subject(1000);
  ASSERT_EQ(subject.enter_all(1), 1000u);
  EXPECT_FALSE(subject.enter(2));
  subject.leave(1, 300);
  EXPECT_FALSE(subject.enter(1));
  EXPECT_TRUE(subject.enter(2));
  EXPECT_TRUE(subject.enter(1));
}

TEST(Admission, APlaceIsHeldForTwoSecondsOnly) {
  Subject subject(10);
  ASSERT_EQ(subject.enter_all(1), 10u);
  EXPECT_FALSE(subject.enter(2));
  subject.leave(1);
  subject.now_us += 2 * kSecond - 1;
  EXPECT_FALSE(subject.enter(1));
  ++subject.now_us;
  subject.now_us += kSecond / 10;  // as late as it may be noticed
  EXPECT_TRUE(subject.enter(1));
}

TEST(Admission, WhoeverWasRefusedFirstComesFirst) {
  Subject subject(2);
  ASSERT_TRUE(subject.enter(1));
  ASSERT_TRUE(subject.enter(2));
  EXPECT_FALSE(subject.enter(3));
  EXPECT_FALSE(subject.enter(4));
  EXPECT_FALSE(subject.enter(3));
  subject.leave(1);
  EXPECT_FALSE(subject.enter(1));
  EXPECT_FALSE(subject.enter(4));
  EXPECT_TRUE(subject.enter(3));
  subject.leave(2);
  EXPECT_FALSE(subject.enter(2));
  EXPECT_TRUE(subject.enter(4));
}

TEST(Admission, AtOnePlaceMerchantsTakeTurns) {
  Subject subject(1);
  ASSERT_TRUE(subject.enter(1));
  EXPECT_FALSE(subject.enter(2));
  for (int turn = 0; turn < 10; ++turn) {
    const std::int64_t has_it = turn % 2 == 0 ? 1 : 2, wants_it = 3 - has_it;
    subject.leave(has_it);
    EXPECT_FALSE(subject.enter(has_it));
    EXPECT_TRUE(subject.enter(wants_it));
  }
}

TEST(Admission, ManySmallMerchantsDoNotHoldDownALargeOne) {
  Subject subject(1000);
  for (std::int64_t small = 1; small <= 200; ++small)
    ASSERT_TRUE(subject.enter(small));
  EXPECT_EQ(subject.enter_all(1000), 700u);
  for (std::int64_t small = 201; small <= 300; ++small)
    EXPECT_TRUE(subject.enter(small));
  EXPECT_FALSE(subject.enter(301));
}

TEST(Admission, MoreMerchantsThanItRemembersAreRefusedAllTheSame) {
  Subject subject(1);
  ASSERT_TRUE(subject.enter(1));
  constexpr auto kMany = static_cast<std::int64_t>(Admission::kWantingMax) + 1'000;
  for (std::int64_t merchant = 2; merchant <= kMany; ++merchant)
    EXPECT_FALSE(subject.enter(merchant));
  subject.leave(1);
  subject.now_us += 3 * kSecond;
  EXPECT_TRUE(subject.enter(kMany));
}

TEST(Admission, ThreadsNeverExceedItAndNobodyStarves) {
  constexpr std::size_t kLimit = 4;
  constexpr int kRounds = 20'000;
  Admission admission(kLimit);
  std::atomic<std::size_t> inside{0}, most{0};
  std::array<std::atomic<int>, 4> entered{};
  std::atomic<std::int64_t> now_us{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < entered.size(); ++thread)
      threads.emplace_back([&, thread] {
        // The first merchant takes all it can; the others come one at a time.
        std::vector<Admission::Ticket> held;
        const auto let_go = [&] {
          inside -= held.size();
          held.clear();
        };
        for (int round = 0; round < kRounds; ++round) {
          auto ticket = admission.admit(static_cast<std::int64_t>(thread), now_us += 10);
          if (ticket) {
            const std::size_t now_inside = ++inside;
            std::size_t seen = most;
            while (now_inside > seen && !most.compare_exchange_weak(seen, now_inside)) {
            }
            ++entered[thread];
            held.push_back(std::move(*ticket));
          }
          if (thread != 0 || held.size() == kLimit || !ticket) let_go();
        }
        let_go();
      });
  }
  EXPECT_LE(most, kLimit);
  EXPECT_EQ(admission.in_flight(), 0u);
  for (const auto& each : entered)
    EXPECT_GT(each, kRounds / 100);
}

}  // namespace
}  // namespace payweir::flows
