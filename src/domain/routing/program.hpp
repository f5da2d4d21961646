#pragma once
// A routing program: rules over what is known of a payment, each with the gateway accounts that it leads to,
// and a default. As merchants write it; compiled.hpp is what runs. The shape and its meaning are those of the
// API's "advanced" algorithm: the first rule decides one of whose statements holds; a statement holds when
// all its comparisons do and, if it has nested ones, one of these as well.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace payweir::routing {

// Limits of one program.
inline constexpr std::size_t kRulesMax = 1'000;
inline constexpr std::size_t kAlternativesMax = 2'000;  // statements, with their nested ones multiplied out
inline constexpr std::size_t kNestingMax = 8;
inline constexpr std::size_t kValuesMax = 1'000;  // of one comparison
inline constexpr std::size_t kChoicesMax = 64;    // of one selection
inline constexpr std::size_t kNameMax = 64;       // bytes

enum class Operator : std::uint8_t {
  equal,
  not_equal,
  less_than,
  less_than_equal,
  greater_than,
  greater_than_equal
};
[[nodiscard]] std::string_view to_string(Operator op);
[[nodiscard]] std::optional<Operator> parse_operator(std::string_view word);

// A word of a list, such as a currency.
struct Word {
  std::string text;
};
// Any text, such as a card's first digits.
struct Text {
  std::string text;
};
struct MetadataEntry {
  std::string key, value;
};
struct NumberBound {
  Operator op = Operator::equal;
  std::int64_t number = 0;
};
// Numbers are in minor units (amount), millionths (success_rate) or hundredths of a per cent (cost_bps).
// A list holds when one of its members does; bounds when all do.
using Value = std::variant<std::int64_t, Word, Text, MetadataEntry, std::vector<std::int64_t>,
                           std::vector<Word>, std::vector<NumberBound>>;

struct Comparison {
  std::string lhs;  // a key's name
  Operator op = Operator::equal;
  Value value;
};

struct Statement {
  std::vector<Comparison> condition;
  std::vector<Statement> nested;
};

// An account, or any of a connector.
struct Choice {
  std::string connector;
  std::string merchant_connector_id;  // "": any account of the connector
  friend bool operator==(const Choice&, const Choice&) = default;
};

struct Share {
  Choice choice;
  std::int32_t percent = 0;
  friend bool operator==(const Share&, const Share&) = default;
};

// In this order; or one by its share of the payments, the others after it; or the one first that is likeliest
// to be approved, and of those that are nearly as likely the cheapest (see ranking.hpp).
struct Priority {
  std::vector<Choice> choices;
};
struct VolumeSplit {
  std::vector<Share> shares;
};
struct Best {
  std::vector<Choice> choices;  // none: any account
  std::int32_t within_ppm = 0;
  bool explores = true;
};
using Selection = std::variant<Priority, VolumeSplit, Best>;

struct Rule {
  std::string name;
  Selection selection;
  std::vector<Statement> statements;
};

struct Program {
  Selection default_selection;
  std::vector<Rule> rules;
};

}  // namespace payweir::routing
