#pragma once
// Which ways to pay a merchant lets a connector account take: `payment_methods_enabled` of the account, in
// the words of Hyperswitch. An account without such a list takes what its connector takes unasked.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.hpp"
#include "base/money.hpp"
#include "base/result.hpp"
#include "domain/payment_method.hpp"

namespace payweir::flows {

// All words, only some, or all but some.
struct WordFilter {
  enum class Kind : std::uint8_t { all, only, all_but };
  Kind kind = Kind::all;
  std::vector<std::string> words;  // upper case: codes of currencies and countries

  // Requires: word is in upper case.
  [[nodiscard]] bool lets_through(std::string_view word) const;
};

struct EnabledMethod {
  std::string family;                      // "pay_later"
  std::string type;                        // "klarna"; "": every type of the family
  std::string experience;                  // "redirect_to_url"; "" when it is not said
  std::vector<std::string> card_networks;  // "Visa"; none: any
  WordFilter currencies, countries;
  std::int64_t amount_min = 0, amount_max = INT64_MAX;  // minor units, both inclusive
  bool is_recurring = false;
  bool has_installments = false;
};

// A payment, or a card that may pay it.
struct MethodQuery {
  PaymentMethod method = PaymentMethod::card;
  Money amount;
  std::string_view card_network = {};  // "visa"; "" when it is not known: any will do
  std::string_view country = {};       // of the payer, "" when it is not known: any will do
};

class EnabledMethods {
 public:
  static constexpr std::size_t kTypesMax = 200;  // of all families
  static constexpr std::size_t kWordsMax = 300;  // of one list

  // Errors: invalid_value, wrong_type, missing_field, by their path below `field`.
  [[nodiscard]] static Result<EnabledMethods> read(const json::Value& list, const std::string& field);

  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] bool depend_on_country() const;
  [[nodiscard]] bool take(const MethodQuery& query) const;
  [[nodiscard]] const std::vector<EnabledMethod>& all() const { return all_; }

 private:
  std::vector<EnabledMethod> all_;
};

// Whether it is about this method.
[[nodiscard]] bool names(const EnabledMethod& enabled, PaymentMethod method);
// And lets this payment through.
[[nodiscard]] bool takes(const EnabledMethod& enabled, const MethodQuery& query);

}  // namespace payweir::flows
