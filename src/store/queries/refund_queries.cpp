#include "store/queries/refund_queries.hpp"

#include <algorithm>
#include <utility>

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kFindRefund{
    "find_refund",
    kSql<RefundRow, "SELECT {} FROM refund WHERE key = $1 AND salt = $2 AND merchant_no = $3">};

constexpr Query kFindRefundByKey{"find_refund_by_key",
                                 kSql<RefundRow, "SELECT {} FROM refund WHERE key = $1">};

constexpr Query kFindRefundByReference{
    "find_refund_by_reference",
    kSql<RefundRow,
         "SELECT {} FROM refund WHERE key = "
         "(SELECT target_key FROM alias WHERE merchant_no = $1 AND kind = 2 AND text = $2)">};

// What one answer can show; refunds beyond it are on POST /refunds/list.
constexpr std::size_t kRefundsOfPaymentMax = 1000;

constexpr Query kListRefundsOfPayment{
    "list_refunds_of_payment", kSql<RefundRow, "SELECT {} FROM refund WHERE payment_key = $1 ORDER BY key">};

// $4 is a set of states, bit n for state n; 0 in any filter is "any".
constexpr Query kListRefunds{"list_refunds", kSql<RefundRow,
                                                  "SELECT {} FROM refund WHERE key > $1 AND key < $2"
                                                  " AND merchant_no = $3"
                                                  " AND ($4 = 0 OR ($4 >> state & 1) = 1)"
                                                  " AND ($5 = 0 OR currency = $5)"
                                                  " ORDER BY key DESC LIMIT $6 OFFSET $7">};

// The same for one payment, whose index finds its few refunds at once.
constexpr Query kListFilteredRefundsOfPayment{"list_filtered_refunds_of_payment",
                                              kSql<RefundRow,
                                                   "SELECT {} FROM refund WHERE key > $1 AND key < $2"
                                                   " AND merchant_no = $3"
                                                   " AND ($4 = 0 OR ($4 >> state & 1) = 1)"
                                                   " AND ($5 = 0 OR currency = $5)"
                                                   " AND payment_key = $6"
                                                   " ORDER BY key DESC LIMIT $7 OFFSET $8">};

std::int64_t set_of(const std::vector<RefundState>& states) {
  std::int64_t set = 0;
  for (const RefundState state : states)
    set |= std::int64_t{1} << std::to_underlying(state);
  return set;
}

}  // namespace

Task<Result<std::optional<RefundRow>>> find_refund(Store& store, std::int64_t merchant_no, RefundId id) {
  return select_row<RefundRow>(store, kFindRefund, parameters_of(id.key, id.salt, merchant_no));
}

Task<Result<std::optional<RefundRow>>> find_refund_by_reference(Store& store, std::int64_t merchant_no,
                                                                std::string reference) {
  return select_row<RefundRow>(store, kFindRefundByReference, parameters_of(merchant_no, reference));
}

Task<Result<std::optional<RefundRow>>> find_refund_by_key(Store& store, std::int64_t key) {
  return select_row<RefundRow>(store, kFindRefundByKey, parameters_of(key));
}

Task<Result<std::vector<RefundRow>>> list_refunds_of_payment(Store& store, std::int64_t payment_key) {
  return select_rows<RefundRow>(store, kListRefundsOfPayment, parameters_of(payment_key),
                                kRefundsOfPaymentMax);
}

Task<Result<std::vector<RefundRow>>> list_refunds(Store& store, RefundFilter filter) {
  const KeyRange range = key_range_of(filter);
  const std::size_t limit = std::min(filter.limit, kPageLimitMax);
  const std::int64_t currency = filter.currency ? filter.currency->numeric() : 0;
  const std::int64_t states = set_of(filter.states);
  if (filter.payment_key != 0) {
    return select_rows<RefundRow>(store, kListFilteredRefundsOfPayment,
                                  parameters_of(range.above, range.below, filter.merchant_no, states,
                                                currency, filter.payment_key, limit, filter.offset),
                                  limit);
  }
  return select_rows<RefundRow>(
      store, kListRefunds,
      parameters_of(range.above, range.below, filter.merchant_no, states, currency, limit, filter.offset),
      limit);
}

}  // namespace payweir::store
