#include "store/queries/retry_rule_queries.hpp"

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kListRetryRules{"list_retry_rules",
                                kSql<RetryRuleRow, "SELECT {} FROM retry_rule ORDER BY key LIMIT $1">};
constexpr Query kFindRetryRule{
    "find_retry_rule", kSql<RetryRuleRow,
                            "SELECT {} FROM retry_rule WHERE connector = $1 AND flow = $2 AND sub_flow = $3 "
                            "AND code = $4 AND message = $5">};
constexpr Query kCountRetryRules{"count_retry_rules", "SELECT count(*) FROM retry_rule"};

}  // namespace

Task<Result<std::vector<RetryRuleRow>>> list_retry_rules(Store& store, std::size_t limit) {
  return select_rows<RetryRuleRow>(store, kListRetryRules, parameters_of(limit), limit);
}

Task<Result<std::optional<RetryRuleRow>>> find_retry_rule(Store& store, std::string connector,
                                                          std::string flow, std::string sub_flow,
                                                          std::string code, std::string message) {
  return select_row<RetryRuleRow>(store, kFindRetryRule,
                                  parameters_of(std::move(connector), std::move(flow), std::move(sub_flow),
                                                std::move(code), std::move(message)));
}

Task<Result<std::int64_t>> count_retry_rules(Store& store) {
  auto found = co_await store.select(kCountRetryRules, parameters_of(), 1);
  if (!found) co_return fail(std::move(found.error()));
  std::int64_t count = 0;
  from_value(found->at(0).at(0), count);
  co_return count;
}

}  // namespace payweir::store
