#include "flows/accounts/enabled_methods.hpp"

#include <algorithm>
#include <optional>

#include "domain/routing/facts.hpp"

namespace payweir::flows {
namespace {

using json::Kind;
using json::Value;

// Members may be null, as Hyperswitch's clients send those that they leave out.
bool is_given(const Value& member) {
  return !member.empty();
}

std::unexpected<Error> wrong_type(const std::string& field, std::string_view expected) {
  return fail(Code::wrong_type, field, std::string(expected) + " is expected");
}

std::string upper(std::string_view word) {
  std::string text(word);
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

// The first problem of an object's members, and what they say as long as there is none.
class Reader {
 public:
  Reader(const Value& object, std::string path, std::optional<Error>& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  std::string text(std::string_view name) {
    const Value member = object_[name];
    if (!is_given(member)) return "";
    if (member.is(Kind::string)) return std::string(member.text());
    report(wrong_type(field(name), "a string"));
    return "";
  }
  std::int64_t amount(std::string_view name, std::int64_t otherwise) {
    const Value member = object_[name];
    if (!is_given(member)) return otherwise;
    if (member.is(Kind::integer) && member.integer() >= 0) return member.integer();
    report(wrong_type(field(name), "an amount in minor units, not below 0,"));
    return otherwise;
  }
  bool flag(std::string_view name) {
    const Value member = object_[name];
    if (is_given(member) && !member.is(Kind::boolean)) report(wrong_type(field(name), "true or false"));
    return member.boolean();
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> words;
    const Value list = object_[name];
    if (!is_given(list)) return words;
    if (!list.is(Kind::array) || list.size() > EnabledMethods::kWordsMax) {
      report(wrong_type(field(name), "a list of at most 300 texts"));
      return words;
    }
    for (Value word = list.first(); word.present(); word = word.next()) {
      if (!word.is(Kind::string)) report(wrong_type(field(name), "a list of texts"));
      words.emplace_back(word.text());
    }
    return words;
  }
  WordFilter filter(std::string_view name) {
    WordFilter read;
    const Value given = object_[name];
    if (!is_given(given)) return read;
    Reader members(given, field(name) + ".", problem_);
    const std::string type = members.text("type");
    if (type == "enable_only") read.kind = WordFilter::Kind::only;
    if (type == "disable_only") read.kind = WordFilter::Kind::all_but;
    if (read.kind == WordFilter::Kind::all && type != "all_accepted")
      report(fail(Code::invalid_value, field(name) + ".type",
                  "enable_only, disable_only or all_accepted is expected"));
    for (const std::string& word : members.texts("list"))
      read.words.push_back(upper(word));
    return read;
  }
  [[nodiscard]] std::string field(std::string_view name) const { return path_ + std::string(name); }
  void report(std::unexpected<Error> error) {
    if (!problem_) problem_ = std::move(error).error();
  }

 private:
  Value object_;
  std::string path_;
  std::optional<Error>& problem_;
};

EnabledMethod read_type(const Value& object, std::string family, std::string path,
                        std::optional<Error>& problem) {
  Reader members(object, std::move(path), problem);
  EnabledMethod enabled;
  enabled.family = std::move(family);
  enabled.type = members.text("payment_method_type");
  if (enabled.type.empty())
    members.report(fail(Code::missing_field, members.field("payment_method_type"), ""));
  enabled.experience = members.text("payment_experience");
  enabled.card_networks = members.texts("card_networks");
  enabled.currencies = members.filter("accepted_currencies");
  enabled.countries = members.filter("accepted_countries");
  enabled.amount_min = members.amount("minimum_amount", 0);
  enabled.amount_max = members.amount("maximum_amount", INT64_MAX);
  enabled.is_recurring = members.flag("recurring_enabled");
  enabled.has_installments = members.flag("installment_payment_enabled");
  return enabled;
}

bool is_same_network(std::string_view listed, std::string_view network) {
  return routing::canonical(routing::Key::card_network, listed) == network;
}

}  // namespace

bool WordFilter::lets_through(std::string_view word) const {
  const bool is_listed = std::ranges::find(words, word) != words.end();
  switch (kind) {
    case Kind::all: return true;
    case Kind::only: return is_listed;
    case Kind::all_but: return !is_listed;
  }
  return true;
}

Result<EnabledMethods> EnabledMethods::read(const Value& list, const std::string& field) {
  EnabledMethods read;
  if (!is_given(list)) return read;
  if (!list.is(Kind::array)) return wrong_type(field, "a list");
  std::optional<Error> problem;
  std::size_t index = 0;
  for (Value family = list.first(); family.present(); family = family.next()) {
    const std::string path = field + "[" + std::to_string(index++) + "].";
    Reader members(family, path, problem);
    const std::string name = members.text("payment_method");
    if (name.empty()) members.report(fail(Code::missing_field, path + "payment_method", ""));
    const Value types = family["payment_method_types"];
    if (!is_given(types)) read.all_.push_back({.family = name});
    if (is_given(types) && !types.is(Kind::array))
      members.report(wrong_type(path + "payment_method_types", "a list"));
    std::size_t type_index = 0;
    for (Value type = types.first(); type.present() && !problem; type = type.next())
      read.all_.push_back(read_type(
          type, name, path + "payment_method_types[" + std::to_string(type_index++) + "].", problem));
    if (problem) return std::unexpected(*std::move(problem));
    if (read.all_.size() > kTypesMax)
      return fail(Code::invalid_value, field, "at most 200 types of payment methods are kept");
  }
  return read;
}

bool EnabledMethods::depend_on_country() const {
  return std::ranges::any_of(
      all_, [](const EnabledMethod& each) { return each.countries.kind != WordFilter::Kind::all; });
}

bool EnabledMethods::take(const MethodQuery& query) const {
  return std::ranges::any_of(all_, [&](const EnabledMethod& each) { return takes(each, query); });
}

bool names(const EnabledMethod& enabled, PaymentMethod method) {
  if (enabled.family != family_of(method)) return false;
  // Whether a card gives credit is known to its issuer.
  return method == PaymentMethod::card || enabled.type.empty() || enabled.type == type_of(method);
}

bool takes(const EnabledMethod& enabled, const MethodQuery& query) {
  if (!names(enabled, query.method)) return false;
  const bool is_card = query.method == PaymentMethod::card;
  if (query.amount.minor < enabled.amount_min || query.amount.minor > enabled.amount_max) return false;
  if (!enabled.currencies.lets_through(query.amount.currency.code())) return false;
  if (!query.country.empty() && !enabled.countries.lets_through(query.country)) return false;
  if (!is_card || query.card_network.empty() || enabled.card_networks.empty()) return true;
  return std::ranges::any_of(enabled.card_networks, [&](const std::string& listed) {
    return is_same_network(listed, query.card_network);
  });
}

}  // namespace payweir::flows
