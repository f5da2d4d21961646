#include "api/dialects/transactions/routes.hpp"

#include <array>
#include <utility>

#include "api/dialects/error_words.hpp"
#include "api/dialects/transactions/rendering.hpp"
#include "api/dialects/transactions/requests.hpp"
#include "flows/orders.hpp"

namespace payweir::api::dialects::transactions {
namespace {

Task<Result<Reply>> create(RequestContext request) {
  Result<Order> order = bind_create_transaction(request.body());
  if (!order) co_return fail(std::move(order.error()));
  const Rendering rendering(request.flows.settings.public_url);
  Result<Reply> reply = co_await create_order(std::move(request), std::move(*order), rendering);
  co_return reply;
}

Task<Result<Reply>> retrieve(RequestContext request) {
  std::string id = request.param("transaction_id");
  const Result<flows::PaymentView> view = co_await retrieve_order(request, std::move(id));
  if (!view) co_return fail(view.error());
  const PaymentId payment_id = view->payment.id;
  const Result<std::string> callback = co_await flows::find_newest_callback(request.flows, payment_id);
  if (!callback) co_return fail(callback.error());
  const Rendering rendering(request.flows.settings.public_url);
  Reply reply = json_reply(rendering.payment(*view, *callback));
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

Task<Result<Reply>> take_callback(RequestContext request) {
  std::string channel = request.param("channel");
  Result<Reply> reply = co_await take_channel_callback(std::move(request), std::move(channel));
  co_return reply;
}

Task<Result<Reply>> create_refund(RequestContext request) {
  Result<std::string> transaction_id = bind_refunded_transaction(request.body());
  if (!transaction_id) co_return fail(std::move(transaction_id.error()));
  const Rendering rendering(request.flows.settings.public_url);
  Result<Reply> reply =
      co_await refund_order(std::move(request), std::move(*transaction_id), bind_create_refund, rendering);
  co_return reply;
}

Task<Result<Reply>> retrieve_refund(RequestContext request) {
  std::string id = request.param("refund_transaction_id");
  const Result<flows::RefundView> view = co_await flows::retrieve_refund(
      request.flows, std::move(request.principal), std::move(id), flows::Sync::ask_now_and_then);
  if (!view) co_return fail(view.error());
  const Rendering rendering(request.flows.settings.public_url);
  Reply reply = json_reply(rendering.refund(*view));
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

using enum http::Method;

constexpr Dialect kDialect{render_error_word};

constexpr std::array kRoutes = {
    Route{post, "/payments/transactions", Access::merchant, Body::json, "create_transaction", create,
          &kDialect},
    Route{get, "/payments/transactions/{transaction_id}", Access::merchant, Body::none,
          "retrieve_transaction", retrieve, &kDialect},
    Route{post, "/payments/callbacks/{channel}", Access::open, Body::raw, "receive_payment_callback",
          take_callback, &kDialect},
    Route{post, "/refunds/transactions", Access::merchant, Body::json, "create_refund_transaction",
          create_refund, &kDialect},
    Route{get, "/refunds/transactions/{refund_transaction_id}", Access::merchant, Body::none,
          "retrieve_refund_transaction", retrieve_refund, &kDialect},
    Route{post, "/refunds/callbacks/{channel}", Access::open, Body::raw, "receive_refund_callback",
          take_callback, &kDialect},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace payweir::api::dialects::transactions
