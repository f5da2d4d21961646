#include "sandbox/stripe/refunds.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "sandbox/stripe/intents.hpp"
#include "sandbox/stripe/payment.hpp"

namespace payweir::sandbox::stripe {
namespace {

constexpr std::array kCreateParams = std::to_array<std::string_view>({
    "amount",
    "charge",
    "currency",
    "customer",
    "expand",
    "instructions_email",
    "metadata",
    "origin",
    "payment_intent",
    "reason",
    "refund_application_fee",
    "reverse_transfer",
});
constexpr std::array kReasons =
    std::to_array<std::string_view>({"", "duplicate", "fraudulent", "requested_by_customer"});

struct Source {
  Intent* intent = nullptr;
  std::uint16_t charge = 0;
};

std::string for_people(std::int64_t amount, Currency currency) {
  const std::string decimal = format_major({amount, currency});
  return currency.code() == "USD" ? "$" + decimal : decimal + " " + std::string(currency.code());
}

Parsed<Source> charge_to_refund(Intent& intent) {
  const Charge* charge = intent.latest_charge();
  if (charge == nullptr || charge->captured == 0)
    return std::unexpected(Problem{.message = "This PaymentIntent (" + intent_id(intent) +
                                              ") does not have a successful charge to refund.",
                                   .param = "payment_intent"});
  return Source{&intent, static_cast<std::uint16_t>(intent.charges.size())};
}

Parsed<Source> charge_to_refund(Intent& intent, std::uint16_t ordinal, std::string_view id) {
  if (ordinal < 1 || ordinal > intent.charges.size()) return std::unexpected(no_such("charge", id, "charge"));
  if (intent.charges[ordinal - 1u].captured == 0)
    return std::unexpected(Problem{
        .message = "Charge " + std::string(id) + " has no captured amount to refund.", .param = "charge"});
  return Source{&intent, ordinal};
}

Parsed<Source> find_source(Call& call) {
  if (const std::string_view id = call.params.text("payment_intent"); !id.empty()) {
    const auto intent = find_intent(call, id, "payment_intent");
    if (!intent) return std::unexpected(intent.error());
    return charge_to_refund(**intent);
  }
  const std::string_view id = call.params.text("charge");
  if (id.empty())
    return std::unexpected(Problem{
        .code = "parameter_missing",
        .message =
            "One of the following params should be provided for this request: payment_intent or charge."});
  const auto parsed = parse_id("ch_", id);
  Intent* intent = parsed ? call.books().find(*parsed, call.account) : nullptr;
  if (intent == nullptr) return std::unexpected(no_such("charge", id, "charge"));
  return charge_to_refund(*intent, parsed->ordinal, id);
}

// All that is left when no amount is wanted.
Parsed<std::int64_t> refundable(const Source& source, std::optional<std::int64_t> wanted) {
  const Charge& charge = source.intent->charges[source.charge - 1u];
  const std::int64_t left = charge.captured - charge.refunded;
  if (left == 0)
    return std::unexpected(Problem{
        .code = "charge_already_refunded",
        .message = "Charge " + charge_id(*source.intent, source.charge) + " has already been refunded."});
  const std::int64_t amount = wanted.value_or(left);
  if (amount < 1)
    return std::unexpected(Problem{.code = "parameter_invalid_integer",
                                   .message = "This value must be greater than or equal to 1.",
                                   .param = "amount"});
  if (amount > left) {
    const Currency currency = source.intent->currency;
    const bool untouched = charge.refunded == 0;
    return std::unexpected(
        invalid_param("amount", "Refund amount (" + for_people(amount, currency) + ") is greater than " +
                                    (untouched ? "charge amount (" : "unrefunded amount on charge (") +
                                    for_people(left, currency) + ")"));
  }
  return amount;
}

Parsed<RefundPlace> find_place(Call& call, std::string_view id) {
  const auto parsed = parse_id("re_", id);
  const Intent* intent = parsed ? call.books().find(*parsed, call.account) : nullptr;
  if (intent == nullptr || parsed->ordinal < 1 || parsed->ordinal > intent->refunds.size())
    return std::unexpected(no_such("refund", id, "refund"));
  return RefundPlace{intent->number, parsed->ordinal};
}

// Oldest first; charge 0 is all of them.
std::vector<RefundPlace> places_of(const Intent& intent, std::uint16_t charge) {
  std::vector<RefundPlace> places;
  for (std::size_t i = 0; i < intent.refunds.size(); ++i)
    if (charge == 0 || intent.refunds[i].charge == charge)
      places.push_back({intent.number, static_cast<std::uint16_t>(i + 1)});
  return places;
}

}  // namespace

Answer create_refund(Call& call) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kCreateParams)) return Answer::of(*problem);
  auto metadata = params.metadata();
  if (!metadata) return Answer::of(metadata.error());
  const std::string_view reason = params.text("reason");
  if (std::ranges::find(kReasons, reason) == kReasons.end())
    return Answer::of(invalid_param(
        "reason", "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer"));
  const auto wanted = params.integer("amount");
  if (!wanted) return Answer::of(wanted.error());
  const auto source = find_source(call);
  if (!source) return Answer::of(source.error());
  const auto amount = refundable(*source, *wanted);
  if (!amount) {
    Answer refusal = Answer::of(amount.error());
    refusal.executed = true;
    return refusal;
  }
  Intent& intent = *source->intent;
  if (intent.refunds.size() >= Books::kRefundsPerIntentMax) return Answer::of(books_are_full());
  call.state.open_for_change(intent);
  const std::size_t ordinal =
      refund(actor_of(call), intent, source->charge, *amount, reason, *std::move(metadata));
  return Answer::of_refund(intent, ordinal, read_expand(params));
}

Answer retrieve_refund(Call& call, std::string_view id) {
  const auto place = find_place(call, id);
  if (!place) return Answer::of(place.error());
  return Answer::of_refund(call.books().at(place->intent), place->ordinal, read_expand(call.params));
}

Answer list_refunds(Call& call) {
  const Params& params = call.params;
  const auto limit = read_limit(params);
  if (!limit) return Answer::of(limit.error());
  const std::string_view of_intent = params.text("payment_intent");
  const std::string_view of_charge = params.text("charge");
  const bool of_account = of_intent.empty() && of_charge.empty();
  std::vector<RefundPlace> of_one;
  if (!of_account) {
    const auto id = of_intent.empty() ? parse_id("ch_", of_charge) : parse_id("pi_", of_intent);
    const Intent* intent = id ? call.books().find(*id, call.account) : nullptr;
    if (intent == nullptr)
      return Answer::of(of_intent.empty() ? no_such("charge", of_charge, "charge")
                                          : no_such("payment_intent", of_intent, "payment_intent"));
    of_one = places_of(*intent, of_intent.empty() ? id->ordinal : std::uint16_t{0});
  }
  std::span<const RefundPlace> places = of_account ? call.books().accounts()[call.account].refunds : of_one;
  if (const std::string_view after = params.text("starting_after"); !after.empty()) {
    const auto place = find_place(call, after);
    if (!place) return Answer::of(place.error());
    const auto in_account = call.books().at(place->intent).refunds[place->ordinal - 1u].place_in_account;
    const auto in_one = std::ranges::find(of_one, *place) - of_one.begin();
    places = places.first(of_account ? in_account : static_cast<std::size_t>(in_one));
  }
  const std::uint8_t expand = read_expand(params);
  return Answer::of_text(render_list("/v1/refunds", places.size() > *limit, [&](json::Writer& out) {
    for (const RefundPlace& place : places.last(std::min(*limit, places.size())) | std::views::reverse)
      call.state.renderer.write_refund(out, call.books().at(place.intent), place.ordinal, expand);
  }));
}

Parsed<std::string> refund_in_dashboard(State& state, std::string_view target,
                                        std::optional<std::int64_t> amount, Instant now, Draws& draws) {
  const bool is_charge = target.starts_with("ch_");
  const auto id = parse_id(is_charge ? "ch_" : "pi_", target);
  if (!id || id->intent >= state.books.size() || state.books.at(id->intent).salt != id->salt)
    return std::unexpected(no_such("payment_intent or charge", target, "payment_intent"));
  Intent& intent = state.books.at(id->intent);
  const auto source = is_charge ? charge_to_refund(intent, id->ordinal, target) : charge_to_refund(intent);
  if (!source) return std::unexpected(source.error());
  const auto granted = refundable(*source, amount);
  if (!granted) return std::unexpected(granted.error());
  if (intent.refunds.size() >= Books::kRefundsPerIntentMax) return std::unexpected(books_are_full());
  state.open_for_change(intent);
  const Actor person{state, {.account = intent.account}, now, draws};
  const std::size_t ordinal = refund(person, intent, source->charge, *granted, "requested_by_customer", {});
  return state.renderer.refund(intent, ordinal);
}

}  // namespace payweir::sandbox::stripe
