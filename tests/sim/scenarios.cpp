#include "scenarios.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace payweir::sim {
namespace {

constexpr const char* kPaid = "4242424242424242";
constexpr const char* kDeclined = "4000000000000002";
constexpr const char* kAsks = "4000000000003220";
constexpr const char* kAsksThenDeclines = "4000008400001629";
constexpr const char* kSlowRefund = "4000000000007726";

constexpr const char* kDeclinedForNow = "4000000000000119";
constexpr const char* kStolen = "4000000000009979";
constexpr const char* kStepsUp = "4000000000003113";
// Of the first merchant, as World sets them up.
constexpr std::string_view kFirstAccount = "sk_test_sim1", kSecondAccount = "sk_test_sim1b";

using Style = Order::Style;
using Then = Order::Then;
using Payer = Order::Payer;

Order order(std::string card) {
  Order made;
  made.payment_id = "order_0";
  made.amount = 6'540;
  made.currency = "USD";
  made.card = std::move(card);
  return made;
}

Order held(std::string card, Then then) {
  Order made = order(std::move(card));
  made.manual_capture = true;
  made.then = then;
  return made;
}

Order asked(std::string card, Payer payer) {
  Order made = order(std::move(card));
  made.payer = payer;
  return made;
}

Order styled(Order made, Style style) {
  made.style = style;
  return made;
}

Order refunded(Order made, int refunds) {
  made.refunds = refunds;
  return made;
}

Order synced(Order made) {
  made.syncs = true;
  return made;
}

Order of_currency(Order made, std::string currency) {
  made.currency = std::move(currency);
  return made;
}

Order without_id(Order made) {
  made.payment_id.clear();
  return made;
}

Order payer_of(Order made, Payer payer) {
  made.payer = payer;
  return made;
}

Order by_wallet(std::string wallet, Payer payer) {
  Order made = order("");
  made.currency = "CNY";
  made.wallet = std::move(wallet);
  made.payer = payer;
  made.payer_takes = seconds(5);
  return made;
}

Order by_barcode(std::string wallet, std::string auth_code) {
  Order made = by_wallet(std::move(wallet), Payer::approves);
  made.auth_code = std::move(auth_code);
  return made;
}

Order cancelled_meanwhile(Order made) {
  made.cancels_meanwhile = true;
  return made;
}

// Whether it may strike at any step of the process, of which there are hundreds in a story.
bool strikes_at_any_step(FaultKind kind) {
  return kind == FaultKind::kill || kind == FaultKind::power_cut || kind == FaultKind::pause ||
         kind == FaultKind::clock_jump || kind == FaultKind::terminate;
}

bool is_about_callbacks(FaultKind kind) {
  return kind == FaultKind::callback_lost || kind == FaultKind::callback_delayed ||
         kind == FaultKind::callback_duplicated || kind == FaultKind::callback_forged ||
         kind == FaultKind::callback_stale;
}

}  // namespace

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> all;
  const auto add = [&](std::string name, Order one) { all.push_back({std::move(name), {std::move(one)}}); };
  add("pay", order(kPaid));
  add("pay in yen", of_currency(order(kPaid), "JPY"));
  add("pay in dinar", of_currency(order(kPaid), "KWD"));
  add("pay without an id of the merchant's", without_id(order(kPaid)));
  add("pay, then look", synced(order(kPaid)));
  add("pay in two requests", styled(order(kPaid), Style::in_two));
  add("pay after an update", styled(order(kPaid), Style::with_update));
  add("declined", order(kDeclined));
  add("declined in two requests", styled(order(kDeclined), Style::in_two));
  add("declined after an update", styled(order(kDeclined), Style::with_update));
  add("held and captured", held(kPaid, Then::capture));
  add("held and captured in part", held(kPaid, Then::capture_part));
  add("held and cancelled", held(kPaid, Then::cancel));
  add("held and left to expire", held(kPaid, Then::nothing));
  add("held in two requests, captured", styled(held(kPaid, Then::capture), Style::in_two));
  add("held in two requests, cancelled", styled(held(kPaid, Then::cancel), Style::in_two));
  add("held after an update, captured in part", styled(held(kPaid, Then::capture_part), Style::with_update));
  add("held and declined", held(kDeclined, Then::capture));
  add("held, captured, looked at", synced(held(kPaid, Then::capture)));
  add("held, cancelled, looked at", synced(held(kPaid, Then::cancel)));
  add("payer approves", asked(kAsks, Payer::approves));
  add("payer approves, the issuer declines", asked(kAsksThenDeclines, Payer::approves));
  add("payer declines", asked(kAsks, Payer::declines));
  add("payer leaves", asked(kAsks, Payer::leaves));
  add("payer approves, looked at", synced(asked(kAsks, Payer::approves)));
  add("payer approves in two requests", styled(asked(kAsks, Payer::approves), Style::in_two));
  add("payer leaves in two requests", styled(asked(kAsks, Payer::leaves), Style::in_two));
  add("payer approves, captured", payer_of(held(kAsks, Then::capture), Payer::approves));
  add("payer approves, cancelled", payer_of(held(kAsks, Then::cancel), Payer::approves));
  add("payer approves, left to expire", payer_of(held(kAsks, Then::nothing), Payer::approves));
  add("refunded", refunded(order(kPaid), 1));
  add("refunded in parts", refunded(order(kPaid), 3));
  add("refunded, looked at", synced(refunded(order(kPaid), 1)));
  add("refunded slowly", refunded(order(kSlowRefund), 1));
  add("refunded slowly in parts", refunded(order(kSlowRefund), 2));
  add("captured and refunded", refunded(held(kPaid, Then::capture), 1));
  add("captured in part and refunded", refunded(held(kPaid, Then::capture_part), 1));
  add("payer approves, refunded", refunded(asked(kAsks, Payer::approves), 1));
  add("refunded in yen", of_currency(refunded(order(kPaid), 1), "JPY"));
  add("a code of Alipay's is scanned", by_wallet("ali_pay_qr", Payer::approves));
  add("a code of Alipay's is left", by_wallet("ali_pay_qr", Payer::leaves));
  add("a page of Alipay's", by_wallet("ali_pay_redirect", Payer::approves));
  add("a barcode of Alipay's", by_barcode("ali_pay_barcode", "280000000000001234"));
  add("a barcode of Alipay's asks", by_barcode("ali_pay_barcode", "280000000000000003"));
  add("a code of Alipay's, refunded", refunded(by_wallet("ali_pay_qr", Payer::approves), 2));
  add("a code of Alipay's, cancelled", cancelled_meanwhile(by_wallet("ali_pay_qr", Payer::approves)));
  add("a code of WeChat Pay's is scanned", by_wallet("we_chat_pay_qr", Payer::approves));
  add("a code of WeChat Pay's is left", by_wallet("we_chat_pay_qr", Payer::leaves));
  add("a page of WeChat Pay's", by_wallet("we_chat_pay_redirect", Payer::approves));
  add("a barcode of WeChat Pay's", by_barcode("we_chat_pay_barcode", "130000000000001234"));
  add("a barcode of WeChat Pay's asks", by_barcode("we_chat_pay_barcode", "130000000000000003"));
  add("a code of WeChat Pay's, refunded", refunded(by_wallet("we_chat_pay_qr", Payer::approves), 2));
  add("a code of WeChat Pay's, cancelled", cancelled_meanwhile(by_wallet("we_chat_pay_qr", Payer::approves)));
  // With two accounts, of which the older one comes first.
  const auto with = [&](std::string name, Order one, Weather::Kind first, Weather::Kind second) {
    const auto settle = [first, second](World& world) {
      world.gateway().weather().settle(std::string(kFirstAccount), first);
      world.gateway().weather().settle(std::string(kSecondAccount), second);
    };
    all.push_back({std::move(name), {std::move(one)}, settle});
  };
  using enum Weather::Kind;
  with("pay, the first account refusing", order(kPaid), refused, fair);
  with("pay, the first account limiting its rate", order(kPaid), throttled, fair);
  with("pay, the first account not knowing the key", order(kPaid), key_unknown, fair);
  with("pay, the first account silent", order(kPaid), silent, fair);
  with("pay, the first account down", order(kPaid), down, fair);
  with("pay, both accounts refusing", order(kPaid), refused, refused);
  with("pay in two requests, the first account refusing", styled(order(kPaid), Style::in_two), refused, fair);
  with("held and captured at the second account", held(kPaid, Then::capture), refused, fair);
  with("held and cancelled at the second account", held(kPaid, Then::cancel), refused, fair);
  with("refunded at the second account", refunded(order(kPaid), 2), refused, fair);
  with("payer approves at the second account", asked(kAsks, Payer::approves), refused, fair);
  add("declined for now, by both accounts", order(kDeclinedForNow));
  add("declined for good", order(kStolen));
  add("declined until the payer authenticates", asked(kStepsUp, Payer::approves));
  add("declined until the payer authenticates, who does not", asked(kStepsUp, Payer::declines));
  Order second = order(kPaid);
  second.number = 1;
  second.payment_id = "order_1";
  all.push_back({"two at once", {order(kPaid), second}});
  return all;
}

SweepEnd sweep(const Scenario& scenario, std::uint64_t seed, std::uint64_t every) {
  SweepEnd end;
  const auto run = [&](FaultKind kind, std::uint64_t nth) {
    WorldOptions options{.seed = seed, .orders = scenario.orders, .only = std::pair(kind, nth)};
    options.prepare = scenario.prepare;
    WorldEnd told = run_world(std::move(options));
    ++end.runs;
    end.fired += told.faults_fired;
    if (!told.is_good())
      end.failures.push_back(fmt::format("{}: {} at {}: {} {}", scenario.name, to_string(kind), nth,
                                         told.violations.front().invariant, told.violations.front().what));
    return told;
  };
  const WorldEnd calm = run(FaultKind::refused, 0);
  const auto compare = [&](FaultKind kind, std::uint64_t nth, const WorldEnd& told) {
    // Who cancels while the payer pays may be told that it is too late, or not, by a callback.
    const bool is_a_race = std::ranges::any_of(scenario.orders, &Order::cancels_meanwhile);
    if (!is_about_callbacks(kind) || is_a_race || !told.is_good() || told.states == calm.states) return;
    end.failures.push_back(
        fmt::format("{}: {} at {}: INV-16 the story ended otherwise", scenario.name, to_string(kind), nth));
  };
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const std::uint64_t step = strikes_at_any_step(kind) ? every : 1;
    for (std::uint64_t nth = 1; nth <= calm.occasions[i]; nth += step)
      compare(kind, nth, run(kind, nth));
  }
  return end;
}

}  // namespace payweir::sim
