#include "api/dialects/unipay/routes.hpp"

#include <array>
#include <utility>

#include "api/dialects/unipay/rendering.hpp"
#include "api/dialects/unipay/requests.hpp"

namespace payweir::api::dialects::unipay {
namespace {

Task<Result<Reply>> create(RequestContext request) {
  Result<Order> order = bind_create(request.body());
  if (!order) co_return fail(std::move(order.error()));
  const Rendering rendering(request.flows.settings.public_url);
  Result<Reply> reply = co_await create_order(std::move(request), std::move(*order), rendering);
  co_return reply;
}

Task<Result<Reply>> query(RequestContext request) {
  std::string order_no = request.param("order_no");
  const Result<flows::PaymentView> view = co_await retrieve_order(request, std::move(order_no));
  if (!view) co_return fail(view.error());
  Reply reply = json_reply(render_order(*view));
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

// By `config_id`, which is a connector account's id here, too.
Task<Result<Reply>> notify(RequestContext request) {
  std::string account = request.param("config_id");
  Result<Reply> reply = co_await take_channel_callback(std::move(request), std::move(account));
  co_return reply;
}

// Where there is one merchant only: docs/api.md has it so.
Task<Result<Reply>> notify_by_provider(RequestContext request) {
  std::string provider = request.param("provider");
  Result<Reply> reply = co_await take_channel_callback(std::move(request), std::move(provider));
  co_return reply;
}

using enum http::Method;

// The header of internal/api/middleware/middleware.go.
constexpr std::string_view kKeyHeader = "x-api-key";
constexpr Dialect kCreate{render_create_error, kKeyHeader};
constexpr Dialect kQuery{render_query_error, kKeyHeader};
constexpr Dialect kNotify{render_notify_error, kKeyHeader};

constexpr std::array kRoutes = {
    Route{post, "/api/v1/payment/create", Access::merchant, Body::json, "unipay_create_payment", create,
          &kCreate},
    Route{get, "/api/v1/payment/query/{order_no}", Access::merchant, Body::none, "unipay_query_payment",
          query, &kQuery},
    Route{post, "/api/v1/public/notify/{provider}", Access::open, Body::raw, "unipay_notify",
          notify_by_provider, &kNotify},
    Route{post, "/api/v1/public/notify/{provider}/{config_id}", Access::open, Body::raw,
          "unipay_notify_account", notify, &kNotify},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace payweir::api::dialects::unipay
