#include "api/native/routing.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/binding.hpp"
#include "api/native/accounts_rendering.hpp"
#include "api/native/routing_evaluation.hpp"
#include "api/query_binding.hpp"
#include "base/json_writer.hpp"
#include "domain/routing/decimal.hpp"
#include "flows/routing/algorithms.hpp"
#include "flows/routing/defaults.hpp"

namespace payweir::api::native {
namespace {

constexpr IntegerRange kLimitRange{1, 100};
constexpr IntegerRange kOffsetRange{0, 1'000};
constexpr std::int64_t kLimitDefault = 50;

// What is kept of an algorithm, and shown again.
std::string known_members_of(const json::Value& algorithm) {
  json::Writer out;
  out.begin_object();
  for (const std::string_view name : {"type", "data"})
    if (algorithm[name].present()) out.raw_field(name, algorithm[name].dump());
  out.end_object();
  return std::move(out).take();
}

Result<flows::CreateRoutingAlgorithm> bind_create(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateRoutingAlgorithm command;
  command.name = fields.required_text("name", flows::kRoutingNameMax);
  command.description = fields.required_text("description", flows::kRoutingDescriptionMax);
  command.profile_id = fields.required_text("profile_id");
  if (!fields.has("algorithm")) fields.report(Code::missing_field, "algorithm", "");
  if (!fields.object_json("algorithm", flows::kRoutingAlgorithmMax).empty())
    command.algorithm_json = known_members_of(body["algorithm"]);
  static_cast<void>(fields.word("transaction_type", {"payment"}));
  if (problem) return std::unexpected(std::move(*problem));
  return command;
}

Task<Result<Reply>> create(RequestContext request) {
  Result<flows::CreateRoutingAlgorithm> command = bind_create(request.body());
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::Answer> answer = co_await flows::create_routing_algorithm(
      request.flows, std::move(request.principal), std::move(request.key), std::move(*command),
      kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

// {"canary": {"percent": 5, "worse_by_percent": "2", "payments_min": 200}}; none without it.
Result<std::optional<routing::CanaryTerms>> bind_trial(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  Fields canary = fields.object("canary");
  std::optional<routing::CanaryTerms> terms;
  if (!canary.present()) return bound(terms, problem);
  terms.emplace();
  terms->percent = static_cast<std::int32_t>(canary.required_integer("percent", {1, 99}));
  terms->payments_min =
      canary.integer("payments_min", {1, routing::kCanaryPaymentsMax}).value_or(terms->payments_min);
  if (const std::string text = canary.text("worse_by_percent"); !text.empty()) {
    const auto ppm = routing::scaled_decimal(text, routing::kAll / 100, routing::kAll);
    if (!ppm)
      canary.report(Code::invalid_value, "worse_by_percent",
                    "a decimal from 0 to 100 of at most four places is expected");
    terms->worse_by_ppm = static_cast<std::int32_t>(ppm.value_or(0));
  }
  return bound(terms, problem);
}

Task<Result<Reply>> activate(RequestContext request) {
  std::string id = request.param("routing_algorithm_id");
  const Result<std::optional<routing::CanaryTerms>> trial = bind_trial(request.body());
  if (!trial) co_return fail(trial.error());
  Result<flows::Answer> answer = co_await flows::activate_routing_algorithm(
      request.flows, std::move(request.principal), std::move(request.key), std::move(id), *trial,
      kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> deactivate(RequestContext request) {
  std::optional<Error> problem;
  Fields fields(request.body(), problem);
  std::string profile_id = fields.required_text("profile_id");
  if (problem) co_return fail(std::move(*problem));
  Result<flows::Answer> answer = co_await flows::deactivate_routing_algorithm(
      request.flows, std::move(request.principal), std::move(request.key), std::move(profile_id),
      kAccountRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

std::string render_list(const std::vector<flows::RoutingAlgorithmView>& views) {
  std::vector<std::string> elements;
  for (const flows::RoutingAlgorithmView& view : views)
    elements.push_back(kAccountRendering.routing_algorithm(view));
  return render_array(elements);
}

Task<Result<Reply>> list(RequestContext request) {
  std::optional<Error> problem;
  QueryFields fields(request.query, problem);
  std::string profile_id = fields.text("profile_id", 64);
  const auto limit = static_cast<std::size_t>(fields.integer("limit", kLimitRange).value_or(kLimitDefault));
  const auto offset = static_cast<std::size_t>(fields.integer("offset", kOffsetRange).value_or(0));
  if (problem) co_return fail(std::move(*problem));
  const Result<std::vector<flows::RoutingAlgorithmView>> views = co_await flows::list_routing_algorithms(
      request.flows, std::move(request.principal), std::move(profile_id), limit, offset);
  if (!views) co_return fail(views.error());
  co_return json_reply(render_list(*views));
}

Task<Result<Reply>> list_active(RequestContext request) {
  std::string profile_id(request.query_value("profile_id"));
  const Result<std::vector<flows::RoutingAlgorithmView>> views =
      co_await flows::list_active_routing_algorithms(request.flows, std::move(request.principal),
                                                     std::move(profile_id));
  if (!views) co_return fail(views.error());
  co_return json_reply(render_list(*views));
}

Task<Result<Reply>> retrieve(RequestContext request) {
  std::string id = request.param("routing_algorithm_id");
  const Result<flows::RoutingAlgorithmView> view =
      co_await flows::retrieve_routing_algorithm(request.flows, std::move(request.principal), std::move(id));
  if (!view) co_return fail(view.error());
  co_return json_reply(render_whole_algorithm(*view));
}

void write_choices(json::Writer& out, const std::vector<routing::Choice>& choices) {
  out.begin_array();
  for (const routing::Choice& choice : choices)
    out.begin_object()
        .field("connector", choice.connector)
        .text_or_null("merchant_connector_id", choice.merchant_connector_id)
        .end_object();
  out.end_array();
}

std::string render_default(const flows::DefaultRoutingView& view) {
  json::Writer out;
  write_choices(out, view.accounts);
  return std::move(out).take();
}

std::string render_default_of_profile(const flows::DefaultRoutingView& view) {
  json::Writer out;
  out.begin_object().field("profile_id", view.profile_id).key("connectors");
  write_choices(out, view.accounts);
  out.end_object();
  return std::move(out).take();
}

Task<Result<Reply>> retrieve_default(RequestContext request) {
  std::string profile_id(request.query_value("profile_id"));
  const Result<flows::DefaultRoutingView> view = co_await flows::retrieve_default_routing(
      request.flows, std::move(request.principal), std::move(profile_id));
  if (!view) co_return fail(view.error());
  co_return json_reply(render_default(*view));
}

Task<Result<Reply>> list_defaults(RequestContext request) {
  const Result<std::vector<flows::DefaultRoutingView>> views =
      co_await flows::list_default_routings(request.flows, std::move(request.principal));
  if (!views) co_return fail(views.error());
  std::vector<std::string> elements;
  for (const flows::DefaultRoutingView& view : *views)
    elements.push_back(render_default_of_profile(view));
  co_return json_reply(render_array(elements));
}

Task<Result<Reply>> update_default(RequestContext request, std::string profile_id,
                                   flows::RenderDefaultRouting render) {
  Result<std::vector<routing::Choice>> accounts = routing::read_choices(request.body(), "connectors");
  if (!accounts) co_return fail(std::move(accounts.error()));
  Result<flows::Answer> answer = co_await flows::update_default_routing(
      request.flows, std::move(request.principal), std::move(request.key), std::move(profile_id),
      std::move(*accounts), render);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> update_default_of_merchant(RequestContext request) {
  return update_default(std::move(request), "", render_default);
}

Task<Result<Reply>> update_default_of_profile(RequestContext request) {
  std::string profile_id = request.param("profile_id");
  return update_default(std::move(request), std::move(profile_id), render_default_of_profile);
}

Task<Result<Reply>> evaluate_rule(RequestContext request) {
  Result<RuleEvaluation> evaluation = bind_rule_evaluation(request.body());
  if (!evaluation) co_return fail(std::move(evaluation.error()));
  const Result<flows::RoutingVerdict> verdict = co_await flows::evaluate_routing(
      request.flows, std::move(request.principal), std::move(evaluation->command));
  if (verdict) co_return json_reply(render_rule_evaluation(*verdict));
  const Code code = verdict.error().code;
  const bool nobody_can = code == Code::no_connector_account || code == Code::capture_method_not_supported;
  if (!nobody_can || evaluation->fallback.empty()) co_return fail(verdict.error());
  co_return json_reply(render_fallback(evaluation->fallback));
}

Task<Result<Reply>> decide_gateway(RequestContext request) {
  Result<flows::EvaluateRouting> command = bind_gateway_decision(request.body());
  if (!command) co_return fail(std::move(command.error()));
  const Result<flows::RoutingVerdict> verdict =
      co_await flows::evaluate_routing(request.flows, std::move(request.principal), std::move(*command));
  if (!verdict) co_return fail(verdict.error());
  co_return json_reply(render_gateway_decision(*verdict));
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{post, "/routing", Access::merchant, Body::large_json, "create_routing_algorithm", create},
    Route{get, "/routing", Access::merchant, Body::none, "list_routing_algorithms", list},
    Route{get, "/routing/active", Access::merchant, Body::none, "list_active_routing_algorithms",
          list_active},
    Route{get, "/routing/default", Access::merchant, Body::none, "retrieve_default_routing",
          retrieve_default},
    Route{post, "/routing/default", Access::merchant, Body::json_list, "update_default_routing",
          update_default_of_merchant},
    Route{get, "/routing/default/profile", Access::merchant, Body::none, "list_default_routings",
          list_defaults},
    Route{post, "/routing/default/profile/{profile_id}", Access::merchant, Body::json_list,
          "update_default_routing_of_profile", update_default_of_profile},
    Route{get, "/routing/list/profile", Access::merchant, Body::none, "list_routing_algorithms_of_profile",
          list},
    Route{post, "/routing/deactivate", Access::merchant, Body::json, "deactivate_routing_algorithm",
          deactivate},
    Route{post, "/routing/evaluate", Access::merchant, Body::json, "decide_gateway", decide_gateway},
    Route{post, "/routing/rule/evaluate", Access::merchant, Body::json, "evaluate_routing_rule",
          evaluate_rule},
    Route{get, "/routing/{routing_algorithm_id}", Access::merchant, Body::none, "retrieve_routing_algorithm",
          retrieve},
    Route{post, "/routing/{routing_algorithm_id}/activate", Access::merchant, Body::optional_json,
          "activate_routing_algorithm", activate},
};

}  // namespace

std::span<const Route> routing_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
