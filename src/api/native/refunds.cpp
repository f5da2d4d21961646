#include "api/native/refunds.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/native/refund_requests.hpp"
#include "api/native/rendering.hpp"

namespace payweir::api::native {
namespace {

Task<Result<Reply>> create(RequestContext request) {
  Result<flows::CreateRefund> command = bind_create_refund(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::create_refund(request.flows, std::move(request.principal), std::move(request.key),
                                    std::move(*command), request.flows.rendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> update(RequestContext request) {
  Result<flows::UpdateRefund> command = bind_update_refund(request.body(), request.param("refund_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::update_refund(request.flows, std::move(request.principal), std::move(request.key),
                                    std::move(*command), request.flows.rendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> show(flows::Context& flows, flows::Principal principal, RetrieveRefund command) {
  Result<flows::RefundView> view = co_await flows::retrieve_refund(
      flows, std::move(principal), std::move(command.refund_id), command.sync);
  if (!view) co_return fail(std::move(view.error()));
  Reply reply = json_reply(flows.rendering.refund(*view));
  reply.gateway_us = view->gateway_us;
  co_return reply;
}

Task<Result<Reply>> retrieve(RequestContext request) {
  Result<RetrieveRefund> command = bind_retrieve_refund(request.query, request.param("refund_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply = co_await show(request.flows, std::move(request.principal), std::move(*command));
  co_return reply;
}

Task<Result<Reply>> sync(RequestContext request) {
  Result<RetrieveRefund> command = bind_sync_refund(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply = co_await show(request.flows, std::move(request.principal), std::move(*command));
  co_return reply;
}

Task<Result<Reply>> show_list(flows::Context& flows, flows::Principal principal, flows::ListRefunds command) {
  Result<flows::RefundPage> page =
      co_await flows::list_refunds(flows, std::move(principal), std::move(command));
  if (!page) co_return fail(std::move(page.error()));
  std::vector<std::string> elements;
  for (const flows::RefundView& view : page->refunds)
    elements.push_back(flows.rendering.refund(view));
  co_return json_reply(render_list("count", elements));
}

Task<Result<Reply>> list(RequestContext request) {
  Result<flows::ListRefunds> command = bind_list_refunds(request.query);
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply = co_await show_list(request.flows, std::move(request.principal), std::move(*command));
  co_return reply;
}

Task<Result<Reply>> search(RequestContext request) {
  Result<flows::ListRefunds> command = bind_list_refunds(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<Reply> reply = co_await show_list(request.flows, std::move(request.principal), std::move(*command));
  co_return reply;
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{post, "/refunds", Access::merchant, Body::json, "create_refund", create},
    Route{get, "/refunds", Access::merchant, Body::none, "list_refunds_alias", list},
    Route{get, "/refunds/list", Access::merchant, Body::none, "list_refunds", list},
    Route{post, "/refunds/list", Access::merchant, Body::optional_json, "search_refunds", search},
    Route{post, "/refunds/sync", Access::merchant, Body::json, "sync_refund", sync},
    Route{get, "/refunds/{refund_id}", Access::merchant, Body::none, "retrieve_refund", retrieve},
    Route{post, "/refunds/{refund_id}", Access::merchant, Body::json, "update_refund", update},
};

}  // namespace

std::span<const Route> refund_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
