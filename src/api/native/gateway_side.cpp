#include "api/native/gateway_side.hpp"

#include <array>
#include <string>
#include <utility>

#include "api/errors.hpp"

namespace payweir::api::native {
namespace {

// Back to the shop, or, when the payment names no return_url, nowhere.
Reply send_payer(std::string_view return_url) {
  if (!return_url.empty()) return redirect_reply(return_url);
  Reply reply;
  reply.response.headers.set("content-type", "text/plain; charset=utf-8");
  reply.response.body = "Thank you. You can close this window.";
  return reply;
}

// Where next_action sends the payer: on to the gateway's page while it waits for them, else back to the
// shop. The attempt's id, which only the merchant was told, is what lets the browser pass.
Task<Result<Reply>> leave_for_gateway(RequestContext request) {
  std::string merchant_id = request.param("merchant_id");
  std::string payment_id = request.param("payment_id");
  const std::string attempt_id = request.param("attempt_id");
  Result<std::shared_ptr<const flows::MerchantEntry>> merchant =
      co_await request.flows.directory.merchant_by_id(merchant_id);
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return fail(Code::not_found, "payment_id", "");
  flows::Principal payer;
  payer.merchant_no = (*merchant)->row.id.key;
  payer.merchant = std::move(*merchant);
  flows::RetrievePayment command;
  command.payment_id = payment_id;
  Result<flows::PaymentView> view =
      co_await flows::retrieve_payment(request.flows, std::move(payer), std::move(command));
  if (!view) co_return fail(std::move(view.error()));
  if (!view->attempt || to_text(view->attempt->id) != attempt_id)
    co_return fail(Code::not_found, "payment_id", "");
  if (view->attempt->state == AttemptState::needs_action &&
      view->attempt->next_action.kind == NextActionKind::redirect)
    co_return redirect_reply(view->attempt->next_action.data);
  Result<std::string> location = co_await flows::return_from_gateway(request.flows, std::move(merchant_id),
                                                                     std::move(payment_id), attempt_id);
  if (!location) co_return fail(std::move(location.error()));
  co_return send_payer(*location);
}

Task<Result<Reply>> come_back(RequestContext request) {
  std::string merchant_id = request.param("merchant_id");
  std::string payment_id = request.param("payment_id");
  Result<std::string> location =
      co_await flows::return_from_gateway(request.flows, std::move(merchant_id), std::move(payment_id),
                                          std::string(request.query_value("attempt_id")));
  if (!location) co_return fail(std::move(location.error()));
  co_return send_payer(*location);
}

Task<Result<Reply>> receive_callback(RequestContext request) {
  std::string merchant_id = request.param("merchant_id");
  std::string account = request.param("connector_or_account");
  Result<Reply> reply =
      co_await take_callback(std::move(request), std::move(merchant_id), std::move(account));
  co_return reply;
}

using enum http::Method;

constexpr std::string_view kReturn = "/payments/{payment_id}/{merchant_id}/redirect/response/{connector}";
constexpr std::string_view kCallback = "/webhooks/{merchant_id}/{connector_or_account}";

constexpr std::array kRoutes = {
    Route{get, "/payments/redirect/{payment_id}/{merchant_id}/{attempt_id}", Access::open, Body::none,
          "leave_for_gateway", leave_for_gateway},
    Route{get, kReturn, Access::open, Body::none, "return_from_gateway", come_back},
    Route{post, kReturn, Access::open, Body::raw, "return_from_gateway_by_form", come_back},
    Route{post, kCallback, Access::open, Body::raw, "receive_callback", receive_callback},
    Route{get, kCallback, Access::open, Body::raw, "receive_callback_by_query", receive_callback},
};

}  // namespace

std::span<const Route> gateway_side_routes() {
  return kRoutes;
}

Task<Result<Reply>> take_callback(RequestContext request, std::string merchant_id,
                                  std::string connector_or_account) {
  Result<flows::CallbackAnswer> received =
      co_await flows::receive_callback(request.flows, std::move(merchant_id), std::move(connector_or_account),
                                       std::move(request.request.peer_address),
                                       std::move(request.request.headers), std::move(request.request.body));
  if (!received) co_return fail(std::move(received.error()));
  const Acknowledgement& words = received->acknowledgement;
  if (received->refusal && words.refused.empty()) co_return fail(std::move(*received->refusal));
  Reply reply;
  if (received->refusal) {
    const ErrorEntry refusal = describe(received->refusal->code);
    reply.response.status = refusal.status;
    if (refusal.retry_after_s > 0)
      reply.response.headers.set("retry-after", std::to_string(refusal.retry_after_s));
  }
  reply.response.headers.set("content-type", std::string(words.content_type));
  reply.response.body = received->refusal ? words.refused : words.taken;
  co_return reply;
}

}  // namespace payweir::api::native
