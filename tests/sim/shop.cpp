#include "shop.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/json_reader.hpp"

namespace payweir::sim {
namespace asio = boost::asio;
namespace {

constexpr Duration kPatience = seconds(90);  // for one answer; the switch's own limits are below it
constexpr int kTriesMax = 400;

struct Card {
  std::string_view number;
  std::uint64_t weight;
};
// https://docs.stripe.com/testing: paid, declined, declined for now, stolen, asks the payer, at once or
// after a decline, refunds that take their time, and refunds that come back.
constexpr std::array kCards = std::to_array<Card>({
    {"4242424242424242", 60},
    {"5555555555554444", 10},
    {"4000000000000002", 8},
    {"4000000000009995", 4},
    {"4000000000000119", 6},
    {"4000000000009979", 2},
    {"4000000000003220", 10},
    {"4000000000003113", 5},
    {"4000008400001629", 3},
    {"4000000000007726", 5},
    {"4000000000005126", 3},
});

std::string_view draw_card(Chance& chance) {
  std::uint64_t sum = 0;
  for (const Card& card : kCards)
    sum += card.weight;
  std::uint64_t place = chance.below(sum);
  for (const Card& card : kCards) {
    if (place < card.weight) return card.number;
    place -= card.weight;
  }
  return kCards[0].number;
}

std::string member(const std::string& body, std::string_view name) {
  const auto document = json::parse(body);
  return document ? std::string(document->root()[name].text()) : std::string();
}

// 401: the key was changed just now.
bool is_transient(int status) {
  return status == 0 || status >= 500 || status == 429 || status == 409 || status == 401;
}

// Whether a payment that a client was told to be so may be found so later.
bool is_kept(std::string_view told, std::string_view now) {
  if (told == now) return true;
  // Given up, and the gateway had done it all the same.
  if (told == "failed")
    return now == "succeeded" || now == "partially_captured" || now == "requires_capture" ||
           now == "processing" || now == "cancelled" || now == "expired";
  if (told == "processing" || told == "requires_customer_action") return !now.starts_with("requires_p");
  if (told == "requires_payment_method") return true;
  if (told == "conflicted" || told == "requires_merchant_action") return !now.starts_with("requires_p");
  if (told == "requires_confirmation") return now != "requires_payment_method";
  if (told == "requires_capture")
    return now != "requires_payment_method" && now != "requires_confirmation" && now != "failed" &&
           now != "requires_customer_action";
  return false;
}

}  // namespace

Shop::Shop(Scheduler& scheduler, Network& network, Faults& faults, Checker& checker, std::uint64_t seed)
    : scheduler_(scheduler),
      network_(network),
      faults_(faults),
      checker_(checker),
      workload_(seed, Stream::workload),
      payers_(seed, Stream::payers),
      wallets_(seed, Stream::wallets, 1) {
  network_.add_host(kShop, [this](http::Request request, Reply reply) {
    take_webhook(std::move(request), std::move(reply));
  });
}

Order Shop::draw_order(std::size_t number) {
  static constexpr std::int64_t kAmounts[] = {50, 51, 100, 999, 1'000, 6'540, 10'001, 99'999'998, 99'999'999};
  static constexpr std::string_view kCurrencies[] = {"USD", "EUR", "JPY", "KWD", "GBP"};
  Order order;
  order.number = number;
  order.merchant = workload_.below(merchants_.size());
  order.amount = workload_.percent(30) ? workload_.between(50, 1'000'000)
                                       : workload_.one_of(std::span<const std::int64_t>(kAmounts));
  order.currency = workload_.percent(60)
                       ? "USD"
                       : std::string(workload_.one_of(std::span<const std::string_view>(kCurrencies)));
  if (order.currency == "KWD") order.amount = order.amount / 10 * 10 + 10;  // Stripe wants whole tens of fils
  if (order.currency == "KWD" && order.amount > 99'999'990) order.amount = 99'999'990;
  order.card = draw_card(workload_);
  order.manual_capture = workload_.percent(25);
  order.style = static_cast<Order::Style>(workload_.below(3));
  if (workload_.percent(50)) order.style = Order::Style::at_once;
  order.then = static_cast<Order::Then>(workload_.below(4));
  order.refunds = workload_.percent(25) ? static_cast<int>(workload_.between(1, 3)) : 0;
  order.syncs = workload_.percent(30);
  if (workload_.percent(50)) order.payment_id = fmt::format("order_{}", number);
  return order;
}

// Another draw of its own, so that the orders by card stay what they were.
void Shop::make_wallet_order(Order& order) {
  static constexpr std::string_view kWallets[] = {"ali_pay_qr",           "ali_pay_redirect",
                                                  "ali_pay_barcode",      "we_chat_pay_qr",
                                                  "we_chat_pay_redirect", "we_chat_pay_barcode"};
  static constexpr std::string_view kEndings[] = {"1234", "1234", "0003", "0013", "0023", "0401", "0402"};
  order.currency = "CNY";
  order.card.clear();
  order.manual_capture = false;
  order.wallet = wallets_.one_of(std::span<const std::string_view>(kWallets));
  if (order.wallet.ends_with("_barcode"))
    order.auth_code = (order.wallet.starts_with("ali") ? "28000000000000" : "13000000000000") +
                      std::string(wallets_.one_of(std::span<const std::string_view>(kEndings)));
  // Refunds by WeChat Pay that come to nothing; one that never ends is not drawn.
  if (order.refunds > 0 && wallets_.percent(10))
    order.amount = wallets_.between(1, 99) * 10'000 + (wallets_.percent(50) ? 4'403 : 4'404);
  order.cancels_meanwhile = wallets_.percent(20);
}

void Shop::start(Order& order) {
  asio::co_spawn(scheduler_.world_executor(), live(order), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void Shop::open(std::size_t count, Duration within, std::uint64_t wallets_percent) {
  check(!merchants_.empty(), "somebody takes payments");
  orders_.reserve(count);  // clients hold on to them
  for (std::size_t i = 0; i < count; ++i)
    orders_.push_back(draw_order(i));
  for (Order& order : orders_)
    if (wallets_percent > 0 && wallets_.percent(wallets_percent)) make_wallet_order(order);
  for (Order& order : orders_)
    scheduler_.happen_after(milliseconds(workload_.between(0, within.ms)), [this, &order] { start(order); });
}

void Shop::open(std::vector<Order> orders) {
  orders_ = std::move(orders);
  for (Order& order : orders_)
    start(order);
}

Task<void> Shop::sleep(Duration span) {
  auto initiate = [this, span](auto handler) { scheduler_.happen_after(span, std::move(handler)); };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(initiate),
                                                                       asio::use_awaitable);
}

Task<Result<http::Response>> Shop::send(http::Request request, Duration timeout) {
  auto initiate = [this, timeout](auto handler, http::Request sent) {
    network_.call(std::move(sent), CallOptions{.timeout = timeout}, Network::Caller::world,
                  std::move(handler));
  };
  Result<http::Response> answer =
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<http::Response>)>(
          std::move(initiate), asio::use_awaitable, std::move(request));
  co_return answer;
}

http::Request Shop::make_request(const Order& order, http::Method method, const std::string& target,
                                 const std::string& body, const std::string& key) const {
  http::Request request{.method = method, .target = target, .origin = kSwitch};
  request.headers.set("api-key", merchants_[order.merchant].api_key);
  if (method == http::Method::post) {
    request.headers.set("content-type", "application/json");
    request.headers.set("idempotency-key", key);
  }
  request.body = body;
  request.peer_address = "203.0.113.7";
  return request;
}

// Beside the real one: nobody waits for the answer, but it must be one of the right kind.
void Shop::send_once(const Order& order, http::Method method, const std::string& target,
                     const std::string& body, const std::string& key, int expected_refusal) {
  network_.call(make_request(order, method, target, body, key), CallOptions{.timeout = kPatience},
                Network::Caller::world,
                [this, key = fmt::format("{}|{}", order.merchant, key), memory = memory_,
                 expected_refusal](Result<http::Response> answer) {
                  if (!answer || is_transient(answer->status)) return;
                  if (expected_refusal == 0)
                    return compare_replay(key, memory, {answer->status, answer->body});
                  // The body that differs may have come first; then the others are refused.
                  if (answer->status != expected_refusal && answers_.contains(key))
                    checker_.violate("INV-13", fmt::format("another body under a key was answered with {}",
                                                           answer->status));
                });
}

void Shop::compare_replay(const std::string& key, int memory, const Told& told) {
  if (memory != memory_) return;
  if (told.status / 100 == 4 && !is_transient(told.status) && answers_.contains(key))
    checker_.violate("INV-12", fmt::format("what was answered is refused with {} now: {}", told.status, key));
  if (told.status / 100 != 2) return;
  const std::string status = member(told.body, "status");
  // Of one that is still running, or waits for a person: not its last word.
  if (status == "processing" || status == "pending" || status == "requires_merchant_action" ||
      status == "conflicted" || status == "review")
    return;
  const auto [first, is_new] = answers_.emplace(key, told.body);
  if (is_new) return;
  ++replays_;
  if (first->second == told.body) return;
  const bool is_other = member(first->second, "payment_id") != member(told.body, "payment_id") ||
                        member(first->second, "refund_id") != member(told.body, "refund_id");
  checker_.violate(
      "INV-12", (is_other ? "one key was executed twice: " : "a key had another answer than before: ") + key);
}

Task<Shop::Told> Shop::ask(const Order& order, http::Method method, std::string target, std::string body,
                           std::string key) {
  Duration wait = milliseconds(500);
  for (int tries = 0; tries < kTriesMax; ++tries) {
    Duration patience = kPatience;
    if (method == http::Method::post) {
      if (faults_.strike(FaultKind::client_double_click)) send_once(order, method, target, body, key, 0);
      if (faults_.strike(FaultKind::client_disconnects))
        patience = milliseconds(faults_.chance(FaultKind::client_disconnects).between(1, 2'000));
    }
    http::Request request = make_request(order, method, target, body, key);
    const int memory = memory_;
    Result<http::Response> answer = co_await send(std::move(request), patience);
    if (answer && !is_transient(answer->status)) {
      Told told{answer->status, std::move(answer->body)};
      if (method == http::Method::post)
        compare_replay(fmt::format("{}|{}", order.merchant, key), memory, told);
      co_return told;
    }
    if (answer && answer->status == 503 && answer->body.contains("No gateway that could take this payment"))
      ++seen_["no gateway was to be reached, and a client was told 503"];
    if (faults_.strike(FaultKind::client_gives_up)) break;
    co_await sleep(wait);
    wait = std::min(wait + wait, seconds(30));
  }
  co_return Told{};
}

std::string Shop::how_to_pay(const Order& order) {
  if (!order.wallet.empty()) {
    const std::string data =
        order.auth_code.empty() ? "{}" : fmt::format(R"({{"auth_code":"{}"}})", order.auth_code);
    return fmt::format(R"("payment_method":"wallet","payment_method_data":{{"wallet":{{"{}":{}}}}},)"
                       R"("browser_info":{{"ip_address":"198.51.100.9"}})",
                       order.wallet, data);
  }
  return fmt::format(
      R"("payment_method":"card","payment_method_data":{{"card":{{"card_number":"{}","card_exp_month":"10",)"
      R"("card_exp_year":"2031","card_holder_name":"A Payer","card_cvc":"123"}}}})",
      order.card);
}

std::string Shop::create_body(const Order& order, std::int64_t amount) {
  std::string body = fmt::format(R"({{"amount":{},"currency":"{}","capture_method":"{}",)", amount,
                                 order.currency, order.manual_capture ? "manual" : "automatic");
  if (order.payment_id.starts_with("order_")) body += fmt::format(R"("payment_id":"{}",)", order.payment_id);
  body += R"("return_url":"https://shop.test/back")";
  if (order.style == Order::Style::at_once) body += R"(,"confirm":true,)" + how_to_pay(order);
  return body + "}";
}

void Shop::note_status(Order& order, const Told& told) {
  if (told.status / 100 != 2) return;
  order.statuses.push_back(member(told.body, "status"));
  order.reason = member(told.body, "routing_reason");
  if (order.payment_id.empty()) order.payment_id = member(told.body, "payment_id");
}

Task<Shop::Told> Shop::pay(Order& order) {
  const std::string key = fmt::format("create-{}", order.number);
  std::string body = create_body(order, order.amount);
  const bool changes_body = faults_.strike(FaultKind::client_changes_body);
  Told told = co_await ask(order, http::Method::post, "/payments", body, key);
  if (changes_body && told.status / 100 == 2)
    send_once(order, http::Method::post, "/payments", create_body(order, order.amount + 10), key, 422);
  note_status(order, told);
  if (order.style == Order::Style::at_once || told.status / 100 != 2) co_return told;
  if (order.style == Order::Style::with_update) {
    co_await sleep(milliseconds(workload_.between(10, 5'000)));
    const std::int64_t step = order.currency == "KWD" ? 10 : 1;
    if (order.amount > 50 + step) order.amount -= step;
    std::string update = fmt::format(R"({{"amount":{}}})", order.amount);
    Told updated = co_await ask(order, http::Method::post, "/payments/" + order.payment_id, update,
                                fmt::format("update-{}", order.number));
    note_status(order, updated);
  }
  co_await sleep(milliseconds(workload_.between(10, 5'000)));
  std::string confirm = "{" + how_to_pay(order) + "}";
  Told confirmed = co_await ask(order, http::Method::post, "/payments/" + order.payment_id + "/confirm",
                                confirm, fmt::format("confirm-{}", order.number));
  note_status(order, confirmed);
  co_return confirmed;
}

// As a browser: to the switch, on to the bank's page, a decision, and back.
Task<void> Shop::pay_at_the_bank(Order& order, std::string url) {
  if (!url.starts_with(kSwitch)) co_return;  // it is over already
  std::uint64_t mood = payers_.below(100);
  if (order.payer == Order::Payer::leaves) mood = 0;
  if (order.payer == Order::Payer::declines) mood = 20;
  if (order.payer == Order::Payer::approves) mood = 99;
  if (mood < 12) co_return;  // walks away
  co_await sleep(milliseconds(payers_.between(500, 60'000)));
  http::Request to_bank{
      .method = http::Method::get, .target = url.substr(std::string(kSwitch).size()), .origin = kSwitch};
  to_bank.peer_address = "198.51.100.9";
  Result<http::Response> page = co_await send(std::move(to_bank), seconds(60));
  if (!page || page->status / 100 != 3) co_return;
  const std::string bank(page->headers.get("Location"));
  const std::size_t path = bank.find('/', bank.find("//") + 2);
  if (path == std::string::npos || !bank.starts_with("http://gateway.test")) co_return;
  http::Request decision{
      .method = http::Method::post, .target = bank.substr(path), .origin = bank.substr(0, path)};
  decision.headers.set("content-type", "application/x-www-form-urlencoded");
  decision.body = mood < 24 ? "decision=decline" : "decision=approve";
  Result<http::Response> back = co_await send(std::move(decision), seconds(60));
  if (!back || back->status / 100 != 3 || payers_.percent(20)) co_return;  // closes the window
  const std::string home(back->headers.get("Location"));
  if (!home.starts_with(kSwitch)) co_return;
  http::Request returning{
      .method = http::Method::get, .target = home.substr(std::string(kSwitch).size()), .origin = kSwitch};
  returning.peer_address = "198.51.100.9";
  static_cast<void>(co_await send(std::move(returning), seconds(60)));
}

Task<Shop::Page> Shop::browse(std::string url) {
  Page page;
  for (int hops = 0; hops < 6; ++hops) {
    const std::size_t path = url.find('/', url.find("//") + 2);
    if (path == std::string::npos) co_return page;
    http::Request request{
        .method = http::Method::get, .target = url.substr(path), .origin = url.substr(0, path)};
    request.peer_address = "198.51.100.9";
    Result<http::Response> answer = co_await send(std::move(request), seconds(60));
    page.url = url;
    page.status = answer ? answer->status : 0;
    if (page.status / 100 != 3) {
      if (answer) page.body = std::move(answer->body);
      co_return page;
    }
    url = std::string(answer->headers.get("Location"));
  }
  co_return page;
}

Task<void> Shop::decide_on_page(std::string url, bool approves) {
  const Page page = co_await browse(std::move(url));
  if (page.status != 200 || !page.url.starts_with("http://gateway.test")) co_return;
  const std::size_t path = page.url.find('/', page.url.find("//") + 2);
  http::Request decision{
      .method = http::Method::post, .target = page.url.substr(path), .origin = page.url.substr(0, path)};
  decision.headers.set("content-type", "application/x-www-form-urlencoded");
  decision.body = approves ? "decision=approve" : "decision=decline";
  Result<http::Response> back = co_await send(std::move(decision), seconds(60));
  if (back && back->status / 100 != 4)
    ++seen_[approves ? "a payer approved on the phone" : "a payer declined on the phone"];
  if (!back || back->status / 100 != 3 || wallets_.percent(20)) co_return;  // closes the window
  const std::string home(back->headers.get("Location"));
  if (home.starts_with(kSwitch)) static_cast<void>(co_await browse(home));
}

Task<void> Shop::pay_by_phone(Order order, std::string type, std::string url, std::uint64_t mood,
                              Duration takes) {
  co_await sleep(takes);
  const bool approves = mood >= 24;
  if (order.wallet.ends_with("_barcode")) {
    // The phone asks only whose code ends so.
    if (order.auth_code.ends_with("0023")) phone_(order.payment_id, approves);
    co_return;
  }
  if (type == "qr_code_information" && url.starts_with("weixin://"))
    url = "http://gateway.test/wechatpay/scan/" + url.substr(url.find("pr=") + 3);
  co_await decide_on_page(url, approves);
  // Who has declined on a page may come back to it.
  if (!approves && mood >= 20) {
    co_await sleep(seconds(wallets_.between(1, 600)));
    co_await decide_on_page(std::move(url), true);
  }
}

// The payer holds a phone, and the shop goes on meanwhile: it may well cancel at the same moment.
Task<void> Shop::follow_wallet(Order& order) {
  const std::string target = "/payments/" + order.payment_id;
  Told told = co_await ask(order, http::Method::get, target, "", "");
  const auto document = json::parse(told.body);
  if (!document) co_return;
  const json::Value action = document->root()["next_action"];
  std::string type(action["type"].text());
  std::string url(action[type == "qr_code_information" ? "qr_code_url" : "redirect_to_url"].text());
  std::uint64_t mood = wallets_.below(100);
  if (order.payer == Order::Payer::leaves) mood = 0;
  if (order.payer == Order::Payer::declines) mood = 15;
  if (order.payer == Order::Payer::approves) mood = 99;
  Duration takes = milliseconds(wallets_.between(500, 60'000));
  // Around the end of the payment, of which the payer knows nothing.
  if (wallets_.percent(15)) takes = minutes(15) + milliseconds(wallets_.between(-60'000, 30'000));
  if (order.payer_takes > Duration{}) takes = order.payer_takes;
  if (mood >= 12) {  // or walks away
    ++payers_on_phone_;
    asio::co_spawn(scheduler_.world_executor(), pay_by_phone(order, type, url, mood, takes),
                   [this](std::exception_ptr thrown) {
                     --payers_on_phone_;
                     if (thrown) std::rethrow_exception(thrown);
                   });
  }
  if (!order.cancels_meanwhile) co_return;
  const bool at_once = wallets_.percent(50);
  const std::int64_t pause_ms = wallets_.between(1, 60'000);
  co_await sleep(at_once ? std::max(takes - milliseconds(pause_ms / 60), milliseconds(1))
                         : milliseconds(pause_ms));
  Told cancelled = co_await ask(order, http::Method::post, target + "/cancel",
                                R"({"cancellation_reason":"requested_by_customer"})",
                                fmt::format("cancel-{}", order.number));
  if (cancelled.status / 100 == 2) cancelled_meanwhile_.insert(order.payment_id);
  note_status(order, cancelled);
}

// Asks now and then, as a shop does that shows its payer a page; gives up after some ten minutes.
Task<std::string> Shop::wait_for_end(Order& order) {
  std::string status;
  for (int look = 0; look < 12; ++look) {
    co_await sleep(seconds(1) * (look + 1) * (look + 1));
    std::string target = "/payments/" + order.payment_id;
    if (order.syncs) target += "?force_sync=true";
    Told told = co_await ask(order, http::Method::get, target, "", "");
    if (told.status != 200) continue;
    note_status(order, told);
    status = member(told.body, "status");
    if (status != "processing" && status != "requires_customer_action") break;
  }
  co_return status;
}

Task<Shop::Told> Shop::refund(Order& order, int number) {
  const std::int64_t step = order.currency == "KWD" ? 10 : 1;
  const std::int64_t amount = std::max(order.amount / (number + 1) / step * step, step);
  std::string body = fmt::format(R"({{"payment_id":"{}","amount":{}}})", order.payment_id, amount);
  Told told = co_await ask(order, http::Method::post, "/refunds", body,
                           fmt::format("refund-{}-{}", order.number, number));
  if (told.status / 100 == 2 && order.syncs) {
    std::string target = "/refunds/" + member(told.body, "refund_id") + "?force_sync=true";
    told = co_await ask(order, http::Method::get, target, "", "");
  }
  co_return told;
}

Task<void> Shop::follow_up(Order& order) {
  std::string status = order.statuses.back();
  if (status == "requires_customer_action" && !order.wallet.empty()) {
    co_await follow_wallet(order);
    status = order.statuses.back();
  } else if (status == "requires_customer_action") {
    Told told = co_await ask(order, http::Method::get, "/payments/" + order.payment_id, "", "");
    const auto document = json::parse(told.body);
    if (document)
      co_await pay_at_the_bank(order, std::string(document->root()["next_action"]["redirect_to_url"].text()));
  }
  if (status == "processing" || status == "requires_customer_action") status = co_await wait_for_end(order);
  const std::string target = "/payments/" + order.payment_id;
  if (status == "requires_capture" || (status == "requires_customer_action" && workload_.percent(50))) {
    co_await sleep(milliseconds(workload_.between(10, 60'000)));
    if (order.then == Order::Then::cancel) {
      Told told = co_await ask(order, http::Method::post, target + "/cancel",
                               R"({"cancellation_reason":"requested_by_customer"})",
                               fmt::format("cancel-{}", order.number));
      note_status(order, told);
    } else if (order.then != Order::Then::nothing) {
      const std::int64_t step = order.currency == "KWD" ? 10 : 1;
      std::int64_t amount = order.amount;
      if (order.then == Order::Then::capture_part) amount = std::max(amount / 3 / step * step, step);
      Told told = co_await ask(order, http::Method::post, target + "/capture",
                               fmt::format(R"({{"amount_to_capture":{}}})", amount),
                               fmt::format("capture-{}", order.number));
      note_status(order, told);
    }
    status = co_await wait_for_end(order);
  }
  for (int i = 0; i < order.refunds; ++i) {
    co_await sleep(milliseconds(workload_.between(10, 30'000)));
    static_cast<void>(co_await refund(order, i));
  }
}

Task<void> Shop::pry(const Order& order) {
  Order stranger = order;
  stranger.merchant = (order.merchant + 1) % merchants_.size();
  const std::string target = "/payments/" + order.payment_id;
  const Told looked = co_await ask(stranger, http::Method::get, target, "", "");
  const Told cancelled = co_await ask(stranger, http::Method::post, target + "/cancel", "{}",
                                      fmt::format("pry-{}", order.number));
  const Told refunded = co_await ask(stranger, http::Method::post, "/refunds",
                                     fmt::format(R"({{"payment_id":"{}","amount":1}})", order.payment_id),
                                     fmt::format("pry-refund-{}", order.number));
  for (const Told* told : {&looked, &cancelled, &refunded})
    if (told->status != 0 && told->status != 404)
      checker_.violate("INV-21",
                       fmt::format("{}: another merchant was answered {}", order.payment_id, told->status));
}

Task<void> Shop::live(Order& order) {
  Told told = co_await pay(order);
  if (told.status / 100 == 2) co_await follow_up(order);
  // Somebody goes through the shop's requests again, long after: each has the answer that it had.
  if (told.status / 100 == 2 && order.style == Order::Style::at_once && order.number % 4 == 1) {
    std::string body = create_body(order, order.amount);
    static_cast<void>(co_await ask(order, http::Method::post, "/payments", std::move(body),
                                   fmt::format("create-{}", order.number)));
  }
  if (merchants_.size() > 1 && order.number % 16 == 0 && !order.payment_id.empty()) co_await pry(order);
  ++orders_over_;
}

void Shop::take_webhook(http::Request request, Reply reply) {
  if (faults_.strike(FaultKind::endpoint_fails)) {
    const bool hangs = faults_.chance(FaultKind::endpoint_fails).percent(30);
    return hangs ? reply({std::nullopt, {}}) : reply({http::Response{503, {}, ""}, {}});
  }
  webhooks_.insert(std::string(request.headers.get("webhook-id")));
  reply({http::Response{200, {}, ""}, {}});
}

void Shop::check_promises() {
  const auto standings = checker_.standings();
  for (Order& order : orders_) {
    if (order.statuses.empty()) continue;
    if (order.payment_key == 0) order.payment_key = checker_.key_of_reference(order.payment_id).value_or(0);
    const auto stored = standings.find(order.payment_key);
    // What a person says overrides what was told; and what was made after a backup may be made again.
    if (checker_.was_judged(order.payment_id) || checker_.is_forgotten(order.payment_id)) continue;
    if (checker_.went_on_after_backup(order.payment_key) ||
        (checker_.has_forgotten() && order.payment_key == 0))
      continue;
    if (stored == standings.end()) {
      checker_.violate("INV-14", order.payment_id + ": a client was told of it, and it is not stored");
      continue;
    }
    const std::string_view now = to_string(stored->second.state);
    for (const std::string& told : order.statuses)
      if (!is_kept(told, now) && now != "conflicted" && now != "requires_merchant_action")
        checker_.violate("INV-14",
                         fmt::format("{}: a client was told {}, and it is {}", order.payment_id, told, now));
  }
}

}  // namespace payweir::sim
