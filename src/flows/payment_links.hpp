#pragma once
// Payment links: an address that a merchant hands to a payer, by mail or in a chat, and that leads to the
// payment page. A link is no object of its own: it is a payment that was created with one, and its id has the
// payment's key and salt. What it leads with is a token, because the merchant's and the payment's id, which
// the address holds too, are known to many who are not to pay, or to see, that payment.
#include <string>
#include <vector>

#include "flows/payments.hpp"

namespace payweir::flows {

// An attempt is not loaded with it. Error: not_found, for a payment without a link too.
[[nodiscard]] Task<Result<PaymentView>> retrieve_payment_link(Context& context, Principal principal,
                                                              std::string payment_link_id,
                                                              std::string client_secret);

struct ListPaymentLinks {
  std::size_t limit = 10;  // 1 … 100
  std::size_t offset = 0;
  std::optional<Instant> created_from, created_to;  // both inclusive
};
// Newest first, without their attempts.
[[nodiscard]] Task<Result<std::vector<PaymentView>>> list_payment_links(Context& context, Principal principal,
                                                                        ListPaymentLinks command);

// Where a link leads: the payment page with the client_secret. Error: not_found, whichever part of the link
// is wrong, so that nobody learns which payments there are.
[[nodiscard]] Task<Result<std::string>> open_payment_link(Context& context, std::string merchant_id,
                                                          std::string payment_id, std::string token);

}  // namespace payweir::flows
