// What gateway A did × what it says × when the truth comes out × the policy of moving on to gateway B:
// whatever the combination, the payer is charged once at most. `make ambiguity` prints how many there are.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "domain/testkit.hpp"

namespace payweir {
namespace {

using testkit::kNow;
using testkit::read_aggregate;
using testkit::usd;

enum class Did : std::uint8_t { nothing, nothing_yet, held, charged, declined };
enum class Says : std::uint8_t {
  not_sent,
  rejected,
  declined_for_good,
  declined_for_now,
  pending,
  asks_payer,
  authorised,
  captured,
  silence,
  contradiction
};
enum class Comes : std::uint8_t { never, with_the_answer, by_a_query, by_a_callback_first, after_the_fence };
enum class Policy : std::uint8_t { stay, move_on_when_allowed, move_on_when_failed };

constexpr std::array kDid = {Did::nothing, Did::nothing_yet, Did::held, Did::charged, Did::declined};
constexpr std::array kSays = {
    Says::not_sent,   Says::rejected,   Says::declined_for_good, Says::declined_for_now, Says::pending,
    Says::asks_payer, Says::authorised, Says::captured,          Says::silence,          Says::contradiction};
constexpr std::array kComes = {Comes::never, Comes::with_the_answer, Comes::by_a_query,
                               Comes::by_a_callback_first, Comes::after_the_fence};
constexpr std::array kPolicies = {Policy::stay, Policy::move_on_when_allowed, Policy::move_on_when_failed};

// What a gateway, or the way to it, can say of what it did. Only a connection that was never made says not
// sent; only what was not executed is refused; silence and nonsense may follow anything.
bool can_say(Did did, Says says) {
  switch (says) {
    case Says::not_sent: return did == Did::nothing;
    case Says::rejected: return did == Did::nothing;
    case Says::declined_for_good:
    case Says::declined_for_now: return did == Did::declined;
    case Says::pending:
    case Says::asks_payer: return did == Did::nothing_yet;
    case Says::authorised: return did == Did::held;
    case Says::captured: return did == Did::charged;
    case Says::silence:
    case Says::contradiction: return true;
  }
  return false;
}

Outcome outcome_of(Says says) {
  const auto accepted = [](AcceptedAs as) { return outcome::Accepted{.as = as, .amount = usd(100)}; };
  const auto declined = [](RetryClass retry) { return outcome::Declined{.retry = retry}; };
  switch (says) {
    case Says::not_sent: return outcome::NotSent{};
    case Says::rejected: return outcome::Rejected{};
    case Says::declined_for_good: return declined(RetryClass::do_not_retry);
    case Says::declined_for_now: return declined(RetryClass::retry_later);
    case Says::pending: return accepted(AcceptedAs::pending);
    case Says::asks_payer: return accepted(AcceptedAs::needs_action);
    case Says::authorised: return accepted(AcceptedAs::authorised);
    case Says::captured: return accepted(AcceptedAs::captured);
    case Says::silence: return outcome::Unknown{};
    case Says::contradiction: return outcome::Unknown{.contradicts = true};
  }
  return outcome::Unknown{};
}

// What a query finds, in the end.
Outcome truth_of(Did did) {
  switch (did) {
    case Did::nothing: return outcome::NotSent{"not found, and fenced"};
    case Did::nothing_yet: return outcome_of(Says::captured);  // it charges late
    case Did::held: return outcome_of(Says::authorised);
    case Did::charged: return outcome_of(Says::captured);
    case Did::declined: return outcome_of(Says::declined_for_good);
  }
  return outcome::Unknown{};
}

struct Case {
  Did did;
  Says says;
  Comes comes;
  Policy policy;
};

struct Books {
  int charges = 0;  // or holds that are charged later, at A and at B together
  bool is_fenced = false;
};

class Story {
 public:
  explicit Story(const Case& told)
      : told_(told),
        payment_(read_aggregate(told.did == Did::held ? "manual processing dispatching authorise:dispatching"
                                                      : "processing dispatching authorise:dispatching")) {}

  Books run() {
    if (told_.did == Did::held || told_.did == Did::charged) ++books_.charges;
    const Outcome answer =
        told_.comes == Comes::with_the_answer ? truth_of(told_.did) : outcome_of(told_.says);
    if (told_.comes == Comes::by_a_callback_first) end(truth_of(told_.did));
    end(answer);
    move_on(answer);
    if (told_.comes == Comes::after_the_fence) fence();
    if (told_.comes == Comes::by_a_query || told_.comes == Comes::after_the_fence) {
      const Outcome found = books_.is_fenced && told_.did == Did::nothing_yet ? Outcome{outcome::NotSent{}}
                                                                              : truth_of(told_.did);
      end(found);
      move_on(found);
    }
    // What the gateway had not done yet happens now, unless it is fenced.
    if (told_.did == Did::nothing_yet && !books_.is_fenced) ++books_.charges;
    return books_;
  }

 private:
  void end(const Outcome& outcome) {
    const Result<Decision> decision =
        decide(payment_, event::OperationEnded{outcome, kNow + seconds(1)}, kNow);
    ASSERT_TRUE(decision.has_value());
    payment_ = decision->next;
  }
  void fence() {
    if (payment_.operation->state != OperationState::done) books_.is_fenced = true;
  }
  // B charges whatever it is sent.
  void move_on(const Outcome& outcome) {
    if (has_moved_on_ || told_.policy == Policy::stay) return;
    const bool has_failed = payment_.payment.state == PaymentState::failed;
    if (told_.policy == Policy::move_on_when_allowed && !may_move_on(outcome)) return;
    if (!has_failed) return;
    has_moved_on_ = true;
    ++books_.charges;
  }

  const Case told_;
  PaymentAggregate payment_;
  Books books_;
  bool has_moved_on_ = false;
};

std::string describe(const Case& told) {
  return "did " + std::to_string(static_cast<int>(told.did)) + ", says " +
         std::to_string(static_cast<int>(told.says)) + ", comes " +
         std::to_string(static_cast<int>(told.comes)) + ", policy " +
         std::to_string(static_cast<int>(told.policy));
}

TEST(Ambiguity, NoPolicyChargesTwice) {
  int cases = 0, charged_twice = 0, moved_on = 0;
  for (const Did did : kDid)
    for (const Says says : kSays)
      for (const Comes comes : kComes)
        for (const Policy policy : kPolicies) {
          const Case told{did, says, comes, policy};
          if (!can_say(did, says)) continue;
          const Books books = Story(told).run();
          ++cases;
          charged_twice += books.charges > 1 ? 1 : 0;
          moved_on += policy != Policy::stay && books.charges == 1 && did == Did::nothing ? 1 : 0;
          EXPECT_LE(books.charges, 1) << describe(told);
        }
  EXPECT_GT(cases, 200);
  EXPECT_GT(moved_on, 0);  // or the policies were never put to use
  std::printf("RESULT name=ambiguity cases=%d double=%d\n", cases, charged_twice);
}

TEST(Ambiguity, OnlyWhatCertainlyDidNotChargeMovesOn) {
  for (const Says says : kSays) {
    const bool is_safe = says == Says::not_sent || says == Says::rejected || says == Says::declined_for_now;
    EXPECT_EQ(may_move_on(outcome_of(says)), is_safe) << static_cast<int>(says);
  }
}

}  // namespace
}  // namespace payweir
