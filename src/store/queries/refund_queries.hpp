#pragma once
// Reads of refunds.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/queries/page.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// By the id that we made; the salt must match too.
[[nodiscard]] Task<Result<std::optional<RefundRow>>> find_refund(Store& store, std::int64_t merchant_no,
                                                                 RefundId id);
// By the id that the merchant chose.
[[nodiscard]] Task<Result<std::optional<RefundRow>>> find_refund_by_reference(Store& store,
                                                                              std::int64_t merchant_no,
                                                                              std::string reference);
// For jobs and callbacks, which hold a key of ours and no merchant.
[[nodiscard]] Task<Result<std::optional<RefundRow>>> find_refund_by_key(Store& store, std::int64_t key);

// Oldest first.
[[nodiscard]] Task<Result<std::vector<RefundRow>>> list_refunds_of_payment(Store& store,
                                                                           std::int64_t payment_key);

struct RefundFilter : Page {
  std::int64_t merchant_no = 0;
  std::int64_t payment_key = 0;     // 0: any
  std::vector<RefundState> states;  // empty: any
  std::optional<Currency> currency;
};
[[nodiscard]] Task<Result<std::vector<RefundRow>>> list_refunds(Store& store, RefundFilter filter);

}  // namespace payweir::store
