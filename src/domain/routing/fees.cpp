#include "domain/routing/fees.hpp"

#include <algorithm>
#include <limits>

#include "domain/routing/facts.hpp"

namespace payweir::routing {
namespace {

using json::Kind;

constexpr std::string_view kDomestic = "domestic", kForeign = "foreign";
constexpr std::int64_t kBasisPoints = 10'000;  // of one

// A family or a type of methods in the API's spelling, however it was written.
std::string normal_method(std::string_view word) {
  const std::string plain = canonical(Key::payment_method, word);
  for (int number = 1; number <= static_cast<int>(kPaymentMethodLast); ++number) {
    const auto method = static_cast<PaymentMethod>(number);
    for (const std::string_view name : {family_of(method), type_of(method)})
      if (!name.empty() && canonical(Key::payment_method, name) == plain) return std::string(name);
  }
  return std::string(word);
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

bool is_same_country(std::string_view a, std::string_view b) {
  return !a.empty() && std::ranges::equal(a, b, {}, upper, upper);
}

bool matches_country(std::string_view wanted, const FeeFacts& facts) {
  if (wanted != kDomestic && wanted != kForeign) return is_same_country(wanted, facts.billing_country);
  if (facts.billing_country.empty() || facts.business_country.empty()) return false;
  return is_same_country(facts.billing_country, facts.business_country) == (wanted == kDomestic);
}

bool matches(const Fee& fee, const FeeFacts& facts) {
  if (fee.currency && *fee.currency != facts.amount.currency) return false;
  if (!fee.payment_method.empty() && fee.payment_method != family_of(facts.method) &&
      fee.payment_method != type_of(facts.method))
    return false;
  if (!fee.card_network.empty() && fee.card_network != facts.card_network) return false;
  return fee.country.empty() || matches_country(fee.country, facts);
}

// "" when there is none.
Result<std::string_view> read_word(const json::Value& entry, std::string_view name, const std::string& path) {
  const json::Value word = entry[name];
  if (word.empty()) return std::string_view{};
  if (!word.is(Kind::string))
    return fail(Code::wrong_type, path + "." + std::string(name), "it must be a string");
  if (word.text().empty())
    return fail(Code::invalid_value, path + "." + std::string(name),
                "it must not be empty; leave it out for any");
  return word.text();
}

// 0 when there is none.
Result<std::int64_t> read_number(const json::Value& entry, std::string_view name, std::int64_t max,
                                 const std::string& path) {
  const json::Value number = entry[name];
  if (number.empty()) return 0;
  if (!number.is(Kind::integer))
    return fail(Code::wrong_type, path + "." + std::string(name), "it must be an integer");
  if (number.integer() < 0 || number.integer() > max)
    return fail(Code::invalid_value, path + "." + std::string(name), "it is 0 to " + std::to_string(max));
  return number.integer();
}

Result<void> read_method(const json::Value& entry, const std::string& path, Fee& fee) {
  const Result<std::string_view> word = read_word(entry, "payment_method", path);
  if (!word) return std::unexpected(word.error());
  if (word->empty()) return {};
  if (!is_word_of(Key::payment_method, *word) && !is_word_of(Key::wallet, *word))
    return fail(Code::invalid_value, path + ".payment_method",
                "it is no payment method, such as card or wallet, and no wallet, such as ali_pay");
  fee.payment_method = normal_method(*word);
  return {};
}

Result<void> read_network(const json::Value& entry, const std::string& path, Fee& fee) {
  const Result<std::string_view> word = read_word(entry, "card_network", path);
  if (!word) return std::unexpected(word.error());
  if (word->empty()) return {};
  if (!is_word_of(Key::card_network, *word))
    return fail(Code::invalid_value, path + ".card_network", "it is no card network that is known");
  fee.card_network = canonical(Key::card_network, *word);
  return {};
}

Result<void> read_country(const json::Value& entry, const std::string& path, Fee& fee) {
  const Result<std::string_view> word = read_word(entry, "country", path);
  if (!word) return std::unexpected(word.error());
  if (*word == kDomestic || *word == kForeign) {
    fee.country = *word;
  } else if (!word->empty()) {
    if (!is_word_of(Key::billing_country, *word))
      return fail(Code::invalid_value, path + ".country",
                  "it must be two letters (ISO 3166 alpha-2), domestic or foreign");
    fee.country.resize(word->size());
    std::ranges::transform(*word, fee.country.begin(), upper);
  }
  return {};
}

Result<void> read_currency(const json::Value& entry, const std::string& path, Fee& fee) {
  const Result<std::string_view> word = read_word(entry, "currency", path);
  if (!word) return std::unexpected(word.error());
  if (word->empty()) return {};
  const Result<Currency> currency = Currency::parse(*word);
  if (!currency) return fail(Code::unknown_currency, path + ".currency", "it is no ISO 4217 code");
  fee.currency = *currency;
  return {};
}

Result<Fee> read_fee(const json::Value& entry, const std::string& path) {
  if (!entry.is(Kind::object)) return fail(Code::wrong_type, path, "it must be an object");
  Fee fee;
  for (const auto read : {read_method, read_network, read_country, read_currency})
    if (Result<void> done = read(entry, path, fee); !done) return std::unexpected(std::move(done.error()));
  const Result<std::int64_t> fixed = read_number(entry, "fixed", kAmountMax, path);
  if (!fixed) return std::unexpected(fixed.error());
  if (*fixed > 0 && !fee.currency)
    return fail(Code::missing_field, path + ".currency", "a fixed fee needs the currency that it is in");
  const Result<std::int64_t> points = read_number(entry, "basis_points", kFeeBasisPointsMax, path);
  if (!points) return std::unexpected(points.error());
  fee.fixed_minor = *fixed;
  fee.basis_points = static_cast<std::int32_t>(*points);
  return fee;
}

}  // namespace

Result<std::vector<Fee>> read_fees(const json::Value& value, const std::string& field) {
  std::vector<Fee> fees;
  if (value.empty()) return fees;
  if (!value.is(Kind::array)) return fail(Code::wrong_type, field, "it must be an array");
  if (value.size() > kFeesMax)
    return fail(Code::invalid_value, field, "at most " + std::to_string(kFeesMax) + " fees");
  for (json::Value each = value.first(); each.present(); each = each.next()) {
    Result<Fee> fee = read_fee(each, field + "[" + std::to_string(fees.size()) + "]");
    if (!fee) return std::unexpected(std::move(fee.error()));
    fees.push_back(std::move(*fee));
  }
  return fees;
}

void write_fees(json::Writer& out, std::span<const Fee> fees) {
  const auto word = [&](std::string_view name, std::string_view text) {
    if (!text.empty()) out.field(name, text);
  };
  out.begin_array();
  for (const Fee& fee : fees) {
    out.begin_object();
    word("payment_method", fee.payment_method);
    word("card_network", fee.card_network);
    word("country", fee.country);
    if (fee.currency) out.field("currency", fee.currency->code());
    out.field("fixed", fee.fixed_minor).field("basis_points", fee.basis_points).end_object();
  }
  out.end_array();
}

std::optional<std::int32_t> cost_bps(std::span<const Fee> fees, const FeeFacts& facts) {
  const auto fee = std::ranges::find_if(fees, [&](const Fee& each) { return matches(each, facts); });
  if (fee == fees.end()) return std::nullopt;
  constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
  if (fee->fixed_minor == 0) return fee->basis_points;
  if (facts.amount.minor <= 0) return kMax;
  using Wide = __int128;
  const Wide fixed = Wide{fee->fixed_minor} * kBasisPoints;
  const Wide cost = fee->basis_points + (fixed + facts.amount.minor - 1) / facts.amount.minor;
  return cost > kMax ? kMax : static_cast<std::int32_t>(cost);
}

}  // namespace payweir::routing
