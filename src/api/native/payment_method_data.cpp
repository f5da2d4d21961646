#include "api/native/payment_method_data.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "api/native/bank_account.hpp"
#include "api/native/card.hpp"
#include "api/native/contact.hpp"

namespace payweir::api::native {
namespace {

constexpr std::size_t kAuthCodeBytesMax = 64;
constexpr std::size_t kPayerIdBytesMax = 128;
constexpr std::size_t kBankNameBytesMax = 64;

// Families whose methods are neither cards nor wallets and have a member each.
struct LocalFamily {
  std::string_view name;
  std::string_view example;  // of its members
};
constexpr auto kLocalFamilies = std::to_array<LocalFamily>({{"pay_later", "klarna_redirect"},
                                                            {"bank_redirect", "ideal"},
                                                            {"bank_transfer", "ach_bank_transfer"},
                                                            {"bank_debit", "ach_bank_debit"}});

constexpr std::string_view kReward = "reward";

// The one member of a family's object that names a method; none when it is reported that there is not one.
template <class Parse>
PaymentMethod bind_choice(Fields& family, std::string_view what, std::string_view example, Parse parse) {
  PaymentMethod chosen = PaymentMethod::none;
  std::string other;
  for (const std::string& name : family.names(2)) {
    const std::optional<PaymentMethod> method = parse(name);
    if (method && chosen == PaymentMethod::none)
      chosen = *method;
    else
      other = name;
  }
  if (!other.empty())
    family.report(Code::invalid_value, other,
                  chosen == PaymentMethod::none ? "there is no such " + std::string(what)
                                                : "one " + std::string(what) + " is expected");
  else if (chosen == PaymentMethod::none)
    family.report(Code::missing_field, example, "");
  return chosen;
}

void name_method(PaymentMethod method, flows::PaymentDetails& details) {
  details.payment_method = family_of(method);
  details.payment_method_type = type_of(method);
}

// {"wallet":{"ali_pay_qr":{}}}: one way, with what it needs.
std::optional<Instrument> bind_wallet(Fields wallet, flows::PaymentDetails& details) {
  Wallet given;
  given.method = bind_choice(wallet, "wallet", "ali_pay_qr", parse_wallet);
  if (given.method == PaymentMethod::none) return std::nullopt;
  Fields data = wallet.object(to_string(given.method));
  if (needs_payer_id(given.method)) given.payer_id = data.required_text("open_id", kPayerIdBytesMax);
  if (is_barcode(given.method)) given.auth_code = Secret(data.required_text("auth_code", kAuthCodeBytesMax));
  std::optional<Instrument> bound;
  set_wallet(std::move(given), bound, details);
  return bound;
}

// "hypo_tirol_bank_ag": the words of Hyperswitch's list of banks, which the gateways share.
std::string bind_bank_name(Fields& data) {
  std::string bank = data.text("bank_name", kBankNameBytesMax);
  const bool is_word = std::ranges::all_of(
      bank, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  if (!is_word) data.report(Code::invalid_value, "bank_name", "a bank's name in small letters is expected");
  return bank;
}

// What the methods' own data say of the payer, each in its own words.
PayerHints bind_payer(Fields& data) {
  Fields billing = data.object("billing_details");
  PayerHints payer;
  payer.name = data.text("billing_name");
  if (payer.name.empty()) payer.name = billing.text("billing_name");
  if (payer.name.empty()) payer.name = billing.text("name");
  if (payer.name.empty()) payer.name = data.text("bank_account_holder_name");
  payer.email = data.email("billing_email");
  if (payer.email.empty()) payer.email = billing.email("email");
  payer.country = data.text("billing_country", 2);
  if (payer.country.empty()) payer.country = data.text("country", 2);
  payer.address_json = bind_address(billing.object("address"));
  return payer;
}

// A method that the request also names elsewhere is the same there.
void check_named(Fields& fields, PaymentMethod method, const flows::PaymentDetails& details) {
  if (!details.payment_method.empty() && details.payment_method != family_of(method))
    fields.report(Code::invalid_value, "payment_method",
                  std::string(family_of(method)) + " is expected, as payment_method_data says");
  if (!details.payment_method_type.empty() && details.payment_method_type != type_of(method))
    fields.report(Code::invalid_value, "payment_method_type",
                  std::string(type_of(method)) + " is expected, as payment_method_data says");
}

std::optional<PaymentMethod> parse_in_family(std::string_view family, std::string_view word) {
  const std::optional<PaymentMethod> method = parse_local_method(word);
  return method && family_of(*method) == family ? method : std::nullopt;
}

// {"bank_redirect":{"ideal":{"bank_name":"ing"}}}
std::optional<Instrument> bind_local_method(Fields& fields, Fields family, const LocalFamily& which,
                                            flows::PaymentDetails& details, PayerHints& payer) {
  LocalMethod given;
  given.method = bind_choice(family, "payment method", which.example,
                             [&which](std::string_view word) { return parse_in_family(which.name, word); });
  if (given.method == PaymentMethod::none) return std::nullopt;
  check_named(fields, given.method, details);
  Fields data = family.object(to_string(given.method));
  given.bank = bind_bank_name(data);
  payer = bind_payer(data);
  if (is_bank_debit(given.method)) {
    bind_bank_account(data, given);
    bind_agreement(fields, given);
  }
  name_method(given.method, details);
  details.local_method = to_string(given.method);
  details.bank = given.bank;
  details.account_last4 = last_four(given.account_number);
  return given;
}

// {"payment_method_type":"evoucher","payment_method_data":"reward"}
std::optional<Instrument> bind_reward(Fields& fields, flows::PaymentDetails& details) {
  const auto method = parse_in_family(kReward, details.payment_method_type);
  if (!method) {
    fields.report(Code::missing_field, "payment_method_type", "");
    return std::nullopt;
  }
  check_named(fields, *method, details);
  name_method(*method, details);
  details.local_method = to_string(*method);
  return LocalMethod{.method = *method};
}

Result<std::string> parse_name(std::string_view word, std::string_view (*name_of)(PaymentMethod)) {
  for (int number = 1; number <= static_cast<int>(kPaymentMethodLast); ++number)
    if (name_of(static_cast<PaymentMethod>(number)) == word) return std::string(word);
  return fail(Code::invalid_value, "", "\"" + std::string(word) + "\" is not known here");
}

}  // namespace

Result<std::string> parse_family(std::string_view word) {
  return parse_name(word, family_of);
}

Result<std::string> parse_method_type(std::string_view word) {
  if (word == "credit" || word == "debit" || word == "card") return std::string(word);
  return parse_name(word, type_of);
}

void set_wallet(Wallet wallet, std::optional<Instrument>& instrument, flows::PaymentDetails& details) {
  details.payment_method = family_of(wallet.method);
  details.payment_method_type = type_of(wallet.method);
  details.wallet = to_string(wallet.method);
  details.payer_id = wallet.payer_id;
  instrument = std::move(wallet);
}

std::optional<Instrument> bind_payment_method_data(Fields& fields, flows::PaymentDetails& details,
                                                   Instant now) {
  if (fields.is("payment_method_data", kReward)) return bind_reward(fields, details);
  Fields data = fields.object("payment_method_data");
  std::optional<Instrument> given;
  PayerHints payer;
  if (Fields card = data.object("card"); card.present()) {
    Card bound = bind_card(std::move(card), now);
    details.payment_method = "card";
    details.card = flows::summarise(bound);
    given = std::move(bound);
  } else if (Fields wallet = data.object("wallet"); wallet.present()) {
    given = bind_wallet(std::move(wallet), details);
  } else {
    for (const LocalFamily& which : kLocalFamilies)
      if (Fields family = data.object(which.name); !given && family.present())
        given = bind_local_method(fields, std::move(family), which, details, payer);
  }
  details.payment_method_billing_json = complete_contact(bind_contact(data.object("billing")), payer);
  return given;
}

}  // namespace payweir::api::native
