#pragma once
// The payer's side of a payment: who holds its client_secret may see it, pay it, and choose another way to.
#include <string>
#include <vector>

#include "flows/payments.hpp"

namespace payweir::flows {

struct Payer {
  Principal principal;     // as weak as a publishable key of the merchant
  std::string payment_id;  // as the merchant knows it
};
// Whether a request of the payment page from this address is let in. Error: rate_limited.
[[nodiscard]] Result<void> admit_payer(Context& context, const std::string& peer_address);

// The payment may be named by our id or by the merchant's own. Error: not_found, for a wrong secret too, so
// that nobody learns which payments there are; rate_limited, when a payment is asked about too often, which
// only requests with its secret are counted for.
[[nodiscard]] Task<Result<Payer>> find_payer(Context& context, std::string payment_id,
                                             std::string client_secret);

// Lets go of what waits for the payer, so that they can pay another way. Errors: illegal_transition when
// nothing waits; those of cancel_payment().
[[nodiscard]] Task<Result<Answer>> release_payment(Context& context, Principal principal, Key key,
                                                   std::string payment_id, const Rendering& rendering);

// What this payment could be paid with at the accounts of its profile, or at those that it asks for itself,
// in the order of their numbers.
[[nodiscard]] std::vector<PaymentMethod> methods_for(const ProfileEntry& profile, const Payment& payment,
                                                     const PaymentDetails& details);

}  // namespace payweir::flows
