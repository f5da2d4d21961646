#include "api/native/payment_links.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/native/payment_requests.hpp"
#include "api/native/rendering.hpp"
#include "base/json_writer.hpp"
#include "flows/payment_links.hpp"

namespace payweir::api::native {
namespace {

std::string render(const RequestContext& request, const flows::PaymentView& view) {
  return render_payment_link(view, request.flows.settings.public_url, request.flows.clock.wall());
}

Task<Result<Reply>> retrieve(RequestContext request) {
  std::string id = request.param("payment_link_id");
  std::string client_secret(request.query_value("client_secret"));
  const Result<flows::PaymentView> view = co_await flows::retrieve_payment_link(
      request.flows, std::move(request.principal), std::move(id), std::move(client_secret));
  if (!view) co_return fail(view.error());
  co_return json_reply(render(request, *view));
}

// Upstream reads a query here although it is a POST, and answers with the bare array.
Task<Result<Reply>> list(RequestContext request) {
  Result<flows::ListPaymentLinks> command = bind_list_payment_links(request.query);
  if (!command) co_return fail(std::move(command.error()));
  const Result<std::vector<flows::PaymentView>> views =
      co_await flows::list_payment_links(request.flows, std::move(request.principal), std::move(*command));
  if (!views) co_return fail(views.error());
  json::Writer out(256 + views->size() * 512);
  out.begin_array();
  for (const flows::PaymentView& view : *views)
    out.raw(render(request, view));
  out.end_array();
  co_return json_reply(std::move(out).take());
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{post, "/payment_link/list", Access::merchant, Body::none, "list_payment_links", list},
    Route{get, "/payment_link/{payment_link_id}", Access::merchant_or_publishable, Body::none,
          "retrieve_payment_link", retrieve},
};

}  // namespace

std::span<const Route> payment_link_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
