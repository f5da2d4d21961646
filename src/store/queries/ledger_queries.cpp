#include "store/queries/ledger_queries.hpp"

#include <utility>

#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

// Four accounts in each currency of ISO 4217.
constexpr std::size_t kBalancesMax = 1000;
constexpr std::size_t kPostingsOfPaymentMax = 1000;

constexpr Query kListBalances{"list_balances",
                              "SELECT account, currency, sum(amount) FROM ("
                              "SELECT debit_account AS account, currency, amount_minor AS amount"
                              " FROM posting WHERE merchant_no = $1 UNION ALL "
                              "SELECT credit_account AS account, currency, -amount_minor AS amount"
                              " FROM posting WHERE merchant_no = $1) AS movement"
                              " GROUP BY account, currency ORDER BY account, currency"};

constexpr Query kListPostings{"list_postings", kSql<PostingRow,
                                                    "SELECT {} FROM posting WHERE key IN (SELECT key FROM "
                                                    "operation WHERE payment_key = $1) ORDER BY key">};

}  // namespace

Task<Result<std::vector<ledger::Balance>>> list_balances(Store& store, std::int64_t merchant_no) {
  auto found = co_await store.select(kListBalances, parameters_of(merchant_no), kBalancesMax);
  if (!found) co_return fail(std::move(found.error()));
  std::vector<ledger::Balance> balances;
  for (const ResultRow& row : *found) {
    ledger::Balance& balance = balances.emplace_back();
    from_value(row.at(0), balance.account);
    from_value(row.at(1), balance.amount.currency);
    from_value(row.at(2), balance.amount.minor);
  }
  co_return balances;
}

Task<Result<std::vector<PostingRow>>> list_postings(Store& store, std::int64_t payment_key) {
  return select_rows<PostingRow>(store, kListPostings, parameters_of(payment_key), kPostingsOfPaymentMax);
}

}  // namespace payweir::store
