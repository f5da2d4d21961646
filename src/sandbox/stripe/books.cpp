#include "sandbox/stripe/books.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"

namespace payweir::sandbox::stripe {
namespace {

// Indexed by the enum.
constexpr std::array kStatusNames = std::to_array<std::string_view>({
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "succeeded",
    "canceled",
});

constexpr std::array kMethodNames = std::to_array<std::string_view>({
    "",
    "card",
    "klarna",
    "afterpay_clearpay",
    "affirm",
    "ideal",
    "eps",
    "giropay",
    "bancontact",
    "p24",
    "sofort",
    "alipay",
    "wechat_pay",
    "customer_balance",
    "us_bank_account",
    "sepa_debit",
});

}  // namespace

std::uint32_t Books::account_of(std::string_view api_key) {
  std::string id = account_id_of(api_key);
  if (const auto known = account_by_id_.find(id); known != account_by_id_.end()) return known->second;
  if (accounts_.size() < kAccountsMax) {
    account_by_id_.emplace(id, static_cast<std::uint32_t>(accounts_.size()));
    accounts_.push_back({.id = std::move(id)});
  }
  return static_cast<std::uint32_t>(accounts_.size() - 1);
}

Intent& Books::add(Intent intent) {
  check(!full(), "an intent was added to full books");
  intent.number = static_cast<std::uint32_t>(intents_.size());
  intent.charges.shrink_to_fit();
  Account& account = accounts_[intent.account];
  ++account.intents;
  intent.older = std::exchange(account.newest_intent, intent.number);
  Intent& kept = intents_.emplace_back(std::move(intent));
  kept.metadata.for_each(
      [&](std::string_view key, std::string_view value) { index(key, value, kept.number); });
  return kept;
}

Intent* Books::find(const ObjectId& id, std::uint32_t account) {
  if (id.intent >= intents_.size()) return nullptr;
  Intent& intent = intents_[id.intent];
  return intent.salt == id.salt && intent.account == account ? &intent : nullptr;
}

void Books::set_metadata(Intent& intent, std::string_view key, std::string_view value) {
  if (intent.metadata.get(key) == value) return;
  intent.metadata.set(key, value);
  if (!value.empty()) index(key, value, intent.number);
}

std::uint64_t Books::hash_pair(std::string_view key, std::string_view value) {
  return std::hash<std::string_view>{}(key) * 0x9e3779b97f4a7c15u ^ std::hash<std::string_view>{}(value);
}

void Books::index(std::string_view key, std::string_view value, std::uint32_t intent) {
  std::uint32_t& newest = by_metadata_[hash_pair(key, value)];
  postings_.push_back({intent, newest});
  newest = static_cast<std::uint32_t>(postings_.size() - 1);
}

Totals& Books::totals_of(const Intent& intent) {
  auto& totals = accounts_[intent.account].totals;
  const auto known = totals.find(intent.currency.code());
  return known != totals.end() ? known->second : totals[std::string(intent.currency.code())];
}

Charge& Books::authorize(Intent& intent, Authentication authentication, Instant now) {
  check(intent.capturable() == 0, "an intent with an open authorisation was authorised again");
  if (intent.charges.empty()) intent.charges.reserve(1);
  Totals& totals = totals_of(intent);
  ++totals.charges;
  totals.authorized += intent.amount;
  return intent.charges.emplace_back(Charge{.created_ms = now.ms,
                                            .amount = intent.amount,
                                            .method = intent.method,
                                            .authentication = authentication,
                                            .open = true});
}

Charge& Books::decline(Intent& intent, Decline why, Authentication authentication, Instant now) {
  if (intent.charges.empty()) intent.charges.reserve(1);
  ++totals_of(intent).declines;
  return intent.charges.emplace_back(Charge{.created_ms = now.ms,
                                            .amount = intent.amount,
                                            .method = intent.method,
                                            .failure = why,
                                            .authentication = authentication});
}

void Books::capture(Intent& intent, std::int64_t amount) {
  check(amount > 0 && amount <= intent.capturable(), "a capture beyond what is authorised");
  Charge& charge = intent.charges.back();
  charge.captured = amount;
  charge.open = false;
  Totals& totals = totals_of(intent);
  totals.captured += amount;
  totals.released += charge.amount - amount;
  note_if_repeated(intent);
}

void Books::release(Intent& intent) {
  check(intent.capturable() > 0, "a release of what is not held");
  Charge& charge = intent.charges.back();
  charge.open = false;
  totals_of(intent).released += charge.amount;
}

Refund& Books::refund(Intent& intent, std::uint16_t charge, std::int64_t amount, RefundStatus status,
                      Instant now) {
  check(charge >= 1 && charge <= intent.charges.size(), "a refund of a charge that does not exist");
  Charge& source = intent.charges[charge - 1u];
  check(amount > 0 && amount <= source.captured - source.refunded, "a refund beyond what was captured");
  source.refunded += amount;
  Totals& totals = totals_of(intent);
  ++totals.refunds;
  totals.refunded += amount;
  Refund& made = intent.refunds.emplace_back(
      Refund{.created_ms = now.ms, .amount = amount, .charge = charge, .status = status});
  std::vector<RefundPlace>& of_account = accounts_[intent.account].refunds;
  made.place_in_account = static_cast<std::uint32_t>(of_account.size());
  of_account.push_back({intent.number, static_cast<std::uint16_t>(intent.refunds.size())});
  return made;
}

void Books::settle(Intent& intent, std::size_t refund, RefundStatus status) {
  Refund& settled = intent.refunds[refund];
  check(settled.status != RefundStatus::failed, "a failed refund was settled again");
  settled.status = status;
  if (status != RefundStatus::failed) return;
  intent.charges[settled.charge - 1u].refunded -= settled.amount;
  Totals& totals = totals_of(intent);
  --totals.refunds;
  totals.refunded -= settled.amount;
}

std::string_view Books::reference_of(const Intent& intent) {
  for (const std::string_view key : kReferenceKeys)
    if (const std::string_view reference = intent.metadata.get(key); !reference.empty()) return reference;
  return {};
}

ReferenceTotals Books::totals_of_reference(std::string_view reference) const {
  ReferenceTotals sum;
  visit_by_reference(reference, [&](const Intent& intent) {
    for (const Charge& charge : intent.charges) {
      if (charge.captured > 0) ++sum.charge_count;
      sum.captured += charge.captured;
      sum.refunded += charge.refunded;
      if (charge.open) sum.held += charge.amount;
    }
    return true;
  });
  return sum;
}

void Books::note_if_repeated(const Intent& intent) {
  const std::string_view reference = reference_of(intent);
  if (reference.empty() || repeated_.size() >= kRepeatedReferencesMax) return;
  std::int64_t charges = 0;
  visit_by_reference(reference, [&](const Intent& other) {
    charges += std::ranges::count_if(other.charges, [](const Charge& charge) { return charge.captured > 0; });
    return charges <= 2;  // a third is known already
  });
  if (charges == 2) repeated_.emplace_back(reference);
}

std::string account_id_of(std::string_view api_key) {
  return "acct_" + crypto::to_hex(crypto::sha256(api_key)).substr(0, 16);
}

std::string_view to_string(IntentStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}
std::string_view to_string(MethodType type) {
  return kMethodNames[static_cast<std::size_t>(type)];
}

MethodType method_type_of(std::string_view name) {
  const auto at = std::ranges::find(kMethodNames, name);
  return at == kMethodNames.end() ? MethodType::none : static_cast<MethodType>(at - kMethodNames.begin());
}

std::string_view to_string(RefundStatus status) {
  switch (status) {
    case RefundStatus::pending: return "pending";
    case RefundStatus::succeeded: return "succeeded";
    case RefundStatus::failed: return "failed";
  }
  return "pending";
}

}  // namespace payweir::sandbox::stripe
