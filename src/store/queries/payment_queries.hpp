#pragma once
// Reads of payments, their attempts and their operations.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/queries/page.hpp"
#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

// By the id that we made; the salt must match too.
[[nodiscard]] Task<Result<std::optional<PaymentRow>>> find_payment(Store& store, std::int64_t merchant_no,
                                                                   PaymentId id);
// By the id that the merchant chose.
[[nodiscard]] Task<Result<std::optional<PaymentRow>>> find_payment_by_reference(Store& store,
                                                                                std::int64_t merchant_no,
                                                                                std::string reference);
// Keys of the payments of any merchant that are called so.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_payments_named(Store& store, std::string reference,
                                                                          std::size_t limit);
// For jobs and callbacks, which hold a key of ours and no merchant.
[[nodiscard]] Task<Result<std::optional<PaymentRow>>> find_payment_by_key(Store& store, std::int64_t key);

struct PaymentFilter : Page {
  std::int64_t merchant_no = 0;
  std::int64_t profile_key = 0;      // 0: any
  std::vector<PaymentState> states;  // empty: any
  std::optional<Currency> currency;
  std::int64_t connector_account_key = 0;  // of any attempt; 0: any
  std::string customer_id;                 // as in the details; "": any
};
[[nodiscard]] Task<Result<std::vector<PaymentRow>>> list_payments(Store& store, PaymentFilter filter);

// Payments that a payment link was handed out for, newest first.
[[nodiscard]] Task<Result<std::vector<PaymentRow>>> list_payments_with_link(Store& store,
                                                                            std::int64_t merchant_no,
                                                                            Page page);

[[nodiscard]] Task<Result<std::optional<AttemptRow>>> find_newest_attempt(Store& store,
                                                                          std::int64_t payment_key);
[[nodiscard]] Task<Result<std::optional<AttemptRow>>> find_attempt(Store& store, std::int64_t key);
// Keys of attempts that succeeded late, are to be given back, and were not touched since then; longest ago
// first. Those with a reversal under way are not among them.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_attempts_to_reverse(Store& store,
                                                                               Instant untouched_since,
                                                                               std::size_t limit);
// Oldest first.
[[nodiscard]] Task<Result<std::vector<AttemptRow>>> list_attempts(Store& store, std::int64_t payment_key);

[[nodiscard]] Task<Result<std::optional<OperationRow>>> find_operation(Store& store, std::int64_t key);
// Under way for the attempt itself: authorise, capture or void. Domain allows one at a time.
[[nodiscard]] Task<Result<std::optional<OperationRow>>> find_live_payment_operation(Store& store,
                                                                                    std::int64_t payment_key,
                                                                                    std::int64_t attempt_key);
// Oldest first.
[[nodiscard]] Task<Result<std::vector<OperationRow>>> list_live_operations(Store& store,
                                                                           std::int64_t payment_key);
// Of all payments: what the resolver asks about now, longest due first.
[[nodiscard]] Task<Result<std::vector<OperationRow>>> list_due_operations(Store& store, Instant now,
                                                                          std::size_t limit);

// The authorisation of an attempt, whatever became of it.
[[nodiscard]] Task<Result<std::optional<OperationRow>>> find_authorisation(Store& store,
                                                                           std::int64_t payment_key,
                                                                           std::int64_t attempt_key);
// Keys of payments that wait for their capture and were not touched since then, longest ago first.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_held_payments(Store& store,
                                                                         Instant untouched_since,
                                                                         std::size_t limit);
// Keys of payments that nobody paid in time, longest expired first.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_expired_payments(Store& store, Instant now,
                                                                            std::size_t limit);

}  // namespace payweir::store
