#pragma once
// PaymentDetails: what a payment carries and no decision reads; kept as JSON in payment.details. It has
// no place for a card number or a CVC: of a card there is only what may be shown.
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "connectors/connector.hpp"

namespace payweir::flows {

struct CardSummary {
  std::string last4, bin, network, holder_name;
  int expiry_month = 0;
  int expiry_year = 0;  // four digits
  [[nodiscard]] bool empty() const { return last4.empty(); }
};

struct PaymentDetails {
  std::string customer_id, email, name, phone, phone_country_code;
  std::string description, return_url, statement_descriptor_name, statement_descriptor_suffix;
  std::string setup_future_usage, payment_method, payment_method_type;
  std::string business_country, business_label;
  std::string cancellation_reason;
  std::string wallet;         // to_string(PaymentMethod), when it is one
  std::string payer_id;       // of that wallet
  std::string local_method;   // to_string(PaymentMethod), when it is neither a card nor a wallet
  std::string bank;           // the payer's, of that method: LocalMethod::bank
  std::string account_last4;  // of the account that a debit is from
  std::string paid_on;        // "page": the payer comes back to the payment page
  // Of payment_link_config: whom the payment page names instead of the merchant account, and the colour of
  // its buttons, "#rrggbb".
  std::string link_seller_name, link_theme;
  CardSummary card;
  // Checked JSON, kept as it came (compact), "" when absent.
  std::string metadata_json, billing_json, shipping_json, payment_method_billing_json, browser_info_json,
      order_details_json, routing_json;
  std::string routed_by_json;  // why it went where it went: Route::reason_json
  bool has_link = false;       // a payment link was handed out
  bool has_off_session = false;
  bool off_session = false;

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static PaymentDetails parse(std::string_view json);
};

// The wire's {address:{line1,…}, phone:{number,country_code}, email} as the connector wants it.
[[nodiscard]] ContactDetails read_contact(std::string_view json);

// Of what a gateway must be told for a method, the first that these details lack, as its place in a request:
// "billing.email". "" when all is there.
[[nodiscard]] std::string lacking_field(const MethodTerms& terms, const PaymentDetails& details);

// Where the payer's browser is, as the merchant says: browser_info.ip_address. "" when it does not.
[[nodiscard]] std::string payer_address(const PaymentDetails& details);

// What is shown of a card: last four, first six, expiry, holder.
[[nodiscard]] CardSummary summarise(const Card& card);

// Billing as a gateway is told it: the payment method's own, and what that does not say from the payment's.
[[nodiscard]] ContactDetails billing_of(const PaymentDetails& details);

// For CardHold only, which seals it.
[[nodiscard]] Secret serialise_card(const Card& card);
[[nodiscard]] Result<Card> parse_card(const Secret& serialised);
// The same of whatever it was: cards and bank debits are held. Nothing: it needs no holding, because
// `details` say all of it.
[[nodiscard]] std::optional<Secret> serialise_held(const Instrument& instrument);
// What was held of a payment with these details.
[[nodiscard]] Result<Instrument> parse_held(const Secret& serialised, const PaymentDetails& details);

}  // namespace payweir::flows
