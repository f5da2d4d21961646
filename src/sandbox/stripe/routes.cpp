#include "sandbox/stripe/routes.hpp"

#include <algorithm>
#include <array>

#include "sandbox/stripe/account_handlers.hpp"
#include "sandbox/stripe/intents.hpp"
#include "sandbox/stripe/method_rules.hpp"
#include "sandbox/stripe/refunds.hpp"

namespace payweir::sandbox::stripe {
namespace {

using Handler = Answer (*)(Call&, std::string_view);

template <Answer (*handler)(Call&)>
constexpr Handler kWithoutId = [](Call& call, std::string_view) { return handler(call); };

struct Row {
  http::Method method;
  std::string_view resource;
  bool has_id;
  std::string_view action;  // behind the id, or behind the resource when there is none
  Operation operation;
  Handler handler;
};

using http::Method;
constexpr std::array kRows = std::to_array<Row>({
    {Method::post, "payment_intents", false, "", Operation::create, kWithoutId<create_intent>},
    {Method::get, "payment_intents", false, "", Operation::query, kWithoutId<list_intents>},
    {Method::get, "payment_intents", false, "search", Operation::search, kWithoutId<search_intents>},
    {Method::get, "payment_intents", true, "", Operation::query, retrieve_intent},
    {Method::post, "payment_intents", true, "", Operation::create, update_intent},
    {Method::post, "payment_intents", true, "confirm", Operation::authorize, confirm_intent},
    {Method::post, "payment_intents", true, "capture", Operation::capture, capture_intent},
    {Method::post, "payment_intents", true, "cancel", Operation::void_, cancel_intent},
    {Method::post, "customers", false, "", Operation::create, kWithoutId<create_customer>},
    {Method::get, "charges", true, "", Operation::query, retrieve_charge},
    {Method::post, "refunds", false, "", Operation::refund, kWithoutId<create_refund>},
    {Method::get, "refunds", false, "", Operation::query, kWithoutId<list_refunds>},
    {Method::get, "refunds", true, "", Operation::query, retrieve_refund},
    {Method::post, "webhook_endpoints", false, "", Operation::webhook_setup, kWithoutId<create_endpoint>},
    {Method::get, "webhook_endpoints", false, "", Operation::webhook_setup, kWithoutId<list_endpoints>},
    {Method::get, "webhook_endpoints", true, "", Operation::webhook_setup, retrieve_endpoint},
    {Method::del, "webhook_endpoints", true, "", Operation::webhook_setup, delete_endpoint},
    {Method::get, "events", false, "", Operation::query, kWithoutId<list_events>},
    {Method::get, "events", true, "", Operation::query, retrieve_event},
    {Method::get, "balance", false, "", Operation::query, kWithoutId<retrieve_balance>},
    {Method::get, "account", false, "", Operation::query, kWithoutId<retrieve_account>},
});

std::string_view take_segment(std::string_view& path) {
  const std::size_t end = path.find('/');
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  return segment;
}

}  // namespace

std::optional<Route> find_route(http::Method method, std::string_view path) {
  if (!path.starts_with("/v1/")) return std::nullopt;
  path.remove_prefix(4);
  const std::string_view resource = take_segment(path);
  const std::string_view second = take_segment(path);
  const std::string_view third = take_segment(path);
  if (!path.empty()) return std::nullopt;
  for (const Row& row : kRows) {
    if (row.method != method || row.resource != resource) continue;
    if (row.has_id && !second.empty() && second != "search" && third == row.action)
      return Route{row.handler, row.operation, second};
    if (!row.has_id && second == row.action && third.empty()) return Route{row.handler, row.operation, {}};
  }
  return std::nullopt;
}

}  // namespace payweir::sandbox::stripe
