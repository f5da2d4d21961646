#pragma once
// What a payer is offered to pay with: what the accounts of a profile take of this payment, as their merchant
// has enabled it, by currency, country, amount and capture.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows/principal.hpp"
#include "flows/snapshot.hpp"

namespace payweir::flows {

// Without a client_secret: what the default profile takes of any payment. Filters beside what the payment
// says; empty ones let everything through.
struct ListOfferedMethods {
  std::string client_secret;
  std::vector<std::string> countries, currencies, card_networks;  // codes in upper case, networks as "Visa"
  std::optional<std::int64_t> amount_minor;
  bool recurring_only = false;
  bool installments_only = false;
};

// One word of a list and the connectors that it can be had by.
struct Offer {
  std::string word;
  std::vector<std::string> connectors;  // each once
};

struct OfferedType {
  std::string type;                  // "klarna"; of cards "credit" and "debit"
  std::vector<Offer> experiences;    // "redirect_to_url": how the payer is asked
  std::vector<Offer> card_networks;  // "Visa", where the accounts name them
  std::vector<Offer> banks;          // that the payer may choose from
  std::vector<std::string> connectors;
  std::vector<PayerField> required;
  bool needs_account = false;  // the payer's bank account, too
};

struct OfferedFamily {
  std::string family;  // "pay_later"
  std::vector<OfferedType> types;
};

struct OfferedMethods {
  std::optional<PaymentView> payment;  // none: any
  std::shared_ptr<const MerchantEntry> merchant;
  std::shared_ptr<const ProfileEntry> profile;
  std::vector<OfferedFamily> families;
};

// Errors: not_found, client_secret_mismatch, store_*.
[[nodiscard]] Task<Result<OfferedMethods>> list_offered_methods(Context& context, Principal principal,
                                                                ListOfferedMethods command);

// The payment that a client_secret belongs to, "" of a text that is none.
[[nodiscard]] std::string payment_id_of_secret(std::string_view client_secret);

}  // namespace payweir::flows
