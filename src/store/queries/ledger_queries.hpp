#pragma once
// Reads of the ledger. Balances are sums over every posting of a merchant, so they cost as much as there
// are postings: for reports and checks, not for a payment.
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/accounts.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// By account, then currency. Error also: overflow.
[[nodiscard]] Task<Result<std::vector<ledger::Balance>>> list_balances(Store& store,
                                                                       std::int64_t merchant_no);

// What the operations of a payment moved, oldest first.
[[nodiscard]] Task<Result<std::vector<PostingRow>>> list_postings(Store& store, std::int64_t payment_key);

}  // namespace payweir::store
