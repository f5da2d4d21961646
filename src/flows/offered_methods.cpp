#include "flows/offered_methods.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "domain/routing/facts.hpp"
#include "flows/operate.hpp"

namespace payweir::flows {
namespace {

constexpr std::string_view kSecretMark = "_secret_";

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

bool lets_through(const std::vector<std::string>& words, std::string_view word) {
  return words.empty() || std::ranges::find(words, word) != words.end();
}

void add(std::vector<Offer>& offers, std::string_view word, const std::string& connector) {
  auto offer = std::ranges::find(offers, word, &Offer::word);
  if (offer == offers.end()) offer = offers.insert(offer, Offer{std::string(word), {}});
  if (std::ranges::find(offer->connectors, connector) == offer->connectors.end())
    offer->connectors.push_back(connector);
}

// How the payer is asked, where the account does not say; "": nothing beside what they give.
std::string_view experience_of(PaymentMethod method) {
  if (method == PaymentMethod::ali_pay_qr || method == PaymentMethod::we_chat_pay_qr)
    return "display_qr_code";
  const std::string_view family = family_of(method);
  if (family == "pay_later" || family == "bank_redirect") return "redirect_to_url";
  switch (method) {
    case PaymentMethod::ali_pay_redirect:
    case PaymentMethod::ali_pay_wap:
    case PaymentMethod::we_chat_pay_redirect: return "redirect_to_url";
    case PaymentMethod::ali_pay_app:
    case PaymentMethod::ali_pay_jsapi:
    case PaymentMethod::we_chat_pay_app:
    case PaymentMethod::we_chat_pay_jsapi: return "invoke_sdk_client";
    default: return "";
  }
}

// Puts together what several accounts take.
class Collector {
 public:
  Collector(const ListOfferedMethods& wishes, const PaymentSnapshot* payment)
      : wishes_(wishes), payment_(payment) {
    if (!payment) return;
    country_ = upper(billing_of(*payment->details).address.country);
    is_for_later_ = payment->details->setup_future_usage == "off_session";
  }

  void collect(const ConnectorAccount& account) {
    const Capabilities& can = account.connector->capabilities();
    for (const PaymentMethod method : can.payment_methods) {
      if (account.enabled_methods.empty() && can.takes_unasked(method))
        offer(account, method, EnabledMethod{.family = std::string(family_of(method))});
      for (const EnabledMethod& enabled : account.enabled_methods.all())
        offer(account, method, enabled);
    }
  }

  [[nodiscard]] std::vector<OfferedFamily> take() { return std::move(families_); }

 private:
  void offer(const ConnectorAccount& account, PaymentMethod method, const EnabledMethod& enabled) {
    if (!is_wanted(account, method, enabled)) return;
    if (method != PaymentMethod::card) return add_to(type_of(method), account, method, enabled);
    // An account that names neither takes both.
    for (const std::string_view type : {"credit", "debit"})
      if (enabled.type.empty() || enabled.type == type) add_to(type, account, method, enabled);
  }

  [[nodiscard]] bool is_wanted(const ConnectorAccount& account, PaymentMethod method,
                               const EnabledMethod& enabled) const {
    if (!names(enabled, method)) return false;
    if (is_barcode(method)) return false;  // nothing that a payer chooses on a page
    if (wishes_.recurring_only && !enabled.is_recurring) return false;
    // What the payer accepts to be charged with later: where the merchant says which methods can be.
    if (is_for_later_ && !account.enabled_methods.empty() && !enabled.is_recurring) return false;
    if (wishes_.installments_only && !enabled.has_installments) return false;
    const Capabilities& can = account.connector->capabilities();
    const MethodTerms* terms = can.terms_of(method);
    if (terms && !takes_country(*terms)) return false;
    if (payment_) return takes_payment(can, method, enabled);
    return wishes_.currencies.empty() ||
           std::ranges::any_of(wishes_.currencies, [&](const std::string& code) {
             const Result<Currency> currency = Currency::parse(code);
             return currency &&
                    takes_money(can, method, enabled, {wishes_.amount_minor.value_or(1), *currency});
           });
  }

  [[nodiscard]] bool takes_payment(const Capabilities& can, PaymentMethod method,
                                   const EnabledMethod& enabled) const {
    const Payment& payment = payment_->aggregate.payment;
    if (payment.capture_method == CaptureMethod::manual && !can.holds(method)) return false;
    if (!lets_through(wishes_.currencies, payment.amount.currency.code())) return false;
    Money amount = payment.amount;
    amount.minor = wishes_.amount_minor.value_or(amount.minor);
    return takes_money(can, method, enabled, amount);
  }

  [[nodiscard]] bool takes_money(const Capabilities& can, PaymentMethod method, const EnabledMethod& enabled,
                                 Money amount) const {
    return can.takes(method, amount.currency) && takes(enabled, {method, amount, {}, country_});
  }

  // Of the payer, else one of those that are asked for.
  [[nodiscard]] bool takes_country(const MethodTerms& terms) const {
    if (terms.countries.empty()) return true;
    const auto is_served = [&](std::string_view country) {
      return std::ranges::find(terms.countries, country) != terms.countries.end();
    };
    if (!country_.empty() && !is_served(country_)) return false;
    return wishes_.countries.empty() || std::ranges::any_of(wishes_.countries, is_served);
  }

  void add_to(std::string_view type, const ConnectorAccount& account, PaymentMethod method,
              const EnabledMethod& enabled) {
    const std::string& connector = account.row.connector;
    if (method == PaymentMethod::card && !enabled.card_networks.empty() &&
        std::ranges::none_of(enabled.card_networks, [&](const std::string& network) {
          return lets_through(wishes_.card_networks, network);
        }))
      return;
    OfferedType& offered = find_type(family_of(method), type);
    if (std::ranges::find(offered.connectors, connector) == offered.connectors.end())
      offered.connectors.push_back(connector);
    const std::string_view experience =
        enabled.experience.empty() ? experience_of(method) : std::string_view(enabled.experience);
    if (!experience.empty()) add(offered.experiences, experience, connector);
    if (method == PaymentMethod::card)
      for (const std::string& network : enabled.card_networks)
        if (lets_through(wishes_.card_networks, network)) add(offered.card_networks, network, connector);
    offered.needs_account = is_bank_debit(method);
    const MethodTerms* terms = account.connector->capabilities().terms_of(method);
    if (!terms) return;
    for (const std::string_view bank : terms->banks)
      add(offered.banks, bank, connector);
    for (const PayerField field : terms->required)
      if (std::ranges::find(offered.required, field) == offered.required.end())
        offered.required.push_back(field);
  }

  OfferedType& find_type(std::string_view family_name, std::string_view type_name) {
    auto family = std::ranges::find(families_, family_name, &OfferedFamily::family);
    if (family == families_.end())
      family = families_.insert(family, OfferedFamily{std::string(family_name), {}});
    auto type = std::ranges::find(family->types, type_name, &OfferedType::type);
    if (type == family->types.end())
      type = family->types.insert(type, OfferedType{.type = std::string(type_name)});
    return *type;
  }

  const ListOfferedMethods& wishes_;
  const PaymentSnapshot* payment_;
  std::string country_;  // of the payer, "" when it is not known
  bool is_for_later_ = false;
  std::vector<OfferedFamily> families_;
};

}  // namespace

std::string payment_id_of_secret(std::string_view client_secret) {
  const std::size_t mark = client_secret.rfind(kSecretMark);
  return mark == std::string_view::npos ? std::string() : std::string(client_secret.substr(0, mark));
}

Task<Result<OfferedMethods>> list_offered_methods(Context& context, Principal principal,
                                                  ListOfferedMethods command) {
  OfferedMethods offered;
  std::optional<PaymentSnapshot> payment;
  if (!command.client_secret.empty()) {
    Result<PaymentSnapshot> loaded =
        co_await load_payment(context, principal.merchant, payment_id_of_secret(command.client_secret));
    if (!loaded) co_return fail(std::move(loaded.error()));
    if (Result<void> known = check_client_secret(context, principal, *loaded, command.client_secret); !known)
      co_return fail(std::move(known.error()));
    payment = std::move(*loaded);
    offered.payment = view_of(context, *payment);
  }
  offered.merchant = principal.merchant;
  offered.profile = payment ? payment->profile : principal.merchant->default_profile();
  if (!offered.profile) co_return fail(Code::not_found, "profile_id", "the business profile was deleted");
  Collector collector(command, payment ? &*payment : nullptr);
  for (const auto& account : offered.profile->by_default)
    if (!account->row.disabled && account->connector) collector.collect(*account);
  offered.families = collector.take();
  co_return offered;
}

}  // namespace payweir::flows
