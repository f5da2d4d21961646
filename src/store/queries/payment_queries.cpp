#include "store/queries/payment_queries.hpp"

#include <algorithm>
#include <utility>

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

// A payment makes few attempts and operations; a list beyond this is a bug that must not take the memory.
constexpr std::size_t kRowsOfPaymentMax = 1000;

constexpr Query kFindPayment{
    "find_payment",
    kSql<PaymentRow, "SELECT {} FROM payment WHERE key = $1 AND salt = $2 AND merchant_no = $3">};

constexpr Query kFindPaymentByKey{"find_payment_by_key",
                                  kSql<PaymentRow, "SELECT {} FROM payment WHERE key = $1">};

constexpr Query kFindPaymentByReference{
    "find_payment_by_reference",
    kSql<PaymentRow,
         "SELECT {} FROM payment WHERE key = "
         "(SELECT target_key FROM alias WHERE merchant_no = $1 AND kind = 1 AND text = $2)">};

// By way of the merchants, because the index of aliases begins with them: a look-up for each.
constexpr Query kListPaymentsNamed{
    "list_payments_named",
    "SELECT alias.target_key FROM merchant CROSS JOIN alias"
    " ON alias.merchant_no = merchant.key AND alias.kind = 1 AND alias.text = $1 LIMIT $2"};

// Walks the primary key backwards. $5 is a set of states, bit n for state n; 0 in any filter is "any".
constexpr Query kListPayments{
    "list_payments",
    kSql<PaymentRow,
         "SELECT {} FROM payment WHERE key > $1 AND key < $2 AND merchant_no = $3"
         " AND ($4 = 0 OR profile_key = $4)"
         " AND ($5 = 0 OR ($5 >> state & 1) = 1)"
         " AND ($6 = 0 OR currency = $6)"
         " AND ($7 = 0 OR key IN (SELECT payment_key FROM attempt WHERE connector_account_key = $7))"
         " AND ($8 = '' OR json_extract(details, '$.customer_id') = $8)"
         " ORDER BY key DESC LIMIT $9 OFFSET $10">};

constexpr Query kListPaymentsWithLink{"list_payments_with_link",
                                      kSql<PaymentRow,
                                           "SELECT {} FROM payment WHERE key > $1 AND key < $2"
                                           " AND merchant_no = $3 AND has_link = 1"
                                           " ORDER BY key DESC LIMIT $4 OFFSET $5">};

// The two halves are the two indexes that hold attempts.
constexpr Query kFindNewestAttempt{
    "find_newest_attempt", kSql<AttemptRow,
                                "SELECT {} FROM attempt WHERE payment_key = $1 AND state <= 7 UNION ALL "
                                "SELECT {} FROM attempt WHERE payment_key = $1 AND state > 7 "
                                "ORDER BY key DESC LIMIT 1">};
constexpr Query kListAttempts{"list_attempts",
                              kSql<AttemptRow,
                                   "SELECT {} FROM attempt WHERE payment_key = $1 AND state <= 7 "
                                   "UNION ALL "
                                   "SELECT {} FROM attempt WHERE payment_key = $1 AND state > 7 "
                                   "ORDER BY key">};

constexpr Query kFindAttempt{"find_attempt", kSql<AttemptRow, "SELECT {} FROM attempt WHERE key = $1">};

constexpr Query kListAttemptsToReverse{
    "list_attempts_to_reverse",
    "SELECT key FROM attempt WHERE state = 12 AND modified_at <= $1 AND NOT EXISTS"
    " (SELECT 1 FROM operation WHERE operation.payment_key = attempt.payment_key"
    " AND operation.attempt_key = attempt.key AND operation.state <> 3) ORDER BY modified_at LIMIT $2"};

constexpr Query kFindOperation{"find_operation",
                               kSql<OperationRow, "SELECT {} FROM operation WHERE key = $1">};

constexpr Query kFindLivePaymentOperation{"find_live_payment_operation",
                                          kSql<OperationRow,
                                               "SELECT {} FROM operation WHERE payment_key = $1 AND "
                                               "attempt_key = $2 AND refund_key = 0 AND state <> 3"
                                               " ORDER BY key DESC LIMIT 1">};

constexpr Query kFindAuthorisation{
    "find_authorisation",
    kSql<OperationRow, "SELECT {} FROM operation WHERE payment_key = $1 AND attempt_key = $2 AND kind = 1">};

constexpr Query kListHeldPayments{
    "list_held_payments",
    "SELECT key FROM payment WHERE state = 5 AND modified_at <= $1 ORDER BY modified_at LIMIT $2"};

constexpr Query kListLiveOperations{
    "list_live_operations",
    kSql<OperationRow, "SELECT {} FROM operation WHERE payment_key = $1 AND state <> 3 ORDER BY key">};

constexpr Query kListDueOperations{
    "list_due_operations",
    kSql<OperationRow,
         "SELECT {} FROM operation WHERE state <> 3 AND ask_at <= $1 ORDER BY ask_at LIMIT $2">};

// The states that a payment can be unpaid in, in the words of the index payment_unpaid.
constexpr Query kListExpiredPayments{"list_expired_payments",
                                     "SELECT key FROM payment WHERE state < 5 AND state <> 3 AND expires_at "
                                     "<= $1 ORDER BY expires_at LIMIT $2"};

std::int64_t set_of(const std::vector<PaymentState>& states) {
  std::int64_t set = 0;
  for (const PaymentState state : states)
    set |= std::int64_t{1} << std::to_underlying(state);
  return set;
}

}  // namespace

Task<Result<std::optional<PaymentRow>>> find_payment(Store& store, std::int64_t merchant_no, PaymentId id) {
  return select_row<PaymentRow>(store, kFindPayment, parameters_of(id.key, id.salt, merchant_no));
}

Task<Result<std::optional<PaymentRow>>> find_payment_by_reference(Store& store, std::int64_t merchant_no,
                                                                  std::string reference) {
  return select_row<PaymentRow>(store, kFindPaymentByReference, parameters_of(merchant_no, reference));
}

Task<Result<std::vector<std::int64_t>>> list_payments_named(Store& store, std::string reference,
                                                            std::size_t limit) {
  return select_keys(store, kListPaymentsNamed, parameters_of(reference, limit), limit);
}

Task<Result<std::optional<PaymentRow>>> find_payment_by_key(Store& store, std::int64_t key) {
  return select_row<PaymentRow>(store, kFindPaymentByKey, parameters_of(key));
}

Task<Result<std::vector<PaymentRow>>> list_payments(Store& store, PaymentFilter filter) {
  const KeyRange range = key_range_of(filter);
  const std::size_t limit = std::min(filter.limit, kPageLimitMax);
  const std::int64_t currency = filter.currency ? filter.currency->numeric() : 0;
  return select_rows<PaymentRow>(
      store, kListPayments,
      parameters_of(range.above, range.below, filter.merchant_no, filter.profile_key, set_of(filter.states),
                    currency, filter.connector_account_key, filter.customer_id, limit, filter.offset),
      limit);
}

Task<Result<std::vector<PaymentRow>>> list_payments_with_link(Store& store, std::int64_t merchant_no,
                                                              Page page) {
  const KeyRange range = key_range_of(page);
  const std::size_t limit = std::min(page.limit, kPageLimitMax);
  return select_rows<PaymentRow>(store, kListPaymentsWithLink,
                                 parameters_of(range.above, range.below, merchant_no, limit, page.offset),
                                 limit);
}

Task<Result<std::optional<AttemptRow>>> find_newest_attempt(Store& store, std::int64_t payment_key) {
  return select_row<AttemptRow>(store, kFindNewestAttempt, parameters_of(payment_key));
}

Task<Result<std::vector<AttemptRow>>> list_attempts(Store& store, std::int64_t payment_key) {
  return select_rows<AttemptRow>(store, kListAttempts, parameters_of(payment_key), kRowsOfPaymentMax);
}

Task<Result<std::optional<AttemptRow>>> find_attempt(Store& store, std::int64_t key) {
  return select_row<AttemptRow>(store, kFindAttempt, parameters_of(key));
}

Task<Result<std::vector<std::int64_t>>> list_attempts_to_reverse(Store& store, Instant untouched_since,
                                                                 std::size_t limit) {
  return select_keys(store, kListAttemptsToReverse, parameters_of(untouched_since, limit), limit);
}

Task<Result<std::optional<OperationRow>>> find_operation(Store& store, std::int64_t key) {
  return select_row<OperationRow>(store, kFindOperation, parameters_of(key));
}

Task<Result<std::optional<OperationRow>>> find_live_payment_operation(Store& store, std::int64_t payment_key,
                                                                      std::int64_t attempt_key) {
  return select_row<OperationRow>(store, kFindLivePaymentOperation, parameters_of(payment_key, attempt_key));
}

Task<Result<std::vector<OperationRow>>> list_live_operations(Store& store, std::int64_t payment_key) {
  return select_rows<OperationRow>(store, kListLiveOperations, parameters_of(payment_key), kRowsOfPaymentMax);
}

Task<Result<std::vector<OperationRow>>> list_due_operations(Store& store, Instant now, std::size_t limit) {
  return select_rows<OperationRow>(store, kListDueOperations, parameters_of(now, limit), limit);
}

Task<Result<std::optional<OperationRow>>> find_authorisation(Store& store, std::int64_t payment_key,
                                                             std::int64_t attempt_key) {
  return select_row<OperationRow>(store, kFindAuthorisation, parameters_of(payment_key, attempt_key));
}

Task<Result<std::vector<std::int64_t>>> list_held_payments(Store& store, Instant untouched_since,
                                                           std::size_t limit) {
  return select_keys(store, kListHeldPayments, parameters_of(untouched_since, limit), limit);
}

Task<Result<std::vector<std::int64_t>>> list_expired_payments(Store& store, Instant now, std::size_t limit) {
  return select_keys(store, kListExpiredPayments, parameters_of(now, limit), limit);
}

}  // namespace payweir::store
