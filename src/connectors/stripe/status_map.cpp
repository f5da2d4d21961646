#include "connectors/stripe/status_map.hpp"

#include <algorithm>

namespace payweir::stripe {
namespace {

// https://docs.stripe.com/payments/paymentintents/lifecycle, read 2026-11-22. requires_payment_method
// with a last_payment_error is a decline; the reader of answers sees to that.
constexpr StatusRow kPaymentIntentStatuses[] = {
    {"requires_payment_method", AcceptedAs::needs_action},
    {"requires_confirmation", AcceptedAs::needs_action},
    {"requires_action", AcceptedAs::needs_action},
    {"processing", AcceptedAs::pending},
    {"requires_capture", AcceptedAs::authorised},
    {"succeeded", AcceptedAs::captured},
    {"canceled", AcceptedAs::voided},
};

// https://docs.stripe.com/api/refunds/object#refund_object-status, read 2026-11-22
constexpr RefundStatusRow kRefundStatuses[] = {
    {"pending", RefundOutcome::pending},    {"requires_action", RefundOutcome::pending},
    {"succeeded", RefundOutcome::refunded}, {"failed", RefundOutcome::failed},
    {"canceled", RefundOutcome::failed},
};

// https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes, read 2026-11-22. Who may
// do something about it is our grouping: Stripe's "next steps" are written for people.
using enum DeclineReason;
using enum RetryClass;
constexpr DeclineRow kDeclines[] = {
    {"approve_with_id", DeclineReason::try_again_later, retry_later},
    {"card_velocity_exceeded", limit_exceeded, retry_later},
    {"do_not_honor", unspecified, retry_later},
    {"generic_decline", unspecified, retry_later},
    {"insufficient_funds", insufficient_funds, retry_later},
    {"issuer_not_available", issuer_unavailable, retry_later},
    {"no_action_taken", unspecified, retry_later},
    {"processing_error", processing_error, retry_later},
    {"reenter_transaction", DeclineReason::try_again_later, retry_later},
    {"service_not_allowed", not_permitted, retry_later},
    {"try_again_later", DeclineReason::try_again_later, retry_later},
    {"withdrawal_count_limit_exceeded", limit_exceeded, retry_later},

    {"authentication_not_handled", authentication_required, needs_customer},
    {"authentication_required", authentication_required, needs_customer},
    {"call_issuer", unspecified, needs_customer},
    {"expired_card", card_expired, needs_customer},
    {"incorrect_address", incorrect_postal_code, needs_customer},
    {"incorrect_cvc", incorrect_cvc, needs_customer},
    {"incorrect_number", incorrect_number, needs_customer},
    {"incorrect_pin", incorrect_pin, needs_customer},
    {"incorrect_zip", incorrect_postal_code, needs_customer},
    {"invalid_cvc", incorrect_cvc, needs_customer},
    {"invalid_expiry_month", card_expired, needs_customer},
    {"invalid_expiry_year", card_expired, needs_customer},
    {"invalid_number", incorrect_number, needs_customer},
    {"invalid_pin", incorrect_pin, needs_customer},
    {"offline_pin_required", incorrect_pin, needs_customer},
    {"online_or_offline_pin_required", incorrect_pin, needs_customer},
    {"payment_intent_authentication_failure", authentication_failed, needs_customer},
    {"payment_intent_payment_attempt_expired", unspecified, needs_customer},
    {"payment_intent_payment_attempt_failed", unspecified, needs_customer},
    {"payment_method_microdeposit_failed", invalid_account, needs_customer},
    {"payment_method_microdeposit_verification_attempts_exceeded", limit_exceeded, needs_customer},
    {"pin_try_exceeded", incorrect_pin, needs_customer},

    {"account_closed", invalid_account, do_not_retry},
    {"bank_account_restricted", restricted, do_not_retry},
    {"card_not_supported", not_permitted, do_not_retry},
    {"currency_not_supported", currency_not_supported, do_not_retry},
    {"debit_not_authorized", stop_payment, do_not_retry},
    {"do_not_try_again", unspecified, do_not_retry},
    {"duplicate_transaction", unspecified, do_not_retry},
    {"fraudulent", suspected_fraud, do_not_retry},
    {"highest_risk_level", suspected_fraud, do_not_retry},
    {"invalid_account", invalid_account, do_not_retry},
    {"invalid_amount", limit_exceeded, do_not_retry},
    {"lost_card", lost_or_stolen, do_not_retry},
    {"merchant_blacklist", suspected_fraud, do_not_retry},
    {"new_account_information_available", invalid_account, do_not_retry},
    {"no_account", invalid_account, do_not_retry},
    {"not_permitted", not_permitted, do_not_retry},
    {"pickup_card", lost_or_stolen, do_not_retry},
    {"restricted_card", restricted, do_not_retry},
    {"revocation_of_all_authorizations", stop_payment, do_not_retry},
    {"revocation_of_authorization", stop_payment, do_not_retry},
    {"security_violation", restricted, do_not_retry},
    {"stolen_card", lost_or_stolen, do_not_retry},
    {"stop_payment_order", stop_payment, do_not_retry},
    {"testmode_decline", not_permitted, do_not_retry},
    {"transaction_not_allowed", not_permitted, do_not_retry},
};

const DeclineRow* find_decline(std::string_view theirs) {
  const auto row = std::ranges::find(kDeclines, theirs, &DeclineRow::theirs);
  return row == std::end(kDeclines) ? nullptr : row;
}

}  // namespace

std::span<const StatusRow> payment_intent_statuses() {
  return kPaymentIntentStatuses;
}
std::span<const RefundStatusRow> refund_statuses() {
  return kRefundStatuses;
}
std::span<const DeclineRow> declines() {
  return kDeclines;
}

AcceptedAs map_payment_intent_status(std::string_view theirs) {
  const auto row = std::ranges::find(kPaymentIntentStatuses, theirs, &StatusRow::theirs);
  return row == std::end(kPaymentIntentStatuses) ? AcceptedAs::pending : row->ours;
}

RefundOutcome map_refund_status(std::string_view theirs) {
  const auto row = std::ranges::find(kRefundStatuses, theirs, &RefundStatusRow::theirs);
  return row == std::end(kRefundStatuses) ? RefundOutcome::pending : row->ours;
}

Decline map_decline(std::string_view code, std::string_view decline_code) {
  const DeclineRow* row = find_decline(decline_code);
  if (!row) row = find_decline(code);
  return row ? Decline{row->reason, row->retry} : Decline{};
}

}  // namespace payweir::stripe
