#include "domain/routing/standardised_code.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"

namespace payweir::routing {
namespace {

constexpr std::string_view kAnotherMethod = "Please use another payment method.";
constexpr std::string_view kCheckData = "Please check what you entered and try again.";
constexpr std::string_view kAskBank = "Please contact your bank, or use another payment method.";
constexpr std::string_view kLater = "Please try again later.";
constexpr std::string_view kAskMerchant = "Please contact the merchant.";
constexpr std::string_view kAuthenticate = "Please try again and confirm the payment with your bank.";

constexpr auto kPaymentMethod = UnifiedCode::payment_method;
constexpr auto kConfiguration = UnifiedCode::configuration;
constexpr auto kGateway = UnifiedCode::gateway;
constexpr auto kIntegration = UnifiedCode::integration;

using enum StandardisedCode;
using enum ErrorCategory;

constexpr StandardisedCodeInfo kCodes[] = {
    {account_closed_or_invalid, "account_closed_or_invalid", kPaymentMethod, hard_decline,
     "The payer's account is closed, or there never was one.", kAnotherMethod},
    {authentication_failed, "authentication_failed", kPaymentMethod, soft_decline,
     "The payer was not authenticated.", kAuthenticate},
    {authentication_required, "authentication_required", kPaymentMethod, soft_decline,
     "The issuer wants the payer authenticated first.", kAuthenticate},
    {authorization_missing_or_revoked, "authorization_missing_or_revoked", kPaymentMethod, hard_decline,
     "The payer has withdrawn the permission to be charged.", kAnotherMethod},
    {card_lost_or_stolen, "card_lost_or_stolen", kPaymentMethod, hard_decline,
     "The card was reported lost or stolen.", kAnotherMethod},
    {card_not_supported_restricted, "card_not_supported_restricted", kPaymentMethod, hard_decline,
     "The card or account cannot be used for this, or is blocked.", kAnotherMethod},
    {cfg_pm_not_enabled_or_misconfigured, "cfg_pm_not_enabled_or_misconfigured", kConfiguration,
     processor_decline_unauthorized, "The payment method is not switched on at the gateway.", kAnotherMethod},
    {compliance_or_sanctions_restriction, "compliance_or_sanctions_restriction", kPaymentMethod, hard_decline,
     "The law or the gateway's rules forbid this payment.", kAnotherMethod},
    {configuration_issue, "configuration_issue", kConfiguration, processor_decline_unauthorized,
     "The account at the gateway is not set up for this.", kAskMerchant},
    {credit_limit_exceeded, "credit_limit_exceeded", kPaymentMethod, soft_decline,
     "The amount is above the account's limit.", kAnotherMethod},
    {currency_or_corridor_not_enabled, "currency_or_corridor_not_enabled", kPaymentMethod, soft_decline,
     "The card, account or gateway does not take this currency or country.", kAnotherMethod},
    {do_not_honor, "do_not_honor", kPaymentMethod, soft_decline, "The issuer declined and gave no reason.",
     kAskBank},
    {downstream_technical_issue, "downstream_technical_issue", kGateway, processor_downtime,
     "Something behind the gateway failed.", kLater},
    {duplicate_request, "duplicate_request", kIntegration, processor_decline_incorrect_data,
     "The gateway has just had the same payment.", kAskMerchant},
    {generic_unknown_error, "generic_unknown_error", UnifiedCode::other, soft_decline,
     "The gateway gave no reason.", kLater},
    {incorrect_authentication_code, "incorrect_authentication_code", kPaymentMethod, soft_decline,
     "The PIN, password or payment code is wrong, or used up.", kCheckData},
    {insufficient_funds, "insufficient_funds", kPaymentMethod, soft_decline,
     "There is not enough money in the account.", kAnotherMethod},
    {integ_cryptographic_issue, "integ_cryptographic_issue", kIntegration, processor_decline_incorrect_data,
     "A signature or certificate is wrong.", kAskMerchant},
    {integration_issue, "integration_issue", kIntegration, processor_decline_incorrect_data,
     "The gateway did not understand the request.", kAskMerchant},
    {invalid_card_number, "invalid_card_number", kPaymentMethod, issue_with_payment_method,
     "The card number is wrong.", kCheckData},
    {invalid_credentials, "invalid_credentials", kConfiguration, processor_decline_unauthorized,
     "The gateway does not accept the account's credentials.", kAskMerchant},
    {invalid_cvv, "invalid_cvv", kPaymentMethod, issue_with_payment_method, "The security code is wrong.",
     kCheckData},
    {invalid_expiry_date, "invalid_expiry_date", kPaymentMethod, issue_with_payment_method,
     "The card has expired, or its expiry date is wrong.", kCheckData},
    {invalid_state, "invalid_state", kIntegration, processor_decline_incorrect_data,
     "The payment or refund is past this at the gateway.", kAskMerchant},
    {issuer_unavailable, "issuer_unavailable", kGateway, processor_downtime,
     "The issuer could not be reached.", kLater},
    {merchant_inactive, "merchant_inactive", kConfiguration, processor_decline_unauthorized,
     "The account at the gateway is blocked or closed.", kAskMerchant},
    {missing_or_invalid_param, "missing_or_invalid_param", kIntegration, processor_decline_incorrect_data,
     "The gateway refuses a field of the request.", kAskMerchant},
    {operation_not_allowed, "operation_not_allowed", kConfiguration, processor_decline_unauthorized,
     "The account at the gateway may not do this.", kAskMerchant},
    {payment_cancelled_by_user, "payment_cancelled_by_user", kPaymentMethod, soft_decline,
     "The payer cancelled.", "Please try again."},
    {payment_method_issue, "payment_method_issue", kPaymentMethod, issue_with_payment_method,
     "The payment method cannot be used.", kAnotherMethod},
    {payment_session_timeout, "payment_session_timeout", kPaymentMethod, soft_decline,
     "The payer took too long.", "Please try again."},
    {pm_address_mismatch, "pm_address_mismatch", kPaymentMethod, issue_with_payment_method,
     "The billing address is not the issuer's.", kCheckData},
    {psp_acquirer_error, "psp_acquirer_error", kGateway, processor_downtime,
     "The gateway or its acquirer failed.", kLater},
    {psp_fraud_engine_decline, "psp_fraud_engine_decline", kPaymentMethod, frm_decline,
     "The gateway's own risk rules blocked it.", kAnotherMethod},
    {rate_limit, "rate_limit", kGateway, processor_downtime, "The gateway takes no more requests for now.",
     kLater},
    {stored_credential_or_mit_not_enabled, "stored_credential_or_mit_not_enabled", kConfiguration,
     processor_decline_unauthorized, "Charging without the payer is not switched on.", kAskMerchant},
    {subscription_plan_inactive, "subscription_plan_inactive", kConfiguration, processor_decline_unauthorized,
     "The subscription is not active.", kAskMerchant},
    {suspected_fraud, "suspected_fraud", kPaymentMethod, frm_decline,
     "The issuer or the gateway suspects fraud.", kAskBank},
    {three_ds_authentication_service_issue, "three_ds_authentication_service_issue", kGateway,
     processor_downtime, "The 3-D Secure service failed.", kLater},
    {three_ds_configuration_issue, "three_ds_configuration_issue", kConfiguration,
     processor_decline_unauthorized, "3-D Secure is not set up at the gateway.", kAskMerchant},
    {three_ds_data_or_protocol_invalid, "three_ds_data_or_protocol_invalid", kIntegration,
     processor_decline_incorrect_data, "The 3-D Secure data is wrong.", kAskMerchant},
    {transaction_not_permitted, "transaction_not_permitted", kPaymentMethod, hard_decline,
     "The issuer does not permit this payment.", kAskBank},
    {transaction_timed_out, "transaction_timed_out", kGateway, processor_downtime, "It took too long.",
     kLater},
    {velocity_limit_exceeded, "velocity_limit_exceeded", kPaymentMethod, soft_decline,
     "The card or account was used too often, or for too much.", kAskBank},
    {wallet_or_token_config_issue, "wallet_or_token_config_issue", kConfiguration,
     processor_decline_unauthorized, "The wallet is not set up at the gateway.", kAnotherMethod},
};
static_assert(std::size(kCodes) == kStandardisedCodeCount);

constexpr std::array<std::string_view, kErrorCategoryCount> kCategories = {
    "frm_decline",
    "processor_downtime",
    "processor_decline_unauthorized",
    "issue_with_payment_method",
    "processor_decline_incorrect_data",
    "hard_decline",
    "soft_decline",
};

}  // namespace

std::string_view to_string(ErrorCategory category) {
  return kCategories[std::to_underlying(category)];
}

bool is_error_category(std::string_view word) {
  return std::ranges::find(kCategories, word) != kCategories.end();
}

std::string_view to_string(UnifiedCode code) {
  switch (code) {
    case UnifiedCode::payment_method: return "UE_1000";
    case UnifiedCode::configuration: return "UE_2000";
    case UnifiedCode::gateway: return "UE_3000";
    case UnifiedCode::integration: return "UE_4000";
    case UnifiedCode::other: break;
  }
  return "UE_9000";
}

std::string_view message_of(UnifiedCode code) {
  switch (code) {
    case UnifiedCode::payment_method: return "Issue with Payment Method details";
    case UnifiedCode::configuration: return "Issue with Configurations";
    case UnifiedCode::gateway: return "Technical issue with PSP";
    case UnifiedCode::integration: return "Issue with Integration";
    case UnifiedCode::other: break;
  }
  return "Something went wrong";
}

const StandardisedCodeInfo& info_of(StandardisedCode code) {
  const StandardisedCodeInfo& info = kCodes[std::to_underlying(code)];
  check(info.code == code, "the table of standardised codes is in the order of their enum");
  return info;
}

StandardisedCode standardised(DeclineReason reason) {
  switch (reason) {
    case DeclineReason::unspecified: return StandardisedCode::do_not_honor;
    case DeclineReason::insufficient_funds: return StandardisedCode::insufficient_funds;
    case DeclineReason::card_expired: return invalid_expiry_date;
    case DeclineReason::incorrect_number: return invalid_card_number;
    case DeclineReason::incorrect_cvc: return invalid_cvv;
    case DeclineReason::incorrect_postal_code: return pm_address_mismatch;
    case DeclineReason::incorrect_pin: return incorrect_authentication_code;
    case DeclineReason::authentication_required: return StandardisedCode::authentication_required;
    case DeclineReason::authentication_failed: return StandardisedCode::authentication_failed;
    case DeclineReason::lost_or_stolen: return card_lost_or_stolen;
    case DeclineReason::suspected_fraud: return StandardisedCode::suspected_fraud;
    case DeclineReason::restricted: return card_not_supported_restricted;
    case DeclineReason::limit_exceeded: return velocity_limit_exceeded;
    case DeclineReason::not_permitted: return transaction_not_permitted;
    case DeclineReason::currency_not_supported: return currency_or_corridor_not_enabled;
    case DeclineReason::issuer_unavailable: return StandardisedCode::issuer_unavailable;
    case DeclineReason::processing_error: return psp_acquirer_error;
    case DeclineReason::try_again_later: return downstream_technical_issue;
    case DeclineReason::invalid_account: return account_closed_or_invalid;
    case DeclineReason::stop_payment: return authorization_missing_or_revoked;
  }
  return generic_unknown_error;
}

bool is_standardised_code(std::string_view word) {
  return std::ranges::find(kCodes, word, &StandardisedCodeInfo::word) != std::end(kCodes);
}

}  // namespace payweir::routing
