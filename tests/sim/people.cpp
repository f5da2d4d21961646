#include "people.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <utility>

#include "base/json_reader.hpp"

namespace payweir::sim {
namespace asio = boost::asio;

void People::begin(Routing routing) {
  plan();
  if (routing == Routing::none) return;
  std::vector<std::size_t> merchants;
  for (std::size_t i = 0; i < employers_.size(); ++i)
    if (routing_.percent(60)) merchants.push_back(i);
  start(set_rules(std::move(merchants)));
}

void People::plan() {
  // Once nothing goes wrong any more, somebody looks in now and then.
  const bool is_quiet = faults_.is_healed() && !had_work_;
  const std::int64_t pause_s = is_quiet ? chance_.between(7'200, 21'600) : chance_.between(5, 30);
  scheduler_.happen_after(seconds(pause_s), [this] {
    do_something();
    plan();
  });
}

void People::start(Task<void> task) {
  ++busy_;
  asio::co_spawn(scheduler_.world_executor(), std::move(task), [this](std::exception_ptr thrown) {
    --busy_;
    if (thrown) std::rethrow_exception(thrown);
  });
}

void People::do_something() {
  if (busy_ > 0) return;
  const auto& orders = shop_.orders();
  if (faults_.strike(FaultKind::dashboard_refund) && !orders.empty()) {
    const Order& order = orders[chance_.below(orders.size())];
    if (!order.payment_id.empty()) static_cast<void>(gateway_.refund_in_dashboard(order.payment_id));
  }
  if (faults_.strike(FaultKind::key_changed)) return start(change_key(chance_.below(employers_.size())));
  if (faults_.strike(FaultKind::rules_changed)) {
    if (routing_.percent(30)) return start(change_retry_rules());
    return start(change_rules(routing_.below(employers_.size())));
  }
  if (faults_.strike(FaultKind::account_disabled)) {
    const std::size_t merchant = chance_.below(employers_.size());
    const std::size_t accounts = employers_[merchant].account_ids.size();
    return start(switch_off_and_on(merchant, accounts > 1 ? chance_.below(accounts) : 0));
  }
  start(work_off_list());
}

// Asks again until somebody answers, as a person would.
Task<Shop::Told> People::ask(http::Method method, std::string target, std::string body,
                             std::string_view api_key, std::string key) {
  for (int tries = 0; tries < 200; ++tries) {
    http::Request request{.method = method, .target = target, .origin = Shop::kSwitch};
    request.headers.set("api-key", api_key);
    if (method == http::Method::post) {
      request.headers.set("content-type", "application/json");
      if (!key.empty()) request.headers.set("idempotency-key", key);
      request.body = body;
    }
    request.peer_address = "192.0.2.1";
    auto initiate = [this](auto handler, http::Request sent) {
      network_.call(std::move(sent), CallOptions{.timeout = seconds(30)}, Network::Caller::world,
                    std::move(handler));
    };
    Result<http::Response> answer =
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<http::Response>)>(
            std::move(initiate), asio::use_awaitable, std::move(request));
    if (answer && answer->status < 500 && answer->status != 409 && answer->status != 429)
      co_return Shop::Told{answer->status, std::move(answer->body)};
    co_await shop_.sleep(seconds(5));
  }
  co_return Shop::Told{};
}

Task<void> People::work_off_list() {
  Shop::Told list = co_await ask(http::Method::get, "/operator/unresolved?limit=20", "", kFirstOperator, "");
  const auto document = json::parse(list.body);
  if (list.status != 200 || !document) co_return;
  had_work_ = document->root()["size"].integer() > 0;
  for (json::Value item = document->root()["data"].first(); item.present(); item = item.next()) {
    const Judgement judgement = judge(item);
    std::string operation_id(item["operation_id"].text());
    std::string payment_id(item["payment_id"].text());
    co_await settle(std::move(operation_id), std::move(payment_id), judgement);
  }
}

Task<void> People::settle(std::string operation_id, std::string payment_id, Judgement judgement) {
  judged_.insert(payment_id);
  std::string body = fmt::format(R"({{"outcome":"{}","note":"as the dashboard has it")", judgement.outcome);
  if (judgement.amount > 0) body += fmt::format(R"(,"amount":{})", judgement.amount);
  body += "}";
  const std::string target = fmt::format("/operator/operations/{}/settle", operation_id);
  Shop::Told told =
      co_await ask(http::Method::post, target, body, kFirstOperator, fmt::format("judge-{}", ++requests_));
  if (told.status == 200 && told.body.contains(R"("state":"proposed")"))
    told =
        co_await ask(http::Method::post, target, body, kSecondOperator, fmt::format("judge-{}", ++requests_));
  if (told.status == 200 && told.body.contains(R"("state":"settled")")) ++settled_;
  if (faults_.strike(FaultKind::callback_resent)) static_cast<void>(gateway_.resend_success(payment_id));
}

People::Judgement People::judge(const json::Value& item) {
  const std::string reference(item["payment_id"].text());
  const std::string_view kind = item["kind"].text();
  Judgement truth{"not_executed"};
  const Names names = checker_.names_of(reference);
  const GatewayBooks books = gateway_.books();
  if (kind == "refund") {
    if (books.has_refund(names, item["operation_id"].text())) truth.outcome = "refunded";
  } else {
    const Truth at_gateway = books.truth_of(names);
    if (at_gateway.captured > 0)
      truth = {"captured", at_gateway.captured};
    else if (at_gateway.held > 0 && kind == "authorise")
      truth.outcome = "authorized";
    else if (at_gateway.held == 0 && kind != "authorise")
      truth.outcome = "voided";
  }
  return faults_.strike(FaultKind::operator_errs) ? err(item, truth) : truth;
}

People::Judgement People::err(const json::Value& item, Judgement truth) {
  if (item["kind"].text() == "refund") return {truth.outcome == "refunded" ? "not_executed" : "refunded"};
  Chance& chance = faults_.chance(FaultKind::operator_errs);
  if (truth.outcome == "captured") return {chance.percent(50) ? "not_executed" : "voided"};
  if (truth.outcome == "authorized") return {chance.percent(50) ? "not_executed" : "voided"};
  return {"captured", item["amount"].integer()};
}

Task<void> People::change_key(std::size_t merchant) {
  Employer& employer = employers_[merchant];
  Shop::Told made = co_await ask(http::Method::post, "/api_keys/" + employer.merchant_id,
                                 R"({"name":"another","expiration":"never"})", kAdminKey, "");
  const auto document = json::parse(made.body);
  if (made.status != 200 || !document) co_return;
  shop_.change_key(merchant, std::string(document->root()["api_key"].text()));
  ++keys_changed_;
  const std::string former = std::exchange(employer.key_id, std::string(document->root()["key_id"].text()));
  static_cast<void>(co_await ask(
      http::Method::del, fmt::format("/api_keys/{}/{}", employer.merchant_id, former), "", kAdminKey, ""));
}

Task<void> People::set_rules(std::vector<std::size_t> merchants) {
  for (const std::size_t merchant : merchants)
    co_await change_rules(merchant);
}

Task<std::string> People::make_algorithm(std::size_t merchant) {
  const std::vector<RoutedAccount> accounts = routes_.accounts_of(merchant);
  RoutingPlan drawn = draw_plan(routing_, accounts);
  std::string body =
      fmt::format(R"({{"name":"a plan","description":"of somebody's","profile_id":"{}","algorithm":{}}})",
                  employers_[merchant].profile_id, to_json(drawn));
  Shop::Told made = co_await ask(http::Method::post, "/routing", std::move(body), shop_.key_of(merchant),
                                 fmt::format("plan-{}", ++requests_));
  const auto document = json::parse(made.body);
  if (made.status != 200 || !document) {
    // 401: the key was changed by whoever came before, and the answer to that was lost.
    if (made.status != 0 && made.status != 401)
      checker_.violate("F07", fmt::format("an algorithm was refused with {}: {}", made.status, made.body));
    co_return "";
  }
  std::string id(document->root()["id"].text());
  routes_.add_plan(id, std::move(drawn));
  employers_[merchant].algorithms.push_back(id);
  co_return id;
}

// Another one most of the time, one of before, or none.
Task<void> People::change_rules(std::size_t merchant) {
  const std::uint64_t mood = routing_.below(100);
  std::vector<std::string>& made = employers_[merchant].algorithms;
  if (mood < 15 && !made.empty()) {
    std::string body = fmt::format(R"({{"profile_id":"{}"}})", employers_[merchant].profile_id);
    static_cast<void>(co_await ask(http::Method::post, "/routing/deactivate", std::move(body),
                                   shop_.key_of(merchant), fmt::format("plan-{}", ++requests_)));
    co_return;
  }
  std::string id;
  if (mood < 35 && !made.empty())
    id = made[routing_.below(made.size())];
  else
    id = co_await make_algorithm(merchant);
  if (id.empty()) co_return;
  const Shop::Told told = co_await ask(http::Method::post, fmt::format("/routing/{}/activate", id), "{}",
                                       shop_.key_of(merchant), fmt::format("plan-{}", ++requests_));
  // A restored database does not know it.
  if (told.status == 404) std::erase(made, id);
}

// Whatever they allow: what the issuer forbids for good is tried nowhere else, and nothing is before it
// certainly did not charge.
Task<void> People::change_retry_rules() {
  struct Error {
    std::string_view connector, code, message;
  };
  static constexpr Error kErrors[] = {
      {"stripe", "card_declined", ""},
      {"stripe", "card_declined", "generic_decline"},
      {"stripe", "card_declined", "insufficient_funds"},
      {"stripe", "card_declined", "processing_error"},
      {"stripe", "card_declined", "stolen_card"},
      {"stripe", "rate_limit", ""},
      {"alipay", "ACQ.BUYER_BALANCE_NOT_ENOUGH", ""},
      {"wechatpay", "NOTENOUGH", ""},
  };
  const Error& about = routing_.one_of(std::span<const Error>(kErrors));
  const std::uint64_t mood = routing_.below(100);
  const std::string name =
      fmt::format(R"("connector":"{}","flow":"Payment","sub_flow":"Authorize","code":"{}","message":"{}")",
                  about.connector, about.code, about.message);
  if (mood < 25) {
    const Shop::Told gone = co_await ask(http::Method::post, "/gsm/delete", "{" + name + "}", kAdminKey,
                                         fmt::format("retry-{}", ++requests_));
    if (gone.status == 200) routes_.saw("a retry rule was deleted");
    co_return;
  }
  const std::string body = fmt::format(
      R"({{{},"status":"failure","decision":"{}","step_up_possible":{},"clear_pan_possible":false}})", name,
      mood < 75 ? "retry" : "do_default", mood % 4 == 0);
  for (const char* target : {"/gsm", "/gsm/update"}) {
    const Shop::Told told =
        co_await ask(http::Method::post, target, body, kAdminKey, fmt::format("retry-{}", ++requests_));
    if (told.status != 200) continue;
    routes_.saw("a retry rule was changed");
    co_return;
  }
}

Task<void> People::switch_off_and_on(std::size_t merchant, std::size_t account) {
  const Employer& employer = employers_[merchant];
  const std::string target =
      fmt::format("/account/{}/connectors/{}", employer.merchant_id, employer.account_ids[account]);
  for (const bool disabled : {true, false}) {
    std::string body = fmt::format(R"({{"connector_type":"payment_processor","disabled":{}}})", disabled);
    static_cast<void>(co_await ask(http::Method::post, target, std::move(body), kAdminKey, ""));
    if (disabled) co_await shop_.sleep(milliseconds(chance_.between(1'000, 30'000)));
  }
}

}  // namespace payweir::sim
