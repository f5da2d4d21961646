#include "store/queries/operator_queries.hpp"

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kListPaymentsWithOperator{
    "list_payments_with_operator", "SELECT key FROM payment WHERE state > 10 ORDER BY modified_at LIMIT $1"};

constexpr Query kListRefundsWithOperator{
    "list_refunds_with_operator",
    kSql<RefundRow, "SELECT {} FROM refund WHERE state = 4 ORDER BY modified_at LIMIT $1">};

// Under way, or closed without a result because the gateway's word could not be true.
constexpr Query kFindOperationInQuestion{
    "find_operation_in_question",
    kSql<OperationRow,
         "SELECT {} FROM operation WHERE payment_key = $1 AND refund_key = $2"
         " AND kind <> 5 AND (state <> 3 OR result = 0) ORDER BY key DESC LIMIT 1">};

constexpr Query kFindProposedSettlement{
    "find_proposed_settlement",
    kSql<ManualSettlementRow, "SELECT {} FROM manual_settlement WHERE operation_key = $1 AND state = 1">};

}  // namespace

Task<Result<std::vector<std::int64_t>>> list_payments_with_operator(Store& store, std::size_t limit) {
  return select_keys(store, kListPaymentsWithOperator, parameters_of(limit), limit);
}

Task<Result<std::vector<RefundRow>>> list_refunds_with_operator(Store& store, std::size_t limit) {
  return select_rows<RefundRow>(store, kListRefundsWithOperator, parameters_of(limit), limit);
}

Task<Result<std::optional<OperationRow>>> find_operation_in_question(Store& store, std::int64_t payment_key,
                                                                     std::int64_t refund_key) {
  return select_row<OperationRow>(store, kFindOperationInQuestion, parameters_of(payment_key, refund_key));
}

Task<Result<std::optional<ManualSettlementRow>>> find_proposed_settlement(Store& store,
                                                                          std::int64_t operation_key) {
  return select_row<ManualSettlementRow>(store, kFindProposedSettlement, parameters_of(operation_key));
}

}  // namespace payweir::store
