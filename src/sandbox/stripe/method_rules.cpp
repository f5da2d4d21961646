#include "sandbox/stripe/method_rules.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/json_writer.hpp"

namespace payweir::sandbox::stripe {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view kUsd[] = {"USD"}, kEur[] = {"EUR"}, kEurPln[] = {"EUR", "PLN"};
constexpr std::string_view kOfKlarna[] = {"AUD", "CAD", "CHF", "CZK", "DKK", "EUR",
                                          "GBP", "NOK", "NZD", "PLN", "SEK", "USD"};
constexpr std::string_view kOfAfterpay[] = {"USD", "CAD", "GBP", "AUD", "NZD"};
constexpr std::string_view kOfAffirm[] = {"USD", "CAD"};
constexpr std::string_view kOfWeChat[] = {"CNY", "AUD", "CAD", "EUR", "GBP", "HKD", "JPY",
                                          "SGD", "USD", "DKK", "NOK", "SEK", "CHF"};

constexpr std::string_view kName = "payment_method_data[billing_details][name]";
constexpr std::string_view kEmail = "payment_method_data[billing_details][email]";
constexpr std::string_view kCountry = "payment_method_data[billing_details][address][country]";
constexpr std::string_view kAcceptance = "mandate_data[customer_acceptance][type]";

constexpr std::string_view kRedirect[] = {"return_url"};
constexpr std::string_view kNeedsName[] = {kName, "return_url"};
constexpr std::string_view kNeedsEmail[] = {kEmail, "return_url"};
constexpr std::string_view kNeedsOfKlarna[] = {kEmail, kCountry, "return_url"};
constexpr std::string_view kNeedsOfAfterpay[] = {kName, kEmail, "shipping[name]", "shipping[address][line1]",
                                                 "return_url"};
constexpr std::string_view kNeedsOfWeChat[] = {"payment_method_options[wechat_pay][client]"};
constexpr std::string_view kNeedsOfTransfer[] = {
    "customer", "payment_method_options[customer_balance][funding_type]",
    "payment_method_options[customer_balance][bank_transfer][type]"};
constexpr std::string_view kNeedsOfAch[] = {kName, "payment_method_data[us_bank_account][account_number]",
                                            "payment_method_data[us_bank_account][routing_number]",
                                            "payment_method_data[us_bank_account][account_holder_type]",
                                            kAcceptance};
constexpr std::string_view kNeedsOfSepa[] = {kName, kEmail, "payment_method_data[sepa_debit][iban]",
                                             kAcceptance};

struct Rule {
  MethodType type;
  Words currencies;
  Words parameters;  // that must be there
  bool manual_capture = false;
};
constexpr auto kRules = std::to_array<Rule>({
    {MethodType::klarna, kOfKlarna, kNeedsOfKlarna, true},
    {MethodType::afterpay_clearpay, kOfAfterpay, kNeedsOfAfterpay, true},
    {MethodType::affirm, kOfAffirm, kRedirect, true},
    {MethodType::ideal, kEur, kRedirect},
    {MethodType::eps, kEur, kNeedsName},
    {MethodType::bancontact, kEur, kNeedsName},
    {MethodType::p24, kEurPln, kNeedsEmail},
    {MethodType::wechat_pay, kOfWeChat, kNeedsOfWeChat},
    {MethodType::customer_balance, kUsd, kNeedsOfTransfer},
    {MethodType::us_bank_account, kUsd, kNeedsOfAch},
    {MethodType::sepa_debit, kEur, kNeedsOfSepa},
});

constexpr auto kCustomerParams = std::to_array<std::string_view>({
    "address",
    "description",
    "email",
    "expand",
    "metadata",
    "name",
    "phone",
});

}  // namespace

std::optional<Problem> check_method_data(const Call& call, const Intent& intent) {
  const auto rule =
      std::ranges::find(kRules, method_type_of(call.params.text("payment_method_data[type]")), &Rule::type);
  if (rule == kRules.end()) return std::nullopt;
  const std::string type(to_string(rule->type));
  if (intent.offered != rule->type)
    return invalid_param("payment_method_types", "The payment method type " + type +
                                                     " is not among the types of this PaymentIntent.");
  if (std::ranges::find(rule->currencies, intent.currency.code()) == rule->currencies.end())
    return invalid_param("currency", "The currency provided (" + lower_code(intent.currency) +
                                         ") is invalid for one or more of the payment method types on this "
                                         "PaymentIntent: " +
                                         type + ".");
  if (intent.manual_capture && !rule->manual_capture)
    return invalid_param("capture_method",
                         "The payment method type " + type + " does not support capture_method: manual.");
  for (const std::string_view name : rule->parameters)
    if (call.params.text(name).empty()) return missing_param(name);
  return std::nullopt;
}

Answer create_customer(Call& call) {
  if (const auto problem = call.params.refuse_unknown(kCustomerParams)) return Answer::of(*problem);
  const auto metadata = call.params.metadata();
  if (!metadata) return Answer::of(metadata.error());
  json::Writer out;
  out.begin_object().field("id", "cus_" + call.draws.token(14)).field("object", "customer");
  out.field("created", call.now.ms / 1000).text_or_null("email", call.params.text("email"));
  out.field("livemode", false);
  write_pairs(out, "metadata", *metadata);
  out.text_or_null("name", call.params.text("name")).end_object();
  Answer answer = Answer::of_text(std::move(out).take());
  answer.executed = true;
  return answer;
}

}  // namespace payweir::sandbox::stripe
