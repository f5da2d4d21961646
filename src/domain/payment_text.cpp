// The words of the payment's enums, as the API and the logs spell them.
#include <array>

#include "domain/payment.hpp"

namespace payweir {

std::string_view to_string(PaymentState state) {
  switch (state) {
    case PaymentState::requires_payment_method: return "requires_payment_method";
    case PaymentState::requires_confirmation: return "requires_confirmation";
    case PaymentState::processing: return "processing";
    case PaymentState::requires_customer_action: return "requires_customer_action";
    case PaymentState::requires_capture: return "requires_capture";
    case PaymentState::succeeded: return "succeeded";
    case PaymentState::partially_captured: return "partially_captured";
    case PaymentState::cancelled: return "cancelled";
    case PaymentState::failed: return "failed";
    case PaymentState::expired: return "expired";
    case PaymentState::conflicted: return "conflicted";
    case PaymentState::requires_merchant_action: return "requires_merchant_action";
  }
  return "processing";
}

std::string_view to_string(AttemptState state) {
  switch (state) {
    case AttemptState::dispatching: return "started";
    case AttemptState::unknown: return "pending";
    case AttemptState::pending: return "pending";
    case AttemptState::needs_action: return "authentication_pending";
    case AttemptState::authorised: return "authorized";
    case AttemptState::captured: return "charged";
    case AttemptState::partially_captured: return "partial_charged";
    case AttemptState::declined: return "failure";
    case AttemptState::failed: return "failure";
    case AttemptState::voided: return "voided";
    case AttemptState::expired: return "expired";
    case AttemptState::succeeded_late: return "auto_refunded";
    case AttemptState::quarantined: return "integrity_failure";
    case AttemptState::reversed: return "auto_refunded";
  }
  return "pending";
}

std::string_view to_string(OperationKind kind) {
  switch (kind) {
    case OperationKind::authorise: return "authorise";
    case OperationKind::capture: return "capture";
    case OperationKind::void_authorisation: return "void";
    case OperationKind::refund: return "refund";
    case OperationKind::reversal: return "reversal";
  }
  return "authorise";
}

std::string_view to_string(OperationState state) {
  switch (state) {
    case OperationState::dispatching: return "dispatching";
    case OperationState::unknown: return "unknown";
    case OperationState::done: return "done";
  }
  return "unknown";
}

std::string_view to_string(CaptureMethod method) {
  switch (method) {
    case CaptureMethod::automatic: return "automatic";
    case CaptureMethod::manual: return "manual";
  }
  return "automatic";
}

std::string_view to_string(AuthenticationType type) {
  switch (type) {
    case AuthenticationType::no_three_ds: return "no_three_ds";
    case AuthenticationType::three_ds: return "three_ds";
  }
  return "no_three_ds";
}

std::string_view to_string(RefundState state) {
  switch (state) {
    case RefundState::pending: return "pending";
    case RefundState::succeeded: return "succeeded";
    case RefundState::failed: return "failed";
    case RefundState::requires_merchant_action: return "review";
  }
  return "pending";
}

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::payment_succeeded: return "payment_succeeded";
    case EventType::payment_failed: return "payment_failed";
    case EventType::payment_processing: return "payment_processing";
    case EventType::payment_cancelled: return "payment_cancelled";
    case EventType::payment_authorized: return "payment_authorized";
    case EventType::payment_captured: return "payment_captured";
    case EventType::payment_expired: return "payment_expired";
    case EventType::action_required: return "action_required";
    case EventType::refund_succeeded: return "refund_succeeded";
    case EventType::refund_failed: return "refund_failed";
  }
  return "payment_processing";
}

Result<CaptureMethod> parse_capture_method(std::string_view text) {
  for (const CaptureMethod method : {CaptureMethod::automatic, CaptureMethod::manual})
    if (text == to_string(method)) return method;
  if (text == "manual_multiple" || text == "scheduled" || text == "sequential_automatic")
    return fail(Code::capture_method_not_supported, "capture_method",
                "capture_method " + std::string(text) + " is not supported; expected automatic or manual");
  return fail(Code::invalid_value, "capture_method", "expected automatic or manual");
}

Result<AuthenticationType> parse_authentication_type(std::string_view text) {
  for (const AuthenticationType type : {AuthenticationType::no_three_ds, AuthenticationType::three_ds})
    if (text == to_string(type)) return type;
  return fail(Code::invalid_value, "authentication_type", "expected no_three_ds or three_ds");
}

}  // namespace payweir
