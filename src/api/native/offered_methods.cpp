#include "api/native/offered_methods.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "api/native/session_tokens.hpp"
#include "api/query_binding.hpp"
#include "base/json_writer.hpp"
#include "flows/offered_methods.hpp"

namespace payweir::api::native {
namespace {

constexpr std::size_t kFilterWordsMax = 50;

Result<flows::ListOfferedMethods> bind_list(const form::Pairs& query) {
  std::optional<Error> problem;
  QueryFields fields(query, problem);
  flows::ListOfferedMethods command;
  command.client_secret = fields.text("client_secret");
  command.countries = fields.texts("accepted_countries", kFilterWordsMax);
  command.currencies = fields.texts("accepted_currencies", kFilterWordsMax);
  command.card_networks = fields.texts("card_networks", kFilterWordsMax);
  command.amount_minor = fields.integer("amount", kAmountRange);
  command.recurring_only = fields.boolean("recurring_enabled").value_or(false);
  command.installments_only = fields.boolean("installment_payment_enabled").value_or(false);
  return bound(std::move(command), problem);
}

void write_texts(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts)
    out.string(text);
  out.end_array();
}

// {"<word_name>": word, "eligible_connectors": […]}, one object an offer; null when there are none.
void write_offers(json::Writer& out, std::string_view name, std::string_view word_name,
                  const std::vector<flows::Offer>& offers) {
  if (offers.empty()) {
    out.null_field(name);
    return;
  }
  out.key(name).begin_array();
  for (const flows::Offer& offer : offers) {
    out.begin_object().field(word_name, offer.word);
    write_texts(out, "eligible_connectors", offer.connectors);
    out.end_object();
  }
  out.end_array();
}

// Upstream lists banks by the connectors that know them.
void write_banks(json::Writer& out, const flows::OfferedType& type) {
  if (type.banks.empty()) {
    out.null_field("bank_names");
    return;
  }
  out.key("bank_names").begin_array();
  for (const std::string& connector : type.connectors) {
    out.begin_object().key("bank_name").begin_array();
    for (const flows::Offer& bank : type.banks)
      if (std::ranges::find(bank.connectors, connector) != bank.connectors.end()) out.string(bank.word);
    out.end_array();
    write_texts(out, "eligible_connectors", {connector});
    out.end_object();
  }
  out.end_array();
}

void write_connectors_if(json::Writer& out, std::string_view name, bool is_one,
                         const flows::OfferedType& type) {
  if (!is_one) {
    out.null_field(name);
    return;
  }
  out.key(name).begin_object();
  write_texts(out, "eligible_connectors", type.connectors);
  out.end_object();
}

struct RequiredField {
  std::string_view key;      // in the map
  std::string_view place;    // in a request
  std::string_view name;     // for people
  std::string_view control;  // upstream's word for what the payer fills in
};

constexpr RequiredField required_field(PayerField field) {
  switch (field) {
    case PayerField::name:
      return {"billing.address.first_name", "payment_method_data.billing.address.first_name", "full_name",
              "user_full_name"};
    case PayerField::email:
      return {"billing.email", "payment_method_data.billing.email", "email", "user_email_address"};
    case PayerField::country:
      return {"billing.address.country", "payment_method_data.billing.address.country", "country",
              "user_country"};
    case PayerField::shipping:
      return {"shipping.address.line1", "shipping.address.line1", "line1", "user_shipping_address_line1"};
  }
  return {};
}

constexpr RequiredField kCardFields[] = {
    {"payment_method_data.card.card_number", "payment_method_data.card.card_number", "card_number",
     "user_card_number"},
    {"payment_method_data.card.card_exp_month", "payment_method_data.card.card_exp_month", "card_exp_month",
     "user_card_expiry_month"},
    {"payment_method_data.card.card_exp_year", "payment_method_data.card.card_exp_year", "card_exp_year",
     "user_card_expiry_year"},
    {"payment_method_data.card.card_cvc", "payment_method_data.card.card_cvc", "card_cvc", "user_card_cvc"},
};
constexpr RequiredField kAchFields[] = {
    {"payment_method_data.bank_debit.ach_bank_debit.account_number",
     "payment_method_data.bank_debit.ach_bank_debit.account_number", "bank_account_number",
     "user_bank_account_number"},
    {"payment_method_data.bank_debit.ach_bank_debit.routing_number",
     "payment_method_data.bank_debit.ach_bank_debit.routing_number", "bank_routing_number",
     "user_bank_routing_number"},
};
constexpr RequiredField kSepaFields[] = {{"payment_method_data.bank_debit.sepa_bank_debit.iban",
                                          "payment_method_data.bank_debit.sepa_bank_debit.iban", "iban",
                                          "user_iban"}};

// What the payment says already.
std::string value_of(PayerField field, const flows::PaymentDetails& details) {
  const ContactDetails billing = flows::billing_of(details);
  switch (field) {
    case PayerField::name: return billing.address.first_name;
    case PayerField::email: return billing.email.empty() ? details.email : billing.email;
    case PayerField::country: return billing.address.country;
    case PayerField::shipping: return flows::read_contact(details.shipping_json).address.line1;
  }
  return {};
}

void write_required(json::Writer& out, const RequiredField& field, std::string_view value) {
  out.key(field.key).begin_object().field("required_field", field.place).field("display_name", field.name);
  out.field("field_type", field.control).text_or_null("value", value).end_object();
}

void write_required_fields(json::Writer& out, std::string_view family, const flows::OfferedType& type,
                           const flows::PaymentDetails& details) {
  out.key("required_fields").begin_object();
  if (family == "card")
    for (const RequiredField& field : kCardFields)
      write_required(out, field, "");
  const std::span<const RequiredField> of_account =
      type.type == "sepa" ? std::span<const RequiredField>(kSepaFields) : kAchFields;
  if (type.needs_account)
    for (const RequiredField& field : of_account)
      write_required(out, field, "");
  for (const PayerField field : type.required)
    write_required(out, required_field(field), value_of(field, details));
  out.end_object();
}

void write_type(json::Writer& out, std::string_view family, const flows::OfferedType& type,
                const flows::PaymentDetails& details) {
  out.begin_object().field("payment_method_type", type.type);
  write_offers(out, "payment_experience", "payment_experience_type", type.experiences);
  write_offers(out, "card_networks", "card_network", type.card_networks);
  write_banks(out, type);
  write_connectors_if(out, "bank_debits", family == "bank_debit", type);
  write_connectors_if(out, "bank_transfers", family == "bank_transfer", type);
  write_required_fields(out, family, type, details);
  out.null_field("surcharge_details").null_field("pm_auth_connector").end_object();
}

std::string render(const flows::OfferedMethods& offered) {
  static const flows::PaymentDetails kNothing;
  const flows::PaymentView* payment = offered.payment ? &*offered.payment : nullptr;
  const flows::PaymentDetails& details = payment ? *payment->details : kNothing;
  const std::string& of_merchant = offered.profile->details.return_url.empty()
                                       ? offered.merchant->details.return_url
                                       : offered.profile->details.return_url;
  json::Writer out(4096);
  out.begin_object().text_or_null("redirect_url",
                                  details.return_url.empty() ? of_merchant : details.return_url);
  out.text_or_null("currency", payment ? payment->payment.amount.currency.code() : "");
  out.key("payment_methods").begin_array();
  for (const flows::OfferedFamily& family : offered.families) {
    out.begin_object().field("payment_method", family.family).key("payment_method_types").begin_array();
    for (const flows::OfferedType& type : family.types)
      write_type(out, family.family, type, details);
    out.end_array().end_object();
  }
  out.end_array().null_field("mandate_payment");
  out.text_or_null("merchant_name", offered.merchant->details.name);
  out.field("show_surcharge_breakup_screen", false).text_or_null("payment_type", payment ? "normal" : "");
  out.field("request_external_three_ds_authentication", false);
  out.null_field("collect_shipping_details_from_wallets").null_field("collect_billing_details_from_wallets");
  out.field("is_tax_calculation_enabled", false);
  out.key("sdk_next_action").begin_object().field("next_action", "confirm").end_object();
  out.field("is_guest_customer", details.customer_id.empty()).null_field("intent_data").end_object();
  return std::move(out).take();
}

Task<Result<Reply>> list(RequestContext request) {
  Result<flows::ListOfferedMethods> command = bind_list(request.query);
  if (!command) co_return fail(std::move(command.error()));
  Result<flows::OfferedMethods> offered =
      co_await flows::list_offered_methods(request.flows, std::move(request.principal), std::move(*command));
  if (!offered) co_return fail(std::move(offered.error()));
  co_return json_reply(render(*offered));
}

constexpr std::array kRoutes = {
    Route{http::Method::get, "/account/payment_methods", Access::merchant_or_publishable, Body::none,
          "list_offered_methods", list},
    Route{http::Method::post, "/payments/session_tokens", Access::merchant_or_publishable, Body::json,
          "create_session_tokens", create_session_tokens},
};

}  // namespace

std::span<const Route> offered_method_routes() {
  return kRoutes;
}

}  // namespace payweir::api::native
