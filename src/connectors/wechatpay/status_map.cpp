#include "connectors/wechatpay/status_map.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace payweir::wechatpay {
namespace {

// https://pay.weixin.qq.com/doc/v3/merchant/4012791880 (query), read 2026-11-22.
constexpr auto kTradeStates = std::to_array<TradeStateRow>({
    {"NOTPAY", TradeState::waiting},
    {"USERPAYING", TradeState::paying},  // barcode: the payer is typing a password
    {"ACCEPT", TradeState::pending},     // taken, and charged later
    {"SUCCESS", TradeState::paid},
    {"REFUND", TradeState::paid},  // and something of it was refunded
    {"CLOSED", TradeState::closed},
    {"REVOKED", TradeState::closed},  // barcode: reversed
    {"PAYERROR", TradeState::failed},
});

// https://pay.weixin.qq.com/doc/v3/merchant/4012791883 (refund), read 2026-11-22.
constexpr auto kRefundStatuses = std::to_array<RefundStatusRow>({
    {"PROCESSING", RefundStatus::processing},
    {"SUCCESS", RefundStatus::done},
    {"CLOSED", RefundStatus::closed},
    {"ABNORMAL", RefundStatus::abnormal},  // the payer's account takes no money: it needs another one
});

constexpr auto kUnspecified = DeclineReason::unspecified;
constexpr auto kNever = RetryClass::do_not_retry;
constexpr auto kLater = RetryClass::retry_later;
constexpr auto kPayer = RetryClass::needs_customer;

// The tables of the methods' pages, https://pay.weixin.qq.com/doc/v3/merchant/4012791877 and its neighbours,
// read 2026-11-22; whose fault a decline is and whether to try again is our grouping.
constexpr auto kErrors = std::to_array<ErrorRow>({
    {"SYSTEMERROR", Refusal::unknown, kUnspecified, kLater},
    {"BANKERROR", Refusal::unknown, kUnspecified, kLater},
    {"USERPAYING", Refusal::unknown, kUnspecified, kLater},
    {"TRADEERROR", Refusal::declined, DeclineReason::processing_error, kLater},

    {"FREQUENCYLIMITED", Refusal::rate_limited, kUnspecified, kLater},
    {"FREQUENCYLIMITEXCEED", Refusal::rate_limited, kUnspecified, kLater},
    {"RATELIMITEXCEED", Refusal::rate_limited, kUnspecified, kLater},
    {"RATELIMITEXCEEDED", Refusal::rate_limited, kUnspecified, kLater},

    {"SIGNERROR", Refusal::credentials, kUnspecified, kNever},
    {"NOAUTH", Refusal::credentials, kUnspecified, kNever},
    {"MCHNOTEXISTS", Refusal::credentials, kUnspecified, kNever},
    {"APPIDMCHIDNOTMATCH", Refusal::credentials, kUnspecified, kNever},

    {"PARAMERROR", Refusal::rejected, kUnspecified, kNever},
    {"OPENIDMISMATCH", Refusal::rejected, kUnspecified, kNever},

    {"ORDERNOTEXIST", Refusal::not_found, kUnspecified, kLater},
    {"RESOURCENOTEXISTS", Refusal::not_found, kUnspecified, kLater},

    {"ORDERPAID", Refusal::paid, kUnspecified, kLater},
    {"ORDERCLOSED", Refusal::closed, kUnspecified, kLater},
    {"ORDERREVERSED", Refusal::closed, kUnspecified, kLater},
    // An order of this number was there first: what became of it, a query tells.
    {"OUTTRADENOUSED", Refusal::unknown, kUnspecified, kLater},
    {"INVALIDREQUEST", Refusal::unknown, kUnspecified, kLater},

    {"AUTHCODEEXPIRE", Refusal::declined, DeclineReason::authentication_required, kPayer},
    {"AUTHCODEERROR", Refusal::declined, DeclineReason::authentication_required, kPayer},
    {"AUTHCODEINVALID", Refusal::declined, DeclineReason::authentication_required, kPayer},
    {"RULELIMIT", Refusal::declined, DeclineReason::limit_exceeded, kPayer},
    {"ACCOUNTERROR", Refusal::declined, DeclineReason::restricted, kPayer},
    {"NOTENOUGH", Refusal::declined, DeclineReason::insufficient_funds, kLater},
    {"BALANCENOTENOUGH", Refusal::declined, DeclineReason::insufficient_funds, kPayer},
    {"NOTSUPORTCARD", Refusal::declined, DeclineReason::not_permitted, kPayer},
    {"BUYERMISMATCH", Refusal::declined, DeclineReason::not_permitted, kPayer},
    {"USERACCOUNTABNORMAL", Refusal::declined, DeclineReason::invalid_account, kNever},
    {"CONTRACTNOTEXIST", Refusal::declined, DeclineReason::not_permitted, kNever},
});
constexpr ErrorRow kUnheardOf{"", Refusal::unknown, kUnspecified, kLater};

}  // namespace

std::span<const TradeStateRow> trade_states() {
  return kTradeStates;
}

TradeState map_trade_state(std::string_view theirs) {
  const auto found = std::ranges::find(kTradeStates, theirs, &TradeStateRow::theirs);
  return found == kTradeStates.end() ? TradeState::unheard_of : found->ours;
}

std::span<const RefundStatusRow> refund_statuses() {
  return kRefundStatuses;
}

RefundStatus map_refund_status(std::string_view theirs) {
  const auto found = std::ranges::find(kRefundStatuses, theirs, &RefundStatusRow::theirs);
  return found == kRefundStatuses.end() ? RefundStatus::unheard_of : found->ours;
}

std::span<const ErrorRow> errors() {
  return kErrors;
}

const ErrorRow& map_error(std::string_view code) {
  std::string word(code);
  std::erase(word, '_');
  const auto found = std::ranges::find(kErrors, std::string_view(word), &ErrorRow::theirs);
  return found == kErrors.end() ? kUnheardOf : *found;
}

}  // namespace payweir::wechatpay
