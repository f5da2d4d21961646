#include "connectors/alipay/status_map.hpp"

#include <algorithm>
#include <array>

namespace payweir::alipay {
namespace {

// https://opendocs.alipay.com/open/82ea786a_alipay.trade.query, read 2026-11-22.
constexpr auto kTradeStatuses = std::to_array<TradeStatusRow>({
    {"WAIT_BUYER_PAY", TradeStatus::waiting},
    {"TRADE_SUCCESS", TradeStatus::paid},
    {"TRADE_FINISHED", TradeStatus::paid},  // paid, and no longer refundable
    {"TRADE_CLOSED", TradeStatus::closed},  // never paid, or all of it refunded
});

constexpr auto kUnspecified = DeclineReason::unspecified;
constexpr auto kNever = RetryClass::do_not_retry;
constexpr auto kLater = RetryClass::retry_later;
constexpr auto kPayer = RetryClass::needs_customer;

// The gateway's codes: https://opendocs.alipay.com/common/02km9f. The methods' own: the tables of
// https://opendocs.alipay.com/open/1f1fe18c_alipay.trade.pay, …/8ad49e4a_alipay.trade.precreate,
// …/82ea786a_alipay.trade.query, …/13399511_alipay.trade.cancel, …/f60979b3_alipay.trade.refund. All read
// 2026-11-22; whose fault a decline is and whether to try again is our grouping.
constexpr auto kErrors = std::to_array<ErrorRow>({
    {"20000", Refusal::unknown, kUnspecified, kLater},
    {"aop.ACQ.SYSTEM_ERROR", Refusal::unknown, kUnspecified, kLater},
    {"aop.unknow-error", Refusal::unknown, kUnspecified, kLater},
    {"isp.unknow-error", Refusal::unknown, kUnspecified, kLater},
    {"isp.unknown-error", Refusal::unknown, kUnspecified, kLater},
    {"ACQ.SYSTEM_ERROR", Refusal::unknown, kUnspecified, kLater},
    {"SYSTEM_ERROR", Refusal::unknown, kUnspecified, kLater},

    {"20001", Refusal::credentials, kUnspecified, kNever},
    {"40003", Refusal::credentials, kUnspecified, kNever},
    {"40006", Refusal::credentials, kUnspecified, kNever},
    {"isv.invalid-app-id", Refusal::credentials, kUnspecified, kNever},
    {"isv.invalid-signature", Refusal::credentials, kUnspecified, kNever},
    {"isv.missing-signature-key", Refusal::credentials, kUnspecified, kNever},
    {"isv.insufficient-isv-permissions", Refusal::credentials, kUnspecified, kNever},
    {"isv.insufficient-user-permissions", Refusal::credentials, kUnspecified, kNever},
    {"ACQ.ACCESS_FORBIDDEN", Refusal::credentials, kUnspecified, kNever},
    {"ACQ.PARTNER_ERROR", Refusal::credentials, kUnspecified, kNever},
    {"ACQ.SELLER_BEEN_BLOCKED", Refusal::credentials, kUnspecified, kNever},

    {"40001", Refusal::rejected, kUnspecified, kNever},
    {"40002", Refusal::rejected, kUnspecified, kNever},
    {"ACQ.INVALID_PARAMETER", Refusal::rejected, kUnspecified, kNever},
    {"ACQ.EXIST_FORBIDDEN_WORD", Refusal::rejected, kUnspecified, kNever},
    {"ACQ.TOTAL_FEE_EXCEED", Refusal::rejected, kUnspecified, kNever},

    {"40005", Refusal::rate_limited, kUnspecified, kLater},
    {"isv.app-call-limited", Refusal::rate_limited, kUnspecified, kLater},
    {"isp.gateway-flow-limit", Refusal::rate_limited, kUnspecified, kLater},

    {"ACQ.TRADE_NOT_EXIST", Refusal::not_found, kUnspecified, kLater},

    // An order of this number was there first: what became of it, a query tells.
    {"ACQ.TRADE_HAS_SUCCESS", Refusal::unknown, kUnspecified, kLater},
    {"ACQ.CONTEXT_INCONSISTENT", Refusal::unknown, kUnspecified, kLater},
    {"ACQ.TRADE_HAS_CLOSE", Refusal::unknown, kUnspecified, kLater},
    {"ACQ.TRADE_HAS_FINISHED", Refusal::unknown, kUnspecified, kLater},
    {"ACQ.REASON_TRADE_STATUS_INVALID", Refusal::unknown, kUnspecified, kLater},

    {"ACQ.PAYMENT_AUTH_CODE_INVALID", Refusal::declined, DeclineReason::authentication_required, kPayer},
    {"ACQ.BUYER_BALANCE_NOT_ENOUGH", Refusal::declined, DeclineReason::insufficient_funds, kPayer},
    {"ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH", Refusal::declined, DeclineReason::insufficient_funds, kPayer},
    {"ACQ.ERROR_BALANCE_PAYMENT_DISABLE", Refusal::declined, DeclineReason::restricted, kPayer},
    {"ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", Refusal::declined, DeclineReason::limit_exceeded, kPayer},
    {"ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR", Refusal::declined, DeclineReason::limit_exceeded, kPayer},
    {"ACQ.BEYOND_PAY_RESTRICTION", Refusal::declined, DeclineReason::limit_exceeded, kPayer},
    {"ACQ.BEYOND_PER_RECEIPT_RESTRICTION", Refusal::declined, DeclineReason::limit_exceeded, kPayer},
    {"ACQ.PULL_MOBILE_CASHIER_FAIL", Refusal::declined, DeclineReason::try_again_later, kPayer},
    {"ACQ.MOBILE_PAYMENT_SWITCH_OFF", Refusal::declined, DeclineReason::restricted, kPayer},
    {"ACQ.PAYMENT_FAIL", Refusal::declined, DeclineReason::processing_error, kLater},
    {"ACQ.PAYMENT_REQUEST_HAS_RISK", Refusal::declined, DeclineReason::suspected_fraud, kNever},
    {"ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE", Refusal::declined, DeclineReason::not_permitted, kPayer},
    {"ACQ.USER_FACE_PAYMENT_SWITCH_OFF", Refusal::declined, DeclineReason::restricted, kPayer},
    {"ACQ.AGREEMENT_NOT_EXIST", Refusal::declined, DeclineReason::not_permitted, kPayer},
    {"ACQ.BUYER_ENABLE_STATUS_FORBID", Refusal::declined, DeclineReason::restricted, kNever},
    {"ACQ.BUYER_SELLER_EQUAL", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.TRADE_BUYER_NOT_MATCH", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.BUYER_NOT_EXIST", Refusal::declined, DeclineReason::invalid_account, kNever},

    // Refunds.
    {"ACQ.SELLER_BALANCE_NOT_ENOUGH", Refusal::declined, DeclineReason::insufficient_funds, kLater},
    {"ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.REASON_TRADE_REFUND_FEE_ERR", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.TRADE_NOT_ALLOW_REFUND", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.TRADE_STATUS_ERROR", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.REFUND_FEE_ERROR", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.BUYER_ERROR", Refusal::declined, DeclineReason::invalid_account, kNever},
    {"ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND", Refusal::declined, DeclineReason::not_permitted, kNever},
    {"ACQ.REFUND_CHARGE_ERROR", Refusal::declined, DeclineReason::processing_error, kLater},
});
constexpr ErrorRow kUnheardOf{"", Refusal::unknown, kUnspecified, kLater};

}  // namespace

std::span<const TradeStatusRow> trade_statuses() {
  return kTradeStatuses;
}

TradeStatus map_trade_status(std::string_view theirs) {
  const auto found = std::ranges::find(kTradeStatuses, theirs, &TradeStatusRow::theirs);
  return found == kTradeStatuses.end() ? TradeStatus::unheard_of : found->ours;
}

std::span<const ErrorRow> errors() {
  return kErrors;
}

const ErrorRow& map_error(std::string_view code, std::string_view sub_code) {
  for (const std::string_view word : {sub_code, code}) {
    const auto found = std::ranges::find(kErrors, word, &ErrorRow::theirs);
    if (found != kErrors.end()) return *found;
  }
  return kUnheardOf;
}

}  // namespace payweir::alipay
