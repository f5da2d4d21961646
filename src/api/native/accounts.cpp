#include "api/native/accounts.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/native/accounts_rendering.hpp"
#include "api/native/accounts_requests.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::native {
namespace {

using enum http::Method;

Task<Result<Reply>> create_merchant(RequestContext request) {
  Result<flows::CreateMerchant> command = bind_create_merchant(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::create_merchant(request.flows, std::move(request.principal), std::move(request.key),
                                      std::move(*command), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> update_merchant(RequestContext request) {
  Result<flows::UpdateMerchant> command = bind_update_merchant(request.body(), request.param("merchant_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::update_merchant(request.flows, std::move(request.principal), std::move(request.key),
                                      std::move(*command), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> retrieve_merchant(RequestContext request) {
  Result<flows::MerchantView> view = co_await flows::retrieve_merchant(
      request.flows, std::move(request.principal), request.param("merchant_id"));
  if (!view) co_return fail(std::move(view.error()));
  co_return json_reply(kAccountRendering.merchant(*view));
}

Task<Result<Reply>> list_merchants(RequestContext request) {
  std::string organization_id(request.query_value("organization_id"));
  if (organization_id.empty()) co_return fail(Code::missing_field, "organization_id", "");
  Result<std::vector<flows::MerchantView>> views =
      co_await flows::list_merchants(request.flows, std::move(request.principal), std::move(organization_id));
  if (!views) co_return fail(std::move(views.error()));
  std::vector<std::string> elements;
  for (const flows::MerchantView& view : *views)
    elements.push_back(kAccountRendering.merchant(view));
  co_return json_reply(render_array(elements));
}

Task<Result<Reply>> delete_merchant(RequestContext request) {
  Result<std::string> merchant_id = co_await flows::delete_merchant(
      request.flows, std::move(request.principal), request.param("merchant_id"));
  if (!merchant_id) co_return fail(std::move(merchant_id.error()));
  json::Writer out(128);
  out.begin_object().field("merchant_id", *merchant_id).field("deleted", true).end_object();
  co_return json_reply(std::move(out).take());
}

Task<Result<Reply>> create_profile(RequestContext request) {
  Result<flows::CreateProfile> command = bind_create_profile(request.body(), request.param("merchant_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::create_profile(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> update_profile(RequestContext request) {
  Result<flows::UpdateProfile> command =
      bind_update_profile(request.body(), request.param("merchant_id"), request.param("profile_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer =
      co_await flows::update_profile(request.flows, std::move(request.principal), std::move(request.key),
                                     std::move(*command), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> retrieve_profile(RequestContext request) {
  Result<flows::ProfileView> view = co_await flows::retrieve_profile(
      request.flows, std::move(request.principal), request.param("merchant_id"), request.param("profile_id"));
  if (!view) co_return fail(std::move(view.error()));
  co_return json_reply(kAccountRendering.profile(*view));
}

Task<Result<Reply>> list_profiles(RequestContext request) {
  Result<std::vector<flows::ProfileView>> views = co_await flows::list_profiles(
      request.flows, std::move(request.principal), request.param("merchant_id"));
  if (!views) co_return fail(std::move(views.error()));
  std::vector<std::string> elements;
  for (const flows::ProfileView& view : *views)
    elements.push_back(kAccountRendering.profile(view));
  co_return json_reply(render_array(elements));
}

// Upstream answers a bare `true`.
Task<Result<Reply>> delete_profile(RequestContext request) {
  Result<void> deleted = co_await flows::delete_profile(
      request.flows, std::move(request.principal), request.param("merchant_id"), request.param("profile_id"));
  if (!deleted) co_return fail(std::move(deleted.error()));
  co_return json_reply("true");
}

constexpr std::array kMerchantRoutes = {
    Route{post, "/accounts", Access::admin, Body::json, "create_merchant", create_merchant},
    Route{get, "/accounts/list", Access::admin, Body::none, "list_merchants", list_merchants},
    Route{get, "/accounts/{merchant_id}", Access::admin_or_merchant, Body::none, "retrieve_merchant",
          retrieve_merchant},
    Route{post, "/accounts/{merchant_id}", Access::admin_or_merchant, Body::json, "update_merchant",
          update_merchant},
    Route{del, "/accounts/{merchant_id}", Access::admin, Body::none, "delete_merchant", delete_merchant},
};

constexpr std::array kProfileRoutes = {
    Route{post, "/account/{merchant_id}/business_profile", Access::admin_or_merchant, Body::optional_json,
          "create_profile", create_profile},
    Route{get, "/account/{merchant_id}/business_profile", Access::admin_or_merchant, Body::none,
          "list_profiles", list_profiles},
    Route{get, "/account/{merchant_id}/business_profile/{profile_id}", Access::admin_or_merchant, Body::none,
          "retrieve_profile", retrieve_profile},
    Route{post, "/account/{merchant_id}/business_profile/{profile_id}", Access::admin_or_merchant, Body::json,
          "update_profile", update_profile},
    Route{del, "/account/{merchant_id}/business_profile/{profile_id}", Access::admin_or_merchant, Body::none,
          "delete_profile", delete_profile},
};

}  // namespace

std::span<const Route> merchant_routes() {
  return kMerchantRoutes;
}

std::span<const Route> profile_routes() {
  return kProfileRoutes;
}

}  // namespace payweir::api::native
