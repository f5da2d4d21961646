#include "ledger/accounts.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.hpp"

namespace payweir::ledger {
namespace {

// Sums of int64 amounts that may leave the range of one on the way.
using Sum = __int128;

Result<Money> to_money(Sum sum, Currency currency) {
  const auto minor = static_cast<std::int64_t>(sum);
  if (minor != sum) return fail(Code::overflow, "", "a balance is out of range");
  return Money{minor, currency};
}

}  // namespace

std::string_view to_string(AccountKind kind) {
  switch (kind) {
    case AccountKind::gateway_clearing: return "gateway_clearing";
    case AccountKind::merchant_payable: return "merchant_payable";
    case AccountKind::fees: return "fees";
    case AccountKind::suspense: return "suspense";
  }
  std::unreachable();
}

Posting capture_posting(Money amount) {
  check(amount.minor > 0, "a posting moves a positive amount");
  return {AccountKind::gateway_clearing, AccountKind::merchant_payable, amount};
}

Posting refund_posting(Money amount) {
  return reverse(capture_posting(amount));
}

Posting late_capture_posting(Money amount) {
  check(amount.minor > 0, "a posting moves a positive amount");
  return {AccountKind::gateway_clearing, AccountKind::suspense, amount};
}

Posting reverse(const Posting& posting) {
  return {posting.credit, posting.debit, posting.amount};
}

Result<std::vector<Balance>> balances_of(std::span<const Posting> postings) {
  struct Entry {
    Currency currency;
    Sum sum = 0;
  };
  std::map<std::pair<AccountKind, std::string_view>, Entry> sums;
  const auto add_to = [&](AccountKind account, Currency currency, Sum amount) {
    Entry& entry = sums[{account, currency.code()}];
    entry.currency = currency;
    entry.sum += amount;
  };
  for (const Posting& posting : postings) {
    add_to(posting.debit, posting.amount.currency, posting.amount.minor);
    add_to(posting.credit, posting.amount.currency, -Sum{posting.amount.minor});
  }
  std::vector<Balance> balances;
  for (const auto& [key, entry] : sums) {
    auto amount = to_money(entry.sum, entry.currency);
    if (!amount) return fail(amount.error());
    balances.push_back({key.first, *amount});
  }
  return balances;
}

bool is_balanced(std::span<const Balance> balances) {
  std::map<std::string_view, Sum> sums;
  for (const Balance& balance : balances)
    sums[balance.amount.currency.code()] += balance.amount.minor;
  return std::ranges::all_of(sums, [](const auto& sum) { return sum.second == 0; });
}

}  // namespace payweir::ledger
