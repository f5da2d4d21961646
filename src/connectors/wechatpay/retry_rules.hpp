#pragma once
// What follows when WeChat Pay says no. The codes are those of status_map.cpp, with their sources;
// underscores do not matter. Whether another account may be asked is our judgement. What is answered as
// unknown has no line: it never moves on.
#include "domain/routing/retry_rules.hpp"

namespace payweir::wechatpay {

using enum routing::RetryDecision;
using Means = routing::StandardisedCode;

inline constexpr routing::BuiltInRetryRule kRetryRules[] = {
    // The account or the request.
    {"APPID_MCHID_NOT_MATCH", retry, Means::configuration_issue},
    {"FREQUENCY_LIMITED", retry, Means::rate_limit},
    {"FREQUENCY_LIMIT_EXCEED", retry, Means::rate_limit},
    {"RATELIMIT_EXCEED", retry, Means::rate_limit},
    {"RATELIMIT_EXCEEDED", retry, Means::rate_limit},
    {"MCH_NOT_EXISTS", retry, Means::invalid_credentials},
    {"NO_AUTH", retry, Means::cfg_pm_not_enabled_or_misconfigured},
    {"OPENID_MISMATCH", do_default, Means::missing_or_invalid_param},
    {"PARAM_ERROR", retry, Means::missing_or_invalid_param},
    {"SIGN_ERROR", retry, Means::integ_cryptographic_issue},
    {"TRADE_ERROR", retry, Means::psp_acquirer_error},

    // The payer's.
    {"ACCOUNT_ERROR", do_default, Means::card_not_supported_restricted},
    {"AUTH_CODE_ERROR", do_default, Means::incorrect_authentication_code},
    {"AUTH_CODE_EXPIRE", do_default, Means::incorrect_authentication_code},
    {"AUTH_CODE_INVALID", do_default, Means::incorrect_authentication_code},
    {"BALANCE_NOT_ENOUGH", do_default, Means::insufficient_funds},
    {"BUYER_MISMATCH", do_default, Means::transaction_not_permitted},
    {"CONTRACT_NOT_EXIST", do_default, Means::authorization_missing_or_revoked},
    {"NOT_SUPORT_CARD", do_default, Means::card_not_supported_restricted},
    {"PAYERROR", do_default, Means::payment_method_issue},
    {"RULE_LIMIT", do_default, Means::velocity_limit_exceeded},
    {"USER_ACCOUNT_ABNORMAL", do_default, Means::account_closed_or_invalid},

    // Refunds, which only the account that was paid can do.
    {"ABNORMAL", do_default, Means::account_closed_or_invalid},
    {"CLOSED", do_default, Means::psp_acquirer_error},
    {"INVALID_REQUEST", do_default, Means::invalid_state},
    {"NOT_ENOUGH", do_default, Means::insufficient_funds},
};

}  // namespace payweir::wechatpay
