#pragma once
// What a payment is routed by: all of it is known before a gateway is called.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/money.hpp"

namespace payweir::routing {

// What a condition can be about. The names are those of the API's rules.
enum class Key : std::uint8_t {
  amount,
  currency,
  payment_method,  // "card", "wallet"
  wallet,          // "ali_pay"
  card_type,       // "credit", "debit": as the merchant says
  card_network,
  card_bin,           // six digits
  extended_card_bin,  // eight digits
  authentication_type,
  capture_method,
  billing_country,  // ISO 3166 alpha-2
  business_country,
  business_label,
  setup_future_usage,
  metadata,
  // Of the account that would be chosen, not of the payment.
  success_rate,
  cost_bps,
};
inline constexpr std::size_t kKeyCount = 17;

enum class KeyType : std::uint8_t { number, word, text, metadata };

struct KeyInfo {
  Key key;
  std::string_view name;
  KeyType type;
  bool is_of_account = false;
};
[[nodiscard]] const KeyInfo& info_of(Key key);
[[nodiscard]] const KeyInfo* find_key(std::string_view name);
// How a word is compared: in lower case, without what separates its parts ("AmericanExpress",
// "american_express"); networks by one name each ("amex").
[[nodiscard]] std::string canonical(Key key, std::string_view word);
// Whether a condition may name this word.
[[nodiscard]] bool is_word_of(Key key, std::string_view word);

struct Facts {
  Money amount;
  std::vector<std::pair<Key, std::string>> words;  // canonical, each key once; what is not known is left out
  std::vector<std::pair<std::string, std::string>> metadata;
  // Drawn from the payment's id: the same for all its attempts, and spread evenly.
  std::uint32_t draw = 0;

  void set(Key key, std::string_view word);
};

}  // namespace payweir::routing
