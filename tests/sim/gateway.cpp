#include "gateway.hpp"

#include <array>
#include <memory>
#include <utility>

#include "base/check.hpp"
#include "base/form.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "crypto/encoding.hpp"
#include "crypto/rsa.hpp"
#include "sandbox/alipay/test_keys.hpp"
#include "sandbox/stripe/books.hpp"
#include "sandbox/stripe/webhooks.hpp"
#include "sandbox/wechatpay/test_keys.hpp"

namespace payweir::sim {
namespace {

struct Twin {
  FaultKind kind;
  sandbox::FaultKind planted;
};
constexpr std::array kTwins = std::to_array<Twin>({
    {FaultKind::gateway_down, sandbox::FaultKind::down},
    {FaultKind::gateway_slow, sandbox::FaultKind::slow},
    {FaultKind::gateway_silent_before, sandbox::FaultKind::silent_before},
    {FaultKind::gateway_late, sandbox::FaultKind::late},
    {FaultKind::gateway_error_500_before, sandbox::FaultKind::error_500_before},
    {FaultKind::gateway_error_500_after, sandbox::FaultKind::error_500_after},
    {FaultKind::gateway_stored_500, sandbox::FaultKind::stored_500},
    {FaultKind::gateway_stored_500_before, sandbox::FaultKind::stored_500_before},
    {FaultKind::gateway_rate_limited, sandbox::FaultKind::rate_limited},
    {FaultKind::gateway_garbage, sandbox::FaultKind::garbage},
    {FaultKind::gateway_wrong_amount, sandbox::FaultKind::wrong_amount},
    {FaultKind::gateway_wrong_currency, sandbox::FaultKind::wrong_currency},
    {FaultKind::gateway_someone_elses_answer, sandbox::FaultKind::someone_elses_answer},
});

std::string parameter(const form::Pairs& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

// Base64, without PEM's armour.
std::string public_half(std::string_view private_key) {
  const auto key = crypto::RsaPrivateKey::parse(private_key);
  check(key.has_value(), "a test key can be read");
  return crypto::to_base64(key->public_key().to_der());
}

// As from somebody whose key is another one by now.
void forget_key(http::Request& request) {
  if (request.target.starts_with("/stripe")) {
    request.headers.set("Authorization", "Bearer sk_forgotten");
  } else if (request.target.starts_with("/alipay")) {
    if (const std::size_t sign = request.target.find("sign="); sign != std::string::npos)
      request.target.insert(sign + 5, "x");
  } else {
    std::string credentials(request.headers.get("Authorization"));
    if (const std::size_t sign = credentials.find("signature=\""); sign != std::string::npos)
      credentials.insert(sign + 11, "x");
    request.headers.set("Authorization", credentials);
  }
}

json::Document parsed(const std::string& body) {
  auto document = json::parse(body);
  check(document.has_value(), "what a gateway says is JSON");
  return *std::move(document);
}

}  // namespace

Gateway::Gateway(Scheduler& scheduler, Network& network, Faults& faults, std::uint64_t seed)
    : scheduler_(scheduler),
      network_(network),
      faults_(faults),
      weather_(scheduler, faults),
      houses_{{{Name::stripe, "/stripe", stripe_, stripe_.faults()},
               {Name::alipay, "/alipay", alipay_, alipay_.faults()},
               {Name::wechatpay, "/wechatpay", wechatpay_, wechatpay_.faults()}}},
      draws_(Chance(seed, Stream::gateway).bits()) {
  for (House& house : houses_)
    house.model.set_public_url(std::string(kOrigin) + std::string(house.prefix));
  network_.set_is_refused([this](const http::Request& request) {
    weather_.befall(request);
    return weather_.at(request) == Weather::Kind::refused;
  });
  network_.add_host(
      kOrigin, [this](http::Request request, Reply reply) { serve(std::move(request), std::move(reply)); });
}

std::string Gateway::subscribe(const std::string& api_key, const std::string& url) {
  form::Encoder encoder;
  encoder.add("url", url);
  encoder.add("enabled_events[]", "*");
  http::Request request{.method = http::Method::post, .target = "/v1/webhook_endpoints"};
  request.headers.set("Authorization", "Bearer " + api_key);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = std::move(encoder).take();
  const sandbox::Reaction reaction = stripe_.handle(request, scheduler_.now(), draws_);
  check(reaction.response->status == 200, "the gateway takes an address");
  secrets_[url] = parsed(reaction.response->body).root()["secret"].text();
  return secrets_[url];
}

std::string Gateway::account_listed(House& house, std::string target, std::string_view list,
                                    std::string_view member) {
  const http::Request request{.method = http::Method::get, .target = std::move(target)};
  const sandbox::Reaction reaction = house.model.control(request, scheduler_.now(), draws_);
  const json::Document listed = parsed(reaction.response->body);
  return std::string(listed.root()[list].first()[member].text());
}

std::string Gateway::alipay_account(const std::string& app_id) {
  using namespace sandbox::alipay;
  json::Writer app;
  app.begin_object().field("app_id", app_id).field("seller_id", kTestSellerId);
  app.field("app_public_key", public_half(kTestAppPrivateKey)).end_object();
  check(command(houses_[1], "/apps", std::move(app).take()), "an application is taken");
  json::Writer out;
  out.begin_object().field("connector_type", "payment_processor").field("connector_name", "alipay");
  out.field("connector_label", "alipay " + app_id);
  out.key("connector_account_details").begin_object().field("auth_type", "AlipayKey");
  out.field("app_id", app_id).field("private_key", kTestAppPrivateKey);
  out.field("alipay_public_key", account_listed(houses_[1], "/apps", "apps", "alipay_public_key"));
  out.end_object().end_object();
  return std::move(out).take();
}

std::string Gateway::wechatpay_account(const std::string& mchid) {
  using namespace sandbox::wechatpay;
  json::Writer merchant;
  merchant.begin_object().field("mchid", mchid).field("appid", kTestAppid);
  merchant.field("apiv3_key", kTestApiV3Key).field("serial_no", kTestMerchantSerial);
  merchant.field("merchant_public_key", public_half(kTestMerchantPrivateKey)).end_object();
  check(command(houses_[2], "/merchants", std::move(merchant).take()), "a merchant is taken");
  json::Writer out;
  out.begin_object().field("connector_type", "payment_processor").field("connector_name", "wechatpay");
  out.field("connector_label", "wechatpay " + mchid);
  out.key("connector_account_details").begin_object().field("auth_type", "WechatPay");
  out.field("mchid", mchid).field("appid", kTestAppid).field("serial_no", kTestMerchantSerial);
  out.field("private_key", kTestMerchantPrivateKey).field("apiv3_key", kTestApiV3Key);
  out.field("platform_certificates",
            account_listed(houses_[2], "/merchants", "merchants", "platform_certificate"));
  out.end_object().end_object();
  return std::move(out).take();
}

bool Gateway::has_something_due() const {
  return std::ranges::any_of(houses_, [](const House& house) { return house.model.next_due().has_value(); });
}

Names Gateway::names_of(const std::string& reference) const {
  return names_of_ ? names_of_(reference) : Names{reference, {}};
}

// Each of them signs each try anew.
void Gateway::sign(Call& call) const {
  http::Request& request = call.callback.request;
  if (call.from != Name::stripe) {
    if (call.callback.sign_again) call.callback.sign_again(request, scheduler_.now());
    return;
  }
  const auto secret = secrets_.find(request.origin + request.target);
  check(secret != secrets_.end(), "a callback goes where nobody subscribed");
  request.headers.set("Stripe-Signature", sandbox::stripe::stripe_signature(
                                              secret->second, scheduler_.now().ms / 1000, request.body));
}

std::optional<sandbox::Fault> Gateway::draw_fault() {
  for (const Twin& twin : kTwins) {
    if (!faults_.strike(twin.kind)) continue;
    scheduler_.note("fault " + std::string(to_string(twin.kind)));
    sandbox::Fault fault{.kind = twin.planted, .count = 1};
    if (twin.kind == FaultKind::gateway_slow || twin.kind == FaultKind::gateway_late)
      fault.delay = milliseconds(faults_.chance(twin.kind).between(100, 120'000));
    return fault;
  }
  return std::nullopt;
}

std::optional<sandbox::Fault> Gateway::fault_of_weather(http::Request& request) {
  using enum sandbox::FaultKind;
  const auto planted = [](sandbox::FaultKind kind) { return sandbox::Fault{.kind = kind, .count = 1}; };
  switch (weather_.at(request)) {
    case Weather::Kind::fair:
    case Weather::Kind::refused: return std::nullopt;
    case Weather::Kind::down: return planted(down);
    case Weather::Kind::silent: return planted(silent_before);
    case Weather::Kind::throttled: return planted(rate_limited);
    case Weather::Kind::slow: {
      sandbox::Fault fault = planted(slow);
      fault.delay = weather_.delay();
      return fault;
    }
    case Weather::Kind::key_unknown: forget_key(request); return std::nullopt;
  }
  return std::nullopt;
}

// Of a card that was charged at once.
void Gateway::lie(const http::Request& request, sandbox::Reaction& reaction) {
  if (request.method != http::Method::post || request.target != "/v1/payment_intents") return;
  if (!reaction.response || reaction.response->status != 200) return;
  const auto intent = json::parse(reaction.response->body);  // or garbage, by another fault
  if (!intent || intent->root()["status"].text() != "succeeded" || !faults_.strike(FaultKind::gateway_lies))
    return;
  scheduler_.note("fault gateway_lies");
  lied_about_.insert(std::string(intent->root()["metadata"]["order_id"].text()));
  reaction.response->status = 402;
  reaction.response->body =
      R"({"error":{"type":"card_error","code":"card_declined","decline_code":"processing_error",)"
      R"("message":"An error occurred while processing your card. Try again in a little bit."}})";
}

void Gateway::serve(http::Request request, Reply reply) {
  const auto house = std::ranges::find_if(
      houses_, [&](const House& each) { return request.target.starts_with(std::string(each.prefix) + "/"); });
  if (house == houses_.end()) return reply({http::Response{404, {}, ""}, {}});
  const bool is_api = is_gateway_call(request);
  const auto of_weather = is_api ? fault_of_weather(request) : std::nullopt;
  request.target.erase(0, house->prefix.size());
  if (const auto fault = of_weather || !is_api ? of_weather : draw_fault())
    check(house->faults.plant(*fault).has_value(), "a fault is planted");
  if (charges_twice_)
    check(house->faults.plant({.kind = sandbox::FaultKind::double_charge}).has_value(), "a fault is planted");
  sandbox::Reaction reaction = house->model.handle(request, scheduler_.now(), draws_);
  house->faults.clear();
  if (is_api) lie(request, reaction);
  take(*house, std::move(reaction.callbacks));
  watch_the_clock(*house);
  reply({std::move(reaction.response), reaction.delay});
}

// Things that a gateway does by itself: refunds that settle, authorisations and orders that expire.
void Gateway::watch_the_clock(House& house) {
  const std::optional<Instant> due = house.model.next_due();
  if (!due || (house.wakes_at && *house.wakes_at <= *due)) return;
  house.wakes_at = due;
  scheduler_.happen_after(std::max(*due - scheduler_.now(), Duration{}), [this, &house] {
    house.wakes_at.reset();
    take(house, house.model.advance(scheduler_.now(), draws_));
    watch_the_clock(house);
  });
}

namespace {

// By what a success is found again: Stripe's names the payment, Alipay's the order. WeChat Pay's is sealed.
std::string success_named(std::string_view prefix, const std::string& body) {
  if (prefix == "/stripe" && body.contains(R"("type":"payment_intent.succeeded")"))
    return std::string(parsed(body).root()["data"]["object"]["metadata"]["order_id"].text());
  if (prefix == "/alipay" && body.contains("trade_status=TRADE_SUCCESS"))
    if (const auto parameters = form::decode(body)) return parameter(*parameters, "out_trade_no");
  return {};
}

}  // namespace

void Gateway::take(const House& house, std::vector<sandbox::Callback> callbacks) {
  for (sandbox::Callback& callback : callbacks) {
    Duration after = callback.after;
    Call call{house.name, Kind::genuine, std::move(callback)};
    if (const std::string name = success_named(house.prefix, call.callback.request.body); !name.empty())
      successes_.insert_or_assign(name, call);
    if (faults_.strike(FaultKind::callback_lost)) continue;
    if (faults_.strike(FaultKind::callback_forged)) forge(call);
    if (faults_.strike(FaultKind::callback_stale)) {
      Call stale = call;
      stale.kind = Kind::stale;
      stale.callback.retries.clear();
      call_back(std::move(stale), after + hours(3));  // its signature is as old by then
    }
    if (faults_.strike(FaultKind::callback_delayed))
      after = after + milliseconds(faults_.chance(FaultKind::callback_delayed).between(0, 25 * 3'600'000));
    std::int64_t copies = 1;
    if (faults_.strike(FaultKind::callback_duplicated))
      copies = faults_.chance(FaultKind::callback_duplicated).between(2, 5);
    for (std::int64_t copy = 0; copy < copies; ++copy)
      call_back(call, after + milliseconds(static_cast<std::int64_t>(draws_.below(2'000))));
  }
}

// A real callback, signed by somebody who does not know the secret.
void Gateway::forge(Call genuine) {
  http::Request& forged = genuine.callback.request;
  switch (genuine.from) {
    case Name::stripe:
      forged.headers.set("Stripe-Signature", sandbox::stripe::stripe_signature(
                                                 "whsec_guessed", scheduler_.now().ms / 1000, forged.body));
      break;
    case Name::alipay: forged.body.insert(forged.body.find("subject=") + 8, "x"); break;
    case Name::wechatpay: forged.headers.set("Wechatpay-Nonce", "guessed"); break;
  }
  genuine.kind = Kind::forged;
  genuine.callback.retries.clear();
  call_back(std::move(genuine), {});
}

// Tries again until it is acknowledged, whatever became of the connection meanwhile.
void Gateway::call_back(Call call, Duration after) {
  ++callbacks_under_way_;
  scheduler_.happen_after(after, [this, call = std::move(call)]() mutable {
    if (call.kind == Kind::genuine) sign(call);
    http::Request sent = call.callback.request;
    network_.call(
        std::move(sent), CallOptions{.timeout = seconds(20)}, Network::Caller::world,
        [this, sent_at = scheduler_.now(), call = std::move(call)](Result<http::Response> answer) mutable {
          --callbacks_under_way_;
          const bool is_taken = answer && call.callback.is_acknowledged_by(*answer);
          if (is_taken && sent_at >= forgotten_at_) note_acknowledged(call);
          std::vector<Duration>& retries = call.callback.retries;
          if (is_taken || retries.empty()) return;
          const Duration wait = retries.front();
          retries.erase(retries.begin());
          call_back(std::move(call), wait);
        });
  });
}

void Gateway::note_acknowledged(const Call& call) {
  const std::string& body = call.callback.request.body;
  std::string id;
  if (call.from == Name::alipay) {
    const auto parameters = form::decode(body);
    check(parameters.has_value(), "a callback of Alipay's is a form");
    id = parameter(*parameters, "notify_id") + "|" + parameter(*parameters, "trade_status") + "|";
    if (!parameter(*parameters, "refund_fee").empty()) id += parameter(*parameters, "out_biz_no");
  } else {
    id = parsed(body).root()["id"].text();
  }
  // What Alipay signs has no time: old is as good as new.
  const bool is_incredible =
      call.kind == Kind::forged || (call.kind == Kind::stale && call.from != Name::alipay);
  if (is_incredible)
    believed_.push_back(std::move(id));
  else
    acknowledged_.insert(std::move(id));
}

bool Gateway::resend_success(const std::string& reference) {
  auto found = successes_.find(reference);
  for (const std::string& attempt : names_of(reference).attempts)
    if (found == successes_.end()) found = successes_.find(attempt);
  if (found == successes_.end()) return false;
  Call again = found->second;
  again.callback.retries.clear();
  call_back(std::move(again), milliseconds(500));
  return true;
}

bool Gateway::command(House& house, std::string target, std::string body) {
  http::Request request{.method = http::Method::post, .target = std::move(target), .body = std::move(body)};
  sandbox::Reaction reaction = house.model.control(request, scheduler_.now(), draws_);
  take(house, std::move(reaction.callbacks));
  watch_the_clock(house);  // it may be settled, or come back, later
  return reaction.response && reaction.response->status == 200;
}

std::int64_t Gateway::refund_in_dashboard(const std::string& reference) {
  std::uint32_t number = sandbox::stripe::kNoIntent;
  std::int64_t left = 0;
  const sandbox::stripe::Books& books = stripe_.state().books;
  books.visit_by_reference(reference, [&](const sandbox::stripe::Intent& intent) {
    if (intent.received() == 0) return true;
    number = intent.number;
    left = intent.charges.back().captured - intent.charges.back().refunded;
    return false;
  });
  if (number == sandbox::stripe::kNoIntent) {
    const Names names = names_of(reference);
    const std::int64_t amount = refund_an_order(houses_[1], alipay_.state().books, names);
    return amount > 0 ? amount : refund_an_order(houses_[2], wechatpay_.state().books, names);
  }
  if (left < 1) return 0;
  const std::int64_t amount = 1 + static_cast<std::int64_t>(draws_.below(static_cast<std::uint64_t>(left)));
  const sandbox::stripe::Intent& intent = books.at(number);
  const bool is_done =
      command(houses_[0], "/dashboard_refund",
              "{\"payment_intent\":\"" + sandbox::stripe::format_id("pi_", {intent.number, intent.salt, 0}) +
                  "\",\"amount\":" + std::to_string(amount) + "}");
  return is_done ? amount : 0;
}

std::int64_t Gateway::refund_an_order(House& house, const sandbox::orders::OrderBooks& books,
                                      const Names& names) {
  std::string number;
  std::int64_t left = 0;
  for (const std::string& attempt : names.attempts)
    books.visit_by_reference(attempt, [&](const sandbox::orders::Order& order) {
      if (order.state != sandbox::orders::OrderState::paid || order.refunded == order.amount) return;
      number = order.out_trade_no;
      left = order.amount - order.refunded;
    });
  if (left < 1) return 0;
  std::int64_t amount = 1 + static_cast<std::int64_t>(draws_.below(static_cast<std::uint64_t>(left)));
  if (amount % 10'000 == 4405) --amount;  // it would never end
  const bool is_done =
      command(house, "/dashboard_refund",
              "{\"out_trade_no\":\"" + number + "\",\"amount\":" + std::to_string(amount) + "}");
  return is_done ? amount : 0;
}

void Gateway::decide_on_phone(const std::string& reference, bool approves) {
  for (const std::string& attempt : names_of(reference).attempts)
    for (House& house : houses_)
      if (house.name != Name::stripe)
        static_cast<void>(command(house, "/scan",
                                  "{\"out_trade_no\":\"" + attempt + "\",\"decision\":\"" +
                                      (approves ? "approve" : "decline") + "\"}"));
}

}  // namespace payweir::sim
