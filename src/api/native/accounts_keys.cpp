#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/native/accounts.hpp"
#include "api/native/accounts_rendering.hpp"
#include "api/native/accounts_requests.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::native {
namespace {

using enum http::Method;

Task<Result<Reply>> create(RequestContext request) {
  Result<flows::CreateApiKey> command = bind_create_api_key(request.body(), request.param("merchant_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::create_api_key(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> update(RequestContext request) {
  Result<flows::UpdateApiKey> command =
      bind_update_api_key(request.body(), request.param("merchant_id"), request.param("key_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::update_api_key(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> retrieve(RequestContext request) {
  Result<flows::ApiKeyView> view = co_await flows::retrieve_api_key(
      request.flows, std::move(request.principal), request.param("merchant_id"), request.param("key_id"));
  if (!view) co_return fail(std::move(view.error()));
  co_return json_reply(kAccountRendering.api_key(*view));
}

Task<Result<Reply>> list(RequestContext request) {
  Result<std::vector<flows::ApiKeyView>> views = co_await flows::list_api_keys(
      request.flows, std::move(request.principal), request.param("merchant_id"));
  if (!views) co_return fail(std::move(views.error()));
  std::vector<std::string> elements;
  for (const flows::ApiKeyView& view : *views)
    elements.push_back(kAccountRendering.api_key(view));
  co_return json_reply(render_array(elements));
}

Task<Result<Reply>> revoke(RequestContext request) {
  Result<flows::ApiKeyView> view = co_await flows::revoke_api_key(
      request.flows, std::move(request.principal), request.param("merchant_id"), request.param("key_id"));
  if (!view) co_return fail(std::move(view.error()));
  json::Writer out(128);
  out.begin_object().field("merchant_id", view->merchant_id).field("key_id", to_text(view->row.id));
  out.field("revoked", true).end_object();
  co_return json_reply(std::move(out).take());
}

constexpr std::array kRoutes = {
    Route{post, "/api_keys/{merchant_id}", Access::admin_or_merchant, Body::json, "create_api_key", create},
    Route{get, "/api_keys/{merchant_id}/list", Access::admin_or_merchant, Body::none, "list_api_keys", list},
    Route{get, "/api_keys/{merchant_id}/{key_id}", Access::admin_or_merchant, Body::none, "retrieve_api_key",
          retrieve},
    Route{post, "/api_keys/{merchant_id}/{key_id}", Access::admin_or_merchant, Body::json, "update_api_key",
          update},
    Route{del, "/api_keys/{merchant_id}/{key_id}", Access::admin_or_merchant, Body::none, "revoke_api_key",
          revoke},
};

}  // namespace

std::span<const Route> api_key_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
