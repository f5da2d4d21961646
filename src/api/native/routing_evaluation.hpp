#pragma once
// The bodies of /routing/rule/evaluate and /routing/evaluate, as Hyperswitch v1 has them
// (api_models: RoutingEvaluateRequest; open_router: OpenRouterDecideGatewayRequest), and their answers.
#include <string>
#include <vector>

#include "base/json_reader.hpp"
#include "flows/routing/evaluate.hpp"

namespace payweir::api::native {

struct RuleEvaluation {
  flows::EvaluateRouting command;
  std::vector<routing::Choice> fallback;  // the answer where no account can take the payment
};

// {"created_by": profile, "payment_id", "parameters": {"amount": {"type": "number", "value": 10}, …},
// "fallback_output": [{"gateway_name", "gateway_id"}]}. A parameter of which routing knows nothing is
// ignored.
[[nodiscard]] Result<RuleEvaluation> bind_rule_evaluation(const json::Value& body);
[[nodiscard]] std::string render_rule_evaluation(const flows::RoutingVerdict& verdict);
[[nodiscard]] std::string render_fallback(const std::vector<routing::Choice>& fallback);

// {"paymentInfo": {…}, "merchantId": profile, "eligibleGatewayList": ["stripe:mca_…"], "rankingAlgorithm",
// "eliminationEnabled"}
[[nodiscard]] Result<flows::EvaluateRouting> bind_gateway_decision(const json::Value& body);
[[nodiscard]] std::string render_gateway_decision(const flows::RoutingVerdict& verdict);

}  // namespace payweir::api::native
