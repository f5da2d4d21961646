#include "sandbox/alipay/alipay_model.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sandbox/alipay/bill.hpp"
#include "sandbox/alipay/cashier.hpp"
#include "sandbox/alipay/control.hpp"
#include "sandbox/alipay/lifecycle.hpp"
#include "sandbox/control_kit.hpp"

namespace payweir::sandbox::alipay {
namespace {

constexpr std::string_view kScanPath = "/scan/", kBillPath = "/bill/";

http::Response not_found() {
  return {.status = 404, .headers = {}, .body = "no such path"};
}

}  // namespace

struct AlipayModel::Request {
  Params params;
  std::string method;
  std::shared_ptr<App> app;
  Route route;
  json::Document content;
  bool is_encrypted = false;
  bool is_in_app = false;  // an order string, opened by the payer's app
};

AlipayModel::AlipayModel() {
  state_.apps.enroll_demo(state_.books);
}

Reaction AlipayModel::handle(const http::Request& request, Instant now, Draws& draws) {
  std::vector<Callback> earlier = advance(now, draws);
  Reaction reaction = serve(request, now, draws);
  std::ranges::move(earlier, std::back_inserter(reaction.callbacks));
  return reaction;
}

Reaction AlipayModel::serve(const http::Request& request, Instant now, Draws& draws) {
  const std::string_view path = http::path_of(request.target);
  if (path == "/gateway.do" || path == "/app") return serve_api(request, now, draws, false);
  Reaction reaction{.response = not_found()};
  if (path.starts_with(kScanPath)) {
    reaction.response = serve_scan_page(state_, request, path.substr(kScanPath.size()), now, draws);
    complete(reaction, now, draws);
  } else if (path.starts_with(kBillPath)) {
    reaction.response = serve_bill(state_, path.substr(kBillPath.size()), now);
  }
  return reaction;
}

Reaction AlipayModel::serve_api(const http::Request& http, Instant now, Draws& draws, bool is_late) {
  Request request{.is_in_app = http::path_of(http.target) == "/app"};
  auto params = read_params(http);
  const auto refuse = [&](const Problem& problem) {
    if (request.is_in_app) return Reaction{.response = render_problem(problem)};
    const bool is_page = request.route.handler == nullptr && !request.method.empty();
    return Reaction{.response = is_page ? render_problem_page(problem)
                                        : respond(request.method, render(problem), request.app.get(),
                                                  request.is_encrypted)};
  };
  if (!params) return refuse(params.error());
  request.params = *std::move(params);
  if (get(request.params, "method").empty()) return refuse(missing("method"));
  const auto route = find_route(get(request.params, "method"));
  if (!route) return refuse(invalid("isv.invalid-method", "不存在的方法名 no such method"));
  request.method = get(request.params, "method");
  request.route = *route;
  auto app = authenticate(request.params, state_.apps);
  request.app = app ? *app : state_.apps.find(get(request.params, "app_id"));
  if (!app) return refuse(app.error());
  request.is_encrypted = !get(request.params, "encrypt_type").empty();

  const auto fault = is_late ? std::nullopt : faults_.strike(request.route.operation, request.app->id, draws);
  const FaultWords words{.server_error = [&] { return *refuse(system_error()).response; },
                         .rate_limited = [&] { return *refuse(rate_limited()).response; },
                         .hold = [&](Duration delay) { state_.due.hold(http, now + delay); }};
  if (fault)
    if (auto reaction = forestall(*fault, words)) return *std::move(reaction);

  const auto content = content_of(request.params, *request.app);
  if (!content) return refuse(content.error());
  auto document = json::parse(*content);
  if (!document || !document->root().is(json::Kind::object))
    return refuse(
        invalid("isv.invalid-parameter", "biz_content 不是 JSON 对象 biz_content is not a JSON object"));
  request.content = *std::move(document);
  Reaction reaction{.response = execute(request, fault, now, draws), .delay = answer_delay(fault)};
  complete(reaction, now, draws);
  if (fault) bend_answer(reaction, fault->kind, words);
  return reaction;
}

http::Response AlipayModel::execute(const Request& request, const std::optional<Fault>& fault, Instant now,
                                    Draws& draws) {
  Call call{.state = state_,
            .app = *request.app,
            .params = request.params,
            .content = request.content.root(),
            .now = now,
            .draws = draws,
            .lie = std::nullopt,
            .charge_twice = fault && fault->kind == FaultKind::double_charge};
  if (fault) call.lie = fault->kind;
  if (request.is_in_app) return open_in_app(call);
  if (request.route.handler == nullptr) return redirect_to_cashier(call, request.route.channel);
  const Answer answer = request.route.handler(call);
  return respond(request.method, answer ? *answer : render(answer.error()), request.app.get(),
                 request.is_encrypted);
}

void AlipayModel::complete(Reaction& reaction, Instant now, Draws& draws) {
  reaction.delay = reaction.delay + state_.callbacks.head_start();
  reaction.callbacks = state_.callbacks.dispatch(now, reaction.delay, draws);
}

std::vector<Callback> AlipayModel::advance(Instant now, Draws& draws) {
  std::vector<Callback> callbacks;
  while (const auto due = state_.due.take_due(now)) {
    happen(*due, draws);
    std::ranges::move(state_.callbacks.dispatch(due->at, {}, draws), std::back_inserter(callbacks));
  }
  return callbacks;
}

void AlipayModel::happen(const orders::Due& due, Draws& draws) {
  using What = orders::Due::What;
  if (due.what == What::execute_held_request) {
    // Whoever sent it has long stopped listening: what it is answered with is of interest to nobody.
    if (const auto held = state_.due.take_held(due)) static_cast<void>(serve_api(*held, due.at, draws, true));
    return;
  }
  Order& order = state_.books.at(due.order);
  if (!order.is_unpaid()) return;
  if (due.what == What::expire_order) close(state_, order, OrderState::closed, due.at, draws, true);
  if (due.what == What::approve_payment)
    static_cast<void>(decide(state_, order, orders::Decision::approve, due.at, draws));
  if (due.what == What::decline_payment)
    static_cast<void>(decide(state_, order, orders::Decision::decline, due.at, draws));
}

Reaction AlipayModel::control(const http::Request& request, Instant now, Draws& draws) {
  if (request.method == http::Method::post && http::path_of(request.target) == "/reset") {
    reset();
    return control_answer(200, "{}");
  }
  std::vector<Callback> earlier = advance(now, draws);
  Reaction reaction = serve_control(state_, faults_, request, now, draws);
  std::ranges::move(earlier, std::back_inserter(reaction.callbacks));
  return reaction;
}

std::string AlipayModel::books() const {
  return orders::render_books("alipay", state_.books, {});
}

void AlipayModel::reset() {
  std::string public_url = std::move(state_.public_url);
  state_ = {};
  state_.public_url = std::move(public_url);
  state_.apps.enroll_demo(state_.books);
  faults_.clear();
}

}  // namespace payweir::sandbox::alipay
