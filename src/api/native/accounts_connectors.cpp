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
  Result<flows::CreateConnectorAccount> command =
      bind_create_connector_account(request.body(), request.param("merchant_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer = co_await flows::create_connector_account(
      request.flows, std::move(request.principal), std::move(request.key), std::move(*command),
      kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> update(RequestContext request) {
  Result<flows::UpdateConnectorAccount> command = bind_update_connector_account(
      request.body(), request.param("merchant_id"), request.param("merchant_connector_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer = co_await flows::update_connector_account(
      request.flows, std::move(request.principal), std::move(request.key), std::move(*command),
      kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> retrieve(RequestContext request) {
  Result<flows::ConnectorAccountView> view = co_await flows::retrieve_connector_account(
      request.flows, std::move(request.principal), request.param("merchant_id"),
      request.param("merchant_connector_id"));
  if (!view) co_return fail(std::move(view.error()));
  co_return json_reply(kAccountRendering.connector_account(*view));
}

Task<Result<Reply>> list(RequestContext request) {
  Result<std::vector<flows::ConnectorAccountView>> views = co_await flows::list_connector_accounts(
      request.flows, std::move(request.principal), request.param("merchant_id"));
  if (!views) co_return fail(std::move(views.error()));
  std::vector<std::string> elements;
  for (const flows::ConnectorAccountView& view : *views)
    elements.push_back(kAccountRendering.connector_account(view));
  co_return json_reply(render_array(elements));
}

Task<Result<Reply>> remove(RequestContext request) {
  const std::string merchant_id = request.param("merchant_id");
  const std::string account_id = request.param("merchant_connector_id");
  Result<void> deleted = co_await flows::delete_connector_account(request.flows, std::move(request.principal),
                                                                  merchant_id, account_id);
  if (!deleted) co_return fail(std::move(deleted.error()));
  json::Writer out(160);
  out.begin_object().field("merchant_id", merchant_id).field("merchant_connector_id", account_id);
  out.field("deleted", true).end_object();
  co_return json_reply(std::move(out).take());
}

Task<Result<Reply>> verify(RequestContext request) {
  Result<flows::VerifyConnectorAccount> command = bind_verify_connector_account(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<void> verified = co_await flows::verify_connector_account(
      request.flows, std::move(request.principal), std::move(*command));
  if (!verified) co_return fail(std::move(verified.error()));
  co_return json_reply(R"({"status":"valid"})");
}

constexpr std::array kRoutes = {
    Route{post, "/account/connectors/verify", Access::admin_or_merchant, Body::json,
          "verify_connector_account", verify},
    Route{post, "/account/{merchant_id}/connectors", Access::admin_or_merchant, Body::json,
          "create_connector_account", create},
    Route{get, "/account/{merchant_id}/connectors", Access::admin_or_merchant, Body::none,
          "list_connector_accounts", list},
    Route{get, "/account/{merchant_id}/connectors/{merchant_connector_id}", Access::admin_or_merchant,
          Body::none, "retrieve_connector_account", retrieve},
    Route{post, "/account/{merchant_id}/connectors/{merchant_connector_id}", Access::admin_or_merchant,
          Body::json, "update_connector_account", update},
    Route{del, "/account/{merchant_id}/connectors/{merchant_connector_id}", Access::admin_or_merchant,
          Body::none, "delete_connector_account", remove},
};

}  // namespace

std::span<const Route> connector_account_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
