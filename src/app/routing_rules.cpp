#include "app/routing_rules.hpp"

#include <algorithm>
#include <charconv>

#include "connectors/connector.hpp"
#include "domain/routing/decimal.hpp"

namespace payweir::app {
namespace {

using routing::Key;
using routing::KeyType;
using routing::Operator;

constexpr std::pair<std::string_view, Operator> kOperators[] = {
    {"eq", Operator::equal},        {"ne", Operator::not_equal},
    {"lt", Operator::less_than},    {"lte", Operator::less_than_equal},
    {"gt", Operator::greater_than}, {"gte", Operator::greater_than_equal},
};
constexpr std::string_view kOperatorNames = "eq, ne, lt, lte, gt or gte";

// What of the text this node was read from. TOML's columns count characters, not bytes.
std::string_view written(std::string_view text, const toml::node& node) {
  const toml::source_region& region = node.source();
  for (toml::source_index line = 1; line < region.begin.line; ++line)
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  const auto skip = [&](std::size_t from, toml::source_index characters) {
    while (characters > 0 && from < text.size()) {
      ++from;
      while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U)
        ++from;
      --characters;
    }
    return from;
  };
  const std::size_t begin = skip(0, region.begin.column - 1);
  return text.substr(begin, text.find_first_of(",]}\n\r\t #", begin) - begin);
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  Result<routing::Rule> read(const toml::node& node, std::size_t index) {
    of_rule_ = "rule " + std::to_string(index + 1);
    const toml::table* table = node.as_table();
    if (!table) return refuse(node, "", "expected a table");
    const auto* name = table->get_as<std::string>("name");
    if (name) of_rule_ = "rule \"" + name->get() + '"';
    for (const auto& [key, value] : *table)
      if (key != "name" && key != "condition" && key != "processors")
        return refuse(value, key.str(), "no such key; name, condition and processors are known");
    if (!name) return refuse(node, "name", "expected a text");
    routing::Rule rule;
    rule.name = name->get();
    Result<routing::Priority> processors = read_processors(node, table->get("processors"));
    if (!processors) return std::unexpected(processors.error());
    rule.selection = std::move(*processors);
    routing::Statement statement;
    if (const toml::node* condition = table->get("condition")) {
      if (!condition->is_table()) return refuse(*condition, "condition", "expected a table");
      for (const auto& [key, value] : *condition->as_table())
        if (Result<void> read = add_comparisons(key.str(), value, statement); !read)
          return std::unexpected(read.error());
    }
    // Every payment's amount is at least 1.
    if (statement.condition.empty())
      statement.condition.push_back({"amount", Operator::greater_than_equal, std::int64_t{0}});
    rule.statements.push_back(std::move(statement));
    return rule;
  }

  [[nodiscard]] std::unexpected<Error> refuse(const toml::node& node, std::string_view key,
                                              std::string_view why) const {
    const std::string path = key.empty() ? "" : std::string(key) + ": ";
    return fail(Code::configuration_invalid, "",
                file_ + ':' + std::to_string(node.source().begin.line) + ": routing.rules: " + of_rule_ +
                    ": " + path + std::string(why));
  }

  std::vector<std::string> warnings;

 private:
  Result<routing::Priority> read_processors(const toml::node& rule, const toml::node* node) {
    constexpr std::string_view kExpected = "expected an array of 1 to 64 names of connectors";
    if (!node) return refuse(rule, "processors", kExpected);
    const toml::array* array = node->as_array();
    if (!array || array->empty() || array->size() > routing::kChoicesMax)
      return refuse(*node, "processors", kExpected);
    routing::Priority priority;
    bool is_any_known = false;
    for (const toml::node& each : *array) {
      const auto* name = each.as_string();
      if (!name) return refuse(each, "processors", kExpected);
      priority.choices.push_back({name->get(), ""});
      if (find_connector(name->get()))
        is_any_known = true;
      else
        warnings.push_back("routing.rules: " + of_rule_ + ": processors: there is no connector \"" +
                           name->get() + "\" in this build; it is passed over");
    }
    if (!is_any_known) return refuse(*node, "processors", "this build has none of these connectors");
    return priority;
  }

  Result<void> add_comparisons(std::string_view name, const toml::node& node, routing::Statement& statement) {
    const std::string key = "condition." + std::string(name);
    const routing::KeyInfo* info = routing::find_key(name);
    if (!info) return refuse(node, key, "no such key; docs/guides/routing.md names those that are");
    if (info->type == KeyType::metadata) return add_metadata(key, node, statement);
    if (info->type == KeyType::number) return add_numbers(*info, key, node, statement);
    const toml::table* table = node.as_table();
    if (!table) return add_words(*info, key, Operator::equal, node, statement);
    for (const auto& [word, value] : *table) {
      if (word != "eq" && word != "ne") return refuse(value, key, "words are compared by eq or ne");
      const Operator op = word == "eq" ? Operator::equal : Operator::not_equal;
      if (Result<void> read = add_words(*info, key, op, value, statement); !read) return read;
    }
    return {};
  }

  Result<void> add_metadata(const std::string& key, const toml::node& node, routing::Statement& statement) {
    const toml::table* table = node.as_table();
    if (!table || table->empty()) return refuse(node, key, "expected a table such as { tier = \"gold\" }");
    for (const auto& [name, value] : *table) {
      if (!value.is_string()) return refuse(value, key, "expected a text for " + std::string(name.str()));
      statement.condition.push_back(
          {"metadata", Operator::equal,
           routing::MetadataEntry{std::string(name.str()), value.as_string()->get()}});
    }
    return {};
  }

  Result<void> add_words(const routing::KeyInfo& info, const std::string& key, Operator op,
                         const toml::node& node, routing::Statement& statement) {
    std::vector<routing::Word> words;
    if (const auto* one = node.as_string()) words.push_back({one->get()});
    if (const toml::array* array = node.as_array())
      for (const toml::node& each : *array) {
        if (!each.is_string()) return refuse(each, key, "expected texts");
        words.push_back({each.as_string()->get()});
      }
    const bool is_text = info.type == KeyType::text;
    if (words.empty() || (is_text && words.size() > 1))
      return refuse(node, key, is_text ? "expected a text" : "expected a text or an array of texts");
    for (const routing::Word& word : words)
      if (!routing::is_word_of(info.key, word.text))
        return refuse(node, key, "\"" + word.text + "\" is none");
    routing::Value value = std::move(words);
    if (is_text) value = routing::Text{std::get<std::vector<routing::Word>>(value).front().text};
    statement.condition.push_back({std::string(info.name), op, std::move(value)});
    return {};
  }

  Result<void> add_numbers(const routing::KeyInfo& info, const std::string& key, const toml::node& node,
                           routing::Statement& statement) {
    if (const toml::array* array = node.as_array()) {
      std::vector<std::int64_t> numbers;
      for (const toml::node& each : *array) {
        const Result<std::int64_t> number = read_number(info, key, each);
        if (!number) return std::unexpected(number.error());
        numbers.push_back(*number);
      }
      if (numbers.empty()) return refuse(node, key, "expected numbers");
      statement.condition.push_back({std::string(info.name), Operator::equal, std::move(numbers)});
      return {};
    }
    std::vector<routing::NumberBound> bounds;
    if (const toml::table* table = node.as_table()) {
      for (const auto& [word, value] : *table) {
        const auto found =
            std::ranges::find(kOperators, word.str(), &std::pair<std::string_view, Operator>::first);
        if (found == std::end(kOperators))
          return refuse(value, key, "numbers are compared by " + std::string(kOperatorNames));
        const Result<std::int64_t> number = read_number(info, key, value);
        if (!number) return std::unexpected(number.error());
        bounds.push_back({found->second, *number});
      }
      if (bounds.empty()) return refuse(node, key, "expected " + std::string(kOperatorNames));
    } else {
      const Result<std::int64_t> number = read_number(info, key, node);
      if (!number) return std::unexpected(number.error());
      bounds.push_back({Operator::equal, *number});
    }
    statement.condition.push_back({std::string(info.name), Operator::equal, std::move(bounds)});
    return {};
  }

  Result<std::int64_t> read_number(const routing::KeyInfo& info, const std::string& key,
                                   const toml::node& node) const {
    if (info.key == Key::success_rate) {
      const auto rate = node.is_number()
                            ? routing::scaled_decimal(written(text_, node), routing::kAll, routing::kAll)
                            : std::nullopt;
      if (!rate)
        return refuse(node, key, "expected a number from 0 to 1 such as 0.95, of at most six places");
      return *rate;
    }
    if (!node.is_integer()) return refuse(node, key, "expected a whole number");
    return node.as_integer()->get();
  }

  std::string_view text_;
  const std::string& file_;
  std::string of_rule_;
};

// "rules[2].statements[0]" is about the third.
std::size_t index_of(std::string_view field) {
  std::size_t index = 0;
  constexpr std::string_view kHead = "rules[";
  if (field.starts_with(kHead))
    std::from_chars(field.data() + kHead.size(), field.data() + field.size(), index);
  return index;
}

}  // namespace

Result<RoutingRules> read_routing_rules(const toml::array& rules, std::string_view text,
                                        const std::string& file) {
  Reader reader(text, file);
  // What no rule decides is left to the profile's default order: this one is never asked.
  routing::Program program{routing::Best{}, {}};
  RoutingRules read;
  for (const toml::node& node : rules) {
    Result<routing::Rule> rule = reader.read(node, program.rules.size());
    if (!rule) return std::unexpected(std::move(rule.error()));
    read.names.push_back(rule->name);
    program.rules.push_back(std::move(*rule));
  }
  if (program.rules.empty()) return read;
  Result<routing::CompiledProgram> compiled = routing::CompiledProgram::compile(program, std::nullopt);
  if (!compiled) {
    const std::size_t index = std::min(index_of(compiled.error().field), rules.size() - 1);
    return fail(Code::configuration_invalid, "",
                file + ':' + std::to_string(rules[index].source().begin.line) +
                    ": routing.rules: " + compiled.error().detail);
  }
  read.program = std::make_shared<const routing::CompiledProgram>(std::move(*compiled));
  read.warnings = std::move(reader.warnings);
  return read;
}

}  // namespace payweir::app
