#include "base/money.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/check.hpp"

namespace payweir {
namespace {

struct Row {
  std::string_view code;
  int numeric;
  int exponent;
};

// ISO 4217 list one (active codes that a payment can be in), sorted by code behind XXX; exponents as
// published. MGA's subunit is a fifth and by ISO has 2 places.
constexpr auto kTable = std::to_array<Row>({
    {"XXX", 999, 0}, {"AED", 784, 2}, {"AFN", 971, 2}, {"ALL", 8, 2},   {"AMD", 51, 2},  {"ANG", 532, 2},
    {"AOA", 973, 2}, {"ARS", 32, 2},  {"AUD", 36, 2},  {"AWG", 533, 2}, {"AZN", 944, 2}, {"BAM", 977, 2},
    {"BBD", 52, 2},  {"BDT", 50, 2},  {"BGN", 975, 2}, {"BHD", 48, 3},  {"BIF", 108, 0}, {"BMD", 60, 2},
    {"BND", 96, 2},  {"BOB", 68, 2},  {"BRL", 986, 2}, {"BSD", 44, 2},  {"BTN", 64, 2},  {"BWP", 72, 2},
    {"BYN", 933, 2}, {"BZD", 84, 2},  {"CAD", 124, 2}, {"CDF", 976, 2}, {"CHF", 756, 2}, {"CLF", 990, 4},
    {"CLP", 152, 0}, {"CNY", 156, 2}, {"COP", 170, 2}, {"CRC", 188, 2}, {"CUP", 192, 2}, {"CVE", 132, 2},
    {"CZK", 203, 2}, {"DJF", 262, 0}, {"DKK", 208, 2}, {"DOP", 214, 2}, {"DZD", 12, 2},  {"EGP", 818, 2},
    {"ERN", 232, 2}, {"ETB", 230, 2}, {"EUR", 978, 2}, {"FJD", 242, 2}, {"FKP", 238, 2}, {"GBP", 826, 2},
    {"GEL", 981, 2}, {"GHS", 936, 2}, {"GIP", 292, 2}, {"GMD", 270, 2}, {"GNF", 324, 0}, {"GTQ", 320, 2},
    {"GYD", 328, 2}, {"HKD", 344, 2}, {"HNL", 340, 2}, {"HTG", 332, 2}, {"HUF", 348, 2}, {"IDR", 360, 2},
    {"ILS", 376, 2}, {"INR", 356, 2}, {"IQD", 368, 3}, {"IRR", 364, 2}, {"ISK", 352, 0}, {"JMD", 388, 2},
    {"JOD", 400, 3}, {"JPY", 392, 0}, {"KES", 404, 2}, {"KGS", 417, 2}, {"KHR", 116, 2}, {"KMF", 174, 0},
    {"KPW", 408, 2}, {"KRW", 410, 0}, {"KWD", 414, 3}, {"KYD", 136, 2}, {"KZT", 398, 2}, {"LAK", 418, 2},
    {"LBP", 422, 2}, {"LKR", 144, 2}, {"LRD", 430, 2}, {"LSL", 426, 2}, {"LYD", 434, 3}, {"MAD", 504, 2},
    {"MDL", 498, 2}, {"MGA", 969, 2}, {"MKD", 807, 2}, {"MMK", 104, 2}, {"MNT", 496, 2}, {"MOP", 446, 2},
    {"MRU", 929, 2}, {"MUR", 480, 2}, {"MVR", 462, 2}, {"MWK", 454, 2}, {"MXN", 484, 2}, {"MYR", 458, 2},
    {"MZN", 943, 2}, {"NAD", 516, 2}, {"NGN", 566, 2}, {"NIO", 558, 2}, {"NOK", 578, 2}, {"NPR", 524, 2},
    {"NZD", 554, 2}, {"OMR", 512, 3}, {"PAB", 590, 2}, {"PEN", 604, 2}, {"PGK", 598, 2}, {"PHP", 608, 2},
    {"PKR", 586, 2}, {"PLN", 985, 2}, {"PYG", 600, 0}, {"QAR", 634, 2}, {"RON", 946, 2}, {"RSD", 941, 2},
    {"RUB", 643, 2}, {"RWF", 646, 0}, {"SAR", 682, 2}, {"SBD", 90, 2},  {"SCR", 690, 2}, {"SDG", 938, 2},
    {"SEK", 752, 2}, {"SGD", 702, 2}, {"SHP", 654, 2}, {"SLE", 925, 2}, {"SLL", 694, 2}, {"SOS", 706, 2},
    {"SRD", 968, 2}, {"SSP", 728, 2}, {"STN", 930, 2}, {"SVC", 222, 2}, {"SYP", 760, 2}, {"SZL", 748, 2},
    {"THB", 764, 2}, {"TJS", 972, 2}, {"TMT", 934, 2}, {"TND", 788, 3}, {"TOP", 776, 2}, {"TRY", 949, 2},
    {"TTD", 780, 2}, {"TWD", 901, 2}, {"TZS", 834, 2}, {"UAH", 980, 2}, {"UGX", 800, 0}, {"USD", 840, 2},
    {"UYU", 858, 2}, {"UZS", 860, 2}, {"VES", 928, 2}, {"VND", 704, 0}, {"VUV", 548, 0}, {"WST", 882, 2},
    {"XAF", 950, 0}, {"XCD", 951, 2}, {"XOF", 952, 0}, {"XPF", 953, 0}, {"YER", 886, 2}, {"ZAR", 710, 2},
    {"ZMW", 967, 2}, {"ZWL", 932, 2},
});

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  const auto at = std::lower_bound(kTable.begin() + 1, kTable.end(), code,
                                   [](const Row& row, std::string_view wanted) { return row.code < wanted; });
  if (at == kTable.end() || at->code != code)
    return fail(Code::unknown_currency, "currency", "expected an ISO 4217 code such as USD");
  return Currency(static_cast<std::uint8_t>(at - kTable.begin()));
}

Result<Currency> Currency::from_numeric(std::int64_t numeric) {
  const auto at = std::ranges::find(kTable, numeric, &Row::numeric);
  if (at == kTable.end()) return fail(Code::unknown_currency, "currency", "unknown numeric currency code");
  return Currency(static_cast<std::uint8_t>(at - kTable.begin()));
}

std::string_view Currency::code() const {
  return kTable[index_].code;
}
int Currency::numeric() const {
  return kTable[index_].numeric;
}
int Currency::exponent() const {
  return kTable[index_].exponent;
}

std::vector<Currency> Currency::all() {
  std::vector<Currency> currencies;
  for (std::size_t i = 1; i < kTable.size(); ++i)
    currencies.push_back(Currency(static_cast<std::uint8_t>(i)));
  return currencies;
}

Result<std::int64_t> add_minor(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return fail(Code::overflow, "amount", "the sum exceeds 64 bits");
  return sum;
}

Result<std::int64_t> subtract_minor(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference))
    return fail(Code::overflow, "amount", "the difference exceeds 64 bits");
  return difference;
}

Result<Money> add(Money a, Money b) {
  if (a.currency != b.currency) return fail(Code::currency_mismatch, "currency", "two currencies in one sum");
  const Result<std::int64_t> minor = add_minor(a.minor, b.minor);
  if (!minor) return fail(minor.error());
  return Money{*minor, a.currency};
}

Result<Money> subtract(Money a, Money b) {
  if (a.currency != b.currency) return fail(Code::currency_mismatch, "currency", "two currencies in one sum");
  const Result<std::int64_t> minor = subtract_minor(a.minor, b.minor);
  if (!minor) return fail(minor.error());
  return Money{*minor, a.currency};
}

std::string format_major(Money money) {
  const auto exponent = static_cast<std::size_t>(money.currency.exponent());
  const bool negative = money.minor < 0;
  // Through unsigned, because the negative of the smallest int64 is not an int64.
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(money.minor) : static_cast<std::uint64_t>(money.minor);
  std::string digits = std::to_string(magnitude);
  if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
  if (exponent > 0) digits.insert(digits.size() - exponent, 1, '.');
  return negative ? '-' + digits : digits;
}

Result<Money> parse_major(std::string_view text, Currency currency) {
  const auto bad = [&] {
    return fail(Code::invalid_value, "amount",
                "expected a decimal with at most " + std::to_string(currency.exponent()) + " places");
  };
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return bad();
  if (fraction.size() > static_cast<std::size_t>(currency.exponent())) return bad();
  std::int64_t minor = 0;
  const auto take = [&minor](char c) {
    return c >= '0' && c <= '9' && !__builtin_mul_overflow(minor, 10, &minor) &&
           !__builtin_add_overflow(minor, c - '0', &minor);
  };
  for (const char c : whole)
    if (!take(c)) return bad();
  for (std::size_t i = 0; i < static_cast<std::size_t>(currency.exponent()); ++i)
    if (!take(i < fraction.size() ? fraction[i] : '0')) return bad();
  return Money{minor, currency};
}

Result<std::vector<Money>> allocate(Money whole, std::span<const std::int64_t> weights) {
  __int128 total = 0;
  for (const std::int64_t weight : weights) {
    check(weight >= 0, "allocate: a weight is negative");
    total += weight;
  }
  check(whole.minor >= 0 && total > 0, "allocate: nothing to share, or nobody to share with");
  struct Share {
    std::size_t index;
    __int128 remainder;
  };
  std::vector<Money> parts;
  std::vector<Share> shares;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const __int128 product = static_cast<__int128>(whole.minor) * weights[i];
    parts.push_back(Money{static_cast<std::int64_t>(product / total), whole.currency});
    shares.push_back({i, product % total});
    given += parts.back().minor;
  }
  std::ranges::sort(shares, [](const Share& a, const Share& b) {
    return a.remainder != b.remainder ? a.remainder > b.remainder : a.index < b.index;
  });
  for (std::size_t i = 0; given < whole.minor; ++i, ++given)
    ++parts[shares[i].index].minor;
  return parts;
}

}  // namespace payweir
