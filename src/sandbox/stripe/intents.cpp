#include "sandbox/stripe/intents.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sandbox/stripe/intent_terms.hpp"
#include "sandbox/stripe/method_rules.hpp"
#include "sandbox/stripe/payment.hpp"
#include "sandbox/stripe/payment_method.hpp"

namespace payweir::sandbox::stripe {
namespace {

// Stripe's requests, API version 2023-08-16.
constexpr std::array kCreateParams = std::to_array<std::string_view>({
    "amount",
    "application_fee_amount",
    "automatic_payment_methods",
    "capture_method",
    "confirm",
    "confirmation_method",
    "currency",
    "customer",
    "description",
    "error_on_requires_action",
    "expand",
    "mandate",
    "mandate_data",
    "metadata",
    "off_session",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "radar_options",
    "receipt_email",
    "return_url",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
    "use_stripe_sdk",
});
constexpr std::array kUpdateParams = std::to_array<std::string_view>({
    "amount",
    "application_fee_amount",
    "capture_method",
    "currency",
    "customer",
    "description",
    "expand",
    "metadata",
    "payment_method",
    "payment_method_configuration",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
});
constexpr std::array kConfirmParams = std::to_array<std::string_view>({
    "capture_method",
    "error_on_requires_action",
    "expand",
    "mandate",
    "mandate_data",
    "off_session",
    "payment_method",
    "payment_method_data",
    "payment_method_options",
    "payment_method_types",
    "radar_options",
    "receipt_email",
    "return_url",
    "setup_future_usage",
    "shipping",
    "use_stripe_sdk",
});
constexpr std::array kCaptureParams = std::to_array<std::string_view>({
    "amount_to_capture",
    "application_fee_amount",
    "expand",
    "metadata",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
});
constexpr std::array kCancelParams = std::to_array<std::string_view>({"cancellation_reason", "expand"});
constexpr std::array kCancelReasons =
    std::to_array<std::string_view>({"", "duplicate", "fraudulent", "requested_by_customer", "abandoned"});

Problem unexpected_state(std::string message) {
  return {.code = "payment_intent_unexpected_state", .message = std::move(message)};
}

// Execution had begun when the state was found wrong, so this answer is kept under its key.
Answer refuse(Call& call, const Intent& intent, const Problem& problem) {
  return {.status = problem.status,
          .text = render(problem, {.payment_intent_json = call.state.renderer.intent(intent)}),
          .executed = true};
}

Answer confirm_and_answer(Call& call, Intent& intent, const Presence& presence) {
  confirm(actor_of(call), intent, presence);
  const std::uint8_t expand = read_expand(call.params);
  return intent.last_error != Decline::none ? Answer::of_declined(intent, expand)
                                            : Answer::of_intent(intent, expand);
}

constexpr std::string_view kMissingMethod =
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
    "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
    "payment "
    "method.";

bool awaits_payer(IntentStatus status) {
  return status == IntentStatus::requires_payment_method || status == IntentStatus::requires_confirmation ||
         status == IntentStatus::requires_action;
}

}  // namespace

Answer create_intent(Call& call) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kCreateParams)) return Answer::of(*problem);
  const auto amount = read_amount(params, "amount");
  if (!amount) return Answer::of(amount.error());
  const auto currency = read_currency(params);
  if (!currency) return Answer::of(currency.error());
  auto metadata = params.metadata();
  if (!metadata) return Answer::of(metadata.error());
  const auto confirmed = params.boolean("confirm");
  if (!confirmed) return Answer::of(confirmed.error());
  auto presence = read_presence(params);
  if (!presence) return Answer::of(presence.error());

  Intent intent{
      .salt = call.draws.bits(), .created_ms = call.now.ms, .amount = *amount, .account = call.account};
  intent.currency = *currency;
  intent.metadata = *std::move(metadata);
  if (const auto problem = read_terms(params, intent)) return Answer::of(*problem);
  const auto given = read_payment_method(call, nullptr);
  if (!given) return Answer::of(given.error());
  if (!*given && *confirmed) return Answer::of(unexpected_state(std::string(kMissingMethod)));
  if (*confirmed)
    if (const auto problem = check_method_data(call, intent)) return Answer::of(*problem);
  if (call.books().full()) return Answer::of(books_are_full());

  if (*given) {
    adopt(intent, **given);
    intent.offered = intent.method.type;
    intent.status = IntentStatus::requires_confirmation;
    presence->method_was_set_up = (*given)->reused;
  }
  Intent& kept = call.books().add(std::move(intent));
  if (*confirmed) return confirm_and_answer(call, kept, *presence);
  return Answer::of_intent(kept, read_expand(params));
}

Answer update_intent(Call& call, std::string_view id) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kUpdateParams)) return Answer::of(*problem);
  const auto found = find_intent(call, id, "intent");
  if (!found) return Answer::of(found.error());
  Intent& intent = **found;
  const auto metadata = params.metadata();
  if (!metadata) return Answer::of(metadata.error());
  // Metadata and texts may change at any time, what is to be paid only before it is paid.
  const bool of_money = params.has("amount") || params.has("currency") || params.has("capture_method") ||
                        params.has("payment_method") || params.has("payment_method_data[type]");
  if (of_money && !awaits_payer(intent.status))
    return refuse(
        call, intent,
        unexpected_state("This PaymentIntent's amount, currency, capture_method and payment_method could "
                         "not be updated because it has a status of " +
                         std::string(to_string(intent.status)) + "."));
  Intent changed = intent;
  if (const auto problem = read_terms(params, changed)) return Answer::of(*problem);
  if (params.has("amount")) {
    const auto amount = read_amount(params, "amount");
    if (!amount) return Answer::of(amount.error());
    changed.amount = *amount;
  }
  if (params.has("currency")) {
    const auto currency = read_currency(params);
    if (!currency) return Answer::of(currency.error());
    changed.currency = *currency;
  }
  const auto given = read_payment_method(call, &intent);
  if (!given) return Answer::of(given.error());

  call.state.open_for_change(intent);
  changed.newest_answer = intent.newest_answer;
  if (*given) {
    adopt(changed, **given);
    changed.status = IntentStatus::requires_confirmation;
  }
  intent = std::move(changed);
  params.for_each_of("metadata", [&](std::string_view key, std::string_view value) {
    call.books().set_metadata(intent, key, value);
  });
  return Answer::of_intent(intent, read_expand(params));
}

Answer confirm_intent(Call& call, std::string_view id) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kConfirmParams)) return Answer::of(*problem);
  const auto found = find_intent(call, id, "intent");
  if (!found) return Answer::of(found.error());
  Intent& intent = **found;
  auto presence = read_presence(params);
  if (!presence) return Answer::of(presence.error());
  const auto given = read_payment_method(call, &intent);
  if (!given) return Answer::of(given.error());
  Intent changed = intent;
  if (const auto problem = read_terms(params, changed)) return Answer::of(*problem);
  if (const auto problem = check_method_data(call, changed)) return Answer::of(*problem);

  if (intent.status == IntentStatus::succeeded)
    return refuse(
        call, intent,
        unexpected_state("You cannot confirm this PaymentIntent because it has already succeeded after "
                         "being previously confirmed."));
  if (!awaits_payer(intent.status))
    return refuse(
        call, intent,
        unexpected_state("You cannot confirm this PaymentIntent because it has a status of " +
                         std::string(to_string(intent.status)) +
                         ". Only a PaymentIntent with one of the following statuses may be confirmed: "
                         "requires_confirmation, requires_action."));
  if (!*given && intent.method.type == MethodType::none)
    return refuse(call, intent, unexpected_state(std::string(kMissingMethod)));
  if (intent.charges.size() >= Books::kChargesPerIntentMax) return Answer::of(books_are_full());

  call.state.open_for_change(intent);
  changed.newest_answer = intent.newest_answer;
  if (*given) {
    adopt(changed, **given);
    presence->method_was_set_up = (*given)->reused;
  }
  intent = std::move(changed);
  return confirm_and_answer(call, intent, *presence);
}

Answer capture_intent(Call& call, std::string_view id) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kCaptureParams)) return Answer::of(*problem);
  const auto found = find_intent(call, id, "intent");
  if (!found) return Answer::of(found.error());
  Intent& intent = **found;
  const auto metadata = params.metadata();
  if (!metadata) return Answer::of(metadata.error());
  std::int64_t amount = intent.capturable();
  if (params.has("amount_to_capture")) {
    const auto wanted = read_amount(params, "amount_to_capture");
    if (!wanted) return Answer::of(wanted.error());
    amount = *wanted;
  }
  if (intent.status != IntentStatus::requires_capture)
    return refuse(
        call, intent,
        unexpected_state("This PaymentIntent could not be captured because it has a status of " +
                         std::string(to_string(intent.status)) +
                         ". Only a PaymentIntent with one of the following statuses may be captured: "
                         "requires_capture."));
  if (amount > intent.capturable())
    return refuse(call, intent,
                  {.code = "amount_too_large",
                   .message = "The requested capture amount is greater than the authorized amount.",
                   .param = "amount_to_capture"});
  call.state.open_for_change(intent);
  params.for_each_of("metadata", [&](std::string_view key, std::string_view value) {
    call.books().set_metadata(intent, key, value);
  });
  capture(actor_of(call), intent, amount);
  return Answer::of_intent(intent, read_expand(params));
}

Answer cancel_intent(Call& call, std::string_view id) {
  const Params& params = call.params;
  if (const auto problem = params.refuse_unknown(kCancelParams)) return Answer::of(*problem);
  const auto found = find_intent(call, id, "intent");
  if (!found) return Answer::of(found.error());
  Intent& intent = **found;
  const std::string_view reason = params.text("cancellation_reason");
  if (std::ranges::find(kCancelReasons, reason) == kCancelReasons.end())
    return Answer::of(invalid_param("cancellation_reason",
                                    "Invalid cancellation_reason: must be one of duplicate, fraudulent, "
                                    "requested_by_customer, or abandoned"));
  if (intent.status == IntentStatus::succeeded || intent.status == IntentStatus::canceled)
    return refuse(
        call, intent,
        unexpected_state("You cannot cancel this PaymentIntent because it has a status of " +
                         std::string(to_string(intent.status)) +
                         ". Only a PaymentIntent with one of the following statuses may be canceled: "
                         "requires_payment_method, requires_capture, requires_confirmation, "
                         "requires_action, processing."));
  call.state.open_for_change(intent);
  cancel(actor_of(call), intent, reason);
  return Answer::of_intent(intent, read_expand(params));
}

}  // namespace payweir::sandbox::stripe
