#pragma once
// A routing program as it runs: words are numbers, and each rule is a list of alternatives, each of which is
// one set of allowed values for each key that it speaks of. Sets can be compared, so a rule that can never
// decide is found when the program is stored. Immutable; shared by threads. 1 000 rules cost a few
// microseconds.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/routing/facts.hpp"
#include "domain/routing/program.hpp"
#include "domain/routing/ranking.hpp"

namespace payweir::routing {

// An account that could take the payment.
struct Candidate {
  std::string_view connector;
  std::string_view merchant_connector_id;
  Standing standing;
};

// What a program says about one payment.
struct Ruling {
  std::vector<std::size_t> order;  // indexes of candidates, best first; empty: none that it names can take it
  std::size_t rule = kDefault;     // index of the rule that decided
  std::int32_t percent = 0;        // the share by which the first was drawn; 0: by order
  bool has_explored = false;       // the first is tried to learn how it does
  static constexpr std::size_t kDefault = SIZE_MAX;
};

// A set of numbers: disjoint closed ranges in ascending order.
using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

// What one alternative asks of one key.
struct Constraint {
  Key key = Key::amount;
  std::uint32_t metadata_key = 0;      // symbol, of metadata
  bool is_excluding = false;           // words: any but these, or none at all
  std::vector<std::uint32_t> symbols;  // words, ascending
  Ranges ranges;                       // numbers
};

class CompiledProgram {
 public:
  // `accounts`: every account of the profile, to check the program's choices against; none for a program that
  // was checked when it was stored, some of whose accounts may have gone since. Errors: invalid_value,
  // wrong_type, missing_field; field is "rules[2].statements[0].condition[1]" or alike, detail names the
  // rule.
  [[nodiscard]] static Result<CompiledProgram> compile(const Program& program,
                                                       std::optional<std::span<const Choice>> accounts);

  [[nodiscard]] Ruling decide(const Facts& facts, std::span<const Candidate> candidates) const;

  [[nodiscard]] std::string_view rule_name(std::size_t rule) const { return rules_[rule].name; }

 private:
  struct Alternative {
    std::vector<Constraint> of_payment, of_account;
  };
  struct CompiledRule {
    std::string name;
    Selection selection;
    std::vector<Alternative> alternatives;
  };
  struct ResolvedFacts;
  class Compiler;

  [[nodiscard]] ResolvedFacts resolve(const Facts& facts) const;
  [[nodiscard]] std::uint32_t symbol_of(std::string_view text) const;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> symbols_;
  Selection default_selection_;
  std::vector<CompiledRule> rules_;
};

}  // namespace payweir::routing
