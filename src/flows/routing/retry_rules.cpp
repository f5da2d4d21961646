#include "flows/routing/retry_rules.hpp"

#include "flows/accounts/access.hpp"
#include "flows/accounts/change.hpp"
#include "store/queries/retry_rule_queries.hpp"

namespace payweir::flows {
namespace {

using store::RetryRuleRow;

RetryRuleName name_of(const routing::RetryRule& rule) {
  return {rule.connector, rule.flow, rule.sub_flow, rule.code, rule.message};
}

std::unexpected<Error> no_such_rule() {
  return fail(Code::not_found, "gsm", "GSM with given key does not exist in our records");
}

Result<void> check_connector(const std::string& name) {
  if (find_connector(name)) return {};
  std::string known;
  for (const Connector* connector : all_connectors())
    known.append(known.empty() ? "" : ", ").append(connector->capabilities().name);
  return fail(Code::invalid_value, "connector", "one of these is expected: " + known);
}

Task<Result<RetryRuleRow>> find_rule(Context& context, Principal principal, RetryRuleName name) {
  if (Result<void> allowed = require_admin(principal); !allowed) co_return fail(std::move(allowed.error()));
  Result<std::optional<RetryRuleRow>> row = co_await store::find_retry_rule(
      context.store, std::move(name.connector), std::move(name.flow), std::move(name.sub_flow),
      std::move(name.code), std::move(name.message));
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return no_such_rule();
  co_return std::move(**row);
}

template <class T>
void replace(T& value, const std::optional<T>& by) {
  if (by) value = *by;
}

void apply(routing::RetryRule& rule, const ChangeRetryRule& change) {
  replace(rule.status, change.status);
  replace(rule.router_error, change.router_error);
  replace(rule.decision, change.decision);
  replace(rule.step_up_possible, change.step_up_possible);
  replace(rule.clear_pan_possible, change.clear_pan_possible);
  replace(rule.alternate_network_possible, change.alternate_network_possible);
  replace(rule.unified_code, change.unified_code);
  replace(rule.unified_message, change.unified_message);
  replace(rule.error_category, change.error_category);
  replace(rule.standardised_code, change.standardised_code);
  replace(rule.description, change.description);
  replace(rule.user_guidance_message, change.user_guidance_message);
}

Task<Result<Answer>> create_once(Context& context, Principal principal, Key key, ChangeRetryRule command,
                                 const RetryRuleRendering& rendering) {
  if (Result<void> allowed = require_admin(principal); !allowed) co_return fail(std::move(allowed.error()));
  if (Result<void> known = check_connector(command.name.connector); !known)
    co_return fail(std::move(known.error()));
  const Result<std::int64_t> count = co_await store::count_retry_rules(context.store);
  if (!count) co_return fail(count.error());
  if (static_cast<std::size_t>(*count) >= kRetryRulesMax)
    co_return fail(
        Code::invalid_value, "code",
        "there are " + std::to_string(kRetryRulesMax) + " rules already, which is as many as can be");
  RetryRuleRow row;
  row.key = context.new_key();
  row.rule.connector = command.name.connector;
  row.rule.flow = command.name.flow;
  row.rule.sub_flow = command.name.sub_flow;
  row.rule.code = command.name.code;
  row.rule.message = command.name.message;
  apply(row.rule, command);
  row.created_at = row.modified_at = context.clock.wall();
  AccountChange change = begin_change(context, std::move(key), row.key);
  change.rows.insert(row);
  Answer answer;
  answer.body = rendering.rule(row.rule);
  auto committed =
      co_await commit_change(context, std::move(change), std::move(answer), AnswerContent::ordinary, "code");
  if (!committed && committed.error().code == Code::duplicate_resource)
    co_return fail(Code::duplicate_resource, "code", "GSM with given key already exists in our records");
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

Task<Result<Answer>> update_once(Context& context, Principal principal, Key key, ChangeRetryRule command,
                                 const RetryRuleRendering& rendering) {
  for (int round = 0; round < kAccountRetriesMax; ++round) {
    Result<RetryRuleRow> row = co_await find_rule(context, principal, command.name);
    if (!row) co_return fail(std::move(row.error()));
    apply(row->rule, command);
    row->modified_at = context.clock.wall();
    ++row->version;
    AccountChange change = begin_change(context, key, row->key);
    change.rows.update(*row);
    Answer answer;
    answer.body = rendering.rule(row->rule);
    auto committed = co_await commit_change(context, std::move(change), std::move(answer),
                                            AnswerContent::ordinary, "code");
    if (!committed) co_return fail(std::move(committed.error()));
    if (*committed) co_return std::move(**committed);
  }
  co_return too_many_writers();
}

Task<Result<Answer>> delete_once(Context& context, Principal principal, Key key, RetryRuleName name,
                                 const RetryRuleRendering& rendering) {
  Result<RetryRuleRow> row = co_await find_rule(context, std::move(principal), std::move(name));
  if (!row) co_return fail(std::move(row.error()));
  AccountChange change = begin_change(context, std::move(key), row->key);
  change.rows.erase<RetryRuleRow>(row->key);
  Answer answer;
  answer.body = rendering.deleted(name_of(row->rule));
  auto committed =
      co_await commit_change(context, std::move(change), std::move(answer), AnswerContent::ordinary, "code");
  if (!committed) co_return fail(std::move(committed.error()));
  if (!*committed) co_return too_many_writers();
  co_return std::move(**committed);
}

}  // namespace

Task<Result<Answer>> create_retry_rule(Context& context, Principal principal, Key key,
                                       ChangeRetryRule command, const RetryRuleRendering& rendering) {
  auto attempt = create_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<routing::RetryRule>> retrieve_retry_rule(Context& context, Principal principal,
                                                     RetryRuleName name) {
  Result<RetryRuleRow> row = co_await find_rule(context, std::move(principal), std::move(name));
  if (!row) co_return fail(std::move(row.error()));
  co_return std::move(row->rule);
}

Task<Result<Answer>> update_retry_rule(Context& context, Principal principal, Key key,
                                       ChangeRetryRule command, const RetryRuleRendering& rendering) {
  auto attempt = update_once(context, std::move(principal), key, std::move(command), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

Task<Result<Answer>> delete_retry_rule(Context& context, Principal principal, Key key, RetryRuleName name,
                                       const RetryRuleRendering& rendering) {
  auto attempt = delete_once(context, std::move(principal), key, std::move(name), rendering);
  return or_first_answer(context, std::move(key), std::move(attempt));
}

}  // namespace payweir::flows
