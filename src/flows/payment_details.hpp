#pragma once
// PaymentDetails: what a payment carries and no decision reads; kept as JSON in payment.details. It has
// no place for a card number or a CVC: of a card there is only what may be shown.
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
  std::string wallet;    // to_string(PaymentMethod), when it is one
  std::string payer_id;  // of that wallet
  std::string paid_on;   // "page": the payer comes back to the payment page
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

// Where the payer's browser is, as the merchant says: browser_info.ip_address. "" when it does not.
[[nodiscard]] std::string payer_address(const PaymentDetails& details);

// What is shown of a card: last four, first six, expiry, holder.
[[nodiscard]] CardSummary summarise(const Card& card);

// For CardHold only, which seals it.
[[nodiscard]] Secret serialise_card(const Card& card);
[[nodiscard]] Result<Card> parse_card(const Secret& serialised);

}  // namespace payweir::flows
