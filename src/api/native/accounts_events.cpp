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

Task<Result<Reply>> list(RequestContext request) {
  Result<flows::ListEvents> command = bind_list_events(request.body(), request.param("merchant_id"));
  if (!command) co_return fail(std::move(command.error()));
  Result<std::vector<flows::EventView>> views =
      co_await flows::list_events(request.flows, std::move(request.principal), std::move(*command));
  if (!views) co_return fail(std::move(views.error()));
  json::Writer out(1024);
  out.begin_object().field("size", static_cast<std::int64_t>(views->size())).key("events").begin_array();
  for (const flows::EventView& view : *views)
    out.raw(kAccountRendering.event_summary(view));
  out.end_array().end_object();
  co_return json_reply(std::move(out).take());
}

// One element for an event that has an endpoint: what is sent is the same at every try, and of the answers
// the last is kept.
Task<Result<Reply>> list_attempts(RequestContext request) {
  Result<flows::EventView> view = co_await flows::retrieve_event(
      request.flows, std::move(request.principal), request.param("merchant_id"), request.param("event_id"));
  if (!view) co_return fail(std::move(view.error()));
  std::vector<std::string> elements;
  if (view->delivery) elements.push_back(kAccountRendering.event(*view));
  co_return json_reply(render_array(elements));
}

Task<Result<Reply>> retry(RequestContext request) {
  Result<flows::Answer> answer = co_await flows::deliver_event_again(
      request.flows, std::move(request.principal), std::move(request.key), request.param("merchant_id"),
      request.param("event_id"), kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

constexpr std::array kRoutes = {
    Route{post, "/events/{merchant_id}", Access::admin_or_merchant, Body::optional_json, "list_events", list},
    Route{get, "/events/{merchant_id}/{event_id}/attempts", Access::admin_or_merchant, Body::none,
          "list_delivery_attempts", list_attempts},
    Route{post, "/events/{merchant_id}/{event_id}/retry", Access::admin_or_merchant, Body::optional_json,
          "retry_event", retry},
};

}  // namespace

std::span<const Route> event_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
