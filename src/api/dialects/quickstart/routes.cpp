#include "api/dialects/quickstart/routes.hpp"

#include <array>
#include <utility>

#include "api/dialects/error_words.hpp"
#include "api/dialects/quickstart/rendering.hpp"
#include "api/dialects/quickstart/requests.hpp"

namespace payweir::api::dialects::quickstart {
namespace {

Task<Result<Reply>> initiate(RequestContext request) {
  Result<Order> order = bind_initiate(request.body());
  if (!order) co_return fail(std::move(order.error()));
  const Rendering rendering(request.flows.settings.public_url);
  Result<Reply> reply = co_await create_order(std::move(request), std::move(*order), rendering);
  co_return reply;
}

Task<Result<Reply>> show_status(RequestContext request) {
  std::string id = request.param("orderId");
  const Result<flows::PaymentView> view = co_await retrieve_order(request, std::move(id));
  if (!view) co_return fail(view.error());
  Reply reply = json_reply(render_status(*view));
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

Task<Result<Reply>> refund(RequestContext request) {
  Result<std::string> id = bind_refunded_order(request.body());
  if (!id) co_return fail(std::move(id.error()));
  const Rendering rendering(request.flows.settings.public_url);
  Result<Reply> reply = co_await refund_order(std::move(request), std::move(*id), bind_refund, rendering);
  co_return reply;
}

using enum http::Method;

constexpr Dialect kDialect{render_error_word};

constexpr std::array kRoutes = {
    Route{post, "/api/payment/initiate", Access::merchant_or_sandbox, Body::json, "initiate_payment",
          initiate, &kDialect},
    Route{get, "/api/payment/status/{orderId}", Access::merchant_or_sandbox, Body::none,
          "show_payment_status", show_status, &kDialect},
    Route{post, "/api/payment/refund", Access::merchant_or_sandbox, Body::json, "refund_payment", refund,
          &kDialect},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace payweir::api::dialects::quickstart
