#pragma once
// The bank account that a debit is from, and the payer's word that it may be debited.
#include <string>
#include <string_view>

#include "api/binding.hpp"
#include "flows/payment_details.hpp"

namespace payweir::api::native {

// `data` is the method's own member. ACH: routing number (9 digits that check) and account number (4 … 17
// digits); SEPA: IBAN.
void bind_bank_account(Fields& data, LocalMethod& debit);

// `customer_acceptance`, of the body or of its `mandate_data`: without it no account may be debited.
void bind_agreement(Fields& fields, LocalMethod& debit);

// "" of what is too short to show so much of it.
[[nodiscard]] std::string last_four(const Secret& account_number);

// The check digits of ISO 13616; letters in upper case, no spaces.
[[nodiscard]] bool is_iban(std::string_view text);
// Nine digits with the check digit of the American Bankers Association.
[[nodiscard]] bool is_routing_number(std::string_view text);

}  // namespace payweir::api::native
