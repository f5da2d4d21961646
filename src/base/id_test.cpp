#include "base/id.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace payweir {
namespace {

constexpr Instant kNow{1'795'321'207'123};

rc::Gen<std::int64_t> any_key() {
  return rc::gen::inRange<std::int64_t>(1, std::numeric_limits<std::int64_t>::max());
}

TEST(Id, EveryIdMakesTheRoundTrip) {
  EXPECT_TRUE(rc::check("to_text then parse_id is the identity", [](std::int64_t salt) {
    const PaymentId id{*any_key(), salt};
    const std::string text = to_text(id);
    RC_ASSERT(text.size() == 30u);
    RC_ASSERT(looks_like_id<PaymentTag>(text));
    RC_ASSERT(parse_id<PaymentTag>(text).value() == id);
  }));
}

TEST(Id, TextsSortAsTheirKeysDo) {
  EXPECT_TRUE(
      rc::check("the order of texts is the order of keys", [](std::int64_t salt_a, std::int64_t salt_b) {
        const PaymentId a{*any_key(), salt_a}, b{*any_key(), salt_b};
        RC_PRE(a.key != b.key);
        RC_ASSERT((to_text(a) < to_text(b)) == (a.key < b.key));
      }));
}

TEST(Id, OnlyTheOneCanonicalTextIsRead) {
  const std::string text = to_text(PaymentId{1, -1});
  ASSERT_EQ(text, "pay_00000000000" + text.substr(15));
  const auto refused = [](std::string_view candidate) {
    const auto parsed = parse_id<PaymentTag>(candidate);
    return !looks_like_id<PaymentTag>(candidate) && !parsed && parsed.error().code == Code::not_found;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("pay_"));
  EXPECT_TRUE(refused(text.substr(0, 29)));
  EXPECT_TRUE(refused(text + "0"));
  EXPECT_TRUE(refused("ref_" + text.substr(4)));  // of another kind
  EXPECT_TRUE(refused("PAY_" + text.substr(4)));
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  EXPECT_TRUE(refused(upper));
  for (const char letter : {'i', 'l', 'o', 'u', '-', ' ', '\0'}) {
    std::string other = text;
    other.back() = letter;
    EXPECT_TRUE(refused(other)) << letter;
  }
  EXPECT_TRUE(refused("pay_8" + std::string(25, '0')));  // above 128 bits
  EXPECT_TRUE(refused("pay_" + std::string(26, '0')));   // key 0: no row
  EXPECT_TRUE(refused("pay_7" + std::string(25, 'z')));  // a negative key
}

TEST(KeySequence, RisesStrictlyWithinAMillisecond) {
  KeySequence sequence(3);
  std::int64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {  // more than the 4096 that one millisecond holds
    const std::int64_t key = sequence.next(kNow);
    ASSERT_GT(key, last);
    last = key;
  }
  EXPECT_EQ(KeySequence::instant_of(last), kNow + milliseconds(2));
}

// H09: the clock jumps an hour back, stands still, goes on; the keys rise all the same.
TEST(Faults, H09_KeysRiseWhateverTheClockDoes) {
  EXPECT_TRUE(rc::check("keys rise under any sequence of clock readings", [] {
    KeySequence sequence(1);
    std::int64_t last = 0;
    for (const std::int64_t offset : *rc::gen::container<std::vector<std::int64_t>>(
             rc::gen::inRange<std::int64_t>(-3'600'000, 3'600'000))) {
      const std::int64_t key = sequence.next(kNow + milliseconds(offset));
      RC_ASSERT(key > last);
      last = key;
    }
  }));
  KeySequence sequence(1);
  EXPECT_GT(sequence.next(Instant{-1}), 0);  // a clock before the epoch of the keys
}

TEST(KeySequence, GoesOnBehindTheLargestStoredKey) {
  KeySequence before(5);
  const std::int64_t stored = before.next(kNow + hours(1));
  KeySequence after(5);
  after.resume_after(stored);
  EXPECT_GT(after.next(kNow), stored);
}

TEST(KeySequence, NodesDoNotShareKeys) {
  KeySequence one(1), two(2), wrapped(1025);
  EXPECT_NE(one.next(kNow), two.next(kNow));
  EXPECT_EQ(KeySequence(1).next(kNow), wrapped.next(kNow));  // ten bits of node
}

TEST(KeySequence, FirstKeyAtBoundsTheKeysOfATime) {
  EXPECT_TRUE(rc::check("keys before a time are below its first key", [] {
    const Instant t{kNow.ms + *rc::gen::inRange<std::int64_t>(0, 1'000'000)};
    RC_ASSERT(KeySequence(0).next(t) >= KeySequence::first_key_at(t));
    RC_ASSERT(KeySequence(1023).next(t - milliseconds(1)) < KeySequence::first_key_at(t));
    RC_ASSERT(KeySequence::instant_of(KeySequence::first_key_at(t)) == t);
  }));
}

}  // namespace
}  // namespace payweir
