#pragma once
// The ledger: what each event of a payment moves between a merchant's accounts. Pure. A posting takes its
// amount from one account (debit) and gives it to another (credit), so each is zero-sum by itself
// (docs/adr/0002). Balances are sums over postings; none is stored.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/money.hpp"
#include "base/result.hpp"

namespace payweir::ledger {

// One of each per merchant and currency. Numbers are stored: stable, never reused.
enum class AccountKind : std::uint8_t {
  gateway_clearing = 1,  // what gateways owe: captured there, not yet paid out
  merchant_payable = 2,  // what is owed to the merchant
  fees = 3,              // what gateways kept
  suspense = 4,          // moved at a gateway, explained by nothing of ours
};
[[nodiscard]] std::string_view to_string(AccountKind kind);

struct Posting {
  AccountKind debit = AccountKind::gateway_clearing;
  AccountKind credit = AccountKind::merchant_payable;
  Money amount;  // positive
  friend bool operator==(const Posting&, const Posting&) = default;
};

// A capture was done: the gateway owes it, and it is owed to the merchant. Requires: a positive amount.
[[nodiscard]] Posting capture_posting(Money amount);
// A refund was done: the capture's opposite. Requires: a positive amount.
[[nodiscard]] Posting refund_posting(Money amount);
// An attempt that was given up charged all the same: owed to the payer, until it is given back. Requires: a
// positive amount.
[[nodiscard]] Posting late_capture_posting(Money amount);
// Takes a posting back by a new one; the old one stays.
[[nodiscard]] Posting reverse(const Posting& posting);

struct Balance {
  AccountKind account = AccountKind::gateway_clearing;
  Money amount;  // debits less credits
  friend bool operator==(const Balance&, const Balance&) = default;
};
// One balance an account and currency that is touched, by account, then currency code. Error: overflow.
[[nodiscard]] Result<std::vector<Balance>> balances_of(std::span<const Posting> postings);

// Whether the balances of each currency sum to zero, as every complete set of postings' do.
[[nodiscard]] bool is_balanced(std::span<const Balance> balances);

}  // namespace payweir::ledger
