#include "api/native/payments.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/native/payment_requests.hpp"
#include "api/native/rendering.hpp"

namespace payweir::api::native {
namespace {

Result<Reply> reply_with(Result<flows::Answer> answer) {
  if (!answer) return fail(std::move(answer.error()));
  return answer_reply(std::move(*answer));
}

Task<Result<Reply>> create(RequestContext request) {
  Result<flows::CreatePayment> command = bind_create_payment(request.body(), request.flows.clock.wall());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::create_payment(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), request.flows.rendering);
  co_return reply_with(std::move(answer));
}

Task<Result<Reply>> update(RequestContext request) {
  Result<flows::UpdatePayment> command =
      bind_update_payment(request.body(), request.param("payment_id"), request.flows.clock.wall());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::update_payment(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), request.flows.rendering);
  co_return reply_with(std::move(answer));
}

Task<Result<Reply>> confirm(RequestContext request) {
  Result<flows::ConfirmPayment> command =
      bind_confirm_payment(request.body(), request.param("payment_id"), request.flows.clock.wall());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::confirm_payment(request.flows, std::move(request.principal), std::move(request.key),
                                      std::move(*command), request.flows.rendering);
  co_return reply_with(std::move(answer));
}

Task<Result<Reply>> capture(RequestContext request) {
  Result<flows::CapturePayment> command = bind_capture_payment(request.body(), request.param("payment_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::capture_payment(request.flows, std::move(request.principal), std::move(request.key),
                                      std::move(*command), request.flows.rendering);
  co_return reply_with(std::move(answer));
}

Task<Result<Reply>> cancel(RequestContext request) {
  Result<flows::CancelPayment> command = bind_cancel_payment(request.body(), request.param("payment_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::cancel_payment(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), request.flows.rendering);
  co_return reply_with(std::move(answer));
}

Task<Result<Reply>> show(flows::Context& flows, flows::Principal principal, flows::RetrievePayment command) {
  Result<flows::PaymentView> view =
      co_await flows::retrieve_payment(flows, std::move(principal), std::move(command));
  if (!view) co_return fail(std::move(view.error()));
  Reply reply = json_reply(flows.rendering.payment(*view));
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

Task<Result<Reply>> retrieve(RequestContext request) {
  Result<flows::RetrievePayment> command = bind_retrieve_payment(request.query, request.param("payment_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply = co_await show(request.flows, std::move(request.principal), std::move(*command));
  co_return reply;
}

Task<Result<Reply>> sync(RequestContext request) {
  Result<flows::RetrievePayment> command = bind_sync_payment(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply = co_await show(request.flows, std::move(request.principal), std::move(*command));
  co_return reply;
}

// `count_name` is a literal: upstream counts by two names.
Task<Result<Reply>> show_list(flows::Context& flows, flows::Principal principal, flows::ListPayments command,
                              std::string_view count_name) {
  Result<flows::PaymentPage> page =
      co_await flows::list_payments(flows, std::move(principal), std::move(command));
  if (!page) co_return fail(std::move(page.error()));
  std::vector<std::string> elements;
  for (const flows::PaymentView& view : page->payments)
    elements.push_back(flows.rendering.payment(view));
  co_return json_reply(render_list(count_name, elements));
}

Task<Result<Reply>> list(RequestContext request) {
  Result<flows::ListPayments> command = bind_list_payments(request.query);
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply =
      co_await show_list(request.flows, std::move(request.principal), std::move(*command), "size");
  co_return reply;
}

Task<Result<Reply>> search(RequestContext request) {
  Result<flows::ListPayments> command = bind_list_payments(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply =
      co_await show_list(request.flows, std::move(request.principal), std::move(*command), "count");
  co_return reply;
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{post, "/payments", Access::merchant, Body::json, "create_payment", create},
    Route{get, "/payments", Access::merchant, Body::none, "list_payments_alias", list},
    Route{get, "/payments/list", Access::merchant, Body::none, "list_payments", list},
    Route{post, "/payments/list", Access::merchant, Body::optional_json, "search_payments", search},
    Route{post, "/payments/sync", Access::merchant, Body::json, "sync_payment", sync},
    Route{get, "/payments/{payment_id}", Access::merchant_or_publishable, Body::none, "retrieve_payment",
          retrieve},
    Route{post, "/payments/{payment_id}", Access::merchant, Body::json, "update_payment", update},
    Route{post, "/payments/{payment_id}/confirm", Access::merchant_or_publishable, Body::optional_json,
          "confirm_payment", confirm},
    Route{post, "/payments/{payment_id}/capture", Access::merchant, Body::optional_json, "capture_payment",
          capture},
    Route{post, "/payments/{payment_id}/cancel", Access::merchant, Body::optional_json, "cancel_payment",
          cancel},
};

}  // namespace

std::span<const Route> payment_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
