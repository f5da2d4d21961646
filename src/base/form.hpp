#pragma once
// application/x-www-form-urlencoded, both ways. The encoder writes brackets raw and a space as %20, as
// Stripe's own libraries do. The decoder takes "+" for a space as well, and is strict about the rest.
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace payweir::form {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Key=value pairs of one body or query, more than any gateway or client of ours sends.
inline constexpr std::size_t kPairsMax = 1000;

// Every byte outside A–Z a–z 0–9 - . _ ~ becomes %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
// "+" stays "+". Error: invalid_value, for a broken escape, a NUL or bytes that are not UTF-8.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

// Collects pairs in order; take() gives "a[b]=1&c=x%20y". Keys and values may hold any byte.
class Encoder {
 public:
  explicit Encoder(std::size_t reserve_bytes = 0) { out_.reserve(reserve_bytes); }
  Encoder& add(std::string_view key, std::string_view value) { return add({key}, value); }
  // The key in parts, for one that nests.
  Encoder& add(std::initializer_list<std::string_view> key_parts, std::string_view value);
  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  std::string out_;
};

// Pairs in order, keys that repeat included; "a" alone is a pair with an empty value, and empty text
// has none. Error: invalid_value, as above, for white space and control characters that stand there
// unescaped, and above kPairsMax.
[[nodiscard]] Result<Pairs> decode(std::string_view text);

}  // namespace payweir::form
