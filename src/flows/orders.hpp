#pragma once
// What callers need who know a payment by the id of a business order and a gateway by the name of a channel:
// the same request again is the same payment, without an Idempotency-Key and at any time later.
#include <string>

#include "flows/payments.hpp"

namespace payweir::flows {

// create_payment(), whose `payment_id` is the order's. Where a payment of that id exists, finished, under way
// or left by a process that died, it is answered as it is now, marked as replayed, and nothing is sent.
// Error, beside those of create_payment(): duplicate_resource, when it has another amount (field amount) or
// currency (field currency).
[[nodiscard]] Task<Result<Answer>> create_payment_once(Context& context, Principal principal, Key key,
                                                       CreatePayment command, const Rendering& rendering);

// create_refund() likewise, by `refund_id`. Error: duplicate_resource, when the refund of that id is one of
// another payment or, where the command names an amount, of another amount.
[[nodiscard]] Task<Result<Answer>> create_refund_once(Context& context, Principal principal, Key key,
                                                      CreateRefund command, const Rendering& rendering);

// Where a gateway's callback belongs whose address names a channel and no merchant.
struct CallbackAddress {
  std::string merchant_id;
  std::string connector_or_account;
};
// `channel`: an account's id (mca_…), or a connector's name where the switch has one merchant only. Error:
// not_found.
[[nodiscard]] Task<Result<CallbackAddress>> find_callback_address(Context& context, std::string channel);

// The newest callback about a payment as it came, byte for byte; "" when there was none.
[[nodiscard]] Task<Result<std::string>> find_newest_callback(Context& context, PaymentId payment_id);

}  // namespace payweir::flows
