#include "domain/routing/algorithm_json.hpp"

#include <array>
#include <limits>
#include <optional>

#include "domain/routing/decimal.hpp"
#include "domain/routing/facts.hpp"

namespace payweir::routing {
namespace {

using json::Kind;

constexpr std::array kKinds = {AlgorithmKind::single, AlgorithmKind::priority, AlgorithmKind::volume_split,
                               AlgorithmKind::advanced, AlgorithmKind::dynamic};

std::string at(const std::string& field, std::size_t index) {
  return field + "[" + std::to_string(index) + "]";
}

Result<json::Value> required(const json::Value& object, std::string_view name, Kind kind,
                             const std::string& field) {
  const json::Value member = object[name];
  const std::string path = field + "." + std::string(name);
  if (member.empty()) return fail(Code::missing_field, path, "it is required");
  if (member.is(kind)) return member;
  std::string_view wanted = kind == Kind::string ? "a string" : "an object";
  if (kind == Kind::array) wanted = "an array";
  if (kind == Kind::integer) wanted = "an integer";
  return fail(Code::wrong_type, path, "it must be " + std::string(wanted));
}

// Reads each element of an array by `read`.
template <class T, class Read>
Result<std::vector<T>> read_list(const json::Value& array, const std::string& field, Read read) {
  if (!array.is(Kind::array)) return fail(Code::wrong_type, field, "it must be an array");
  std::vector<T> list;
  list.reserve(array.size());
  for (json::Value each = array.first(); each.present(); each = each.next()) {
    Result<T> element = read(each, at(field, list.size()));
    if (!element) return std::unexpected(std::move(element.error()));
    list.push_back(std::move(*element));
  }
  return list;
}

Result<Choice> read_choice(const json::Value& value, const std::string& field) {
  if (value.is(Kind::string)) return Choice{std::string(value.text()), ""};
  if (!value.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  const Result<json::Value> connector = required(value, "connector", Kind::string, field);
  if (!connector) return std::unexpected(connector.error());
  Choice choice{std::string(connector->text()), ""};
  const json::Value account = value["merchant_connector_id"];
  if (account.empty()) return choice;
  if (!account.is(Kind::string))
    return fail(Code::wrong_type, field + ".merchant_connector_id", "it must be a string");
  choice.merchant_connector_id = account.text();
  return choice;
}

Result<Share> read_share(const json::Value& value, const std::string& field) {
  const Result<json::Value> split = required(value, "split", Kind::integer, field);
  if (!split) return std::unexpected(split.error());
  if (split->integer() < 0 || split->integer() > 100)
    return fail(Code::invalid_value, field + ".split", "a share is 0 to 100 per cent");
  const json::Value connector = value["connector"];
  if (connector.empty()) return fail(Code::missing_field, field + ".connector", "it is required");
  Result<Choice> choice = read_choice(connector, field + ".connector");
  if (!choice) return std::unexpected(std::move(choice.error()));
  return Share{std::move(*choice), static_cast<std::int32_t>(split->integer())};
}

Result<Selection> read_priority(const json::Value& data, const std::string& field) {
  Result<std::vector<Choice>> choices = read_list<Choice>(data, field, read_choice);
  if (!choices) return std::unexpected(std::move(choices.error()));
  return Priority{std::move(*choices)};
}

Result<Selection> read_split(const json::Value& data, const std::string& field) {
  Result<std::vector<Share>> shares = read_list<Share>(data, field, read_share);
  if (!shares) return std::unexpected(std::move(shares.error()));
  return VolumeSplit{std::move(*shares)};
}

Result<Selection> read_best(const json::Value& data, const std::string& field) {
  if (!data.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  Best best;
  if (const json::Value accounts = data["accounts"]; !accounts.empty()) {
    Result<std::vector<Choice>> choices = read_list<Choice>(accounts, field + ".accounts", read_choice);
    if (!choices) return std::unexpected(std::move(choices.error()));
    best.choices = std::move(*choices);
  }
  if (const json::Value explore = data["explore"]; !explore.empty()) {
    if (!explore.is(Kind::boolean))
      return fail(Code::wrong_type, field + ".explore", "it must be true or false");
    best.explores = explore.boolean();
  }
  const json::Value cost = data["cost"];
  if (cost.empty()) return best;
  if (!cost.is(Kind::object)) return fail(Code::wrong_type, field + ".cost", "it must be an object");
  const Result<json::Value> within = required(cost, "within_percent", Kind::string, field + ".cost");
  if (!within) return std::unexpected(within.error());
  constexpr std::int64_t kPerCent = kAll / 100;
  const std::optional<std::int64_t> ppm = scaled_decimal(within->text(), kPerCent, kAll);
  if (!ppm)
    return fail(Code::invalid_value, field + ".cost.within_percent",
                "it is a decimal from 0 to 100 of at most four places");
  best.within_ppm = static_cast<std::int32_t>(*ppm);
  return best;
}

Result<Selection> read_selection(const json::Value& object, std::string_view name, const std::string& field) {
  const Result<json::Value> selection = required(object, name, Kind::object, field);
  if (!selection) return std::unexpected(selection.error());
  const std::string path = field + "." + std::string(name);
  const Result<json::Value> type = required(*selection, "type", Kind::string, path);
  if (!type) return std::unexpected(type.error());
  const json::Value data = (*selection)["data"];
  if (data.empty()) return fail(Code::missing_field, path + ".data", "it is required");
  if (type->text() == "priority") return read_priority(data, path + ".data");
  if (type->text() == "volume_split") return read_split(data, path + ".data");
  if (type->text() == "dynamic") return read_best(data, path + ".data");
  return fail(Code::invalid_value, path + ".type", "it must be priority, volume_split or dynamic");
}

Result<std::int64_t> read_number(const json::Value& value, std::string_view lhs, const std::string& field) {
  if (lhs == info_of(Key::success_rate).name) {
    const std::optional<std::int64_t> rate = value.is(Kind::integer) || value.is(Kind::real)
                                                 ? scaled_decimal(value.dump(), kAll, kAll)
                                                 : std::nullopt;
    if (!rate)
      return fail(Code::invalid_value, field, "a rate is a decimal from 0 to 1 of at most six places");
    return *rate;
  }
  if (!value.is(Kind::integer)) return fail(Code::wrong_type, field, "it must be an integer");
  return value.integer();
}

Result<Operator> read_operator(const json::Value& object, std::string_view name, const std::string& field) {
  const Result<json::Value> word = required(object, name, Kind::string, field);
  if (!word) return std::unexpected(word.error());
  if (const std::optional<Operator> op = parse_operator(word->text())) return *op;
  return fail(Code::invalid_value, field + "." + std::string(name),
              "it must be equal, not_equal, less_than, less_than_equal, greater_than or greater_than_equal");
}

Result<Value> read_value(const json::Value& tagged, std::string_view lhs, const std::string& field) {
  const Result<json::Value> type = required(tagged, "type", Kind::string, field);
  if (!type) return std::unexpected(type.error());
  const json::Value value = tagged["value"];
  const std::string path = field + ".value";
  if (value.empty()) return fail(Code::missing_field, path, "it is required");
  const auto number = [&](const json::Value& each, const std::string& where) {
    return read_number(each, lhs, where);
  };
  const auto as_value = [](auto&& read) -> Result<Value> {
    if (!read) return std::unexpected(std::move(read.error()));
    return Value(std::move(*read));
  };
  if (type->text() == "number") return as_value(number(value, path));
  if (type->text() == "number_array") return as_value(read_list<std::int64_t>(value, path, number));
  if (type->text() == "number_comparison_array")
    return as_value(read_list<NumberBound>(
        value, path, [&](const json::Value& each, const std::string& where) -> Result<NumberBound> {
          const Result<Operator> op = read_operator(each, "comparisonType", where);
          if (!op) return std::unexpected(op.error());
          const Result<std::int64_t> bound = read_number(each["number"], lhs, where + ".number");
          if (!bound) return std::unexpected(bound.error());
          return NumberBound{*op, *bound};
        }));
  if (type->text() == "enum_variant_array")
    return as_value(
        read_list<Word>(value, path, [](const json::Value& each, const std::string& where) -> Result<Word> {
          if (!each.is(Kind::string)) return fail(Code::wrong_type, where, "it must be a string");
          return Word{std::string(each.text())};
        }));
  if (type->text() == "metadata_variant") {
    const Result<json::Value> key = required(value, "key", Kind::string, path);
    if (!key) return std::unexpected(key.error());
    const Result<json::Value> text = required(value, "value", Kind::string, path);
    if (!text) return std::unexpected(text.error());
    return MetadataEntry{std::string(key->text()), std::string(text->text())};
  }
  if (type->text() != "enum_variant" && type->text() != "str_value")
    return fail(
        Code::invalid_value, field + ".type",
        "it must be number, enum_variant, metadata_variant, str_value, number_array, enum_variant_array "
        "or number_comparison_array");
  if (!value.is(Kind::string)) return fail(Code::wrong_type, path, "it must be a string");
  if (type->text() == "str_value") return Text{std::string(value.text())};
  return Word{std::string(value.text())};
}

Result<Comparison> read_comparison(const json::Value& object, const std::string& field) {
  if (!object.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  const Result<json::Value> lhs = required(object, "lhs", Kind::string, field);
  if (!lhs) return std::unexpected(lhs.error());
  const Result<Operator> op = read_operator(object, "comparison", field);
  if (!op) return std::unexpected(op.error());
  const Result<json::Value> tagged = required(object, "value", Kind::object, field);
  if (!tagged) return std::unexpected(tagged.error());
  Result<Value> value = read_value(*tagged, lhs->text(), field + ".value");
  if (!value) return std::unexpected(std::move(value.error()));
  return Comparison{std::string(lhs->text()), *op, std::move(*value)};
}

Result<Statement> read_statement(const json::Value& object, const std::string& field) {
  if (!object.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  Statement statement;
  Result<std::vector<Comparison>> condition =
      read_list<Comparison>(object["condition"], field + ".condition", read_comparison);
  if (!condition) return std::unexpected(std::move(condition.error()));
  statement.condition = std::move(*condition);
  if (object["nested"].empty()) return statement;
  Result<std::vector<Statement>> nested =
      read_list<Statement>(object["nested"], field + ".nested", read_statement);
  if (!nested) return std::unexpected(std::move(nested.error()));
  statement.nested = std::move(*nested);
  return statement;
}

Result<Rule> read_rule(const json::Value& object, const std::string& field) {
  if (!object.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  const Result<json::Value> name = required(object, "name", Kind::string, field);
  if (!name) return std::unexpected(name.error());
  // The newer of its two names.
  const std::string_view selection_name =
      object["routingOutput"].empty() ? "connectorSelection" : "routingOutput";
  Result<Selection> selection = read_selection(object, selection_name, field);
  if (!selection) return std::unexpected(std::move(selection.error()));
  Result<std::vector<Statement>> statements =
      read_list<Statement>(object["statements"], field + ".statements", read_statement);
  if (!statements) return std::unexpected(std::move(statements.error()));
  return Rule{std::string(name->text()), std::move(*selection), std::move(*statements)};
}

Result<Program> read_program(const json::Value& data, const std::string& field) {
  if (!data.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  Result<Selection> otherwise = read_selection(data, "defaultSelection", field);
  if (!otherwise) return std::unexpected(std::move(otherwise.error()));
  Result<std::vector<Rule>> rules = read_list<Rule>(data["rules"], field + ".rules", read_rule);
  if (!rules) return std::unexpected(std::move(rules.error()));
  return Program{std::move(*otherwise), std::move(*rules)};
}

Result<Program> without_rules(Result<Selection> selection) {
  if (!selection) return std::unexpected(std::move(selection.error()));
  return Program{std::move(*selection), {}};
}

Result<Program> read_data(AlgorithmKind kind, const json::Value& data, const std::string& field) {
  switch (kind) {
    case AlgorithmKind::single: {
      Result<Choice> choice = read_choice(data, field);
      if (!choice) return std::unexpected(std::move(choice.error()));
      return Program{Priority{{std::move(*choice)}}, {}};
    }
    case AlgorithmKind::priority: return without_rules(read_priority(data, field));
    case AlgorithmKind::volume_split: return without_rules(read_split(data, field));
    case AlgorithmKind::advanced: return read_program(data, field);
    case AlgorithmKind::dynamic: return without_rules(read_best(data, field));
  }
  return Program{};
}

}  // namespace

std::string_view to_string(AlgorithmKind kind) {
  switch (kind) {
    case AlgorithmKind::single: return "single";
    case AlgorithmKind::priority: return "priority";
    case AlgorithmKind::volume_split: return "volume_split";
    case AlgorithmKind::advanced: return "advanced";
    case AlgorithmKind::dynamic: return "dynamic";
  }
  return "";
}

Result<std::vector<Choice>> read_choices(const json::Value& value, const std::string& field) {
  return read_list<Choice>(value, field, read_choice);
}

Result<CompiledProgram> compile_algorithm(const Algorithm& algorithm, const std::string& field,
                                          std::optional<std::span<const Choice>> accounts) {
  Result<CompiledProgram> compiled = CompiledProgram::compile(algorithm.program, accounts);
  if (compiled) return compiled;
  Error error = std::move(compiled.error());
  constexpr std::string_view kDefault = "defaultSelection";
  std::string_view within = error.field;
  if (algorithm.kind != AlgorithmKind::advanced && within.starts_with(kDefault)) {
    // The document is the selection itself.
    within.remove_prefix(kDefault.size());
    if (within.empty()) within = ".data";
    if (algorithm.kind == AlgorithmKind::single) within = within.substr(0, within.find('['));
    error.field = field + std::string(within);
  } else {
    error.field = field + ".data." + error.field;
  }
  return std::unexpected(std::move(error));
}

Result<Algorithm> read_algorithm(const json::Value& value, const std::string& field) {
  if (!value.is(Kind::object)) return fail(Code::wrong_type, field, "it must be an object");
  const Result<json::Value> type = required(value, "type", Kind::string, field);
  if (!type) return std::unexpected(type.error());
  const json::Value data = value["data"];
  if (data.empty()) return fail(Code::missing_field, field + ".data", "it is required");
  for (const AlgorithmKind kind : kKinds) {
    if (to_string(kind) != type->text()) continue;
    Result<Program> program = read_data(kind, data, field + ".data");
    if (!program) return std::unexpected(std::move(program.error()));
    return Algorithm{kind, std::move(*program)};
  }
  return fail(Code::invalid_value, field + ".type",
              "it must be single, priority, volume_split, advanced or dynamic");
}

}  // namespace payweir::routing
