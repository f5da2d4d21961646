#pragma once
// {address:{line1,…}, phone:{number,country_code}, email}, as billing, shipping and the payment method's
// billing have it.
#include <string>

#include "api/binding.hpp"

namespace payweir::api::native {

// As compact JSON with the known members that were given, and nothing else; "" when it was not given.
[[nodiscard]] std::string bind_contact(Fields fields);
// The same of an address alone.
[[nodiscard]] std::string bind_address(Fields fields);

// What the data of a payment method say of the payer, beside a contact; each "" when they do not.
struct PayerHints {
  std::string name, email, country;
  std::string address_json;  // as bind_address() gives it

  [[nodiscard]] bool empty() const {
    return name.empty() && email.empty() && country.empty() && address_json.empty();
  }
};
// A contact as bind_contact() gives it, with what it lacks and the hints have.
[[nodiscard]] std::string complete_contact(std::string contact_json, const PayerHints& hints);

}  // namespace payweir::api::native
