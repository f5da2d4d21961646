#include "connectors/stripe/local_methods.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/json_writer.hpp"
#include "connectors/stripe/request.hpp"

namespace payweir::stripe {
namespace {

using wire::NestedForm;
using enum PaymentMethod;

constexpr auto kMethods = std::to_array<PaymentMethod>({
    card,
    we_chat_pay_qr,
    klarna,
    afterpay_clearpay,
    affirm,
    ideal,
    eps,
    bancontact_card,
    przelewy24,
    ach_bank_transfer,
    ach_bank_debit,
    sepa_bank_debit,
});

// Currencies, countries of payers, capture and what must be told: "Payment method support" and each method's
// own page under https://docs.stripe.com/payments/payment-methods, read 2026-11-23.
constexpr std::string_view kUsd[] = {"USD"};
constexpr std::string_view kEur[] = {"EUR"};
constexpr std::string_view kWeChatCurrencies[] = {"CNY", "AUD", "CAD", "EUR", "GBP", "HKD", "JPY",
                                                  "SGD", "USD", "DKK", "NOK", "SEK", "CHF"};
constexpr std::string_view kKlarnaCurrencies[] = {"AUD", "CAD", "CHF", "CZK", "DKK", "EUR",
                                                  "GBP", "NOK", "NZD", "PLN", "SEK", "USD"};
constexpr std::string_view kKlarnaCountries[] = {"AU", "AT", "BE", "CA", "CZ", "DK", "FI", "FR",
                                                 "DE", "GR", "IE", "IT", "NL", "NZ", "NO", "PL",
                                                 "PT", "ES", "SE", "CH", "GB", "US"};
constexpr std::string_view kAfterpayCurrencies[] = {"USD", "CAD", "GBP", "AUD", "NZD"};
constexpr std::string_view kAfterpayCountries[] = {"US", "CA", "GB", "AU", "NZ"};
constexpr std::string_view kAffirmCurrencies[] = {"USD", "CAD"};
constexpr std::string_view kAffirmCountries[] = {"US", "CA"};
constexpr std::string_view kPrzelewyCurrencies[] = {"EUR", "PLN"};
constexpr std::string_view kSepaCountries[] = {
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GI", "GR", "HU", "IE", "IS", "IT",
    "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "CH", "GB"};
constexpr std::string_view kNetherlands[] = {"NL"}, kAustria[] = {"AT"}, kBelgium[] = {"BE"},
                           kPoland[] = {"PL"}, kUnitedStates[] = {"US"};

constexpr PayerField kName[] = {PayerField::name};
constexpr PayerField kEmail[] = {PayerField::email};
constexpr PayerField kNameAndEmail[] = {PayerField::name, PayerField::email};
constexpr PayerField kOfKlarna[] = {PayerField::email, PayerField::country};
constexpr PayerField kOfAfterpay[] = {PayerField::name, PayerField::email, PayerField::shipping};

// payment_method_data[…][bank]: https://docs.stripe.com/api/payment_methods/create, API version 2023-08-16.
constexpr std::string_view kBanksOfIdeal[] = {
    "abn_amro", "asn_bank",  "bunq",    "handelsbanken", "ing",          "knab",         "moneyou", "n26",
    "rabobank", "regiobank", "revolut", "sns_bank",      "triodos_bank", "van_lanschot", "yoursafe"};
constexpr std::string_view kBanksOfEps[] = {"arzte_und_apotheker_bank",
                                            "austrian_anadi_bank_ag",
                                            "bank_austria",
                                            "bankhaus_carl_spangler",
                                            "bankhaus_schelhammer_und_schattera_ag",
                                            "bawag_psk_ag",
                                            "bks_bank_ag",
                                            "brull_kallmus_bank_ag",
                                            "btv_vier_lander_bank",
                                            "capital_bank_grawe_gruppe_ag",
                                            "deutsche_bank_ag",
                                            "dolomitenbank",
                                            "easybank_ag",
                                            "erste_bank_und_sparkassen",
                                            "hypo_alpeadriabank_international_ag",
                                            "hypo_bank_burgenland_aktiengesellschaft",
                                            "hypo_noe_lb_fur_niederosterreich_u_wien",
                                            "hypo_oberosterreich_salzburg_steiermark",
                                            "hypo_tirol_bank_ag",
                                            "hypo_vorarlberg_bank_ag",
                                            "marchfelder_bank",
                                            "oberbank_ag",
                                            "raiffeisen_bankengruppe_osterreich",
                                            "schoellerbank_ag",
                                            "sparda_bank_wien",
                                            "volksbank_gruppe",
                                            "volkskreditbank_ag",
                                            "vr_bank_braunau"};

constexpr bool kCapturedByHand = true, kCapturedAtOnce = false;
constexpr auto kTerms = std::to_array<MethodTerms>({
    {we_chat_pay_qr, kWeChatCurrencies, {}, kCapturedAtOnce, {}, {}},
    {klarna, kKlarnaCurrencies, kKlarnaCountries, kCapturedByHand, kOfKlarna, {}},
    {afterpay_clearpay, kAfterpayCurrencies, kAfterpayCountries, kCapturedByHand, kOfAfterpay, {}},
    {affirm, kAffirmCurrencies, kAffirmCountries, kCapturedByHand, {}, {}},
    {ideal, kEur, kNetherlands, kCapturedAtOnce, {}, kBanksOfIdeal},
    {eps, kEur, kAustria, kCapturedAtOnce, kName, kBanksOfEps},
    {bancontact_card, kEur, kBelgium, kCapturedAtOnce, kName, {}},
    {przelewy24, kPrzelewyCurrencies, kPoland, kCapturedAtOnce, kEmail, {}},
    {ach_bank_transfer, kUsd, kUnitedStates, kCapturedAtOnce, kEmail, {}},
    {ach_bank_debit, kUsd, kUnitedStates, kCapturedAtOnce, kName, {}},
    {sepa_bank_debit, kEur, kSepaCountries, kCapturedAtOnce, kNameAndEmail, {}},
});

const MethodTerms* find_terms(PaymentMethod method) {
  const auto* terms = std::ranges::find(kTerms, method, &MethodTerms::method);
  return terms == std::end(kTerms) ? nullptr : terms;
}

// A bank that Stripe does not list is left for the payer to choose at Stripe's page.
std::string_view bank_at_stripe(const LocalMethod& local) {
  const MethodTerms* terms = find_terms(local.method);
  if (!terms || std::ranges::find(terms->banks, local.bank) == terms->banks.end()) return "";
  return local.bank;
}

void add_account(NestedForm& parameters, const LocalMethod& local) {
  if (local.method == sepa_bank_debit) {
    parameters.open("sepa_debit").text("iban", local.account_number.reveal()).close();
    return;
  }
  parameters.open("us_bank_account")
      .text("account_holder_type", local.is_of_company ? "company" : "individual")
      .text("account_number", local.account_number.reveal())
      .text("account_type", local.is_savings ? "savings" : "checking")
      .text("routing_number", local.routing_number.reveal())
      .close();
}

// https://docs.stripe.com/api/payment_intents/create#create_payment_intent-mandate_data, read 2026-11-23.
void add_agreement(NestedForm& parameters, const LocalMethod& debit) {
  const bool is_online = !debit.agreed_from_ip.empty();
  parameters.open("mandate_data").open("customer_acceptance");
  parameters.text("type", is_online ? "online" : "offline");
  if (is_online)
    parameters.open("online")
        .text("ip_address", debit.agreed_from_ip)
        .text("user_agent", debit.agreed_with_user_agent)
        .close();
  parameters.close().close();
}

void add_options(NestedForm& parameters, PaymentMethod method) {
  // https://docs.stripe.com/payments/wechat-pay/accept-a-payment, read 2026-11-23: required, and it asks for
  // a code.
  if (method == we_chat_pay_qr)
    parameters.open("payment_method_options").open("wechat_pay").text("client", "web").close().close();
  // https://docs.stripe.com/payments/bank-transfers/accept-a-payment, read 2026-11-23
  if (method == ach_bank_transfer)
    parameters.open("payment_method_options")
        .open("customer_balance")
        .text("funding_type", "bank_transfer")
        .open("bank_transfer")
        .text("type", "us_bank_transfer")
        .close()
        .close()
        .close();
}

// https://docs.stripe.com/payments/bank-transfers/accept-a-payment, read 2026-11-23: an account is described
// by one object for each network that reaches it.
NextAction read_bank_transfer(const json::Value& steps) {
  std::string_view account_number, bank_name, routing_number, swift_code;
  const json::Value addresses = steps["financial_addresses"];
  for (json::Value address = addresses.first(); address.present(); address = address.next()) {
    if (const json::Value aba = address["aba"]; aba.present()) {
      account_number = aba["account_number"].text();
      bank_name = aba["bank_name"].text();
      routing_number = aba["routing_number"].text();
    }
    if (const json::Value swift = address["swift"]; swift.present()) swift_code = swift["swift_code"].text();
  }
  if (account_number.empty()) {
    const std::string_view url = steps["hosted_instructions_url"].text();
    return url.empty() ? NextAction{} : NextAction{NextActionKind::redirect, std::string(url)};
  }
  json::Writer out;
  out.begin_object().key("ach_credit_transfer").begin_object();
  out.field("account_number", account_number).field("bank_name", bank_name);
  out.field("routing_number", routing_number).field("swift_code", swift_code);
  out.text_or_null("reference", steps["reference"].text()).end_object();
  out.key("receiver").begin_object().field("amount_received", 0).null_field("amount_charged");
  out.field("amount_remaining", steps["amount_remaining"].integer()).end_object().end_object();
  return {NextActionKind::bank_transfer, std::move(out).take()};
}

}  // namespace

std::span<const PaymentMethod> payment_methods() {
  return kMethods;
}

std::span<const MethodTerms> method_terms() {
  return kTerms;
}

std::string_view type_at_stripe(PaymentMethod method) {
  switch (method) {
    case card: return "card";
    case we_chat_pay_qr: return "wechat_pay";
    case klarna: return "klarna";
    case afterpay_clearpay: return "afterpay_clearpay";
    case affirm: return "affirm";
    case ideal: return "ideal";
    case eps: return "eps";
    case bancontact_card: return "bancontact";
    case przelewy24: return "p24";
    case ach_bank_transfer: return "customer_balance";
    case ach_bank_debit: return "us_bank_account";
    case sepa_bank_debit: return "sepa_debit";
    case none:
    case ali_pay_qr:
    case ali_pay_redirect:
    case ali_pay_wap:
    case ali_pay_app:
    case ali_pay_jsapi:
    case ali_pay_barcode:
    case we_chat_pay_redirect:
    case we_chat_pay_app:
    case we_chat_pay_jsapi:
    case we_chat_pay_barcode:
    case classic_reward:
    case evoucher: return "";
  }
  return "";
}

bool is_capturable(PaymentMethod method) {
  const MethodTerms* terms = find_terms(method);
  return !terms || terms->manual_capture;
}

bool needs_customer(PaymentMethod method) {
  return method == ach_bank_transfer;
}

void add_local_method(NestedForm& parameters, const ConnectorRequest& request) {
  parameters.open("payment_method_data").text("type", type_at_stripe(request.method));
  if (const std::string_view bank = bank_at_stripe(request.local); !bank.empty())
    parameters.open(type_at_stripe(request.method)).text("bank", bank).close();
  if (is_bank_debit(request.method)) add_account(parameters, request.local);
  add_billing(parameters, request);
  parameters.close();
  add_options(parameters, request.method);
  if (is_bank_debit(request.method)) add_agreement(parameters, request.local);
}

// https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action, read 2026-11-23.
NextAction read_next_action(const json::Value& intent) {
  const json::Value action = intent["next_action"];
  if (const json::Value steps = action["display_bank_transfer_instructions"]; steps.present())
    return read_bank_transfer(steps);
  if (const std::string_view code = action["wechat_pay_display_qr_code"]["data"].text(); !code.empty())
    return {NextActionKind::qr_code, std::string(code)};
  std::string_view url = action["redirect_to_url"]["url"].text();
  if (url.empty()) url = action["verify_with_microdeposits"]["hosted_verification_url"].text();
  if (url.empty()) return {};
  return {NextActionKind::redirect, std::string(url)};
}

}  // namespace payweir::stripe
