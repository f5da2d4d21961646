#include "domain/routing/breaker.hpp"

#include <gtest/gtest.h>

namespace payweir::routing {
namespace {

constexpr BreakerPolicy kPolicy;
constexpr std::int64_t kSecond = 1'000'000;

// A breaker and the time.
struct Subject {
  Breaker breaker;
  std::int64_t now_us = 1'000 * kSecond;

  void answer() { end(GatewayWord::answered); }
  void fail() { end(GatewayWord::failed); }
  void end(GatewayWord word, Passage passage = Passage::allowed) {
    breaker.conclude(kPolicy, passage, word, now_us);
  }
  void fail_in_row() {
    for (std::int64_t i = 0; i < kPolicy.failures_in_row; ++i)
      fail();
  }
  Passage pass() { return breaker.try_pass(kPolicy, now_us); }
  [[nodiscard]] BreakerState state() const { return breaker.state(now_us); }
  // A probe that is let go at once and ends with this.
  void probe(GatewayWord word) {
    EXPECT_EQ(pass(), Passage::probe);
    end(word, Passage::probe);
  }
};

TEST(Breaker, OpensAtFiveFailuresInARow) {
  Subject subject;
  for (int i = 0; i < 4; ++i)
    subject.fail();
  subject.answer();  // a decline is one, too
  for (int i = 0; i < 4; ++i)
    subject.fail();
  EXPECT_EQ(subject.state(), BreakerState::closed);
  EXPECT_EQ(subject.pass(), Passage::allowed);
  subject.fail();
  EXPECT_EQ(subject.state(), BreakerState::open);
  EXPECT_EQ(subject.pass(), Passage::refused);
}

TEST(Breaker, NeverOpensWhereItIsToldNotTo) {
  Breaker breaker;
  for (int i = 0; i < 100; ++i)
    breaker.conclude({.failures_in_row = 0}, Passage::allowed, GatewayWord::failed, kSecond);
  EXPECT_EQ(breaker.state(kSecond), BreakerState::closed);
}

TEST(Breaker, WhatTellsNothingNeitherCountsNorEndsARow) {
  Subject subject;
  for (int i = 0; i < 4; ++i)
    subject.fail();
  for (int i = 0; i < 100; ++i)
    subject.end(GatewayWord::untold);
  EXPECT_EQ(subject.state(), BreakerState::closed);
  subject.fail();
  EXPECT_EQ(subject.state(), BreakerState::open);
}

TEST(Breaker, OpensWhenHalfOfTheLastCallsFailed) {
  Subject subject;
  for (int i = 0; i < 9; ++i) {
    subject.fail();
    subject.answer();
  }
  subject.answer();
  EXPECT_EQ(subject.state(), BreakerState::closed) << "9 of 19";
  subject.fail();
  EXPECT_EQ(subject.state(), BreakerState::open) << "10 of 20";
}

TEST(Breaker, StaysClosedBelowHalf) {
  Subject subject;
  for (int i = 0; i < 1000; ++i) {
    subject.fail();
    subject.answer();
    subject.answer();
    EXPECT_EQ(subject.state(), BreakerState::closed);
  }
}

TEST(Breaker, ForgetsWhatIsOlderThanTenSeconds) {
  for (const int wait_s : {10, 11, 15, 19}) {  // with and without coming to the same slot again
    Subject subject;
    for (int i = 0; i < 9; ++i) {
      subject.fail();
      subject.answer();
    }
    subject.now_us += wait_s * kSecond;
    subject.answer();
    subject.fail();
    EXPECT_EQ(subject.state(), BreakerState::closed) << wait_s;
    for (int i = 0; i < 9; ++i) {
      subject.answer();
      subject.fail();
    }
    EXPECT_EQ(subject.state(), BreakerState::open) << "10 of 20 after " << wait_s;
  }
}

TEST(Breaker, RemembersTenSeconds) {
  Subject subject;
  for (int i = 0; i < 10; ++i) {  // two a second
    subject.fail();
    if (i < 9) subject.answer();
    if (i < 9) subject.now_us += kSecond;
  }
  EXPECT_EQ(subject.state(), BreakerState::closed) << "19 calls";
  subject.answer();
  EXPECT_EQ(subject.state(), BreakerState::open) << "10 of 20";
}

TEST(Breaker, LetsOneProbeGoWhenItsTimeIsOver) {
  Subject subject;
  subject.fail_in_row();
  EXPECT_EQ(subject.breaker.refuses_for_us(subject.now_us), 5 * kSecond);
  subject.now_us += 5 * kSecond - 1;
  EXPECT_TRUE(subject.breaker.is_refusing(subject.now_us));
  EXPECT_EQ(subject.pass(), Passage::refused);
  ++subject.now_us;
  EXPECT_EQ(subject.state(), BreakerState::half_open);
  EXPECT_FALSE(subject.breaker.is_refusing(subject.now_us)) << "and asking takes no place";
  EXPECT_EQ(subject.pass(), Passage::probe);
  EXPECT_EQ(subject.pass(), Passage::refused);
  EXPECT_TRUE(subject.breaker.is_refusing(subject.now_us));
}

TEST(Breaker, ClosesAfterThreeProbesThatSucceed) {
  Subject subject;
  subject.fail_in_row();
  subject.now_us += 5 * kSecond;
  subject.probe(GatewayWord::answered);
  subject.probe(GatewayWord::answered);
  EXPECT_EQ(subject.state(), BreakerState::half_open);
  subject.probe(GatewayWord::answered);
  EXPECT_EQ(subject.state(), BreakerState::closed);
  EXPECT_EQ(subject.pass(), Passage::allowed);
  // What it counted before is forgotten.
  for (int i = 0; i < 4; ++i)
    subject.fail();
  EXPECT_EQ(subject.state(), BreakerState::closed);
}

TEST(Breaker, EachFailedProbeDoublesItsTimeUpToAMinute) {
  Subject subject;
  subject.fail_in_row();
  for (const std::int64_t open_s : {5, 10, 20, 40, 60, 60}) {
    EXPECT_EQ(subject.breaker.refuses_for_us(subject.now_us), open_s * kSecond);
    subject.now_us += open_s * kSecond;
    subject.probe(GatewayWord::answered);  // two of three do not count once the third fails
    subject.probe(GatewayWord::answered);
    subject.probe(GatewayWord::failed);
    EXPECT_EQ(subject.state(), BreakerState::open);
  }
  subject.now_us += 60 * kSecond;
  for (int i = 0; i < 3; ++i)
    subject.probe(GatewayWord::answered);
  subject.fail_in_row();
  EXPECT_EQ(subject.breaker.refuses_for_us(subject.now_us), 5 * kSecond) << "from the beginning again";
}

TEST(Breaker, AProbeThatToldNothingGivesItsPlaceBack) {
  Subject subject;
  subject.fail_in_row();
  subject.now_us += 5 * kSecond;
  subject.probe(GatewayWord::answered);
  subject.probe(GatewayWord::untold);
  EXPECT_EQ(subject.state(), BreakerState::half_open);
  subject.probe(GatewayWord::answered);
  subject.probe(GatewayWord::answered);
  EXPECT_EQ(subject.state(), BreakerState::closed);
}

TEST(Breaker, ALostProbeBlocksItForAMinuteAndNoLonger) {
  Subject subject;
  subject.fail_in_row();
  subject.now_us += 5 * kSecond;
  ASSERT_EQ(subject.pass(), Passage::probe);
  subject.now_us += 60 * kSecond - 1;
  EXPECT_EQ(subject.pass(), Passage::refused);
  ++subject.now_us;
  EXPECT_EQ(subject.pass(), Passage::probe);
}

TEST(Breaker, CallsOfBeforeItOpenedSayNothing) {
  Subject subject;
  subject.fail_in_row();
  for (int i = 0; i < 10; ++i)
    subject.answer();
  EXPECT_EQ(subject.state(), BreakerState::open);
  subject.now_us += 5 * kSecond;
  ASSERT_EQ(subject.pass(), Passage::probe);
  subject.fail();  // one that hung for long
  EXPECT_EQ(subject.state(), BreakerState::half_open);
  for (int i = 0; i < 3; ++i)
    subject.answer();
  EXPECT_EQ(subject.state(), BreakerState::half_open);
  EXPECT_EQ(subject.pass(), Passage::refused) << "the probe has its place still";
}

TEST(Breaker, AProbeOfBeforeTheLastOpeningSaysNothing) {
  Subject subject;
  subject.fail_in_row();
  subject.now_us += 5 * kSecond;
  ASSERT_EQ(subject.pass(), Passage::probe);
  subject.now_us += 60 * kSecond;  // lost
  subject.probe(GatewayWord::failed);
  ASSERT_EQ(subject.state(), BreakerState::open);
  subject.end(GatewayWord::answered, Passage::probe);  // the lost one
  EXPECT_EQ(subject.state(), BreakerState::open);
  EXPECT_EQ(subject.breaker.refuses_for_us(subject.now_us), 10 * kSecond);
  subject.now_us += 10 * kSecond;
  subject.probe(GatewayWord::answered);
  subject.probe(GatewayWord::answered);
  EXPECT_EQ(subject.state(), BreakerState::half_open);
}

TEST(Breaker, HasTheNumbersOfItsMetric) {
  EXPECT_EQ(static_cast<int>(BreakerState::closed), 0);
  EXPECT_EQ(static_cast<int>(BreakerState::half_open), 1);
  EXPECT_EQ(static_cast<int>(BreakerState::open), 2);
  EXPECT_EQ(to_string(BreakerState::half_open), "half_open");
}

}  // namespace
}  // namespace payweir::routing
