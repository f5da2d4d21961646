#pragma once
// Who pays inside a wallet's own browser: the browser is sent to a page of the wallet, comes back with a
// code, and the code is exchanged for the payer's id there. Nothing is stored: what the payment page is given
// for the way is sealed, bound to its payment, and ends in minutes. Neither the code nor the id is ever
// logged.
#include <string>
#include <string_view>

#include "flows/payer.hpp"

namespace payweir::flows {

// For one round trip, and for a token to be used.
inline constexpr Duration kIdentityLife = minutes(10);

// Whether an account that can take this payment can tell who pays it.
[[nodiscard]] bool can_identify(Context& context, const ProfileEntry& profile, const Payment& payment);

struct IdentityTrip {
  std::string url;      // where the browser goes
  std::string browser;  // what it keeps until it is back, and shows to nobody else: 32 hex digits
};
// `language` is the page's, "zh", "en" or "". Errors: not_found, no_connector_account.
[[nodiscard]] Task<Result<IdentityTrip>> begin_identity_trip(Context& context, Payer payer,
                                                             std::string language);

struct IdentityReturn {
  std::string payment_id;  // ours: pay_…
  Secret code;
  std::string state;
  std::string browser;  // IdentityTrip::browser, as the browser kept it
  std::string language;
};
// Where the browser goes now: the payment page, behind "#payer=" with a token for pay_as_identified(), or
// behind "#not_identified=" with a word: "again" when the payer may just come again, "unavailable" when that
// would be no use. Errors: not_found, unless this browser was sent for this payment; rate_limited.
[[nodiscard]] Task<Result<std::string>> end_identity_trip(Context& context, IdentityReturn back);

// Makes the command pay as the payer that the token names, at the account that identified them. Error:
// invalid_value (field payer_token): of another payment, too old or no token; or the command has an
// instrument already.
[[nodiscard]] Result<void> pay_as_identified(Context& context, const Payer& payer, std::string_view token,
                                             ConfirmPayment& command);

}  // namespace payweir::flows
