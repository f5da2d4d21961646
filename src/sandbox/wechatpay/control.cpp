#include "sandbox/wechatpay/control.hpp"

#include <utility>

#include "sandbox/control_kit.hpp"
#include "sandbox/wechatpay/cashier.hpp"
#include "sandbox/wechatpay/refunds.hpp"
#include "sandbox/wechatpay/render.hpp"

namespace payweir::sandbox::wechatpay {
namespace {

Reaction merchant_answer(const Merchant& merchant) {
  json::Writer out;
  write_merchant(out, merchant);
  return control_answer(200, std::move(out).take());
}

Reaction serve_merchants(State& state, const http::Request& request, json::Value body) {
  if (request.method == http::Method::post) {
    const auto merchant = state.merchants.enroll(body, state.books);
    if (!merchant) return control_refusal(merchant.error());
    return merchant_answer(**merchant);
  }
  json::Writer out;
  out.begin_object().key("merchants").begin_array();
  for (const auto& [id, merchant] : state.merchants.all())
    write_merchant(out, *merchant);
  out.end_array().end_object();
  return control_answer(200, std::move(out).take());
}

Reaction rotate_platform_key(State& state, json::Value body) {
  const auto merchant = state.merchants.rotate(body);
  if (!merchant) return control_refusal(merchant.error());
  return merchant_answer(**merchant);
}

// The only order of that number, of the merchant named or of any. Errors name the field.
Result<Order*> find_order(State& state, json::Value body) {
  for (const char* field : {"code_url", "qr_code", "prepay_id", "h5_url"}) {
    const std::string_view code = body[field].text();
    if (code.empty()) continue;
    if (Order* order = find_by_code(state, code)) return order;
    return fail(Code::invalid_value, field, "no order has this code");
  }
  const std::string_view number = body["out_trade_no"].text();
  if (number.empty())
    return fail(Code::missing_field, "out_trade_no", "this, code_url or prepay_id is needed");
  const std::string_view mchid = body["mchid"].text();
  Order* found = nullptr;
  for (const auto& [id, merchant] : state.merchants.all()) {
    if (!mchid.empty() && id != mchid) continue;
    Order* order = state.books.find(merchant->account, number);
    if (order != nullptr && found != nullptr)
      return fail(Code::missing_field, "mchid", "several merchants have an order of this number");
    if (order != nullptr) found = order;
  }
  if (found == nullptr) return fail(Code::invalid_value, "out_trade_no", "no such order");
  return found;
}

Reaction serve_scan(State& state, json::Value body, Instant now, Draws& draws) {
  const auto order = find_order(state, body);
  if (!order) return control_refusal(order.error());
  const auto decision = orders::parse_decision(body["decision"].text());
  if (!decision) return control_refusal(decision.error());
  if (const auto done = decide(state, **order, *decision, now, draws); !done)
    return control_refusal(409, done.error().detail, done.error().field);
  json::Writer out;
  out.begin_object().field("out_trade_no", (*order)->out_trade_no);
  out.text_or_null("transaction_id", (*order)->transaction_no).field("state", to_string((*order)->state));
  out.field("trade_state", trade_state(**order)).end_object();
  Reaction reaction = control_answer(200, std::move(out).take());
  reaction.callbacks = state.callbacks.dispatch(now, {}, draws);
  return reaction;
}

Reaction set_balance(State& state, json::Value body) {
  const auto merchant = state.merchants.find(body["mchid"].text());
  if (!merchant) return control_refusal(400, "no such merchant", "mchid");
  if (!body["is_low"].is(json::Kind::boolean)) return control_refusal(400, "true or false", "is_low");
  merchant->balance_is_low = body["is_low"].boolean();
  return control_answer(200, "{}");
}

Reaction set_bills(State& state, json::Value body) {
  if (!body["of_today"].is(json::Kind::boolean)) return control_refusal(400, "true or false", "of_today");
  state.bills_of_today = body["of_today"].boolean();
  return control_answer(200, "{}");
}

Reaction set_probes(State& state, json::Value body) {
  const json::Value rate = body["rate"];
  const bool is_number = rate.is(json::Kind::integer) || rate.is(json::Kind::real);
  if (!is_number || !(rate.real() >= 0 && rate.real() <= 1))
    return control_refusal(400, "a number from 0 to 1", "rate");
  state.probes_per_million = static_cast<std::int64_t>(rate.real() * 1e6 + 0.5);
  return control_answer(200, "{}");
}

Reaction refund_by_hand(State& state, json::Value body, Instant now, Draws& draws) {
  const auto order = find_order(state, body);
  if (!order) return control_refusal(order.error());
  std::optional<std::int64_t> amount;
  if (!body["amount"].empty()) amount = body["amount"].integer();
  const auto refund = refund_in_dashboard(state, **order, amount, now, draws);
  if (!refund) return control_refusal(400, refund.error().message, "amount");
  json::Writer out;
  out.begin_object().field("out_refund_no", (*refund)->request_no).field("amount", (*refund)->amount);
  out.end_object();
  Reaction reaction = control_answer(200, std::move(out).take());
  reaction.callbacks = state.callbacks.dispatch(now, {}, draws);
  return reaction;
}

}  // namespace

Reaction serve_control(State& state, FaultPlan& faults, const http::Request& request, Instant now,
                       Draws& draws) {
  const std::string_view path = http::path_of(request.target);
  const bool post = request.method == http::Method::post;
  const auto body = json::parse(request.body.empty() ? "{}" : std::string_view(request.body));
  if (!body) return control_refusal(body.error());
  const json::Value root = body->root();
  if (path == "/merchants") return serve_merchants(state, request, root);
  if (path == "/platform_key" && post) return rotate_platform_key(state, root);
  if (path == "/scan" && post) return serve_scan(state, root, now, draws);
  if (path == "/balance" && post) return set_balance(state, root);
  if (path == "/bills" && post) return set_bills(state, root);
  if (path == "/probes" && post) return set_probes(state, root);
  if (path == "/dashboard_refund" && post) return refund_by_hand(state, root, now, draws);
  if (path == "/faults") return serve_faults(faults, request, root);
  if (path == "/webhooks") return serve_callbacks(state.callbacks, request, root);
  if (path == "/webhooks/release" && post) return release_callbacks(state.callbacks, now);
  if (path == "/books" && request.method == http::Method::get) {
    const auto query = orders::read_books_query(http::query_of(request.target));
    if (!query) return control_refusal(query.error());
    return control_answer(200, orders::render_books("wechatpay", state.books, *query));
  }
  return control_refusal(404, "no such control");
}

}  // namespace payweir::sandbox::wechatpay
