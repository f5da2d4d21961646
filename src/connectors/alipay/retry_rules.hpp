#pragma once
// What follows when Alipay says no. The codes are those of status_map.cpp, with their sources; whether
// another account may be asked is our judgement. What is answered as unknown has no line: it never moves on.
#include "domain/routing/retry_rules.hpp"

namespace payweir::alipay {

using enum routing::RetryDecision;
using Means = routing::StandardisedCode;

inline constexpr routing::BuiltInRetryRule kRetryRules[] = {
    // The gateway's: the application or the request.
    {"20001", retry, Means::invalid_credentials},
    {"40001", retry, Means::missing_or_invalid_param},
    {"40002", retry, Means::missing_or_invalid_param},
    {"40003", retry, Means::operation_not_allowed},
    {"40005", retry, Means::rate_limit},
    {"40006", retry, Means::operation_not_allowed},
    {"isp.gateway-flow-limit", retry, Means::rate_limit},
    {"isv.app-call-limited", retry, Means::rate_limit},
    {"isv.insufficient-isv-permissions", retry, Means::operation_not_allowed},
    {"isv.insufficient-user-permissions", retry, Means::operation_not_allowed},
    {"isv.invalid-app-id", retry, Means::invalid_credentials},
    {"isv.invalid-signature", retry, Means::integ_cryptographic_issue},
    {"isv.missing-signature-key", retry, Means::integ_cryptographic_issue},
    {"ACQ.ACCESS_FORBIDDEN", retry, Means::cfg_pm_not_enabled_or_misconfigured},
    {"ACQ.EXIST_FORBIDDEN_WORD", do_default, Means::compliance_or_sanctions_restriction},
    {"ACQ.INVALID_PARAMETER", retry, Means::missing_or_invalid_param},
    {"ACQ.PARTNER_ERROR", retry, Means::configuration_issue},
    {"ACQ.SELLER_BEEN_BLOCKED", retry, Means::merchant_inactive},
    {"ACQ.TOTAL_FEE_EXCEED", retry, Means::missing_or_invalid_param},

    // The payer's.
    {"ACQ.AGREEMENT_NOT_EXIST", do_default, Means::authorization_missing_or_revoked},
    {"ACQ.BEYOND_PAY_RESTRICTION", do_default, Means::velocity_limit_exceeded},
    {"ACQ.BEYOND_PER_RECEIPT_RESTRICTION", do_default, Means::credit_limit_exceeded},
    {"ACQ.BUYER_BALANCE_NOT_ENOUGH", do_default, Means::insufficient_funds},
    {"ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH", do_default, Means::insufficient_funds},
    {"ACQ.BUYER_ENABLE_STATUS_FORBID", do_default, Means::card_not_supported_restricted},
    {"ACQ.BUYER_NOT_EXIST", do_default, Means::account_closed_or_invalid},
    {"ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", do_default, Means::velocity_limit_exceeded},
    {"ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR", do_default, Means::velocity_limit_exceeded},
    {"ACQ.BUYER_SELLER_EQUAL", do_default, Means::transaction_not_permitted},
    {"ACQ.ERROR_BALANCE_PAYMENT_DISABLE", do_default, Means::card_not_supported_restricted},
    {"ACQ.MOBILE_PAYMENT_SWITCH_OFF", do_default, Means::card_not_supported_restricted},
    {"ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE", do_default, Means::payment_method_issue},
    {"ACQ.PAYMENT_AUTH_CODE_INVALID", do_default, Means::incorrect_authentication_code},
    {"ACQ.PAYMENT_FAIL", retry, Means::psp_acquirer_error},
    {"ACQ.PAYMENT_REQUEST_HAS_RISK", do_default, Means::suspected_fraud},
    {"ACQ.PULL_MOBILE_CASHIER_FAIL", do_default, Means::downstream_technical_issue},
    {"ACQ.TRADE_BUYER_NOT_MATCH", do_default, Means::transaction_not_permitted},
    {"ACQ.USER_FACE_PAYMENT_SWITCH_OFF", do_default, Means::card_not_supported_restricted},

    // Refunds, which only the account that was paid can do.
    {"ACQ.BUYER_ERROR", do_default, Means::account_closed_or_invalid},
    {"ACQ.ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND", do_default, Means::operation_not_allowed},
    {"ACQ.REASON_TRADE_REFUND_FEE_ERR", do_default, Means::missing_or_invalid_param},
    {"ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", do_default, Means::missing_or_invalid_param},
    {"ACQ.REFUND_CHARGE_ERROR", do_default, Means::psp_acquirer_error},
    {"ACQ.REFUND_FEE_ERROR", do_default, Means::missing_or_invalid_param},
    {"ACQ.SELLER_BALANCE_NOT_ENOUGH", do_default, Means::insufficient_funds},
    {"ACQ.TRADE_NOT_ALLOW_REFUND", do_default, Means::operation_not_allowed},
    {"ACQ.TRADE_STATUS_ERROR", do_default, Means::invalid_state},
};

}  // namespace payweir::alipay
