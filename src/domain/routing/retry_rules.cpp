#include "domain/routing/retry_rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/planted.hpp"

namespace payweir::routing {
namespace {

constexpr RetryFlow kAuthorise{"Payment", "Authorize"}, kCapture{"Payment", "Capture"},
    kVoid{"Payment", "Void"}, kRefund{"refund_flow", "sub_flow"};

auto name_of(const RetryRule& rule) {
  return std::tuple<std::string_view, std::string_view, std::string_view, std::string_view, std::string_view>(
      rule.connector, rule.flow, rule.sub_flow, rule.code, rule.message);
}

struct MessageParts {
  std::string_view sentence, decline_code;
};

// Of "message - Your card was declined., decline_code - do_not_honor", which is how a connector says both.
MessageParts parts_of(std::string_view message) {
  constexpr std::string_view kSentence = "message - ", kDeclineCode = ", decline_code - ";
  const std::size_t at = message.rfind(kDeclineCode);
  if (!message.starts_with(kSentence) || at == std::string_view::npos || at < kSentence.size()) return {};
  return {message.substr(kSentence.size(), at - kSentence.size()), message.substr(at + kDeclineCode.size())};
}

// WeChat Pay writes its codes with underscores and without.
bool is_same_code(std::string_view left, std::string_view right) {
  std::size_t i = 0, j = 0;
  for (;;) {
    while (i < left.size() && left[i] == '_')
      ++i;
    while (j < right.size() && right[j] == '_')
      ++j;
    if (i == left.size() || j == right.size()) return i == left.size() && j == right.size();
    if (left[i++] != right[j++]) return false;
  }
}

const RetryRule* find_built_in(std::span<const RetryRule> rules, std::string_view connector,
                               std::string_view code) {
  if (code.empty()) return nullptr;
  const auto found = std::ranges::find_if(rules, [&](const RetryRule& rule) {
    return rule.connector == connector && is_same_code(rule.code, code);
  });
  return found == rules.end() ? nullptr : &*found;
}

// Without a rule: what the connector makes of it.
bool moves_on(const Outcome& outcome, const RetryRule* rule) {
  return rule ? rule->decision == RetryDecision::retry : may_move_on(outcome);
}

}  // namespace

std::string_view to_string(RetryDecision decision) {
  switch (decision) {
    case RetryDecision::do_default: return "do_default";
    case RetryDecision::retry: return "retry";
  }
  return "do_default";
}

RetryRule to_rule(std::string_view connector, const BuiltInRetryRule& line) {
  const StandardisedCodeInfo& means = info_of(line.means);
  RetryRule rule;
  rule.connector = connector;
  rule.flow = kAuthorise.flow;
  rule.sub_flow = kAuthorise.sub_flow;
  rule.code = line.code;
  rule.status = "failure";
  rule.decision = line.decision;
  rule.step_up_possible = line.step_up_possible;
  rule.unified_code = to_string(means.unified);
  rule.unified_message = message_of(means.unified);
  rule.error_category = to_string(means.category);
  rule.standardised_code = means.word;
  rule.description = means.description;
  rule.user_guidance_message = means.guidance;
  return rule;
}

RetryFlow retry_flow(OperationKind kind) {
  switch (kind) {
    case OperationKind::authorise: return kAuthorise;
    case OperationKind::capture: return kCapture;
    case OperationKind::void_authorisation: return kVoid;
    case OperationKind::refund:
    case OperationKind::reversal: return kRefund;
  }
  return kAuthorise;
}

RetryRules::RetryRules(std::vector<RetryRule> stored, std::span<const RetryRule> built_in)
    : stored_(std::move(stored)), built_in_(built_in) {
  std::ranges::sort(stored_, {}, name_of);
}

const RetryRule* RetryRules::find_stored(std::string_view connector, RetryFlow flow, std::string_view code,
                                         std::string_view message) const {
  const std::tuple wanted(connector, flow.flow, flow.sub_flow, code, message);
  const auto at = std::ranges::lower_bound(stored_, wanted, {}, name_of);
  return at != stored_.end() && name_of(*at) == wanted ? &*at : nullptr;
}

const RetryRule* RetryRules::find(std::string_view connector, std::string_view flow,
                                  std::string_view sub_flow, std::string_view code,
                                  std::string_view message) const {
  const MessageParts parts = parts_of(message);
  const auto find_in = [&](RetryFlow asked) -> const RetryRule* {
    for (const std::string_view each : {message, parts.decline_code, parts.sentence, std::string_view()})
      if (const RetryRule* rule = find_stored(connector, asked, code, each)) return rule;
    return nullptr;
  };
  if (!stored_.empty()) {
    if (const RetryRule* rule = find_in({flow, sub_flow})) return rule;
    if (flow == kRefund.flow)
      if (const RetryRule* rule = find_in(kAuthorise)) return rule;
  }
  const RetryRule* rule = find_built_in(built_in_, connector, parts.decline_code);
  return rule ? rule : find_built_in(built_in_, connector, code);
}

const RetryRule* RetryRules::find(std::string_view connector, OperationKind kind,
                                  const GatewayError& error) const {
  const RetryFlow flow = retry_flow(kind);
  return find(connector, flow.flow, flow.sub_flow, error.code, error.message);
}

Retry may_retry(const Outcome& outcome, const RetryRule* rule, StepUp step_up) {
  struct {
    const Outcome& outcome;
    const RetryRule* rule;
    StepUp step_up;
    Retry operator()(const outcome::NotSent&) const { return next_account_if_it_moves_on(); }
    Retry operator()(const outcome::Rejected&) const { return next_account_if_it_moves_on(); }
    Retry operator()(const outcome::Declined& declined) const {
      if (is_hard(declined.reason)) return PLANTED(retries_a_hard_decline) ? Retry::next_account : Retry::no;
      if (rule && rule->step_up_possible && step_up == StepUp::available) return Retry::step_up;
      return next_account_if_it_moves_on();
    }
    Retry operator()(const outcome::Accepted&) const { return Retry::no; }
    Retry operator()(const outcome::Unknown&) const { return Retry::no; }
    [[nodiscard]] Retry next_account_if_it_moves_on() const {
      return moves_on(outcome, rule) ? Retry::next_account : Retry::no;
    }
  } visitor{outcome, rule, step_up};
  return std::visit(visitor, outcome);
}

}  // namespace payweir::routing
