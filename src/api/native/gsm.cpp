#include "api/native/gsm.hpp"

#include <array>
#include <string>
#include <utility>

#include "api/binding.hpp"
#include "base/json_writer.hpp"
#include "flows/routing/retry_rules.hpp"

namespace payweir::api::native {
namespace {

using flows::kRetryCodeMax, flows::kRetryMessageMax, flows::kRetryWordMax;
using routing::RetryDecision;

class Rendering final : public flows::RetryRuleRendering {
 public:
  [[nodiscard]] std::string rule(const routing::RetryRule& rule) const override {
    json::Writer out(1024);
    out.begin_object();
    out.field("connector", rule.connector).field("flow", rule.flow).field("sub_flow", rule.sub_flow);
    out.field("code", rule.code).field("message", rule.message).field("status", rule.status);
    out.text_or_null("router_error", rule.router_error).field("decision", to_string(rule.decision));
    out.field("step_up_possible", rule.step_up_possible);
    out.field("clear_pan_possible", rule.clear_pan_possible);
    out.text_or_null("unified_code", rule.unified_code);
    out.text_or_null("unified_message", rule.unified_message);
    out.text_or_null("error_category", rule.error_category);
    out.text_or_null("standardised_code", rule.standardised_code);
    out.text_or_null("description", rule.description);
    out.text_or_null("user_guidance_message", rule.user_guidance_message);
    out.field("feature", "retry").key("feature_data").begin_object().key("retry").begin_object();
    out.field("step_up_possible", rule.step_up_possible);
    out.field("clear_pan_possible", rule.clear_pan_possible);
    out.field("alternate_network_possible", rule.alternate_network_possible);
    out.field("decision", to_string(rule.decision)).end_object().end_object();
    out.end_object();
    return std::move(out).take();
  }
  [[nodiscard]] std::string deleted(const flows::RetryRuleName& name) const override {
    json::Writer out(256);
    out.begin_object().field("gsm_rule_delete", true).field("connector", name.connector);
    out.field("flow", name.flow).field("sub_flow", name.sub_flow).field("code", name.code).end_object();
    return std::move(out).take();
  }
};
const Rendering kRendering;

// Whether all must be given, as upstream asks of a new rule.
enum class Asks : std::uint8_t { all, some };

void require(Fields& fields, std::string_view name) {
  if (!fields.has(name)) fields.report(Code::missing_field, name, "");
}

std::optional<RetryDecision> decision(Fields& fields) {
  const std::string word = fields.word("decision", {"retry", "do_default"});
  if (word.empty()) return std::nullopt;
  return word == "retry" ? RetryDecision::retry : RetryDecision::do_default;
}

std::optional<std::string> listed(Fields& fields, std::string_view name, bool (*is_known)(std::string_view)) {
  std::optional<std::string> word = fields.optional_text(name, kRetryWordMax);
  if (word && !word->empty() && !is_known(*word))
    fields.report(Code::invalid_value, name, "there is no " + std::string(name) + " of this name");
  return word;
}

flows::RetryRuleName bind_name(Fields& fields) {
  flows::RetryRuleName name;
  name.connector = fields.required_text("connector", kRetryWordMax);
  name.flow = fields.required_text("flow", kRetryWordMax);
  name.sub_flow = fields.required_text("sub_flow", kRetryWordMax);
  name.code = fields.required_text("code", kRetryCodeMax);
  name.message = fields.text("message", kRetryMessageMax);  // may be empty: any
  require(fields, "message");
  return name;
}

// Upstream's newer place for what a rule decides. It counts more than the older one, and is given whole.
void bind_feature(Fields& fields, flows::ChangeRetryRule& change) {
  static_cast<void>(fields.word("feature", {"retry"}));
  Fields data = fields.object("feature_data");
  if (!data.present()) return;
  require(data, "retry");
  Fields retry = data.object("retry");
  if (!retry.present()) return;
  for (const std::string_view name :
       {"step_up_possible", "clear_pan_possible", "alternate_network_possible", "decision"})
    require(retry, name);
  change.step_up_possible = retry.boolean("step_up_possible");
  change.clear_pan_possible = retry.boolean("clear_pan_possible");
  change.alternate_network_possible = retry.boolean("alternate_network_possible");
  change.decision = decision(retry);
}

flows::ChangeRetryRule bind_change(Fields& fields, Asks asks) {
  flows::ChangeRetryRule change;
  change.name = bind_name(fields);
  if (asks == Asks::all)
    for (const std::string_view name : {"status", "decision", "step_up_possible", "clear_pan_possible"})
      require(fields, name);
  change.status = fields.optional_text("status", kRetryWordMax);
  change.router_error = fields.optional_text("router_error", kRetryWordMax);
  change.decision = decision(fields);
  change.step_up_possible = fields.boolean("step_up_possible");
  change.clear_pan_possible = fields.boolean("clear_pan_possible");
  change.unified_code = fields.optional_text("unified_code", kRetryCodeMax);
  change.unified_message = fields.optional_text("unified_message", kRetryMessageMax);
  change.error_category = listed(fields, "error_category", routing::is_error_category);
  change.standardised_code = listed(fields, "standardised_code", routing::is_standardised_code);
  change.description = fields.optional_text("description", kRetryMessageMax);
  change.user_guidance_message = fields.optional_text("user_guidance_message", kRetryMessageMax);
  bind_feature(fields, change);
  return change;
}

Task<Result<Reply>> create(RequestContext request) {
  std::optional<Error> problem;
  Fields fields(request.body(), problem);
  flows::ChangeRetryRule given = bind_change(fields, Asks::all);
  if (problem) co_return fail(std::move(*problem));
  Result<flows::Answer> answer = co_await flows::create_retry_rule(
      request.flows, std::move(request.principal), std::move(request.key), std::move(given), kRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> retrieve(RequestContext request) {
  std::optional<Error> problem;
  Fields fields(request.body(), problem);
  flows::RetryRuleName name = bind_name(fields);
  if (problem) co_return fail(std::move(*problem));
  const Result<routing::RetryRule> rule =
      co_await flows::retrieve_retry_rule(request.flows, std::move(request.principal), std::move(name));
  if (!rule) co_return fail(rule.error());
  co_return json_reply(kRendering.rule(*rule));
}

Task<Result<Reply>> update(RequestContext request) {
  std::optional<Error> problem;
  Fields fields(request.body(), problem);
  flows::ChangeRetryRule change = bind_change(fields, Asks::some);
  if (problem) co_return fail(std::move(*problem));
  Result<flows::Answer> answer = co_await flows::update_retry_rule(
      request.flows, std::move(request.principal), std::move(request.key), std::move(change), kRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

Task<Result<Reply>> remove(RequestContext request) {
  std::optional<Error> problem;
  Fields fields(request.body(), problem);
  flows::RetryRuleName name = bind_name(fields);
  if (problem) co_return fail(std::move(*problem));
  Result<flows::Answer> answer = co_await flows::delete_retry_rule(
      request.flows, std::move(request.principal), std::move(request.key), std::move(name), kRendering);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return answer_reply(std::move(*answer));
}

using enum http::Method;

constexpr std::array kRoutes = {
    Route{post, "/gsm", Access::admin, Body::json, "create_retry_rule", create},
    Route{post, "/gsm/get", Access::admin, Body::json, "retrieve_retry_rule", retrieve},
    Route{post, "/gsm/update", Access::admin, Body::json, "update_retry_rule", update},
    Route{post, "/gsm/delete", Access::admin, Body::json, "delete_retry_rule", remove},
};

}  // namespace

std::span<const Route> gsm_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
