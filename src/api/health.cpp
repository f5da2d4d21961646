#include "api/health.hpp"

#include <array>
#include <utility>

#include "base/json_writer.hpp"

namespace payweir::api {
namespace {

Reply text_reply(std::string body, std::string_view content_type) {
  Reply reply;
  reply.response.headers.set("content-type", content_type);
  reply.response.body = std::move(body);
  return reply;
}

Task<Result<Reply>> live(RequestContext) {
  co_return text_reply("health is good", "text/plain; charset=utf-8");
}

Task<Result<Reply>> ready(RequestContext request) {
  const auto store = request.flows.store.statistics();
  const bool is_under_review = request.flows.review.is_under_way();
  const bool is_ready = store.writable && !is_under_review;
  json::Writer out(128);
  out.begin_object().field("status", is_ready ? "ready" : "unavailable");
  out.field("under_review", is_under_review);
  out.key("store").begin_object().field("writable", store.writable);
  out.field("queue_depth", static_cast<std::int64_t>(store.queue_depth)).end_object().end_object();
  co_return json_reply(std::move(out).take(), is_ready ? 200 : 503);
}

Task<Result<Reply>> metrics(RequestContext request) {
  const auto store = request.flows.store.statistics();
  const flows::GuardReadings guards =
      flows::read_guards(request.flows.traffic.admission, request.flows.traffic.health);
  co_return text_reply(request.flows.telemetry.render(store, guards),
                       "text/plain; version=0.0.4; charset=utf-8");
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{get, "/health", Access::open, Body::none, "live", live},
    Route{get, "/health/ready", Access::open, Body::none, "ready", ready},
    Route{get, "/metrics", Access::open, Body::none, "metrics", metrics},
};

}  // namespace

std::span<const Route> health_routes() {
  return kRoutes;
}

}  // namespace payweir::api
