#include "sandbox/alipay/control.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "sandbox/alipay/cashier.hpp"
#include "sandbox/alipay/lifecycle.hpp"
#include "sandbox/alipay/refunds.hpp"
#include "sandbox/control_kit.hpp"

namespace payweir::sandbox::alipay {
namespace {

Reaction serve_apps(State& state, const http::Request& request, json::Value body) {
  json::Writer out;
  if (request.method == http::Method::post) {
    const auto app = state.apps.enroll(body, state.books);
    if (!app) return control_refusal(app.error());
    write_app(out, **app);
    return control_answer(200, std::move(out).take());
  }
  out.begin_object().key("apps").begin_array();
  for (const auto& [id, app] : state.apps.all())
    write_app(out, *app);
  out.end_array().end_object();
  return control_answer(200, std::move(out).take());
}

// The only order of that number, in the application named or in any. Errors name the field.
Result<Order*> find_order(State& state, json::Value body) {
  if (const std::string_view code = body["qr_code"].text(); !code.empty()) {
    Order* order = state.books.find_code(code.substr(code.rfind('/') + 1));
    if (order == nullptr) return fail(Code::invalid_value, "qr_code", "no order has this code");
    return order;
  }
  const std::string_view number = body["out_trade_no"].text();
  if (number.empty()) return fail(Code::missing_field, "out_trade_no", "this or qr_code is needed");
  const std::string_view app_id = body["app_id"].text();
  Order* found = nullptr;
  for (const auto& [id, app] : state.apps.all()) {
    if (!app_id.empty() && id != app_id) continue;
    Order* order = state.books.find(app->account, number);
    if (order != nullptr && found != nullptr)
      return fail(Code::missing_field, "app_id", "several applications have an order of this number");
    if (order != nullptr) found = order;
  }
  if (found == nullptr) return fail(Code::invalid_value, "out_trade_no", "no such order");
  return found;
}

Reaction order_answer(State& state, const Order& order, Instant now, Draws& draws) {
  json::Writer out;
  out.begin_object().field("out_trade_no", order.out_trade_no);
  out.text_or_null("trade_no", order.transaction_no).field("state", to_string(order.state));
  out.key("trade_status");
  order.transaction_no.empty() ? out.null() : out.string(trade_status(order, now));
  out.end_object();
  Reaction reaction = control_answer(200, std::move(out).take());
  reaction.callbacks = state.callbacks.dispatch(now, {}, draws);
  return reaction;
}

Reaction serve_scan(State& state, json::Value body, Instant now, Draws& draws) {
  const auto order = find_order(state, body);
  if (!order) return control_refusal(order.error());
  const auto decision = orders::parse_decision(body["decision"].text());
  if (!decision) return control_refusal(decision.error());
  if (const auto done = decide(state, **order, *decision, now, draws); !done)
    return control_refusal(409, done.error().detail, done.error().field);
  return order_answer(state, **order, now, draws);
}

Reaction set_balance(State& state, json::Value body) {
  const auto app = state.apps.find(body["app_id"].text());
  if (!app) return control_refusal(400, "no such application", "app_id");
  if (!body["is_low"].is(json::Kind::boolean)) return control_refusal(400, "true or false", "is_low");
  app->seller_balance_is_low = body["is_low"].boolean();
  return control_answer(200, "{}");
}

Reaction set_bills(State& state, json::Value body) {
  if (!body["of_today"].is(json::Kind::boolean)) return control_refusal(400, "true or false", "of_today");
  state.bills_of_today = body["of_today"].boolean();
  return control_answer(200, "{}");
}

Reaction refund_by_hand(State& state, json::Value body, Instant now, Draws& draws) {
  const auto order = find_order(state, body);
  if (!order) return control_refusal(order.error());
  std::optional<std::int64_t> amount;
  if (!body["amount"].empty()) amount = body["amount"].integer();
  const auto refund = refund_in_dashboard(state, **order, amount, now, draws);
  if (!refund) return control_refusal(400, refund.error().sub_msg, "amount");
  json::Writer out;
  out.begin_object().field("out_request_no", (*refund)->request_no).field("amount", (*refund)->amount);
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
  if (path == "/apps") return serve_apps(state, request, root);
  if (path == "/scan" && post) return serve_scan(state, root, now, draws);
  if (path == "/balance" && post) return set_balance(state, root);
  if (path == "/bills" && post) return set_bills(state, root);
  if (path == "/dashboard_refund" && post) return refund_by_hand(state, root, now, draws);
  if (path == "/faults") return serve_faults(faults, request, root);
  if (path == "/webhooks") return serve_callbacks(state.callbacks, request, root);
  if (path == "/webhooks/release" && post) return release_callbacks(state.callbacks, now);
  if (path == "/books" && request.method == http::Method::get) {
    const auto query = orders::read_books_query(http::query_of(request.target));
    if (!query) return control_refusal(query.error());
    return control_answer(200, orders::render_books("alipay", state.books, *query));
  }
  return control_refusal(404, "no such control");
}

}  // namespace payweir::sandbox::alipay
