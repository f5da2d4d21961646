#pragma once
// Reads of what waits for a person.
#include <cstdint>
#include <optional>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// Longest waiting first. Each reads a partial index that is empty while all is well.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_payments_with_operator(Store& store,
                                                                                  std::size_t limit);
[[nodiscard]] Task<Result<std::vector<RefundRow>>> list_refunds_with_operator(Store& store,
                                                                              std::size_t limit);

// The operation that such a payment, or refund, waits for. Nothing: it waits for none.
[[nodiscard]] Task<Result<std::optional<OperationRow>>> find_operation_in_question(Store& store,
                                                                                   std::int64_t payment_key,
                                                                                   std::int64_t refund_key);

// The proposal for this operation that nobody has agreed to yet.
[[nodiscard]] Task<Result<std::optional<ManualSettlementRow>>> find_proposed_settlement(
    Store& store, std::int64_t operation_key);

}  // namespace payweir::store
