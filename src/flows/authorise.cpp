#include "flows/authorise.hpp"

#include <algorithm>
#include <utility>

#include "base/planted.hpp"
#include "domain/routing/failover.hpp"
#include "flows/routing/learn.hpp"
#include "flows/settle.hpp"

namespace payweir::flows {
namespace {

using Accounts = std::vector<std::shared_ptr<const ConnectorAccount>>;
using Dispatch = GatewayHealth::Dispatch;

constexpr OperationKind kKind = OperationKind::authorise;

// Where the next try goes.
struct NextTry {
  std::shared_ptr<const ConnectorAccount> account;
  Dispatch passage = Dispatch::allowed;
  Duration wait{};
  bool steps_up = false;
  bool is_to_ask_breaker = false;  // once the wait is over: it may open meanwhile
};

Dispatch try_dispatch(Context& context, const ConnectorAccount& account) {
  const Dispatch passage =
      context.traffic.health.try_dispatch(account.row.id.key, kKind, context.clock.suspended_us());
  return passage == Dispatch::refused && PLANTED(ignores_the_breaker) ? Dispatch::allowed : passage;
}

// Takes the first account that lets a call go out of the list, past `passed_count` that do not; none: null.
std::shared_ptr<const ConnectorAccount> take_dispatchable(Context& context, Accounts& accounts,
                                                          Dispatch& passage, std::size_t& passed_count) {
  for (passed_count = 0; passed_count < accounts.size(); ++passed_count) {
    std::shared_ptr<const ConnectorAccount>& each = accounts[passed_count];
    passage = try_dispatch(context, *each);
    if (passage == Dispatch::refused) continue;
    std::shared_ptr<const ConnectorAccount> taken = std::move(each);
    accounts.erase(accounts.begin() + static_cast<std::ptrdiff_t>(passed_count));
    return taken;
  }
  return nullptr;
}

// One request's way through the accounts.
class Journey {
 public:
  Journey(Context& context, PaymentSnapshot snapshot, std::optional<Instrument> instrument, Heading heading,
          Duration send_by)
      : context_(context),
        snapshot_(std::move(snapshot)),
        instrument_(std::move(instrument)),
        others_(std::move(heading.others)),
        passage_(heading.passage),
        send_by_(send_by) {}

  // Until an attempt was accepted, is not known, or there is nothing left to try.
  Task<void> run() {
    policy_.attempts_max = attempts_max();
    context_.traffic.health.count_first_attempt(account_key());
    for (;;) {
      co_await send();
      if (std::holds_alternative<outcome::Accepted>(outcome_) || !has_more_tries()) co_return;
      if (std::holds_alternative<outcome::Unknown>(outcome_) && !others_.empty()) co_await find_out();
      if (!is_certain_no(outcome_) && !PLANTED(moves_on_after_unknown)) co_return;
      std::optional<NextTry> next = co_await choose_next();
      if (!next) co_return;
      if (next->wait.ms > 0) co_await context_.clock.sleep(next->wait);
      if (next->is_to_ask_breaker) next->passage = try_dispatch(context_, *next->account);
      if (next->passage == Dispatch::refused) co_return;
      const bool has_moved = co_await move_on(std::move(*next));
      if (!has_moved) co_return;
    }
  }

  [[nodiscard]] PaymentSnapshot take_snapshot() { return std::move(snapshot_); }
  [[nodiscard]] Outcome take_outcome() { return std::move(outcome_); }
  [[nodiscard]] std::int64_t gateway_us() const { return gateway_us_; }

 private:
  [[nodiscard]] std::int64_t account_key() const { return snapshot_.account->row.id.key; }
  [[nodiscard]] bool has_more_tries() const {
    return attempts_ < policy_.attempts_max || PLANTED(tries_for_ever);
  }

  [[nodiscard]] std::int32_t attempts_max() const {
    const ProfileDetails& of_profile = snapshot_.profile->details;
    if (!of_profile.auto_retries_enabled()) return 1;
    return std::min(static_cast<std::int32_t>(context_.settings.attempts_max),
                    of_profile.auto_retries_max() + 1);
  }

  Task<void> send() {
    SendTerms terms;
    terms.send_by = send_by_;
    terms.timeout = attempt_timeout(context_.settings, *snapshot_.account,
                                    attempts_ == 1 ? AttemptPlace::first : AttemptPlace::later);
    // The last try takes what is paid with along.
    const bool may_be_last = !has_more_tries();
    std::optional<Instrument> instrument = may_be_last ? std::move(instrument_) : instrument_;
    GatewayCall call = co_await call_gateway(context_, snapshot_, std::move(instrument), terms);
    outcome_ = std::move(call.outcome);
    gateway_us_ += call.gateway_us;
    context_.traffic.health.concluded(account_key(), kKind, passage_, word_of(outcome_),
                                      context_.clock.suspended_us());
  }

  // No answer came, or none that can be used: what the gateway says when it is asked, and whether "I do not
  // know it" can be made final at once.
  Task<void> find_out() {
    if (PLANTED(moves_on_after_unknown)) co_return;
    FoundAtOnce found = co_await find_out_at_once(context_, snapshot_);
    gateway_us_ += found.gateway_us;
    if (found.outcome) outcome_ = std::move(*found.outcome);
  }

  // What may follow; nothing: this outcome is the payment's.
  Task<std::optional<NextTry>> choose_next() {
    const routing::Retry retry = co_await may_retry();
    routing::Tried tried;
    tried.attempts = attempts_;
    tried.can_step_up = can_step_up();
    NextTry next;
    std::size_t passed_count = 0;
    if (retry == routing::Retry::next_account)
      next.account = take_dispatchable(context_, others_, next.passage, passed_count);
    tried.has_other = next.account != nullptr;
    const routing::Next what = routing::next_try(policy_, outcome_, retry, tried);
    if (what == routing::Next::end) co_return std::nullopt;
    // One of the failed account's: when its gateway is down, nine payments of ten end here until the breaker
    // sends them elsewhere from the start.
    if (!context_.traffic.health.take_retry(account_key()) && !PLANTED(ignores_the_budget)) {
      if (next.account) withdraw(*next.account, next.passage);
      co_return std::nullopt;
    }
    if (what == routing::Next::other_account) co_return next;
    next.account = snapshot_.account;
    next.is_to_ask_breaker = true;
    next.steps_up = what == routing::Next::step_up;
    if (!next.steps_up) {
      const auto* rejected = std::get_if<outcome::Rejected>(&outcome_);
      next.wait = routing::backoff(policy_, ++retries_here_, context_.random.bits(RandomPurpose::jitter),
                                   rejected ? rejected->retry_after : Duration{});
    }
    co_return next;
  }

  Task<routing::Retry> may_retry() {
    const Result<std::shared_ptr<const routing::RetryRules>> rules =
        co_await context_.directory.retry_rules();
    const GatewayError* error = error_of(outcome_);
    const routing::RetryRule* rule = nullptr;
    if (rules && error) rule = (*rules)->find(snapshot_.account->row.connector, kKind, *error);
    co_return routing::may_retry(outcome_, rule,
                                 can_step_up() ? routing::StepUp::available : routing::StepUp::unavailable);
  }

  static const GatewayError* error_of(const Outcome& outcome) {
    if (const auto* declined = std::get_if<outcome::Declined>(&outcome)) return &declined->error;
    if (const auto* rejected = std::get_if<outcome::Rejected>(&outcome)) return &rejected->error;
    return nullptr;
  }

  [[nodiscard]] bool can_step_up() const {
    return snapshot_.aggregate.attempt->method == PaymentMethod::card &&
           snapshot_.aggregate.payment.authentication_type == AuthenticationType::no_three_ds;
  }

  // Records the next attempt. False: somebody else has concluded this one, or nothing can be stored.
  Task<bool> move_on(NextTry next) {
    const Instant now = context_.clock.wall();
    event::MoveOn move;
    move.outcome = outcome_;
    move.attempt_id = context_.new_id<AttemptTag>();
    move.operation_id = context_.new_id<OperationTag>();
    move.connector_account_key = next.account->row.id.key;
    move.ask_at = first_ask(context_.settings, now);
    move.steps_up = next.steps_up;
    Result<Decision> decision = decide(snapshot_.aggregate, move, now);
    bool is_recorded = false;
    if (decision) {
      PaymentSnapshot moved = snapshot_;
      moved.account = next.account;
      const Duration send_by = send_by_of(context_);
      store::ChangeSet changes;
      apply(context_, moved, std::move(*decision), RowIs::stored, changes);
      store::CommitAnswer committed = co_await context_.store.commit(std::move(changes));
      is_recorded =
          std::holds_alternative<store::commit::Committed>(committed) || PLANTED(moves_on_unrecorded);
      if (is_recorded) {
        learn_from(context_, snapshot_, outcome_);
        count(next);
        send_by_ = send_by;
        moved.aggregate.superseded.reset();
        moved.aggregate.superseded_attempt.reset();
        snapshot_ = std::move(moved);
      }
    }
    if (!is_recorded) {
      withdraw(*next.account, next.passage);
      co_return false;
    }
    passage_ = next.passage;
    ++attempts_;
    co_return true;
  }

  // A payment that leaves its first account is a failover once, wherever else it goes.
  void count(const NextTry& next) {
    RetryWhy why = next.steps_up ? RetryWhy::step_up : RetryWhy::same_account;
    if (next.account->row.id.key != account_key()) why = RetryWhy::other_account;
    context_.telemetry.count_retry(why);
    if (why == RetryWhy::other_account && !std::exchange(has_left_, true)) ++context_.telemetry.failovers;
  }

  void withdraw(const ConnectorAccount& account, Dispatch passage) {
    context_.traffic.health.concluded(account.row.id.key, kKind, passage, GatewayHealth::Word::untold,
                                      context_.clock.suspended_us());
  }

  Context& context_;
  PaymentSnapshot snapshot_;
  std::optional<Instrument> instrument_;
  Accounts others_;
  Dispatch passage_;
  Duration send_by_;
  routing::FailoverPolicy policy_;
  Outcome outcome_;
  std::int64_t gateway_us_ = 0;
  std::int32_t attempts_ = 1;
  std::int32_t retries_here_ = 0;
  bool has_left_ = false;  // its first account
};

}  // namespace

Result<Heading> set_out(Context& context, Route route) {
  Heading heading;
  heading.others = std::move(route.accounts);
  std::size_t passed_count = 0;
  heading.account = take_dispatchable(context, heading.others, heading.passage, passed_count);
  if (!heading.account)
    return fail(Code::no_route, "",
                "no gateway that could take this payment is to be reached at present; nothing was sent");
  heading.reason_json = past_unreachable(std::move(route.reason_json), passed_count);
  return heading;
}

void turn_back(Context& context, const Heading& heading) {
  context.traffic.health.concluded(heading.account->row.id.key, kKind, heading.passage,
                                   GatewayHealth::Word::untold, context.clock.suspended_us());
}

Task<Result<Answer>> authorise(Context& context, PaymentSnapshot snapshot,
                               std::optional<Instrument> instrument, Heading heading, Duration send_by,
                               std::optional<std::int64_t> claim_key, const Rendering& rendering) {
  Journey journey(context, std::move(snapshot), std::move(instrument), std::move(heading), send_by);
  co_await journey.run();
  Result<Answer> answer = co_await conclude(context, journey.take_snapshot(), journey.take_outcome(),
                                            claim_key, AnswerWith::payment, journey.gateway_us(), rendering);
  co_return answer;
}

}  // namespace payweir::flows
