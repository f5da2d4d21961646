#include "domain/routing/compiled_program.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace payweir::routing {
namespace {

constexpr std::uint32_t kAbsent = 0;   // the payment has no such word
constexpr std::uint32_t kUnheard = 1;  // it has one that the program does not speak of
constexpr std::uint32_t kFirstSymbol = 2;
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

Ranges ranges_of(Operator op, std::int64_t number) {
  Ranges ranges;
  switch (op) {
    case Operator::equal: ranges = {{number, number}}; break;
    case Operator::not_equal:
      if (number > kLowest) ranges.emplace_back(kLowest, number - 1);
      if (number < kHighest) ranges.emplace_back(number + 1, kHighest);
      break;
    case Operator::less_than:
      if (number > kLowest) ranges = {{kLowest, number - 1}};
      break;
    case Operator::less_than_equal: ranges = {{kLowest, number}}; break;
    case Operator::greater_than:
      if (number < kHighest) ranges = {{number + 1, kHighest}};
      break;
    case Operator::greater_than_equal: ranges = {{number, kHighest}}; break;
  }
  return ranges;
}

Ranges both(const Ranges& a, const Ranges& b) {
  Ranges common;
  for (const auto& [first, last] : a)
    for (const auto& [other_first, other_last] : b)
      if (const auto low = std::max(first, other_first), high = std::min(last, other_last); low <= high)
        common.emplace_back(low, high);
  return common;
}

bool holds(const Ranges& ranges, std::int64_t number) {
  return std::ranges::any_of(
      ranges, [&](const auto& range) { return range.first <= number && number <= range.second; });
}

bool is_within(const Ranges& inner, const Ranges& outer) {
  return std::ranges::all_of(inner, [&](const auto& range) {
    return std::ranges::any_of(
        outer, [&](const auto& all) { return all.first <= range.first && range.second <= all.second; });
  });
}

bool is_about_the_same(const Constraint& a, const Constraint& b) {
  return a.key == b.key && a.metadata_key == b.metadata_key;
}

bool is_number(const Constraint& constraint) {
  return info_of(constraint.key).type == KeyType::number;
}

bool holds(const Constraint& constraint, std::uint32_t symbol) {
  return std::ranges::binary_search(constraint.symbols, symbol) != constraint.is_excluding;
}

// Narrows `to` by what else is asked of the same key.
void narrow(Constraint& to, const Constraint& by) {
  if (is_number(to)) {
    to.ranges = both(to.ranges, by.ranges);
    return;
  }
  std::vector<std::uint32_t> symbols;
  if (to.is_excluding && by.is_excluding) {
    std::ranges::set_union(to.symbols, by.symbols, std::back_inserter(symbols));
  } else if (!to.is_excluding && !by.is_excluding) {
    std::ranges::set_intersection(to.symbols, by.symbols, std::back_inserter(symbols));
  } else {
    const Constraint& including = to.is_excluding ? by : to;
    const Constraint& excluding = to.is_excluding ? to : by;
    std::ranges::set_difference(including.symbols, excluding.symbols, std::back_inserter(symbols));
    to.is_excluding = false;
  }
  to.symbols = std::move(symbols);
}

bool is_empty(const Constraint& constraint) {
  if (is_number(constraint)) return constraint.ranges.empty();
  return !constraint.is_excluding && constraint.symbols.empty();
}

// Whether whatever satisfies `inner` satisfies `outer`.
bool is_within(const Constraint& inner, const Constraint& outer) {
  if (is_number(inner)) return is_within(inner.ranges, outer.ranges);
  if (inner.is_excluding) return outer.is_excluding && std::ranges::includes(inner.symbols, outer.symbols);
  if (!outer.is_excluding) return std::ranges::includes(outer.symbols, inner.symbols);
  return std::ranges::none_of(
      inner.symbols, [&](std::uint32_t symbol) { return std::ranges::binary_search(outer.symbols, symbol); });
}

// Adds what a comparison asks for. False: nothing satisfies all of them any more.
bool add(std::vector<Constraint>& constraints, const Constraint& more) {
  for (Constraint& each : constraints)
    if (is_about_the_same(each, more)) {
      narrow(each, more);
      return !is_empty(each);
    }
  constraints.push_back(more);
  return !is_empty(more);
}

bool is_within(const std::vector<Constraint>& inner, const std::vector<Constraint>& outer) {
  return std::ranges::all_of(outer, [&](const Constraint& asked) {
    const auto same =
        std::ranges::find_if(inner, [&](const Constraint& each) { return is_about_the_same(each, asked); });
    return same != inner.end() && is_within(*same, asked);
  });
}

// The first of a split, by the payment's draw.
std::size_t drawn(const VolumeSplit& split, std::uint32_t draw) {
  auto at = static_cast<std::int32_t>((static_cast<std::uint64_t>(draw) * 100) >> 32);
  for (std::size_t index = 0; index < split.shares.size(); ++index) {
    at -= split.shares[index].percent;
    if (at < 0) return index;
  }
  return 0;
}

// Candidates that a rule leaves, by index.
using Left = std::span<const std::size_t>;

void take(const Choice& choice, std::span<const Candidate> candidates, Left left,
          std::vector<std::size_t>& order) {
  for (const std::size_t index : left) {
    const Candidate& candidate = candidates[index];
    const bool names_account = !choice.merchant_connector_id.empty();
    if (names_account && candidate.merchant_connector_id != choice.merchant_connector_id) continue;
    if (candidate.connector != choice.connector) continue;
    if (std::ranges::find(order, index) == order.end()) order.push_back(index);
    if (names_account) return;  // there is one of that name
  }
}

void arrange(const Priority& priority, std::uint32_t, std::span<const Candidate> candidates, Left left,
             Ruling& ruling) {
  for (const Choice& choice : priority.choices)
    take(choice, candidates, left, ruling.order);
}

void arrange(const VolumeSplit& split, std::uint32_t draw, std::span<const Candidate> candidates, Left left,
             Ruling& ruling) {
  if (split.shares.empty()) return;
  const Share& first = split.shares[drawn(split, draw)];
  take(first.choice, candidates, left, ruling.order);
  if (!ruling.order.empty()) ruling.percent = first.percent;
  for (const Share& share : split.shares)
    take(share.choice, candidates, left, ruling.order);
}

void arrange(const Best& best, std::uint32_t, std::span<const Candidate> candidates, Left left,
             Ruling& ruling) {
  std::vector<std::size_t> named;
  for (const Choice& choice : best.choices)
    take(choice, candidates, left, named);
  const Left among = best.choices.empty() ? left : Left(named);
  std::vector<Standing> standings;
  standings.reserve(among.size());
  for (const std::size_t index : among)
    standings.push_back(candidates[index].standing);
  const Ranking ranking = rank(standings, {best.within_ppm, best.explores});
  ruling.has_explored = ranking.has_explored;
  for (const std::size_t at : ranking.order)
    ruling.order.push_back(among[at]);
}

void arrange(const Selection& selection, std::uint32_t draw, std::span<const Candidate> candidates, Left left,
             Ruling& ruling) {
  std::visit([&](const auto& kind) { arrange(kind, draw, candidates, left, ruling); }, selection);
}

bool satisfies(const Candidate& candidate, const std::vector<Constraint>& constraints) {
  return std::ranges::all_of(constraints, [&](const Constraint& each) {
    return holds(each.ranges, each.key == Key::success_rate ? candidate.standing.estimate.rate_ppm
                                                            : candidate.standing.cost_bps);
  });
}

}  // namespace

std::string_view to_string(Operator op) {
  switch (op) {
    case Operator::equal: return "equal";
    case Operator::not_equal: return "not_equal";
    case Operator::less_than: return "less_than";
    case Operator::less_than_equal: return "less_than_equal";
    case Operator::greater_than: return "greater_than";
    case Operator::greater_than_equal: return "greater_than_equal";
  }
  return "";
}

std::optional<Operator> parse_operator(std::string_view word) {
  for (const Operator op : {Operator::equal, Operator::not_equal, Operator::less_than,
                            Operator::less_than_equal, Operator::greater_than, Operator::greater_than_equal})
    if (to_string(op) == word) return op;
  return std::nullopt;
}

// ── Compiling ─────────────────────────────────────────────────────────────────────────────────────

class CompiledProgram::Compiler {
 public:
  Compiler(CompiledProgram& into, std::optional<std::span<const Choice>> accounts)
      : into_(into), accounts_(accounts) {}

  Result<void> add(const Rule& rule, std::size_t index) {
    const std::string field = "rules[" + std::to_string(index) + "]";
    name_ = rule.name;
    if (rule.name.empty()) return refuse(Code::missing_field, field + ".name", "a rule needs a name");
    if (rule.name.size() > kNameMax) return refuse(Code::invalid_value, field + ".name", "at most 64 bytes");
    if (std::ranges::any_of(rule.name, [](char c) {
          return static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\' || c == '\x7f';
        }))
      return refuse(Code::invalid_value, field + ".name",
                    "a name has no quotes, backslashes or control characters");
    for (const CompiledRule& other : into_.rules_)
      if (other.name == rule.name)
        return refuse(Code::invalid_value, field + ".name", "another rule has this name");
    if (Result<void> known = check_selection(rule.selection, field + ".connectorSelection"); !known)
      return known;
    CompiledRule compiled{rule.name, rule.selection, {}};
    if (Result<void> added = add_statements(rule.statements, field + ".statements", {}, 0, compiled); !added)
      return added;
    if (compiled.alternatives.empty())
      return refuse(Code::invalid_value, field + ".statements", "no payment can satisfy its conditions");
    for (const CompiledRule& earlier : into_.rules_)
      if (covers(earlier, compiled))
        return refuse(Code::invalid_value, field,
                      "it is never reached: every payment that it is about is decided by rule \"" +
                          earlier.name + "\"");
    into_.rules_.push_back(std::move(compiled));
    return {};
  }

  Result<void> check_default(const Selection& selection) {
    name_ = "";
    return check_selection(selection, "defaultSelection");
  }

 private:
  std::unexpected<Error> refuse(Code code, std::string field, std::string_view why) const {
    return fail(code, std::move(field),
                name_.empty() ? std::string(why) : "rule \"" + name_ + "\": " + std::string(why));
  }

  Result<void> check_choice(const Choice& choice, const std::string& field) const {
    if (!accounts_) return {};
    for (const Choice& account : *accounts_)
      if (account.connector == choice.connector &&
          (choice.merchant_connector_id.empty() ||
           choice.merchant_connector_id == account.merchant_connector_id))
        return {};
    return refuse(Code::invalid_value, field,
                  "the profile has no account " +
                      (choice.merchant_connector_id.empty()
                           ? "of connector \"" + choice.connector + "\""
                           : choice.merchant_connector_id + " of connector \"" + choice.connector + "\""));
  }

  Result<void> check_choices(const std::vector<Choice>& choices, const std::string& field) const {
    if (choices.size() > kChoicesMax) return refuse(Code::invalid_value, field, "at most 64 connectors");
    for (std::size_t index = 0; index < choices.size(); ++index)
      if (Result<void> known = check_choice(choices[index], field + "[" + std::to_string(index) + "]");
          !known)
        return known;
    return {};
  }

  Result<void> check(const Priority& priority, const std::string& field) const {
    if (priority.choices.empty()) return refuse(Code::missing_field, field, "it names no connector");
    return check_choices(priority.choices, field + ".data");
  }

  Result<void> check(const VolumeSplit& split, const std::string& field) const {
    if (split.shares.empty()) return refuse(Code::missing_field, field, "it names no connector");
    std::vector<Choice> choices;
    std::int64_t sum = 0;
    for (const Share& share : split.shares) {
      if (share.percent < 0 || share.percent > 100)
        return refuse(Code::invalid_value, field + ".data[" + std::to_string(choices.size()) + "].split",
                      "a share is 0 to 100 per cent");
      sum += share.percent;
      choices.push_back(share.choice);
    }
    if (Result<void> known = check_choices(choices, field + ".data"); !known) return known;
    if (sum == 100) return {};
    return refuse(Code::invalid_value, field,
                  "the shares make " + std::to_string(sum) + " per cent, not 100");
  }

  Result<void> check(const Best& best, const std::string& field) const {
    if (best.within_ppm < 0 || best.within_ppm > kAll)
      return refuse(Code::invalid_value, field + ".data.cost.within_percent", "it is 0 to 100 per cent");
    return check_choices(best.choices, field + ".data.accounts");
  }

  Result<void> check_selection(const Selection& selection, const std::string& field) const {
    return std::visit([&](const auto& kind) { return check(kind, field); }, selection);
  }

  Result<void> add_statements(const std::vector<Statement>& statements, const std::string& field,
                              const Alternative& within, std::size_t depth, CompiledRule& rule) {
    if (statements.empty()) return refuse(Code::missing_field, field, "it has no statement");
    if (depth >= kNestingMax) return refuse(Code::invalid_value, field, "nested too deep: at most 8 levels");
    for (std::size_t index = 0; index < statements.size(); ++index) {
      const Statement& statement = statements[index];
      const std::string of_statement = field + "[" + std::to_string(index) + "]";
      if (statement.condition.empty())
        return refuse(Code::missing_field, of_statement + ".condition", "it has no comparison");
      Alternative alternative = within;
      bool is_possible = true;
      for (std::size_t number = 0; number < statement.condition.size(); ++number) {
        Result<Constraint> constraint = constraint_of(
            statement.condition[number], of_statement + ".condition[" + std::to_string(number) + "]");
        if (!constraint) return std::unexpected(constraint.error());
        auto& side = info_of(constraint->key).is_of_account ? alternative.of_account : alternative.of_payment;
        is_possible &= routing::add(side, *constraint);
      }
      if (!is_possible)
        return refuse(Code::invalid_value, of_statement + ".condition",
                      "its comparisons contradict each other");
      if (!statement.nested.empty()) {
        Result<void> added =
            add_statements(statement.nested, of_statement + ".nested", alternative, depth + 1, rule);
        if (!added) return added;
        continue;
      }
      if (++alternative_count_ > kAlternativesMax)
        return refuse(Code::invalid_value, of_statement, "too many statements: at most 2000 in all");
      rule.alternatives.push_back(std::move(alternative));
    }
    return {};
  }

  // Of a rule that asks something of accounts it is not known beforehand whether it decides.
  static bool covers(const CompiledRule& earlier, const CompiledRule& later) {
    return std::ranges::all_of(later.alternatives, [&](const Alternative& inner) {
      return std::ranges::any_of(earlier.alternatives, [&](const Alternative& outer) {
        return outer.of_account.empty() && is_within(inner.of_payment, outer.of_payment);
      });
    });
  }

  std::uint32_t symbol(std::string text) {
    const auto next = static_cast<std::uint32_t>(kFirstSymbol + into_.symbols_.size());
    return into_.symbols_.try_emplace(std::move(text), next).first->second;
  }

  Result<Constraint> constraint_of(const Comparison& comparison, const std::string& field) {
    const KeyInfo* info = find_key(comparison.lhs);
    if (info == nullptr)
      return refuse(Code::invalid_value, field + ".lhs",
                    "nothing is known of a payment by the name \"" + comparison.lhs + "\"");
    Constraint constraint;
    constraint.key = info->key;
    if (info->type == KeyType::number) {
      if (Result<void> read = read_numbers(comparison, field, constraint); !read)
        return std::unexpected(read.error());
      return constraint;
    }
    if (comparison.op != Operator::equal && comparison.op != Operator::not_equal)
      return refuse(Code::invalid_value, field + ".comparison",
                    "\"" + comparison.lhs + "\" can only be equal or not_equal");
    constraint.is_excluding = comparison.op == Operator::not_equal;
    Result<void> read = info->type == KeyType::metadata ? read_metadata(comparison, field, constraint)
                                                        : read_words(comparison, field, constraint);
    if (!read) return std::unexpected(read.error());
    std::ranges::sort(constraint.symbols);
    const auto repeated = std::ranges::unique(constraint.symbols);
    constraint.symbols.erase(repeated.begin(), repeated.end());
    return constraint;
  }

  Result<void> read_numbers(const Comparison& comparison, const std::string& field, Constraint& into) const {
    if (const auto* number = std::get_if<std::int64_t>(&comparison.value)) {
      into.ranges = ranges_of(comparison.op, *number);
      return {};
    }
    if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&comparison.value)) {
      if (comparison.op != Operator::equal && comparison.op != Operator::not_equal)
        return refuse(Code::invalid_value, field + ".comparison", "a list can only be equal or not_equal");
      if (numbers->empty() || numbers->size() > kValuesMax)
        return refuse(Code::invalid_value, field + ".value", "a list has 1 to 1000 members");
      std::vector<std::int64_t> sorted = *numbers;
      std::ranges::sort(sorted);
      const auto repeated = std::ranges::unique(sorted);
      sorted.erase(repeated.begin(), repeated.end());
      std::int64_t from = kLowest;
      for (const std::int64_t number : sorted) {
        if (comparison.op == Operator::equal) {
          into.ranges.emplace_back(number, number);
          continue;
        }
        if (number > from) into.ranges.emplace_back(from, number - 1);
        if (number == kHighest) return {};
        from = number + 1;
      }
      if (comparison.op == Operator::not_equal) into.ranges.emplace_back(from, kHighest);
      return {};
    }
    if (const auto* bounds = std::get_if<std::vector<NumberBound>>(&comparison.value)) {
      if (bounds->empty() || bounds->size() > kValuesMax)
        return refuse(Code::invalid_value, field + ".value", "a list has 1 to 1000 members");
      into.ranges = {{kLowest, kHighest}};
      for (const NumberBound& bound : *bounds)
        into.ranges = both(into.ranges, ranges_of(bound.op, bound.number));
      return {};
    }
    return refuse(Code::wrong_type, field + ".value", "\"" + comparison.lhs + "\" is a number");
  }

  Result<void> read_words(const Comparison& comparison, const std::string& field, Constraint& into) {
    const bool is_text = info_of(into.key).type == KeyType::text;
    std::vector<Word> words;
    if (const auto* word = std::get_if<Word>(&comparison.value); word && !is_text) words = {*word};
    if (const auto* list = std::get_if<std::vector<Word>>(&comparison.value); list && !is_text) words = *list;
    if (const auto* text = std::get_if<Text>(&comparison.value); text && is_text) words = {Word{text->text}};
    if (words.empty())
      return refuse(Code::wrong_type, field + ".value",
                    "\"" + comparison.lhs +
                        (is_text ? "\" is compared with a str_value"
                                 : "\" is compared with an enum_variant or a list of them"));
    if (words.size() > kValuesMax)
      return refuse(Code::invalid_value, field + ".value", "a list has 1 to 1000 members");
    for (const Word& word : words) {
      if (!is_word_of(into.key, word.text))
        return refuse(Code::invalid_value, field + ".value", "\"" + word.text + "\" is no " + comparison.lhs);
      into.symbols.push_back(symbol(canonical(into.key, word.text)));
    }
    return {};
  }

  Result<void> read_metadata(const Comparison& comparison, const std::string& field, Constraint& into) {
    const auto* entry = std::get_if<MetadataEntry>(&comparison.value);
    if (entry == nullptr)
      return refuse(Code::wrong_type, field + ".value", "metadata is compared with a metadata_variant");
    if (entry->key.empty()) return refuse(Code::missing_field, field + ".value.key", "it names no key");
    into.metadata_key = symbol(entry->key);
    into.symbols.push_back(symbol(entry->value));
    return {};
  }

  CompiledProgram& into_;
  std::optional<std::span<const Choice>> accounts_;
  std::string name_;
  std::size_t alternative_count_ = 0;
};

Result<CompiledProgram> CompiledProgram::compile(const Program& program,
                                                 std::optional<std::span<const Choice>> accounts) {
  CompiledProgram compiled;
  Compiler compiler(compiled, accounts);
  if (program.rules.size() > kRulesMax) return fail(Code::invalid_value, "rules", "at most 1000 rules");
  if (Result<void> known = compiler.check_default(program.default_selection); !known)
    return std::unexpected(known.error());
  compiled.default_selection_ = program.default_selection;
  for (std::size_t index = 0; index < program.rules.size(); ++index)
    if (Result<void> added = compiler.add(program.rules[index], index); !added)
      return std::unexpected(added.error());
  return compiled;
}

// ── Deciding ──────────────────────────────────────────────────────────────────────────────────────

struct CompiledProgram::ResolvedFacts {
  std::int64_t amount = 0;
  std::array<std::uint32_t, kKeyCount> symbols{};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> metadata;  // key, value; those the program speaks of

  [[nodiscard]] std::uint32_t symbol_of(const Constraint& constraint) const {
    if (constraint.key != Key::metadata) return symbols[static_cast<std::size_t>(constraint.key)];
    for (const auto& [key, value] : metadata)
      if (key == constraint.metadata_key) return value;
    return kAbsent;
  }

  [[nodiscard]] bool satisfy(const std::vector<Constraint>& constraints) const {
    return std::ranges::all_of(constraints, [&](const Constraint& each) {
      return each.key == Key::amount ? holds(each.ranges, amount) : holds(each, symbol_of(each));
    });
  }
};

std::uint32_t CompiledProgram::symbol_of(std::string_view text) const {
  const auto found = symbols_.find(text);
  return found == symbols_.end() ? kUnheard : found->second;
}

CompiledProgram::ResolvedFacts CompiledProgram::resolve(const Facts& facts) const {
  ResolvedFacts resolved;
  resolved.amount = facts.amount.minor;
  for (const auto& [key, word] : facts.words)
    resolved.symbols[static_cast<std::size_t>(key)] = symbol_of(word);
  for (const auto& [key, value] : facts.metadata)
    if (const std::uint32_t symbol = symbol_of(key); symbol != kUnheard)
      resolved.metadata.emplace_back(symbol, symbol_of(value));
  return resolved;
}

Ruling CompiledProgram::decide(const Facts& facts, std::span<const Candidate> candidates) const {
  const ResolvedFacts resolved = resolve(facts);
  std::vector<std::size_t> left(candidates.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t index = 0; index < rules_.size(); ++index) {
    const CompiledRule& rule = rules_[index];
    for (const Alternative& alternative : rule.alternatives) {
      if (!resolved.satisfy(alternative.of_payment)) continue;
      Ruling ruling;
      ruling.rule = index;
      if (alternative.of_account.empty()) {
        arrange(rule.selection, facts.draw, candidates, left, ruling);
        return ruling;
      }
      std::vector<std::size_t> good;
      std::ranges::copy_if(left, std::back_inserter(good), [&](std::size_t candidate) {
        return satisfies(candidates[candidate], alternative.of_account);
      });
      arrange(rule.selection, facts.draw, candidates, good, ruling);
      if (!ruling.order.empty()) return ruling;
    }
  }
  Ruling ruling;
  arrange(default_selection_, facts.draw, candidates, left, ruling);
  return ruling;
}

}  // namespace payweir::routing
