#include "sandbox/wechatpay/wechatpay_model.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/form.hpp"
#include "sandbox/control_kit.hpp"
#include "sandbox/wechatpay/cashier.hpp"
#include "sandbox/wechatpay/control.hpp"
#include "sandbox/wechatpay/lifecycle.hpp"
#include "sandbox/wechatpay/login.hpp"

namespace payweir::sandbox::wechatpay {

WechatPayModel::WechatPayModel() {
  state_.merchants.enroll_demo(state_.books);
}

Reaction WechatPayModel::handle(const http::Request& request, Instant now, Draws& draws) {
  std::vector<Callback> earlier = advance(now, draws);
  Reaction reaction = serve(request, now, draws);
  std::ranges::move(earlier, std::back_inserter(reaction.callbacks));
  return reaction;
}

Reaction WechatPayModel::serve(const http::Request& request, Instant now, Draws& draws) {
  const std::string_view path = http::path_of(request.target);
  if (path == "/cgi-bin/mmpayweb-bin/checkmweb") return {.response = serve_h5(state_, request, now)};
  if (path == "/connect/oauth2/authorize") return {.response = serve_authorize(state_, request, now, draws)};
  if (path == "/sns/oauth2/access_token")
    return {.response = serve_access_token(state_, request, now, draws)};
  if (path == "/invoke" && request.method == http::Method::post)
    return {.response = serve_invocation(state_, request)};
  if (path != "/scan" && !path.starts_with("/scan/")) return serve_api(request, now, draws, false);
  Reaction reaction{.response = serve_scan_page(state_, request, now, draws)};
  complete(reaction, now, draws);
  return reaction;
}

Reaction WechatPayModel::serve_api(const http::Request& request, Instant now, Draws& draws, bool is_late) {
  const auto route = find_route(request.method, http::path_of(request.target));
  const auto merchant =
      authenticate(request, prefix(), state_.merchants, is_late ? std::nullopt : std::optional(now));
  const auto answer = [&](const Problem& problem) {
    return respond(std::unexpected(problem), merchant ? merchant->get() : nullptr, now, draws);
  };
  if (!merchant) return {.response = answer(merchant.error())};
  if (!route)
    return {.response =
                answer({.status = 404, .code = "RESOURCE_NOT_EXISTS", .message = "无效的接口 no such path"})};

  const auto fault = is_late ? std::nullopt : faults_.strike(route->operation, (*merchant)->mchid, draws);
  const FaultWords words{.server_error = [&] { return answer(system_error()); },
                         .rate_limited = [&] { return answer(rate_limited()); },
                         .hold = [&](Duration delay) { state_.due.hold(request, now + delay); }};
  if (fault)
    if (auto reaction = forestall(*fault, words)) return *std::move(reaction);
  const Reply reply = execute(request, *route, **merchant, fault, now, draws);
  Reaction reaction{.response = respond(reply, merchant->get(), now, draws), .delay = answer_delay(fault)};
  complete(reaction, now, draws);
  if (fault) bend_answer(reaction, fault->kind, words);
  return reaction;
}

Reply WechatPayModel::execute(const http::Request& request, const Route& route, Merchant& merchant,
                              const std::optional<Fault>& fault, Instant now, Draws& draws) {
  const auto document = json::parse(request.body.empty() ? "{}" : std::string_view(request.body));
  if (!document || !document->root().is(json::Kind::object))
    return std::unexpected(param_error("", "the body is not a JSON object"));
  // Ids hold nothing that is escaped, but "|" and "*" may be.
  const auto id = form::percent_decode(route.id);
  if (!id) return std::unexpected(param_error("out_trade_no", "not decodable"));
  Call call{.state = state_,
            .merchant = merchant,
            .id = *id,
            .query = http::query_of(request.target),
            .content = document->root(),
            .now = now,
            .draws = draws,
            .lie = std::nullopt,
            .charge_twice = fault && fault->kind == FaultKind::double_charge};
  if (fault) call.lie = fault->kind;
  return route.handler(call);
}

http::Response WechatPayModel::respond(const Reply& reply, const Merchant* merchant, Instant now,
                                       Draws& draws) const {
  http::Response response;
  response.status = reply ? reply->status : reply.error().status;
  response.body = reply ? reply->body : render(reply.error());
  if (!response.body.empty())
    response.headers.set("Content-Type",
                         reply ? std::string_view(reply->content_type) : "application/json; charset=utf-8");
  response.headers.set("Request-ID", draws.token(32));
  if (reply && !reply->is_signed) return response;
  const bool is_probe = state_.probes_per_million > 0 && draws.chance(state_.probes_per_million);
  sign(response.headers, response.body, merchant != nullptr ? merchant->platform : platform_key(), now,
       draws.token(32), is_probe);
  return response;
}

void WechatPayModel::complete(Reaction& reaction, Instant now, Draws& draws) {
  reaction.delay = reaction.delay + state_.callbacks.head_start();
  reaction.callbacks = state_.callbacks.dispatch(now, reaction.delay, draws);
}

std::vector<Callback> WechatPayModel::advance(Instant now, Draws& draws) {
  std::vector<Callback> callbacks;
  while (const auto due = state_.due.take_due(now)) {
    happen(*due, draws);
    std::ranges::move(state_.callbacks.dispatch(due->at, {}, draws), std::back_inserter(callbacks));
  }
  return callbacks;
}

void WechatPayModel::happen(const orders::Due& due, Draws& draws) {
  using What = orders::Due::What;
  if (due.what == What::execute_held_request) {
    // Whoever sent it has long stopped listening: what it is answered with is of interest to nobody.
    if (const auto held = state_.due.take_held(due)) static_cast<void>(serve_api(*held, due.at, draws, true));
    return;
  }
  Order& order = state_.books.at(due.order);
  if (due.what == What::settle_refund) return settle_refund(state_, order, due.refund, due.at, draws);
  if (!order.is_unpaid()) return;
  if (due.what == What::expire_order) close(order, OrderState::closed, due.at);
  if (due.what == What::approve_payment)
    static_cast<void>(decide(state_, order, orders::Decision::approve, due.at, draws));
  if (due.what == What::decline_payment)
    static_cast<void>(decide(state_, order, orders::Decision::decline, due.at, draws));
}

std::string_view WechatPayModel::prefix() const {
  const std::string_view url = state_.public_url;
  const std::size_t authority = url.find("://");
  if (authority == std::string_view::npos) return {};
  const std::size_t path = url.find('/', authority + 3);
  return path == std::string_view::npos ? std::string_view{} : url.substr(path);
}

Reaction WechatPayModel::control(const http::Request& request, Instant now, Draws& draws) {
  if (request.method == http::Method::post && http::path_of(request.target) == "/reset") {
    reset();
    return control_answer(200, "{}");
  }
  std::vector<Callback> earlier = advance(now, draws);
  Reaction reaction = serve_control(state_, faults_, request, now, draws);
  std::ranges::move(earlier, std::back_inserter(reaction.callbacks));
  return reaction;
}

std::string WechatPayModel::books() const {
  return orders::render_books("wechatpay", state_.books, {});
}

void WechatPayModel::reset() {
  std::string public_url = std::move(state_.public_url);
  state_ = {};
  state_.public_url = std::move(public_url);
  state_.merchants.enroll_demo(state_.books);
  faults_.clear();
}

}  // namespace payweir::sandbox::wechatpay
