#include "domain/outcome.hpp"

namespace payweir {

bool may_move_on(const Outcome& outcome) {
  struct {
    bool operator()(const outcome::NotSent&) const { return true; }
    bool operator()(const outcome::Rejected&) const { return true; }
    bool operator()(const outcome::Declined& declined) const {
      return declined.retry == RetryClass::retry_later;
    }
    bool operator()(const outcome::Accepted&) const { return false; }
    bool operator()(const outcome::Unknown&) const { return false; }
  } visitor;
  return std::visit(visitor, outcome);
}

bool is_certain_no(const Outcome& outcome) {
  return !std::holds_alternative<outcome::Accepted>(outcome) &&
         !std::holds_alternative<outcome::Unknown>(outcome);
}

// Visa's category 1, "issuer will never approve" (04, 07, 15, 41, 43, 46, R0, R1, R3), and Mastercard's
// advice codes 03 and 21, as far as our reasons tell them apart; fraud, because the payer is not the one to
// help.
bool is_hard(DeclineReason reason) {
  switch (reason) {
    case DeclineReason::lost_or_stolen:
    case DeclineReason::suspected_fraud:
    case DeclineReason::restricted:
    case DeclineReason::invalid_account:
    case DeclineReason::stop_payment: return true;
    case DeclineReason::unspecified:
    case DeclineReason::insufficient_funds:
    case DeclineReason::card_expired:
    case DeclineReason::incorrect_number:
    case DeclineReason::incorrect_cvc:
    case DeclineReason::incorrect_postal_code:
    case DeclineReason::incorrect_pin:
    case DeclineReason::authentication_required:
    case DeclineReason::authentication_failed:
    case DeclineReason::limit_exceeded:
    case DeclineReason::not_permitted:
    case DeclineReason::currency_not_supported:
    case DeclineReason::issuer_unavailable:
    case DeclineReason::processing_error:
    case DeclineReason::try_again_later: return false;
  }
  return true;
}

std::string_view to_string(DeclineReason reason) {
  switch (reason) {
    case DeclineReason::unspecified: return "unspecified";
    case DeclineReason::insufficient_funds: return "insufficient_funds";
    case DeclineReason::card_expired: return "card_expired";
    case DeclineReason::incorrect_number: return "incorrect_number";
    case DeclineReason::incorrect_cvc: return "incorrect_cvc";
    case DeclineReason::incorrect_postal_code: return "incorrect_postal_code";
    case DeclineReason::incorrect_pin: return "incorrect_pin";
    case DeclineReason::authentication_required: return "authentication_required";
    case DeclineReason::authentication_failed: return "authentication_failed";
    case DeclineReason::lost_or_stolen: return "lost_or_stolen";
    case DeclineReason::suspected_fraud: return "suspected_fraud";
    case DeclineReason::restricted: return "restricted";
    case DeclineReason::limit_exceeded: return "limit_exceeded";
    case DeclineReason::not_permitted: return "not_permitted";
    case DeclineReason::currency_not_supported: return "currency_not_supported";
    case DeclineReason::issuer_unavailable: return "issuer_unavailable";
    case DeclineReason::processing_error: return "processing_error";
    case DeclineReason::try_again_later: return "try_again_later";
    case DeclineReason::invalid_account: return "invalid_account";
    case DeclineReason::stop_payment: return "stop_payment";
  }
  return "unspecified";
}

std::string_view to_string(RetryClass retry) {
  switch (retry) {
    case RetryClass::do_not_retry: return "do_not_retry";
    case RetryClass::retry_later: return "retry_later";
    case RetryClass::needs_customer: return "needs_customer";
  }
  return "do_not_retry";
}

std::string_view to_string(AcceptedAs as) {
  switch (as) {
    case AcceptedAs::authorised: return "authorised";
    case AcceptedAs::captured: return "captured";
    case AcceptedAs::pending: return "pending";
    case AcceptedAs::needs_action: return "needs_action";
    case AcceptedAs::voided: return "voided";
    case AcceptedAs::refunded: return "refunded";
  }
  return "pending";
}

}  // namespace payweir
