#include "domain/routing/facts.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/check.hpp"

namespace payweir::routing {
namespace {

constexpr std::array<KeyInfo, kKeyCount> kKeys{{
    {Key::amount, "amount", KeyType::number},
    {Key::currency, "currency", KeyType::word},
    {Key::payment_method, "payment_method", KeyType::word},
    {Key::wallet, "wallet", KeyType::word},
    {Key::card_type, "card_type", KeyType::word},
    {Key::card_network, "card_network", KeyType::word},
    {Key::card_bin, "card_bin", KeyType::text},
    {Key::extended_card_bin, "extended_card_bin", KeyType::text},
    {Key::authentication_type, "authentication_type", KeyType::word},
    {Key::capture_method, "capture_method", KeyType::word},
    {Key::billing_country, "billing_country", KeyType::word},
    {Key::business_country, "business_country", KeyType::word},
    {Key::business_label, "business_label", KeyType::text},
    {Key::setup_future_usage, "setup_future_usage", KeyType::word},
    {Key::metadata, "metadata", KeyType::metadata},
    {Key::success_rate, "success_rate", KeyType::number, true},
    {Key::cost_bps, "cost_bps", KeyType::number, true},
}};

// Canonical. The families and types of payment methods are those of the API.
constexpr std::string_view kPaymentMethods[] = {
    "card",     "cardredirect", "paylater",      "wallet",      "bankredirect", "banktransfer",
    "crypto",   "bankdebit",    "reward",        "upi",         "voucher",      "realtimepayment",
    "giftcard", "openbanking",  "mobilepayment", "networktoken"};
constexpr std::string_view kWallets[] = {
    "alipay", "alipayhk",  "amazonpay", "applepay", "bluecode",   "cashapp",    "dana",
    "gcash",  "googlepay", "gopay",     "kakaopay", "mbway",      "mifinity",   "mobilepay",
    "momo",   "paypal",    "paysera",   "paze",     "revolutpay", "samsungpay", "skrill",
    "swish",  "touchngo",  "twint",     "venmo",    "vipps",      "wechatpay"};
constexpr std::string_view kCardTypes[] = {"credit", "debit"};
constexpr std::string_view kNetworks[] = {
    "accel",      "amex", "cartesbancaires", "diners", "discover", "interac",  "jcb", "maestro",
    "mastercard", "nyce", "pulse",           "rupay",  "star",     "unionpay", "visa"};
constexpr std::string_view kAuthenticationTypes[] = {"nothreeds", "threeds"};
constexpr std::string_view kCaptureMethods[] = {"automatic", "manual", "manualmultiple", "scheduled",
                                                "sequentialautomatic"};
constexpr std::string_view kFutureUsages[] = {"offsession", "onsession"};

std::span<const std::string_view> words_of(Key key) {
  switch (key) {
    case Key::payment_method: return kPaymentMethods;
    case Key::wallet: return kWallets;
    case Key::card_type: return kCardTypes;
    case Key::card_network: return kNetworks;
    case Key::authentication_type: return kAuthenticationTypes;
    case Key::capture_method: return kCaptureMethods;
    case Key::setup_future_usage: return kFutureUsages;
    case Key::amount:
    case Key::currency:
    case Key::card_bin:
    case Key::extended_card_bin:
    case Key::billing_country:
    case Key::business_country:
    case Key::business_label:
    case Key::metadata:
    case Key::success_rate:
    case Key::cost_bps: break;
  }
  return {};
}

bool are_letters(std::string_view text, std::size_t count) {
  return text.size() == count && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool are_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const KeyInfo& info_of(Key key) {
  const KeyInfo& info = kKeys[static_cast<std::size_t>(key)];
  check(info.key == key, "the table of routing keys is out of order");
  return info;
}

const KeyInfo* find_key(std::string_view name) {
  if (name == "country") name = "business_country";  // the older of its two names
  const auto found = std::ranges::find(kKeys, name, &KeyInfo::name);
  return found == kKeys.end() ? nullptr : &*found;
}

std::string canonical(Key key, std::string_view word) {
  if (info_of(key).type != KeyType::word) return std::string(word);
  std::string plain;
  plain.reserve(word.size());
  for (const char c : word)
    if (c != '_' && c != ' ' && c != '-') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (key != Key::card_network) return plain;
  if (plain == "americanexpress") return "amex";
  if (plain == "dinersclub") return "diners";
  return plain;
}

bool is_word_of(Key key, std::string_view word) {
  const std::string plain = canonical(key, word);
  if (key == Key::card_bin) return are_digits(plain, 6, 6);
  if (key == Key::extended_card_bin) return are_digits(plain, 8, 8);
  if (key == Key::billing_country || key == Key::business_country) return are_letters(plain, 2);
  if (key == Key::currency) {
    std::string upper = plain;
    for (char& c : upper)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return Currency::parse(upper).has_value();
  }
  const auto words = words_of(key);
  return words.empty() ? !plain.empty() : std::ranges::find(words, plain) != words.end();
}

void Facts::set(Key key, std::string_view word) {
  if (!word.empty()) words.emplace_back(key, canonical(key, word));
}

}  // namespace payweir::routing
