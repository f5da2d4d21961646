#include "api/native/bank_account.hpp"

#include <algorithm>
#include <iterator>

namespace payweir::api::native {
namespace {

constexpr std::size_t kAccountDigitsMin = 4, kAccountDigitsMax = 17;
constexpr std::size_t kIbanMin = 15, kIbanMax = 34;
constexpr std::size_t kUserAgentBytesMax = 1000;
// Of it is kept: enough to tell a browser by, and room for it where a debit waits for its confirm.
constexpr std::size_t kUserAgentBytesKept = 255;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_account_number(std::string_view text) {
  return text.size() >= kAccountDigitsMin && text.size() <= kAccountDigitsMax &&
         std::ranges::all_of(text, is_digit);
}

// As people write one: in groups, in small letters.
std::string normal_iban(std::string_view text) {
  std::string iban;
  iban.reserve(text.size());
  for (const char c : text)
    if (c != ' ') iban += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return iban;
}

}  // namespace

bool is_routing_number(std::string_view text) {
  constexpr int kWeights[] = {3, 7, 1};
  if (text.size() != 9 || !std::ranges::all_of(text, is_digit)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    sum += (text[i] - '0') * kWeights[i % 3];
  return sum > 0 && sum % 10 == 0;
}

bool is_iban(std::string_view text) {
  if (text.size() < kIbanMin || text.size() > kIbanMax) return false;
  int remainder = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[(i + 4) % text.size()];  // country and check digits count last
    if (is_digit(c))
      remainder = (remainder * 10 + (c - '0')) % 97;
    else if (c >= 'A' && c <= 'Z')
      remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
    else
      return false;
  }
  return remainder == 1;
}

void bind_bank_account(Fields& data, LocalMethod& debit) {
  if (debit.method == PaymentMethod::sepa_bank_debit) {
    const Secret given(data.required_text("iban", 2 * kIbanMax));
    std::string iban = normal_iban(given.reveal());
    if (!iban.empty() && !is_iban(iban)) data.report(Code::invalid_value, "iban", "an IBAN is expected");
    debit.account_number = Secret(std::move(iban));
    return;
  }
  std::string account = data.required_text("account_number", kAccountDigitsMax);
  std::string routing = data.required_text("routing_number", 9);
  if (!account.empty() && !is_account_number(account))
    data.report(Code::invalid_value, "account_number", "4 to 17 digits are expected");
  if (!routing.empty() && !is_routing_number(routing))
    data.report(Code::invalid_value, "routing_number", "the nine digits of a routing number are expected");
  debit.account_number = Secret(std::move(account));
  debit.routing_number = Secret(std::move(routing));
  debit.is_savings = data.word("bank_type", {"checking", "savings"}) == "savings";
  debit.is_of_company = data.word("bank_holder_type", {"personal", "business"}) == "business";
}

void bind_agreement(Fields& fields, LocalMethod& debit) {
  Fields own = fields.object("customer_acceptance");
  Fields of_mandate = fields.object("mandate_data").object("customer_acceptance");
  Fields& acceptance = own.present() ? own : of_mandate;
  if (!acceptance.present()) return fields.report(Code::missing_field, "customer_acceptance", "");
  const std::string type = acceptance.word("acceptance_type", {"online", "offline"});
  if (type.empty()) return acceptance.report(Code::missing_field, "acceptance_type", "");
  if (type == "offline") return;
  Fields online = acceptance.object("online");
  debit.agreed_from_ip = online.required_text("ip_address", 64);
  debit.agreed_with_user_agent =
      online.required_text("user_agent", kUserAgentBytesMax).substr(0, kUserAgentBytesKept);
}

std::string last_four(const Secret& account_number) {
  // Of fewer than eight characters, four would give most away.
  const std::string_view number = account_number.reveal();
  return number.size() < 8 ? std::string() : std::string(number.substr(number.size() - 4));
}

}  // namespace payweir::api::native
